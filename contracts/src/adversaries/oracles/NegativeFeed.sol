// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {PostedFeed} from "./PostedFeed.sol";

/// @title A feed whose fresh answer is negative.
contract NegativeFeed is PostedFeed {
    constructor(uint8 decimals_) PostedFeed(decimals_) {}

    /// @inheritdoc PostedFeed
    function latestRoundData() external view override returns (uint80, int256, uint256, uint256, uint80) {
        return (1, -1, block.timestamp, block.timestamp, 1);
    }
}
