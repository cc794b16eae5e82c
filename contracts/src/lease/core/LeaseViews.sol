// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {Accrual} from "../../libraries/Accrual.sol";
import {Endings} from "../../libraries/Endings.sol";
import {Figures} from "../../libraries/Figures.sol";
import {LeaseStore} from "../../libraries/LeaseStore.sol";
import {LeaseTerms} from "../../libraries/LeaseTerms.sol";
import {Schedule} from "../../libraries/Schedule.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {LeaseBase} from "./LeaseBase.sol";

/// @title What can be asked about a lease.
abstract contract LeaseViews is LeaseBase {
    using LeaseTerms for Terms;
    using LeaseStore for LeaseStore.Store;
    using Accrual for Terms;
    using Accrual for Account;

    /// @inheritdoc ILease
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc ILease
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _store.status(_idOf(terms));
    }

    /// @inheritdoc ILease
    function agreementOf(Terms calldata terms) external view nonReentrantView returns (Agreement memory) {
        return _store.load(_idOf(terms));
    }

    /// @inheritdoc ILease
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return terms.deadline(_store.load(_idOf(terms)));
    }

    /// @inheritdoc ILease
    function endOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return LeaseTerms.end(_store.load(_idOf(terms)));
    }

    /// @inheritdoc ILease
    function landlordOf(Terms calldata terms) external view nonReentrantView returns (address) {
        return _store.landlord(_idOf(terms), terms);
    }

    /// @inheritdoc ILease
    function successorOf(Terms calldata terms) external view nonReentrantView returns (address) {
        return _store.successions[_idOf(terms)].offered;
    }

    /// @inheritdoc ILease
    function reportsOf(Terms calldata terms, Inspection inspection)
        external
        view
        nonReentrantView
        returns (Reports memory)
    {
        return _store.reports[_idOf(terms)][inspection];
    }

    /// @inheritdoc ILease
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256) {
        AgreementId id = _idOf(terms);
        Agreement memory agreement = _store.load(id);
        uint256 award = terms.silentAward(agreement);
        if (party == _store.landlord(id, terms)) return award;
        return party == terms.tenant ? terms.held(agreement) - award : 0;
    }

    /// @inheritdoc ILease
    function arrears(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _store.account(_idOf(terms), terms).arrears();
    }

    /// @inheritdoc ILease
    function accountOf(Terms calldata terms) external view nonReentrantView returns (Account memory) {
        return _store.account(_idOf(terms), terms);
    }

    /// @inheritdoc ILease
    function daysLate(Terms calldata terms, uint256 k) external view nonReentrantView returns (uint256) {
        return Figures.daysLate(_store, _idOf(terms), terms, k);
    }

    /// @inheritdoc ILease
    function payableNow(Terms calldata terms) external view nonReentrantView returns (uint256) {
        AgreementId id = _idOf(terms);
        Agreement memory agreement = _store.load(id);
        if (!LeaseStore.isOpen(agreement.stage)) return 0;
        Account memory account = _store.account(id, terms);
        return account.arrears() + terms.prepayable(Schedule.plan(terms), agreement, account);
    }

    /// @inheritdoc ILease
    function depositOf(Terms calldata terms) external view nonReentrantView returns (uint256 due, uint256 paid) {
        return Figures.depositOf(_store, _idOf(terms), terms);
    }

    /// @inheritdoc ILease
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function noticeOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256 endsAt) {
        (endsAt,) = Endings.quote(_store, _idOf(terms), terms, party, false);
    }

    /// @inheritdoc ILease
    function breakOf(Terms calldata terms, address party)
        external
        view
        nonReentrantView
        returns (uint256 endsAt, uint256 fee)
    {
        return Endings.quote(_store, _idOf(terms), terms, party, true);
    }

    /// @inheritdoc ILease
    function instalments(Terms calldata terms) external view returns (uint256) {
        return Figures.instalments(terms);
    }

    /// @inheritdoc ILease
    function instalmentOf(Terms calldata terms, uint256 k) external view returns (uint256 due, uint256 amount) {
        return Figures.instalmentOf(terms, k);
    }
}
