// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {Schedule} from "../libraries/Schedule.sol";

/// @title Shows what the library {Schedule} does, also far beyond the longest lease. For simulations.
contract ScheduleHarness {
    using Schedule for Schedule.Plan;

    /// @notice The boundaries of full periods, `count` of them from the first on.
    function boundariesOf(ILease.Terms calldata terms, uint256 count)
        external
        pure
        returns (uint256[] memory boundaries)
    {
        Schedule.Plan memory plan = Schedule.plan(terms);
        boundaries = new uint256[](count);
        for (uint256 j = 0; j < count; ++j) {
            boundaries[j] = plan.boundary(j);
        }
    }

    /// @notice The prices of one day, two days … up to `longest` days of a full period of `full` days.
    function prices(ILease.Proration convention, uint256 rent, uint256 longest, uint256 full)
        external
        pure
        returns (uint256[] memory amounts)
    {
        amounts = new uint256[](longest);
        for (uint256 length = 1; length <= longest; ++length) {
            amounts[length - 1] = Schedule.prorate(convention, rent, length, full);
        }
    }
}
