// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IPriceFeed} from "../../conditions/IPriceFeed.sol";

/// @title A well-behaved price feed for simulations: anybody may post. The others of this folder are odd in one way.
/// @dev Also stands in for the feed that tells whether a rollup's sequencer is up: 0 is up, 1 is down.
contract PostedFeed is IPriceFeed {
    struct Round {
        int256 answer;
        uint256 startedAt;
        uint256 updatedAt;
    }

    uint8 private immutable _DECIMALS;

    Round[] private _rounds;

    constructor(uint8 decimals_) {
        _DECIMALS = decimals_;
        // Rounds are counted from one.
        _rounds.push();
    }

    /// @notice Posts an answer of now. Anyone.
    function post(int256 answer) external {
        _rounds.push(Round(answer, block.timestamp, block.timestamp));
    }

    /// @notice Posts an answer of any time. Anyone.
    function postAt(int256 answer, uint256 updatedAt) external {
        _rounds.push(Round(answer, updatedAt, updatedAt));
    }

    /// @inheritdoc IPriceFeed
    function decimals() external view virtual returns (uint8) {
        return _DECIMALS;
    }

    /// @inheritdoc IPriceFeed
    function latestRoundData() external view virtual returns (uint80, int256, uint256, uint256, uint80) {
        return _round(uint80(_rounds.length - 1));
    }

    /// @inheritdoc IPriceFeed
    function getRoundData(uint80 round) external view virtual returns (uint80, int256, uint256, uint256, uint80) {
        return _round(round);
    }

    function _round(uint80 id) internal view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[id];
        return (id, round.answer, round.startedAt, round.updatedAt, id);
    }
}
