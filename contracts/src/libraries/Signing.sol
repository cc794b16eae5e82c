// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Accrual} from "./Accrual.sol";
import {Deposits} from "./Deposits.sol";
import {Endings} from "./Endings.sol";
import {LeaseRules} from "./LeaseRules.sol";
import {LeaseStore} from "./LeaseStore.sol";
import {Schedule} from "./Schedule.sol";
import {Signatures} from "./Signatures.sol";

/// @title How a lease comes into force: signatures, and the deposit in one or several parts.
/// @dev Linked, not inlined, like {Endings}. Moves no money: it says how much of the deposit has to come in.
library Signing {
    using LeaseStore for LeaseStore.Store;
    using Accrual for ILease.Account;
    using Deposits for ILease.Terms;
    using Schedule for Schedule.Plan;
    using SafeCast for uint256;

    /// @dev The caller signs. Returns whether, as the tenant, it pays a part of the deposit with that, and how much.
    function sign(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms)
        external
        returns (bool paysPart, uint256 part)
    {
        bool isTenant = _recordSignature(store, id, terms, msg.sender);
        ILease.Agreement storage agreement = store.agreements[id];
        paysPart = isTenant && agreement.depositParts == 0 && terms.deposit != 0;
        if (paysPart) part = _recordPart(id, agreement, terms);
        _activateIfComplete(id, agreement, terms);
    }

    function signFor(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        address party,
        bytes calldata signature
    ) external {
        _recordSignature(store, id, terms, party);
        _activateIfComplete(id, store.agreements[id], terms);

        // Check: the id binds chain, contract and every term, counts once, and lapses with `signBy`: it needs no nonce.
        if (!Signatures.isValid(party, AgreementId.unwrap(id), signature)) revert ILease.Lease_InvalidSignature(party);
    }

    /// @dev Counts the next part of the deposit, and returns how much it is.
    function payDeposit(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms)
        external
        returns (uint256 part)
    {
        ILease.Agreement storage agreement = store.agreements[id];
        // Check: there is one to be paid, in time.
        ILease.Status status = store.status(id);
        uint256 parts = terms.parts();
        bool isRunning = status == ILease.Status.Active || status == ILease.Status.InDefault;
        if (!isRunning || agreement.depositParts == parts) {
            LeaseStore.requireStatus(id, status, ILease.Status.Draft);
            LeaseStore.requireBefore(terms.signBy);
            if (parts == 0) revert ILease.Lease_InvalidAmount(0, 0);
            if (agreement.depositParts == parts) revert ILease.Lease_DepositAlreadyPaid(id);
        }

        // Effect
        part = _recordPart(id, agreement, terms);
        if (status == ILease.Status.Draft) _activateIfComplete(id, agreement, terms);
        if (status == ILease.Status.InDefault && store.account(id, terms).arrears() == 0) {
            Endings.cureIfComplete(store, id, terms);
        }
    }

    function _recordSignature(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        address party
    ) private returns (bool isTenant) {
        ILease.Agreement storage agreement = store.agreements[id];
        // Check: once, in time, by landlord or tenant.
        isTenant = store.requireParty(id, terms, party);
        LeaseStore.requireBefore(terms.signBy);
        if (agreement.stage == ILease.Status.None) {
            LeaseRules.check(terms);
            agreement.stage = ILease.Status.Draft;
            emit ILease.Proposed(id, party, terms);
        }
        if (agreement.stage != ILease.Status.Draft) {
            revert ILease.Lease_WrongState(store.status(id), ILease.Status.Draft);
        }
        if (isTenant ? agreement.tenantSigned : agreement.landlordSigned) revert ILease.Lease_AlreadySigned(party);

        // Effect
        if (isTenant) agreement.tenantSigned = true;
        else agreement.landlordSigned = true;
        emit ILease.Signed(id, party);
    }

    function _recordPart(AgreementId id, ILease.Agreement storage agreement, ILease.Terms calldata terms)
        private
        returns (uint256 part)
    {
        uint8 paid = agreement.depositParts;
        part = terms.sum(paid + 1) - terms.sum(paid);
        agreement.depositParts = paid + 1;
        emit ILease.DepositPaid(id, msg.sender, part);
    }

    function _activateIfComplete(AgreementId id, ILease.Agreement storage agreement, ILease.Terms calldata terms)
        private
    {
        bool complete =
            agreement.landlordSigned && agreement.tenantSigned && (agreement.depositParts != 0 || terms.deposit == 0);
        if (!complete) return;
        Schedule.Plan memory plan = Schedule.plan(terms);
        uint256 endsAt = plan.due(plan.count);
        agreement.stage = ILease.Status.Active;
        agreement.endsAt = endsAt.toUint40();
        emit ILease.Activated(id, endsAt);
    }
}
