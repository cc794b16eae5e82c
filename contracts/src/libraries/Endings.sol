// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Accrual} from "./Accrual.sol";
import {Deposits} from "./Deposits.sol";
import {LeaseStore} from "./LeaseStore.sol";
import {Schedule} from "./Schedule.sol";

/// @title How a lease ends early: notice, a break, a default that is not cured, an attested order.
/// @dev Linked, not inlined: used at most a few times in a lease's life, and the contract's code has no room. Moves no
/// money. {ILease} says what each act promises.
library Endings {
    using LeaseStore for LeaseStore.Store;
    using Accrual for ILease.Account;
    using Deposits for ILease.Terms;
    using Schedule for Schedule.Plan;
    using SafeCast for uint256;

    function giveNotice(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms) external {
        // Check
        bool byTenant = store.requireParty(id, terms, msg.sender);
        store.requireRunning(id);
        (uint256 endsAt,) = _end(terms, store.load(id), byTenant, false);
        _requireUse(store, id, endsAt);

        // Effect
        store.agreements[id].endsAt = endsAt.toUint40();
        emit ILease.NoticeGiven(id, msg.sender, endsAt);
    }

    /// @dev Ends the lease by a break and returns what the caller has to pay, and to whom.
    function breakLease(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms)
        external
        returns (uint256 fee, address payee)
    {
        // Check: a tenant that breaks the lease owes nothing.
        bool byTenant = store.requireParty(id, terms, msg.sender);
        LeaseStore.requireStatus(id, store.status(id), ILease.Status.Active);
        ILease.Agreement memory agreement = store.load(id);
        uint256 endsAt;
        (endsAt, fee) = _end(terms, agreement, byTenant, true);
        _requireUse(store, id, endsAt);
        if (byTenant) {
            uint256 owed = store.account(id, terms).arrears();
            owed += terms.missing(Schedule.plan(terms), agreement, block.timestamp);
            if (owed != 0) revert ILease.Lease_InArrears(owed);
        }

        // Effect
        store.agreements[id].endsAt = endsAt.toUint40();
        emit ILease.BreakExercised(id, msg.sender, endsAt, fee);
        payee = byTenant ? store.landlord(id, terms) : terms.tenant;
    }

    function attestEnd(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        uint40 endsAt,
        bytes32 order
    ) external {
        // Check: forward, but not into the past: what is due stays due (L-12).
        LeaseStore.requireCaller(terms.attester);
        store.requireRunning(id);
        LeaseStore.requireBefore(endsAt);
        _requireUse(store, id, endsAt);

        // Effect
        store.agreements[id].endsAt = endsAt;
        emit ILease.EndAttested(id, msg.sender, endsAt, order);
    }

    function declareDefault(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms) external {
        // Check: enough instalments are late and not fully paid, and enough money.
        LeaseStore.requireCaller(store.landlord(id, terms));
        LeaseStore.requireStatus(id, store.status(id), ILease.Status.Active);
        ILease.Account memory account = store.account(id, terms);
        uint256 late = _requireDefault(terms, store.load(id), account);

        // Effect
        ILease.Agreement storage agreement = store.agreements[id];
        Accrual.writeFees(id, agreement, account);
        uint256 cureBy = block.timestamp + terms.serviceDelay + terms.cureWindow;
        agreement.cureBy = cureBy.toUint40();
        emit ILease.DefaultDeclared(id, late, cureBy);
    }

    /// @dev Ends the default if no part of the deposit is missing. The caller knows that no rent and no fee is.
    function cure(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms) external {
        cureIfComplete(store, id, terms);
    }

    /// @dev What notice, or a break, by `party` would bring now.
    function quote(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        address party,
        bool breaks
    ) external view returns (uint256 endsAt, uint256 fee) {
        ILease.Agreement memory agreement = store.load(id);
        bool isTenant = party == terms.tenant;
        if (agreement.endsAt == 0 || (!isTenant && party != store.landlord(id, terms))) return (0, 0);
        return _end(terms, agreement, isTenant, breaks);
    }

    /// @dev The same for other libraries.
    function cureIfComplete(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms) internal {
        if (terms.missing(Schedule.plan(terms), store.load(id), block.timestamp) != 0) return;
        store.agreements[id].cureBy = 0;
        emit ILease.Cured(id);
    }

    /// @dev The first end of a full period that a right to end the lease, used now, may end it with, and its price: not
    /// before what the tenant has already paid for, if only in part (L-8). Zero if the right was not agreed.
    function _end(ILease.Terms calldata terms, ILease.Agreement memory agreement, bool byTenant, bool breaks)
        private
        view
        returns (uint256 endsAt, uint256 fee)
    {
        uint256 length = _length(terms, byTenant, breaks);
        if (length == 0) return (0, 0);
        Schedule.Plan memory plan = Schedule.plan(terms);
        uint256 least = breaks ? terms.breakFrom : terms.minPeriods;
        uint256 paid = plan.paidUntil(agreement.rentPaid);
        if (least < paid) least = paid;
        uint256 j = _boundary(plan, terms.noticeUnit, length, least, block.timestamp + terms.serviceDelay);
        endsAt = plan.boundary(j);
        if (breaks) fee = terms.breakFee + terms.breakRents * plan.rentOf(j - 1);
    }

    /// @dev The first boundary, not before `least` nor the end of the first full period, that leaves room for a notice
    /// of this length; the last boundary of the schedule or a later one if there is none.
    function _boundary(Schedule.Plan memory plan, ILease.NoticeUnit unit, uint256 length, uint256 least, uint256 served)
        private
        pure
        returns (uint256 j)
    {
        bool inDays = unit == ILease.NoticeUnit.Days;
        uint256 last = plan.count - plan.stubs;
        j = inDays ? 1 : length;
        if (j < least) j = least;
        // Days must lie between the notice and the end; periods must do so in full.
        for (; j < last; ++j) {
            if (inDays ? served + length * 1 days <= plan.boundary(j) : served <= plan.boundary(j - length)) break;
        }
    }

    function _length(ILease.Terms calldata terms, bool byTenant, bool breaks) private pure returns (uint256) {
        if (breaks) return byTenant ? terms.tenantBreak : terms.landlordBreak;
        return byTenant ? terms.tenantNotice : terms.landlordNotice;
    }

    function _requireUse(LeaseStore.Store storage store, AgreementId id, uint256 endsAt) private view {
        if (endsAt == 0) revert ILease.Lease_NoticeNotAgreed(msg.sender);
        uint256 present = store.agreements[id].endsAt;
        if (endsAt >= present) revert ILease.Lease_NoticeWithoutEffect(endsAt, present);
    }

    /// @dev Returns how many instalments of rent and parts of the deposit are late. A part of the deposit that is not
    /// in when its grace is over counts like an instalment.
    function _requireDefault(
        ILease.Terms calldata terms,
        ILease.Agreement memory agreement,
        ILease.Account memory account
    ) private view returns (uint256 late) {
        Schedule.Plan memory plan = Schedule.plan(terms);
        late = account.instalmentsLate;
        uint256 amount = account.lateRent(plan);
        uint256 paid = agreement.depositParts;
        uint256 due = terms.dueBy(plan, agreement, block.timestamp, terms.grace);
        if (due > paid) {
            late += due - paid;
            amount += terms.sum(due) - terms.sum(paid);
        }
        if (terms.defaultAfter == 0 || late < terms.defaultAfter) {
            revert ILease.Lease_NotInDefault(late, terms.defaultAfter);
        }
        uint256 least = terms.defaultRents * plan.rentUpTo(account.instalmentsDue);
        if (amount < least) revert ILease.Lease_ArrearsTooLow(amount, least);
    }
}
