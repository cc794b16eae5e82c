// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {Bps} from "./Bps.sol";
import {Schedule} from "./Schedule.sol";
import {Text} from "./Text.sol";

/// @title What terms of a lease are acceptable, how they are hashed, and when the lease's stages end.
library LeaseTerms {
    using Schedule for Schedule.Plan;

    /// @dev EIP-712 type of {ILease.Terms}.
    bytes32 internal constant TYPEHASH = keccak256(
        "Terms(address landlord,address tenant,address arbiter,address asset,uint128 rent,uint128 deposit,"
        "uint40 signBy,uint40 start,uint32 periodSeconds,uint8 dueDay,int32 utcOffset,uint16 periods,uint8 proration,"
        "uint32 grace,uint128 lateFeeFlat,uint16 lateFeeBps,uint128 lateFeeCap,uint8 waterfall,uint16 maxPrepaid,"
        "uint8 noticeUnit,uint16 tenantNotice,uint16 landlordNotice,uint16 defaultAfter,uint40 cureWindow,"
        "uint40 claimWindow,uint40 objectionWindow,uint40 rulingWindow,uint16 timeoutBps,bytes32 documentHash,"
        "bytes32 salt)"
    );

    /// @dev Bytes of the encoded terms.
    uint256 internal constant SIZE = 30 * 32;

    /// @dev Thirty years of months. Bounds every loop over the schedule, and with it the gas of every exit.
    uint256 internal constant MAX_PERIODS = 360;

    /// @dev Ten years. Keeps every deadline within 40 bits.
    uint256 internal constant MAX_WINDOW = 3650 days;

    /// @dev The zone furthest from Greenwich.
    int256 internal constant MAX_UTC_OFFSET = 14 hours;

    /// @dev Leaves room for the period before `start` and any offset.
    uint256 internal constant MIN_START = 100 days;

    /// @dev The EIP-712 struct hash. Every member is one word, so the members' encoding is what stands in calldata,
    /// where every function of the contract has the terms as its first argument. Copying it is much cheaper than
    /// encoding the
    /// members one by one. A call with unclean words finds no agreement: {check}'s caller emits the terms, which
    /// validates every word, before one can exist.
    function structHash(ILease.Terms calldata) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(TYPEHASH, msg.data[4:4 + SIZE]));
    }

    /// @dev Reverts unless a lease with these terms can run from signature to end. Whether the asset has code is found
    /// out when the deposit, or the rent, is paid.
    function check(ILease.Terms calldata terms) internal view {
        _checkParties(terms);
        _checkSchedule(terms);
        _checkWindows(terms);
        _require(terms.lateFeeBps <= Bps.ONE, "lateFeeBps");
        _require(terms.timeoutBps <= Bps.ONE, "timeoutBps");
    }

    /// @dev A copy of what is stored. The last slot is read only where there can be something in it.
    function load(ILease.Agreement storage stored) internal view returns (ILease.Agreement memory agreement) {
        agreement.stage = stored.stage;
        agreement.landlordSigned = stored.landlordSigned;
        agreement.tenantSigned = stored.tenantSigned;
        agreement.depositPaid = stored.depositPaid;
        agreement.assessed = stored.assessed;
        agreement.endsAt = stored.endsAt;
        agreement.cureBy = stored.cureBy;
        agreement.since = stored.since;
        agreement.rentPaid = stored.rentPaid;
        agreement.feesAssessed = stored.feesAssessed;
        if (agreement.feesAssessed != 0 || agreement.stage > ILease.Status.Active) {
            agreement.feesPaid = stored.feesPaid;
            agreement.claimed = stored.claimed;
        }
    }

    /// @dev When the lease ends or ended, as things stand.
    function end(ILease.Agreement memory agreement) internal pure returns (uint256) {
        uint256 cureBy = agreement.cureBy;
        return cureBy != 0 && cureBy < agreement.endsAt ? cureBy : agreement.endsAt;
    }

    /// @dev Where the lease stands at an instant.
    function statusAt(ILease.Agreement memory agreement, uint256 time) internal pure returns (ILease.Status) {
        if (agreement.stage != ILease.Status.Active) return agreement.stage;
        if (time >= end(agreement)) return ILease.Status.Ended;
        return agreement.cureBy == 0 ? ILease.Status.Active : ILease.Status.InDefault;
    }

    /// @dev From when on silence decides; zero when nothing is left to decide.
    function deadline(ILease.Terms calldata terms, ILease.Agreement memory agreement) internal pure returns (uint256) {
        ILease.Status stage = agreement.stage;
        if (stage == ILease.Status.Draft) return terms.signBy;
        if (stage == ILease.Status.Active) return end(agreement) + terms.claimWindow;
        if (stage == ILease.Status.Claimed) return uint256(agreement.since) + terms.objectionWindow;
        if (stage == ILease.Status.Disputed) return uint256(agreement.since) + terms.rulingWindow;
        return 0;
    }

    /// @dev How much of the deposit is held.
    function held(ILease.Terms calldata terms, ILease.Agreement memory agreement) internal pure returns (uint256) {
        ILease.Status stage = agreement.stage;
        if (stage == ILease.Status.Claimed || stage == ILease.Status.Disputed) return agreement.claimed;
        if (stage == ILease.Status.Closed || !agreement.depositPaid) return 0;
        return terms.deposit;
    }

    /// @dev How much of what is held is the landlord's if nobody acts any more; the odd unit is the tenant's.
    function silentAward(ILease.Terms calldata terms, ILease.Agreement memory agreement)
        internal
        pure
        returns (uint256)
    {
        if (agreement.stage == ILease.Status.Claimed) return agreement.claimed;
        if (agreement.stage == ILease.Status.Disputed) return Bps.share(agreement.claimed, terms.timeoutBps);
        return 0;
    }

    function _checkParties(ILease.Terms calldata terms) private view {
        _require(_canBePaid(terms.landlord), "landlord");
        _require(_canBePaid(terms.tenant) && terms.tenant != terms.landlord, "tenant");
        _require(
            terms.arbiter != terms.landlord && terms.arbiter != terms.tenant && terms.arbiter != address(this),
            "arbiter"
        );
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
        // One more than the full periods, for the stub: no sum of instalments can outgrow 128 bits.
        _require(terms.rent != 0 && uint256(terms.rent) * (uint256(terms.periods) + 1) <= type(uint128).max, "rent");
        Schedule.Plan memory plan = Schedule.plan(terms);
        _require(plan.due(plan.count) + 2 * MAX_WINDOW <= type(uint40).max, "start");
    }

    function _checkWindows(ILease.Terms calldata terms) private pure {
        _require(terms.defaultAfter == 0 || _isWindow(terms.cureWindow), "cureWindow");
        _require(_isWindow(terms.claimWindow), "claimWindow");
        _require(_isWindow(terms.objectionWindow), "objectionWindow");
        _require(_isWindow(terms.rulingWindow), "rulingWindow");
    }

    function _isWindow(uint256 window) private pure returns (bool) {
        return window != 0 && window <= MAX_WINDOW;
    }

    function _canBePaid(address party) private view returns (bool) {
        return party != address(0) && party != address(this);
    }

    /// @dev Names the member that is not acceptable. One word per call instead of a string keeps the code small.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert ILease.Lease_InvalidTerms(Text.from(field));
    }
}
