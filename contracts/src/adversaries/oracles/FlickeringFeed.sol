// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {PostedFeed} from "./PostedFeed.sol";

/// @title A feed that says a billion in even blocks, and one in odd ones.
contract FlickeringFeed is PostedFeed {
    constructor(uint8 decimals_) PostedFeed(decimals_) {}

    /// @inheritdoc PostedFeed
    function latestRoundData() external view override returns (uint80, int256, uint256, uint256, uint80) {
        int256 answer = block.number % 2 == 0 ? int256(1e9) : int256(1);
        return (1, answer, block.timestamp, block.timestamp, 1);
    }
}
