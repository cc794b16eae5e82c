// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../../interfaces/ILease.sol";
import {Ledger} from "../../Ledger.sol";
import {LeaseStore} from "../../libraries/LeaseStore.sol";
import {LeaseTerms} from "../../libraries/LeaseTerms.sol";
import {AgreementId} from "../../types/AgreementId.sol";

/// @title What all parts of a lease share: storage, and the two ways in which deposit money goes out.
abstract contract LeaseBase is ILease, Ledger, EIP712 {
    using LeaseTerms for Terms;
    using LeaseStore for LeaseStore.Store;
    using SafeCast for uint256;

    LeaseStore.Store internal _store;

    function _idOf(Terms calldata terms) internal view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash()));
    }

    function _find(Terms calldata terms) internal view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _store.agreements[id];
    }

    /// @dev Pays the tenant what is `held` beyond the `claim`. Closes the lease if nothing is claimed.
    function _giveBack(AgreementId id, Terms calldata terms, uint256 held, uint256 claim) internal {
        if (claim == 0) return _divide(id, terms, held, 0);
        if (claim == held) return;
        emit DepositDivided(id, 0, held - claim);
        _discharge(terms.asset, held - claim);
        _forward(terms.asset, terms.tenant, held - claim);
    }

    /// @dev Closes the lease: of all that is `held` the landlord gets `toLandlord`, the tenant the rest.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _divide(AgreementId id, Terms calldata terms, uint256 held, uint256 toLandlord) internal {
        // Effect
        Agreement storage agreement = _store.agreements[id];
        agreement.stage = Status.Closed;
        agreement.since = block.timestamp.toUint40();
        if (held != 0) emit DepositDivided(id, toLandlord, held - toLandlord);
        emit Closed(id);

        // Interaction: a refused payout becomes a credit, so the order does not matter.
        _discharge(terms.asset, held);
        _forward(terms.asset, _store.landlord(id, terms), toLandlord);
        _forward(terms.asset, terms.tenant, held - toLandlord);
    }
}
