// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Keeps its books in 96 bits: refuses amounts from 2^96 on, and more of it than fits there. For simulations.
/// @dev An allowance of the highest number there is counts as the highest that fits.
contract Uint96Token is TestToken {
    error Uint96Token_TooMuch(uint256 actual, uint256 expected);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function _update(address from, address to, uint256 value) internal override {
        _requireNarrow(value);
        super._update(from, to, value);
        _requireNarrow(totalSupply());
    }

    function _approve(address owner, address spender, uint256 value, bool emitEvent) internal override {
        if (value != type(uint256).max) _requireNarrow(value);
        super._approve(owner, spender, value, emitEvent);
    }

    function _requireNarrow(uint256 amount) private pure {
        if (amount > type(uint96).max) revert Uint96Token_TooMuch(amount, type(uint96).max);
    }
}
