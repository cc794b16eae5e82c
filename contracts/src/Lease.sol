// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "./interfaces/ILease.sol";
import {LeaseActs} from "./lease/core/LeaseActs.sol";
import {LeaseDeposit} from "./lease/core/LeaseDeposit.sol";
import {LeaseSigning} from "./lease/core/LeaseSigning.sol";
import {LeaseViews} from "./lease/core/LeaseViews.sol";
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

    /// @dev In place of an amount: all that is due.
    uint256 private constant ALL_DUE = type(uint256).max;

    /// @dev Sets the EIP-712 domain. Nothing can be configured.
    constructor() EIP712("Covenant Lease", "1") {}

    // -------------------------------------------------------------------------------------------------------- rent

    /// @inheritdoc ILease
    function pay(Terms calldata terms) external payable nonReentrant {
        _pay(terms, terms.asset == address(0) ? msg.value : ALL_DUE);
    }

    /// @inheritdoc ILease
    function pay(Terms calldata terms, uint128 amount) external payable nonReentrant {
        _pay(terms, amount);
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
    function _pay(Terms calldata terms, uint256 offered) private {
        AgreementId id = _idOf(terms);
        Agreement memory before = _store.load(id);
        LeaseStore.requireOpen(id, before.stage);
        Schedule.Plan memory plan = Schedule.plan(terms);
        Account memory account = terms.accountAt(plan, before, block.timestamp);

        // Check: something may be paid. What is offered beyond that is left or returned, not refused: else anybody
        // could spoil a payment in full by paying one unit just before it (L-6). Only the tenant pays ahead, because it
        // moves the earliest end by notice (L-8).
        uint256 owed = account.arrears();
        if (offered == ALL_DUE) offered = owed;
        uint256 amount = owed;
        if (offered > owed && msg.sender == terms.tenant) amount += terms.prepayable(plan, before, account);
        if (offered == 0 || amount == 0) revert Lease_InvalidAmount(offered, amount);
        if (offered < amount) amount = offered;

        // Effect
        _recordPayment(id, terms, plan, account, amount);
        if (amount >= owed && before.cureBy != 0 && before.statusAt(block.timestamp) == Status.InDefault) {
            Endings.cure(_store, id, terms);
        }

        // Interaction: in, and on to the landlord, whose refusal makes it his credit and leaves it paid (I-6).
        address landlord = before.succeeded ? _store.successions[id].landlord : terms.landlord;
        _relay(terms.asset, landlord, amount, offered);
    }

    function _recordPayment(
        AgreementId id,
        Terms calldata terms,
        Schedule.Plan memory plan,
        Account memory account,
        uint256 amount
    ) private {
        Agreement storage agreement = _store.agreements[id];
        (uint256 rent, uint256 fees) = terms.divide(account, amount);
        Accrual.writeFees(id, agreement, account);
        uint256 rentPaid = account.rentPaid + rent;
        agreement.rentPaid = rentPaid.toUint128();
        if (fees != 0) agreement.feesPaid = (account.feesPaid + fees).toUint128();
        emit RentPaid(id, msg.sender, rent, fees, plan.covered(rentPaid));
    }
}
