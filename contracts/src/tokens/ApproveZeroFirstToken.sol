// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Refuses to change an allowance that is not zero to another that is not zero. For simulations.
contract ApproveZeroFirstToken is TestToken {
    error ApproveZeroFirstToken_NotZero(uint256 allowance);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    function approve(address spender, uint256 value) public override returns (bool) {
        uint256 allowed = allowance(msg.sender, spender);
        if (value != 0 && allowed != 0) revert ApproveZeroFirstToken_NotZero(allowed);
        return super.approve(spender, value);
    }
}
