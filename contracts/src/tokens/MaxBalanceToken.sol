// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Takes a transfer of the highest number there is to mean: all that there is. For simulations.
contract MaxBalanceToken is TestToken {
    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, from != address(0) && value == type(uint256).max ? balanceOf(from) : value);
    }
}
