// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Accrual} from "./Accrual.sol";
import {LeaseTerms} from "./LeaseTerms.sol";
import {Schedule} from "./Schedule.sol";

/// @title What the lease contract stores, how it is looked up, and who may act when.
/// @dev Shared by the contract and the libraries that it links.
library LeaseStore {
    using LeaseTerms for ILease.Agreement;

    struct Store {
        mapping(AgreementId id => ILease.Agreement agreement) agreements;
        mapping(AgreementId id => ILease.Succession succession) successions;
        mapping(AgreementId id => mapping(ILease.Inspection inspection => ILease.Reports reports)) reports;
    }

    /// @dev The one place that copies: done at every use, the copying would double the size of the contract's code.
    function load(Store storage store, AgreementId id) internal view returns (ILease.Agreement memory) {
        return LeaseTerms.load(store.agreements[id]);
    }

    function status(Store storage store, AgreementId id) internal view returns (ILease.Status) {
        return load(store, id).statusAt(block.timestamp);
    }

    /// @dev The first landlord, or who has taken its place.
    function landlord(Store storage store, AgreementId id, ILease.Terms calldata terms)
        internal
        view
        returns (address)
    {
        return store.agreements[id].succeeded ? store.successions[id].landlord : terms.landlord;
    }

    /// @dev The account now; of a closed lease, when it was closed; empty before it binds.
    function account(Store storage store, AgreementId id, ILease.Terms calldata terms)
        internal
        view
        returns (ILease.Account memory)
    {
        ILease.Agreement memory agreement = load(store, id);
        // Begins at nothing.
        // slither-disable-next-line uninitialized-local
        ILease.Account memory empty;
        if (agreement.endsAt == 0) return empty;
        return Accrual.accountAt(terms, Schedule.plan(terms), agreement, accountTime(agreement));
    }

    /// @dev The account of a closed lease stands still.
    function accountTime(ILease.Agreement memory agreement) internal view returns (uint256) {
        return agreement.stage == ILease.Status.Closed ? agreement.since : block.timestamp;
    }

    /// @dev Returns whether the party is the tenant.
    function requireParty(Store storage store, AgreementId id, ILease.Terms calldata terms, address party)
        internal
        view
        returns (bool isTenant)
    {
        isTenant = party == terms.tenant;
        if (!isTenant && party != landlord(store, id, terms)) revert ILease.Lease_NotAParty(party);
    }

    function requireCaller(address expected) internal view {
        if (msg.sender != expected) revert ILease.Lease_WrongCaller(msg.sender, expected);
    }

    // Nothing is what is meant.
    // slither-disable-next-line incorrect-equality
    function requireStatus(AgreementId id, ILease.Status actual, ILease.Status expected) internal pure {
        if (actual == ILease.Status.None) revert ILease.Lease_UnknownAgreement(id);
        if (actual != expected) revert ILease.Lease_WrongState(actual, expected);
    }

    /// @dev Binding, and not ended.
    function requireRunning(Store storage store, AgreementId id) internal view {
        ILease.Status now_ = status(store, id);
        if (now_ != ILease.Status.InDefault) requireStatus(id, now_, ILease.Status.Active);
    }

    /// @dev Ended, and the time for a claim is not over.
    function requireClaimable(Store storage store, AgreementId id, ILease.Terms calldata terms) internal view {
        requireStatus(id, status(store, id), ILease.Status.Ended);
        requireBefore(LeaseTerms.deadline(terms, load(store, id)));
    }

    /// @dev Binding, and not closed: ended or not.
    function requireOpen(AgreementId id, ILease.Status stage) internal pure {
        if (!isOpen(stage)) requireStatus(id, stage, ILease.Status.Active);
    }

    function isOpen(ILease.Status stage) internal pure returns (bool) {
        return stage == ILease.Status.Active || stage == ILease.Status.Claimed || stage == ILease.Status.Disputed;
    }

    function requireBefore(uint256 deadline) internal view {
        if (block.timestamp >= deadline) revert ILease.Lease_TooLate(block.timestamp, deadline);
    }
}
