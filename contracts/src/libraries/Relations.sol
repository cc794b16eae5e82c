// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {LeaseStore} from "./LeaseStore.sol";

/// @title What landlord and tenant tell each other, and how the landlord's place passes on.
/// @dev Linked, not inlined, like {Endings}. Moves no money. {ILease} says what each act promises.
library Relations {
    using LeaseStore for LeaseStore.Store;

    // Called for what it checks or does.
    // slither-disable-next-line unused-return
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

    function _isAgreed(ILease.Reports storage reports) private view returns (bool) {
        bytes32 report = reports.tenant;
        return report != 0 && report == reports.landlord;
    }
}
