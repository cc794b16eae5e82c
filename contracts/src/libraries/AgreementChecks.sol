// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IAgreementTypes} from "../interfaces/IAgreementTypes.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {AgreementStore} from "./AgreementStore.sol";
import {Signatures} from "./Signatures.sol";

/// @title What is checked in more than one place.
library AgreementChecks {
    function requireActive(AgreementId id, IAgreementTypes.Status status) internal pure {
        if (status == IAgreementTypes.Status.None) revert IAgreementTypes.Agreement_UnknownAgreement(id);
        if (status != IAgreementTypes.Status.Active) {
            revert IAgreementTypes.Agreement_WrongState(status, IAgreementTypes.Status.Active);
        }
    }

    function requireBefore(uint256 deadline) internal view {
        if (block.timestamp >= deadline) revert IAgreementTypes.Agreement_TooLate(block.timestamp, deadline);
    }

    /// @dev The signer is the caller, has said so on chain, or has signed, and has not taken it back.
    function requireConsent(
        AgreementStore.State storage state,
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) internal view {
        if (signer == msg.sender) return;
        IAgreementTypes.Consent consent = state.consents[signer][digest];
        if (consent == IAgreementTypes.Consent.Approved) return;
        if (consent == IAgreementTypes.Consent.Revoked || !Signatures.isValid(signer, digest, signature)) {
            revert IAgreementTypes.Agreement_InvalidSignature(signer);
        }
    }

    function partyOf(IAgreementTypes.Deal calldata deal, address account) internal pure returns (uint256) {
        for (uint256 i = 0; i < deal.parties.length; ++i) {
            if (deal.parties[i] == account) return i;
        }
        revert IAgreementTypes.Agreement_NotAParty(account);
    }

    /// @dev Not binding yet, and not over: on record or not.
    function requireForming(IAgreementTypes.Status status) internal pure {
        if (status > IAgreementTypes.Status.Proposed) {
            revert IAgreementTypes.Agreement_WrongState(status, IAgreementTypes.Status.Proposed);
        }
    }
}
