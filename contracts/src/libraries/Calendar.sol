// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title The Gregorian calendar, in whole days and whole months.
/// @dev Days and months are counted from 1 January 1970, both from zero. No leap seconds, no time zones, no years
/// before 1970. Callers keep days and months below 2^64, far from where the arithmetic here could wrap; within that it
/// never goes below zero.
library Calendar {
    /// @dev Days in 400 years, after which the calendar repeats, and months in as many.
    uint256 private constant CYCLE_DAYS = 146_097;
    uint256 private constant CYCLE_MONTHS = 4800;

    /// @dev Days from year 1 to 1970.
    uint256 private constant DAYS_TO_EPOCH = 719_162;

    /// @dev The day with which a month begins.
    function monthStart(uint256 month) internal pure returns (uint256) {
        unchecked {
            uint256 year = 1970 + month / 12;
            uint256 ordinal = (month % 12) + 1;
            uint256 past = year - 1;
            uint256 daysBeforeYear = past * 365 + past / 4 - past / 100 + past / 400 - DAYS_TO_EPOCH;
            // As if February had 30 days the months before the n-th have floor((367n - 362) / 12) days.
            uint256 daysBeforeMonth = (367 * ordinal - 362) / 12;
            if (ordinal > 2) daysBeforeMonth -= isLeap(year) ? 1 : 2;
            return daysBeforeYear + daysBeforeMonth;
        }
    }

    /// @dev The month in which a day lies.
    function monthOf(uint256 day) internal pure returns (uint256 month) {
        unchecked {
            // Months of mean length are at most one off.
            month = (day * CYCLE_MONTHS) / CYCLE_DAYS;
            if (monthStart(month) > day) return month - 1;
            if (monthStart(month + 1) <= day) return month + 1;
        }
    }

    /// @dev How many days a month has.
    function daysIn(uint256 month) internal pure returns (uint256) {
        unchecked {
            return monthStart(month + 1) - monthStart(month);
        }
    }

    /// @dev The `ordinal`-th day (from 1) of a month, or its last day if it has fewer.
    function dayIn(uint256 month, uint256 ordinal) internal pure returns (uint256) {
        unchecked {
            uint256 first = monthStart(month);
            if (ordinal <= 28) return first + ordinal - 1;
            uint256 next = monthStart(month + 1);
            uint256 day = first + ordinal - 1;
            return day < next ? day : next - 1;
        }
    }

    /// @dev Whether a year (as people count them) has 366 days.
    function isLeap(uint256 year) internal pure returns (bool) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }
}
