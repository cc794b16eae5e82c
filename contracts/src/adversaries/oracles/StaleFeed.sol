// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {PostedFeed} from "./PostedFeed.sol";

/// @title A feed that has stopped: its only answer is a billion of its smallest units, from the day it was made.
contract StaleFeed is PostedFeed {
    uint256 private immutable _MADE = block.timestamp;

    constructor(uint8 decimals_) PostedFeed(decimals_) {}

    /// @inheritdoc PostedFeed
    function latestRoundData() external view override returns (uint80, int256, uint256, uint256, uint80) {
        return (1, 1e9, _MADE, _MADE, 1);
    }
}
