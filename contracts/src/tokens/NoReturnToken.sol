// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BareToken} from "./BareToken.sol";

/// @title Reverts on failure and returns nothing on success, as the first large stablecoins do. For simulations.
contract NoReturnToken is BareToken {
    constructor(string memory name_, string memory symbol_, uint8 decimals_) BareToken(name_, symbol_, decimals_) {}

    function approve(address spender, uint256 amount) external {
        _approve(spender, amount);
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _spend(from, amount);
        _move(from, to, amount);
    }
}
