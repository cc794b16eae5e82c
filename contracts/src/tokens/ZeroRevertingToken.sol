// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Refuses transfers of nothing. For simulations.
contract ZeroRevertingToken is TestToken {
    error ZeroRevertingToken_Zero();

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function _update(address from, address to, uint256 value) internal override {
        if (value == 0) revert ZeroRevertingToken_Zero();
        super._update(from, to, value);
    }
}
