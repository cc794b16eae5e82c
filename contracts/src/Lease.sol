// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "./interfaces/ILease.sol";
import {LeaseActs} from "./lease/LeaseActs.sol";
import {LeaseDeposit} from "./lease/LeaseDeposit.sol";
import {LeaseSigning} from "./lease/LeaseSigning.sol";
import {LeaseViews} from "./lease/LeaseViews.sol";
import {Accrual} from "./libraries/Accrual.sol";
import {Endings} from "./libraries/Endings.sol";
import {LeaseStore} from "./libraries/LeaseStore.sol";
import {LeaseTerms} from "./libraries/LeaseTerms.sol";
import {Schedule} from "./libraries/Schedule.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title Leases.
/// @dev See {ILease} for what each function promises and INVARIANTS.md for what always holds. States and deadlines are
/// drawn in docs/lease.md. Every entry point is guarded, so effects may be spread over helpers as long as no payout
/// comes before the last of them. Here are rent and the end by time alone; the rest is in lease/, and what moves no
/// money in linked libraries.
contract Lease is LeaseSigning, LeaseActs, LeaseDeposit, LeaseViews {
    using LeaseTerms for Terms;
    using LeaseTerms for Agreement;
    using Accrual for Terms;
    using Accrual for Account;
    using LeaseStore for LeaseStore.Store;
    using Schedule for Schedule.Plan;
    using SafeCast for uint256;

    /// @dev What a payment needs to know, read once.
    struct Payment {
        AgreementId id;
        Agreement before;
        Schedule.Plan plan;
        Account account;
        uint256 offered;
        uint256 amount;
    }

    /// @dev Sets the EIP-712 domain. Nothing can be configured.
    constructor() EIP712("Covenant Lease", "1") {}

    // -------------------------------------------------------------------------------------------------------- rent

    /// @inheritdoc ILease
    function pay(Terms calldata terms) external payable nonReentrant {
        Payment memory payment = _openPayment(terms);
        payment.offered = terms.asset == address(0) ? msg.value : payment.account.arrears();
        _pay(payment, terms);
    }

    /// @inheritdoc ILease
    function pay(Terms calldata terms, uint128 amount) external payable nonReentrant {
        Payment memory payment = _openPayment(terms);
        payment.offered = amount;
        _pay(payment, terms);
    }

    // ----------------------------------------------------------------------------------------------- by time alone

    /// @inheritdoc ILease
    function settle(Terms calldata terms) external nonReentrant {
        AgreementId id = _idOf(terms);
        // Check: there is a deadline, and it has come.
        Status status = _store.status(id);
        if (status == Status.None) revert Lease_UnknownAgreement(id);
        uint256 deadline = terms.deadline(_store.load(id));
        if (deadline == 0) revert Lease_WrongState(status, Status.Ended);
        if (block.timestamp < deadline) revert Lease_TooEarly(block.timestamp, deadline);

        // Effect and interaction: depends on nothing but the terms and the clock (I-5).
        emit TimedOut(id, status);
        Agreement memory before = _store.load(id);
        _divide(id, terms, terms.held(before), terms.silentAward(before));
    }

    // ----------------------------------------------------------------------------------------------------- effects

    /// @dev Counts a payment and passes it on.
    function _pay(Payment memory payment, Terms calldata terms) private {
        // Check: something may be paid. What is offered beyond that is left or returned, not refused: else anybody
        // could spoil a payment in full by paying one unit just before it (L-6). Only the tenant pays ahead, because it
        // moves
        // the earliest end by notice (L-8).
        uint256 owed = payment.account.arrears();
        uint256 most = owed;
        if (payment.offered > owed && msg.sender == terms.tenant) {
            most += terms.prepayable(payment.plan, payment.before, payment.account);
        }
        uint256 amount = Math.min(payment.offered, most);
        if (amount == 0) revert Lease_InvalidAmount(payment.offered, most);
        payment.amount = amount;

        // Effect
        _recordPayment(payment, terms);
        if (amount >= owed && payment.before.statusAt(block.timestamp) == Status.InDefault) {
            Endings.cure(_store, payment.id, terms);
        }

        // Interaction: in, and on to the landlord, whose refusal makes it his credit and leaves it paid (I-6).
        uint256 excess = terms.asset == address(0) ? payment.offered - amount : 0;
        _pull(terms.asset, amount + excess);
        _forward(terms.asset, _landlordOf(payment, terms), amount);
        _forward(terms.asset, msg.sender, excess);
    }

    function _recordPayment(Payment memory payment, Terms calldata terms) private {
        Agreement storage agreement = _store.agreements[payment.id];
        Account memory account = payment.account;
        (uint256 rent, uint256 fees) = terms.divide(account, payment.amount);
        Accrual.writeFees(payment.id, agreement, account);
        uint256 rentPaid = account.rentPaid + rent;
        agreement.rentPaid = rentPaid.toUint128();
        if (fees != 0) agreement.feesPaid = (account.feesPaid + fees).toUint128();
        emit RentPaid(payment.id, msg.sender, rent, fees, payment.plan.covered(rentPaid));
    }

    /// @dev Who gets the payment. Looks it up only where there is something to find.
    function _landlordOf(Payment memory payment, Terms calldata terms) private view returns (address) {
        return payment.before.succeeded ? _store.successions[payment.id].landlord : terms.landlord;
    }

    function _openPayment(Terms calldata terms) private view returns (Payment memory) {
        AgreementId id = _idOf(terms);
        Agreement memory before = _store.load(id);
        LeaseStore.requireOpen(id, before.stage);
        Schedule.Plan memory plan = Schedule.plan(terms);
        return Payment(id, before, plan, terms.accountAt(plan, before, block.timestamp), 0, 0);
    }
}
