// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {PostedFeed} from "./PostedFeed.sol";

/// @title A feed that has an answer but no round yet: it was never updated.
contract NoRoundFeed is PostedFeed {
    constructor(uint8 decimals_) PostedFeed(decimals_) {}

    /// @inheritdoc PostedFeed
    function latestRoundData() external pure override returns (uint80, int256, uint256, uint256, uint80) {
        return (0, 1e9, 0, 0, 0);
    }
}
