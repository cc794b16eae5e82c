// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BoundedCall} from "./BoundedCall.sol";
import {Comparisons} from "./Comparisons.sol";
import {ICondition} from "./ICondition.sol";
import {ILeaves} from "./ILeaves.sol";
import {IPriceFeed} from "./IPriceFeed.sol";

/// @title A price that has been so for some rounds.
/// @dev Nothing that a feed does makes this false: whatever is not fit to be believed, is not known.
library OracleLeaf {
    uint256 internal constant MAX_ROUNDS = 8;

    struct Round {
        uint256 id;
        int256 answer;
        uint256 startedAt;
        uint256 updatedAt;
    }

    /// @dev The member of the parameters that is not acceptable, or nothing.
    function flawOf(ILeaves.OracleParams memory params) internal pure returns (bytes32) {
        if (params.feed == address(0)) return "feed";
        if (params.minAnswer < 0 || params.minAnswer >= params.maxAnswer) return "minAnswer";
        if (params.maxAge == 0) return "maxAge";
        if (params.minRounds == 0 || params.minRounds > MAX_ROUNDS) return "minRounds";
        if (params.sequencer == address(0) && params.grace != 0) return "grace";
        return 0;
    }

    /// @dev True if the sequencer is up, the feed has the decimals that were agreed, and the last rounds, all of them
    /// not before `opensAt` and the last of them not too old, are within bounds and compare as agreed.
    function read(ILeaves.OracleParams memory params, uint256 opensAt)
        internal
        view
        returns (ICondition.Truth truth, uint64 retryAt)
    {
        uint256 upAt = _usableFrom(params);
        if (block.timestamp <= upAt) return (ICondition.Truth.Pending, _time(upAt));
        if (!_hasDecimals(params)) return (ICondition.Truth.Pending, 0);

        (bool known, Round memory round) = _ask(params.feed, abi.encodeCall(IPriceFeed.latestRoundData, ()));
        if (!known || block.timestamp > round.updatedAt + params.maxAge) return (ICondition.Truth.Pending, 0);
        uint256 latest = block.timestamp;
        for (uint256 i = 1; _qualifies(params, round, opensAt, latest); ++i) {
            if (i == params.minRounds) return (ICondition.Truth.True, 0);
            if (round.id == 0) break;
            uint256 id = round.id - 1;
            latest = round.updatedAt;
            (known, round) = _ask(params.feed, abi.encodeCall(IPriceFeed.getRoundData, (uint80(id))));
            if (!known || round.id != id) break;
        }
        return (ICondition.Truth.Pending, 0);
    }

    function _qualifies(ILeaves.OracleParams memory params, Round memory round, uint256 opensAt, uint256 latest)
        private
        pure
        returns (bool)
    {
        bool timely = round.updatedAt != 0 && round.updatedAt >= opensAt && round.updatedAt <= latest;
        // The lower bound is not negative, so zero and less are never believed.
        bool believed = round.answer > params.minAnswer && round.answer < params.maxAnswer;
        return timely && believed && Comparisons.holds(params.comparison, round.answer, params.value);
    }

    /// @dev The last instant at which the feed may not be used yet: without a sequencer none, with one the end of its
    /// grace period, and for ever while it is down or does not tell.
    function _usableFrom(ILeaves.OracleParams memory params) private view returns (uint256) {
        if (params.sequencer == address(0)) return 0;
        (bool known, Round memory round) = _ask(params.sequencer, abi.encodeCall(IPriceFeed.latestRoundData, ()));
        // Zero means up. A feed that was never started tells nothing.
        if (!known || round.answer != 0 || round.startedAt == 0) return type(uint256).max;
        return round.startedAt + params.grace;
    }

    function _hasDecimals(ILeaves.OracleParams memory params) private view returns (bool) {
        (bool answered, bytes memory answer) = BoundedCall.ask(params.feed, abi.encodeCall(IPriceFeed.decimals, ()), 32);
        return answered && answer.length == 32 && abi.decode(answer, (uint256)) == params.decimals;
    }

    /// @dev Decoded by hand, because the decoder reverts on words that are not clean. Round numbers that do not fit,
    /// and times that could make a sum overflow, are no answer.
    function _ask(address feed, bytes memory question) private view returns (bool known, Round memory round) {
        (bool answered, bytes memory answer) = BoundedCall.ask(feed, question, 160);
        if (!answered || answer.length != 160) return (false, round);
        (round.id, round.answer, round.startedAt, round.updatedAt,) =
            abi.decode(answer, (uint256, int256, uint256, uint256, uint256));
        known =
            round.id <= type(uint80).max && round.startedAt <= type(uint64).max && round.updatedAt <= type(uint64).max;
    }

    function _time(uint256 instant) private pure returns (uint64) {
        return instant < type(uint64).max ? uint64(instant + 1) : 0;
    }
}
