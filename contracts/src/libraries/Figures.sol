// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Deposits} from "./Deposits.sol";
import {LeaseRules} from "./LeaseRules.sol";
import {LeaseStore} from "./LeaseStore.sol";
import {Schedule} from "./Schedule.sol";

/// @title Figures about a lease that nothing but its readers need.
/// @dev Linked, not inlined, like {Endings}.
library Figures {
    using LeaseStore for LeaseStore.Store;
    using Deposits for ILease.Terms;
    using Schedule for Schedule.Plan;

    function instalments(ILease.Terms calldata terms) external view returns (uint256) {
        LeaseRules.check(terms);
        return Schedule.plan(terms).count;
    }

    function instalmentOf(ILease.Terms calldata terms, uint256 k) external view returns (uint256 due, uint256 amount) {
        LeaseRules.check(terms);
        Schedule.Plan memory plan = Schedule.plan(terms);
        if (k > plan.count) revert ILease.Lease_UnknownInstalment(k, plan.count);
        return (plan.due(k), k < plan.count ? plan.instalment(k) : 0);
    }

    function daysLate(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms, uint256 k)
        external
        view
        returns (uint256)
    {
        ILease.Account memory account = store.account(id, terms);
        if (k >= account.instalmentsDue || k + account.instalmentsUnpaid < account.instalmentsDue) return 0;
        return (LeaseStore.accountTime(store.load(id)) - Schedule.plan(terms).due(k)) / 1 days;
    }

    function depositOf(LeaseStore.Store storage store, AgreementId id, ILease.Terms calldata terms)
        external
        view
        returns (uint256 due, uint256 paid)
    {
        ILease.Agreement memory agreement = store.load(id);
        paid = terms.sum(agreement.depositParts);
        due = paid + terms.missing(Schedule.plan(terms), agreement, LeaseStore.accountTime(agreement));
    }
}
