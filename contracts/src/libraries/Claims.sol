// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Accrual} from "./Accrual.sol";
import {LeaseStore} from "./LeaseStore.sol";
import {LeaseTerms} from "./LeaseTerms.sol";

/// @title The landlord's claim on the deposit: who may say what about it, and when.
/// @dev Linked, not inlined, like {Endings}. Moves no money: it says how much is held, and the contract divides it.
library Claims {
    using LeaseStore for LeaseStore.Store;
    using LeaseTerms for ILease.Terms;
    using Accrual for ILease.Account;
    using SafeCast for uint256;

    /// @dev Most items of a claim.
    uint256 internal constant MAX_ITEMS = 32;

    /// @dev Claims an amount. Returns what is held.
    function claim(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        uint256 amount,
        bytes32 evidence
    ) external returns (uint256 held) {
        held = _requireClaimable(store, id, terms, amount);
        if (terms.itemised && amount != 0) revert ILease.Lease_NotItemised(amount);
        _recordClaim(store, id, terms, amount, evidence);
    }

    /// @dev Claims the sum of a list. Returns what is held, and the sum.
    function claimItems(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        ILease.Deduction[] calldata items
    ) external returns (uint256 held, uint256 amount) {
        // The sum of too many items could cost more than there is gas.
        if (items.length > MAX_ITEMS) revert ILease.Lease_TooManyItems(items.length, MAX_ITEMS);
        for (uint256 i = 0; i < items.length; ++i) {
            amount += items[i].amount;
        }
        held = _requireClaimable(store, id, terms, amount);
        for (uint256 i = 0; i < items.length; ++i) {
            if (items[i].amount == 0) revert ILease.Lease_InvalidAmount(0, held);
        }
        emit ILease.DepositItemised(id, items);
        _recordClaim(store, id, terms, amount, keccak256(abi.encode(items)));
    }

    /// @dev Lowers the claim. Returns what it was.
    function reduce(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms, uint128 amount)
        external
        returns (uint128 claimed)
    {
        // Check
        LeaseStore.requireCaller(store.landlord(id, terms));
        _requireClaim(store, id);
        ILease.Agreement storage agreement = store.agreements[id];
        claimed = agreement.claimed;
        if (amount >= claimed) revert ILease.Lease_InvalidAmount(amount, claimed);

        // Effect
        agreement.claimed = amount;
        emit ILease.ClaimReduced(id, amount);
    }

    /// @dev Accepts the claim. Returns what it is.
    function accept(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms)
        external
        returns (uint128)
    {
        LeaseStore.requireCaller(terms.tenant);
        _requireClaim(store, id);
        emit ILease.ClaimAccepted(id);
        return store.agreements[id].claimed;
    }

    function object(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms, bytes32 evidence)
        external
    {
        // Check
        LeaseStore.requireCaller(terms.tenant);
        LeaseStore.requireStatus(id, store.status(id), ILease.Status.Claimed);
        LeaseStore.requireBefore(terms.deadline(store.load(id)));

        // Effect
        ILease.Agreement storage agreement = store.agreements[id];
        agreement.stage = ILease.Status.Disputed;
        agreement.since = block.timestamp.toUint40();
        emit ILease.Disputed(id, evidence, block.timestamp + terms.rulingWindow);
    }

    /// @dev Rules on the claim. Returns what is claimed.
    function rule(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms, uint128 award)
        external
        returns (uint128 claimed)
    {
        LeaseStore.requireCaller(terms.arbiter);
        LeaseStore.requireStatus(id, store.status(id), ILease.Status.Disputed);
        LeaseStore.requireBefore(terms.deadline(store.load(id)));
        claimed = store.agreements[id].claimed;
        if (award > claimed) revert ILease.Lease_InvalidAmount(award, claimed);
        emit ILease.Ruled(id, msg.sender, award);
    }

    /// @dev Checks that the landlord may claim so much now, and returns what is held (L-14).
    function _requireClaimable(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        uint256 amount
    ) private view returns (uint256 held) {
        LeaseStore.requireCaller(store.landlord(id, terms));
        store.requireClaimable(id, terms);
        ILease.Agreement memory agreement = store.load(id);
        held = terms.held(agreement);
        uint256 most = agreement.unchanged ? Math.min(held, store.account(id, terms).arrears()) : held;
        if (amount > most) revert ILease.Lease_InvalidAmount(amount, most);
    }

    function _recordClaim(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        uint256 amount,
        bytes32 evidence
    ) private {
        ILease.Agreement storage agreement = store.agreements[id];
        agreement.stage = ILease.Status.Claimed;
        agreement.since = block.timestamp.toUint40();
        agreement.claimed = amount.toUint128();
        emit ILease.DepositClaimed(id, amount, evidence, terms.deadline(store.load(id)));
    }

    function _requireClaim(LeaseStore.Store storage store, AgreementId id) private view {
        ILease.Status stage = store.agreements[id].stage;
        if (stage != ILease.Status.Disputed) LeaseStore.requireStatus(id, store.status(id), ILease.Status.Claimed);
    }
}
