// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Refuses every transfer while it is paused. For simulations.
contract PausingToken is TestToken {
    /// @notice Whether transfers are refused.
    bool public paused;

    error PausingToken_Paused();

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    /// @notice Pauses or resumes. Anyone.
    function setPaused(bool newPaused) external {
        paused = newPaused;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (paused) revert PausingToken_Paused();
        super._update(from, to, value);
    }
}
