// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Bps} from "./Bps.sol";
import {Signatures} from "./Signatures.sol";

/// @title What an act on an escrow may require: who, in which state, until when, how much.
/// @dev Each function returns if the requirement is met, and reverts otherwise.
library EscrowChecks {
    function party(IEscrow.Terms calldata terms) internal view {
        if (msg.sender != terms.payer && msg.sender != terms.payee) revert IEscrow.Escrow_NotAParty(msg.sender);
    }

    /// @dev The caller is payer or payee, and this is the other one.
    function counterparty(IEscrow.Terms calldata terms) internal view returns (address) {
        party(terms);
        return msg.sender == terms.payer ? terms.payee : terms.payer;
    }

    function caller(address expected) internal view {
        if (msg.sender != expected) revert IEscrow.Escrow_WrongCaller(msg.sender, expected);
    }

    function signature(address signer, bytes32 digest, bytes calldata signed) internal view {
        if (!Signatures.isValid(signer, digest, signed)) revert IEscrow.Escrow_InvalidSignature(signer);
    }

    function state(IEscrow.Status actual, IEscrow.Status expected) internal pure {
        if (actual != expected) revert IEscrow.Escrow_WrongState(actual, expected);
    }

    function knownState(AgreementId id, IEscrow.Status actual, IEscrow.Status expected) internal pure {
        if (actual == IEscrow.Status.None) revert IEscrow.Escrow_UnknownAgreement(id);
        state(actual, expected);
    }

    /// @dev Active, submitted or disputed: it binds, and it is not over.
    function binding(AgreementId id, IEscrow.Status status) internal pure {
        if (status == IEscrow.Status.Submitted || status == IEscrow.Status.Disputed) return;
        knownState(id, status, IEscrow.Status.Active);
    }

    function before(uint256 deadline) internal view {
        if (block.timestamp >= deadline) revert IEscrow.Escrow_TooLate(block.timestamp, deadline);
    }

    function share(uint16 bps) internal pure {
        if (bps > Bps.ONE) revert IEscrow.Escrow_InvalidShare(bps, Bps.ONE);
    }

    function amount(uint256 actual, uint256 held) internal pure {
        if (actual == 0 || actual > held) revert IEscrow.Escrow_InvalidAmount(actual, held);
    }
}
