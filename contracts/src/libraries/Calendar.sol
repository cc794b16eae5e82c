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

    /// @dev Counted from 1 March of the year 0, leap days come last in their years: months and days from there to 1970.
    uint256 private constant MONTHS_TO_EPOCH = 23_638;
    uint256 private constant DAYS_TO_EPOCH = 719_468;

    /// @dev The day with which a month begins.
    // Whole years, and their leap days.
    // slither-disable-next-line divide-before-multiply
    function monthStart(uint256 month) internal pure returns (uint256) {
        unchecked {
            uint256 months = month + MONTHS_TO_EPOCH;
            uint256 year = months / 12;
            // From March on, every five months have 153 days: 31, 30, 31, 30, 31.
            uint256 ofYear = (153 * (months % 12) + 2) / 5;
            return 365 * year + year / 4 - year / 100 + year / 400 + ofYear - DAYS_TO_EPOCH;
        }
    }

    /// @dev The month in which a day lies, and which of its days (from 1) it is.
    function locate(uint256 day) internal pure returns (uint256 month, uint256 ordinal) {
        unchecked {
            // Counted in months of mean length, three days later lies in the same month, or in the next: so it is for
            // all days of a cycle.
            month = ((day + 3) * CYCLE_MONTHS) / CYCLE_DAYS;
            uint256 first = monthStart(month);
            if (first > day) first = monthStart(--month);
            ordinal = day - first + 1;
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
}
