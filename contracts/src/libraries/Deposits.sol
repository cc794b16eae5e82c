// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {LeaseTerms} from "./LeaseTerms.sol";
import {Schedule} from "./Schedule.sol";

/// @title A deposit that is paid in parts: how much each is, and when it is due.
/// @dev Part zero is due at signature, part `i` with instalment `i`. All are the same, rounded down, but part zero,
/// which has the remainder as well (L-11). At most {LeaseRules.MAX_DEPOSIT_PARTS}.
library Deposits {
    using Schedule for Schedule.Plan;

    /// @dev In how many parts the deposit is paid; zero without one.
    function parts(ILease.Terms calldata terms) internal pure returns (uint256) {
        if (terms.deposit == 0) return 0;
        return terms.depositParts == 0 ? 1 : terms.depositParts;
    }

    /// @dev The first `n` parts.
    // Every part but the first is the same whole amount.
    // slither-disable-next-line divide-before-multiply
    function sum(ILease.Terms calldata terms, uint256 n) internal pure returns (uint256) {
        if (n == 0) return 0;
        uint256 all = parts(terms);
        return terms.deposit - (all - n) * (terms.deposit / all);
    }

    /// @dev How many parts have been due for `delay` seconds at `time`. None falls due when the lease is over.
    function dueBy(
        ILease.Terms calldata terms,
        Schedule.Plan memory plan,
        ILease.Agreement memory agreement,
        uint256 time,
        uint256 delay
    ) internal pure returns (uint256 n) {
        uint256 all = parts(terms);
        if (all == 0) return 0;
        uint256 end = LeaseTerms.end(agreement);
        for (n = 1; n < all; ++n) {
            uint256 due = plan.due(n);
            if (due >= end || due + delay > time) break;
        }
    }

    /// @dev What is due of the deposit and not paid.
    function missing(
        ILease.Terms calldata terms,
        Schedule.Plan memory plan,
        ILease.Agreement memory agreement,
        uint256 time
    ) internal pure returns (uint256) {
        uint256 n = dueBy(terms, plan, agreement, time, 0);
        uint256 paid = agreement.depositParts;
        return n > paid ? sum(terms, n) - sum(terms, paid) : 0;
    }
}
