// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {LeaseStore} from "./LeaseStore.sol";
import {LeaseTerms} from "./LeaseTerms.sol";

/// @title What landlord and tenant tell each other, and how the landlord's place passes on.
/// @dev Linked, not inlined, like {Endings}. Moves no money. {ILease} says what each act promises.
library Relations {
    using LeaseStore for LeaseStore.Store;
    using LeaseTerms for ILease.Terms;
    using SafeCast for uint256;

    /// @dev Most items of a claim.
    uint256 internal constant MAX_ITEMS = 32;

    function serveNotice(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        bytes32 kind,
        bytes32 document
    ) external {
        // Check
        store.requireParty(id, terms, msg.sender);
        ILease.Status stage = store.agreements[id].stage;
        if (stage != ILease.Status.Draft) LeaseStore.requireOpen(id, stage);

        // Effect
        emit ILease.NoticeServed(id, msg.sender, kind, document, block.timestamp + terms.serviceDelay);
    }

    function offerSuccession(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        address successor
    ) external {
        // Check: the successor could have been the landlord from the beginning.
        LeaseStore.requireCaller(store.landlord(id, terms));
        LeaseStore.requireOpen(id, store.agreements[id].stage);
        bool isTaken = successor == msg.sender || successor == terms.tenant || successor == address(this);
        bool isThird = successor != address(0) && (successor == terms.arbiter || successor == terms.attester);
        if (isTaken || isThird) revert ILease.Lease_InvalidSuccessor(successor);

        // Effect
        store.successions[id].offered = successor;
        emit ILease.SuccessionOffered(id, successor);
    }

    function acceptSuccession(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms) external {
        ILease.Succession storage succession = store.successions[id];
        // Check
        LeaseStore.requireCaller(succession.offered);
        LeaseStore.requireOpen(id, store.agreements[id].stage);

        // Effect: from here on it has every right of the landlord, and nothing else changes (L-13).
        emit ILease.LandlordChanged(id, store.landlord(id, terms), msg.sender);
        store.agreements[id].succeeded = true;
        succession.landlord = msg.sender;
        succession.offered = address(0);
    }

    function recordInspection(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        ILease.Inspection inspection,
        bytes32 report
    ) external {
        // Check: while it matters, and until both agree.
        bool isTenant = store.requireParty(id, terms, msg.sender);
        if (inspection == ILease.Inspection.MoveIn) store.requireRunning(id);
        else store.requireClaimable(id, terms);
        ILease.Reports storage reports = store.reports[id][inspection];
        if (_isAgreed(reports)) revert ILease.Lease_InspectionAgreed(reports.tenant);

        // Effect
        if (isTenant) reports.tenant = report;
        else reports.landlord = report;
        emit ILease.InspectionRecorded(id, msg.sender, inspection, report);
        if (inspection == ILease.Inspection.MoveIn || !_isAgreed(reports)) return;
        ILease.Reports storage before = store.reports[id][ILease.Inspection.MoveIn];
        if (!_isAgreed(before) || before.tenant != report) return;
        store.agreements[id].unchanged = true;
        emit ILease.HomeUnchanged(id, report);
    }

    function objectToClaim(
        LeaseStore.Store storage store,
        AgreementId id,
        ILease.Terms calldata terms,
        bytes32 evidence
    ) external {
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

    /// @dev Adds up the items of a claim, each of which is something, and returns the hash of the list.
    function itemise(AgreementId id, ILease.Deduction[] calldata items)
        external
        returns (uint256 amount, bytes32 evidence)
    {
        if (items.length > MAX_ITEMS) revert ILease.Lease_TooManyItems(items.length, MAX_ITEMS);
        for (uint256 i = 0; i < items.length; ++i) {
            if (items[i].amount == 0) revert ILease.Lease_InvalidAmount(0, type(uint128).max);
            amount += items[i].amount;
        }
        emit ILease.DepositItemised(id, items);
        evidence = keccak256(abi.encode(items));
    }

    function _isAgreed(ILease.Reports storage reports) private view returns (bool) {
        bytes32 report = reports.tenant;
        return report != 0 && report == reports.landlord;
    }
}
