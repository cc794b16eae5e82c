// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {Calendar} from "./Calendar.sol";

/// @title When which instalment of a lease is due, and how much it is.
/// @dev A function of the terms alone. Nothing here looks at the clock, let alone divides it: callers compare it with
/// what they find here.
///
/// *Boundaries* are the instants at which a full period begins or ends, counted from zero. Boundary `j` of a calendar
/// schedule lies `j` months after the first, each computed from the original day (31 January, 28 February, 31 March).
/// If the lease begins between two boundaries, a short *stub* comes before boundary zero and is instalment zero.
library Schedule {
    /// @dev What is worth computing once for a call.
    struct Plan {
        /// Seconds in a period; zero for calendar months.
        uint256 step;
        uint256 start;
        /// From midnight in Greenwich to the time of the day of `start`, on the day that it is there.
        int256 clock;
        /// Month of boundary zero and day of the month, for calendar months.
        uint256 month;
        uint256 dueDay;
        /// One if there is a stub, else zero.
        uint256 stubs;
        uint256 stubRent;
        /// For a full period before the first step.
        uint256 rent;
        ILease.RentStep[] steps;
        /// How many steps had come in the period that {rentOf} was last asked about.
        uint256 cursor;
        /// All instalments, holdover included.
        uint256 count;
    }

    /// @dev Reads the schedule out of the terms, which must be acceptable ({LeaseRules.check}).
    function plan(ILease.Terms calldata terms) internal pure returns (Plan memory p) {
        p.step = terms.periodSeconds;
        p.rent = terms.rent;
        if (terms.steps.length != 0) p.steps = terms.steps;
        p.count = uint256(terms.periods) + terms.holdover;
        p.start = terms.start;
        if (p.step != 0) return p;

        // Neither this nor a boundary lies before 1970, with {LeaseRules.MIN_START}.
        uint256 local = uint256(int256(p.start) + terms.utcOffset);
        uint256 day = local / 1 days;
        p.clock = int256(local % 1 days) - terms.utcOffset;
        (p.month, p.dueDay) = Calendar.locate(day);
        if (terms.dueDay == 0 || terms.dueDay == p.dueDay) return p;

        p.dueDay = terms.dueDay;
        uint256 dueThisMonth = Calendar.dayIn(p.month, p.dueDay);
        if (dueThisMonth == day) return p;

        // Begins between two due days: up to the next one is a stub.
        if (dueThisMonth < day) ++p.month;
        p.stubs = 1;
        ++p.count;
        uint256 next = Calendar.dayIn(p.month, p.dueDay);
        uint256 previous = Calendar.dayIn(p.month - 1, p.dueDay);
        p.stubRent = prorate(terms.proration, p.rent, next - day, next - previous);
    }

    /// @dev The price of `length` days out of a full period of `full` days, rounded to the nearest unit. An exact half
    /// is rounded down: with the days before them, which round it up, they make up the whole (L-11).
    function prorate(ILease.Proration convention, uint256 rent, uint256 length, uint256 full)
        internal
        pure
        returns (uint256)
    {
        if (convention == ILease.Proration.ThirtyDays) return _nearest(rent * length, 30);
        if (convention == ILease.Proration.Year365) return _nearest(rent * 12 * length, 365);
        if (convention == ILease.Proration.MeanMonth) return _nearest(rent * 100 * length, 3042);
        return _nearest(rent * length, full);
    }

    /// @dev The instant of boundary `j`. Strictly increasing in `j`.
    function boundary(Plan memory p, uint256 j) internal pure returns (uint256) {
        if (p.step != 0) return p.start + j * p.step;
        return uint256(int256(Calendar.dayIn(p.month + j, p.dueDay) * 1 days) + p.clock);
    }

    /// @dev The instant at which instalment `k` is due, also for `k == count`: the end. Strictly increasing in `k`.
    function due(Plan memory p, uint256 k) internal pure returns (uint256) {
        return k < p.stubs ? p.start : boundary(p, k - p.stubs);
    }

    /// @dev The rent of full period `j`: of the last step that has come. Starts where the last search ended, for
    /// callers ask for one period after the other.
    function rentOf(Plan memory p, uint256 j) internal pure returns (uint256) {
        uint256 i = p.cursor;
        // unreached: nobody asks for a period before the last one. Who did would get its rent all the same.
        if (i != 0 && p.steps[i - 1].period > j) i = 0;
        while (i < p.steps.length && p.steps[i].period <= j) ++i;
        p.cursor = i;
        return i == 0 ? p.rent : p.steps[i - 1].rent;
    }

    /// @dev The rent of the last full period among the first `k` instalments, or of the first one.
    function rentUpTo(Plan memory p, uint256 k) internal pure returns (uint256) {
        return rentOf(p, k > p.stubs ? k - p.stubs - 1 : 0);
    }

    /// @dev The amount of instalment `k`.
    function instalment(Plan memory p, uint256 k) internal pure returns (uint256) {
        return k < p.stubs ? p.stubRent : rentOf(p, k - p.stubs);
    }

    /// @dev The sum of the first `k` instalments.
    function sum(Plan memory p, uint256 k) internal pure returns (uint256 total) {
        if (k <= p.stubs) return k * p.stubRent;
        total = p.stubs * p.stubRent;
        uint256 until = k - p.stubs;
        uint256 from = 0;
        uint256 rent = p.rent;
        for (uint256 i = 0; i < p.steps.length && p.steps[i].period < until; ++i) {
            total += (p.steps[i].period - from) * rent;
            from = p.steps[i].period;
            rent = p.steps[i].rent;
        }
        total += (until - from) * rent;
    }

    /// @dev How many instalments `paid` covers in full.
    function covered(Plan memory p, uint256 paid) internal pure returns (uint256) {
        uint256 rest = p.stubs * p.stubRent;
        if (paid < rest) return 0;
        rest = paid - rest;
        uint256 from = 0;
        uint256 rent = p.rent;
        for (uint256 i = 0; i < p.steps.length; ++i) {
            uint256 before = (p.steps[i].period - from) * rent;
            if (rest < before) break;
            rest -= before;
            from = p.steps[i].period;
            rent = p.steps[i].rent;
        }
        return p.stubs + from + rest / rent;
    }

    /// @dev The first boundary after everything that `paid` covers, if only in part.
    function paidUntil(Plan memory p, uint256 paid) internal pure returns (uint256 j) {
        uint256 k = covered(p, paid);
        if (sum(p, k) < paid) ++k;
        return k > p.stubs ? k - p.stubs : 0;
    }

    function _nearest(uint256 numerator, uint256 denominator) private pure returns (uint256) {
        return (2 * numerator + denominator - 1) / (2 * denominator);
    }
}
