// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BareToken} from "./BareToken.sol";

/// @title Counts in 96 bits: refuses larger amounts, and takes an approval of the largest one for endless. As some
/// governance tokens do. For simulations.
contract EndlessToken is BareToken {
    error EndlessToken_TooLarge(uint256 actual, uint256 expected);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) BareToken(name_, symbol_, decimals_) {}

    function approve(address spender, uint256 amount) external returns (bool) {
        _requireSmall(amount);
        _approve(spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _requireSmall(amount);
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _requireSmall(amount);
        if (allowance[from][msg.sender] != type(uint96).max) _spend(from, amount);
        _move(from, to, amount);
        return true;
    }

    function _requireSmall(uint256 amount) private pure {
        if (amount > type(uint96).max) revert EndlessToken_TooLarge(amount, type(uint96).max);
    }
}
