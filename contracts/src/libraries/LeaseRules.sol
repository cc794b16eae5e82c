// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {Bps} from "./Bps.sol";
import {Schedule} from "./Schedule.sol";
import {Text} from "./Text.sol";

/// @title What terms of a lease are acceptable.
library LeaseRules {
    using Schedule for Schedule.Plan;

    /// @dev Thirty years of months. Bounds every loop over the schedule, and with it the gas of every exit.
    uint256 internal constant MAX_PERIODS = 360;

    /// @dev One a year.
    uint256 internal constant MAX_STEPS = 30;

    /// @dev A deposit is not a loan.
    uint256 internal constant MAX_DEPOSIT_PARTS = 12;

    /// @dev Ten years. Keeps every deadline within 40 bits.
    uint256 internal constant MAX_WINDOW = 3650 days;

    /// @dev The zone furthest from Greenwich.
    int256 internal constant MAX_UTC_OFFSET = 14 hours;

    /// @dev Leaves room for the period before `start` and any offset.
    uint256 internal constant MIN_START = 100 days;

    /// @dev Reverts unless a lease with these terms can run from signature to end. Whether the asset has code is found
    /// out when the deposit, or the rent, is paid.
    function check(ILease.Terms calldata terms) internal view {
        _checkParties(terms);
        _checkSchedule(terms);
        _checkSteps(terms);
        _checkDeposit(terms);
        _checkWindows(terms);
        _require(terms.lateFeeBps <= Bps.ONE, "lateFeeBps");
        _require(terms.timeoutBps <= Bps.ONE, "timeoutBps");
        _require(terms.breakRents <= MAX_PERIODS, "breakRents");
        // A lease that rolls on is one that the tenant can leave.
        _require(terms.holdover == 0 || terms.tenantNotice != 0, "tenantNotice");
    }

    function _checkParties(ILease.Terms calldata terms) private view {
        _require(_canBePaid(terms.landlord), "landlord");
        _require(_canBePaid(terms.tenant) && terms.tenant != terms.landlord, "tenant");
        _require(_isThird(terms, terms.arbiter), "arbiter");
        _require(_isThird(terms, terms.attester), "attester");
        _require(terms.asset != address(this), "asset");
    }

    function _checkSchedule(ILease.Terms calldata terms) private pure {
        _require(terms.start >= MIN_START, "start");
        // The first instalment cannot be late at the moment the lease comes into force.
        _require(terms.signBy <= uint256(terms.start) + terms.grace, "signBy");
        _require(terms.utcOffset <= MAX_UTC_OFFSET && terms.utcOffset >= -MAX_UTC_OFFSET, "utcOffset");
        _require(terms.dueDay <= 31, "dueDay");
        _require(terms.periodSeconds == 0 || terms.dueDay == 0, "dueDay");
        _require(terms.periods != 0 && terms.periods <= MAX_PERIODS, "periods");
        _require(_allPeriods(terms) <= MAX_PERIODS, "holdover");
        _require(_isRent(terms, terms.rent), "rent");
        Schedule.Plan memory plan = Schedule.plan(terms);
        _require(plan.due(plan.count) + 4 * MAX_WINDOW <= type(uint40).max, "start");
        // Each part of the deposit falls due with an instalment.
        _require(terms.depositParts <= MAX_DEPOSIT_PARTS && terms.depositParts <= plan.count, "depositParts");
    }

    /// @dev Steps come in order, within the schedule, and leave the rent unchanged for a year.
    function _checkSteps(ILease.Terms calldata terms) private pure {
        uint256 length = terms.steps.length;
        _require(length <= MAX_STEPS, "steps");
        uint256 year =
            terms.periodSeconds == 0 ? 12 : (365 days + uint256(terms.periodSeconds) - 1) / terms.periodSeconds;
        uint256 least = year;
        for (uint256 i = 0; i < length; ++i) {
            ILease.RentStep calldata step = terms.steps[i];
            _require(step.period >= least && step.period < _allPeriods(terms) && _isRent(terms, step.rent), "steps");
            least = step.period + year;
        }
    }

    function _checkDeposit(ILease.Terms calldata terms) private pure {
        if (terms.maxDepositBps != 0) _require(terms.deposit <= Bps.share(terms.rent, terms.maxDepositBps), "deposit");
        // No part is nothing.
        _require(terms.depositParts <= 1 || terms.depositParts <= terms.deposit, "depositParts");
    }

    function _checkWindows(ILease.Terms calldata terms) private pure {
        _require(terms.serviceDelay <= MAX_WINDOW, "serviceDelay");
        _require(terms.defaultAfter == 0 || _isWindow(terms.cureWindow), "cureWindow");
        _require(terms.returnWindow != 0 && terms.returnWindow <= terms.claimWindow, "returnWindow");
        _require(_isWindow(terms.claimWindow), "claimWindow");
        _require(_isWindow(terms.objectionWindow), "objectionWindow");
        _require(_isWindow(terms.rulingWindow), "rulingWindow");
    }

    function _allPeriods(ILease.Terms calldata terms) private pure returns (uint256) {
        return uint256(terms.periods) + terms.holdover;
    }

    /// @dev With one more than the full periods, for the stub, no sum of instalments can outgrow 128 bits.
    function _isRent(ILease.Terms calldata terms, uint256 rent) private pure returns (bool) {
        return rent != 0 && rent * (_allPeriods(terms) + 1) <= type(uint128).max;
    }

    function _isWindow(uint256 window) private pure returns (bool) {
        return window != 0 && window <= MAX_WINDOW;
    }

    function _canBePaid(address party) private view returns (bool) {
        return party != address(0) && party != address(this);
    }

    function _isThird(ILease.Terms calldata terms, address person) private view returns (bool) {
        return person != terms.landlord && person != terms.tenant && person != address(this);
    }

    /// @dev Names the member that is not acceptable. One word per call instead of a string keeps the code small.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert ILease.Lease_InvalidTerms(Text.from(field));
    }
}
