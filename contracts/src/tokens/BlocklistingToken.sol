// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Refuses transfers from and to blocked accounts. For simulations.
contract BlocklistingToken is TestToken {
    /// @notice Who is blocked.
    mapping(address account => bool blocked) public isBlocked;

    error BlocklistingToken_Blocked(address account);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    /// @notice Blocks an account or frees it. Anyone.
    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isBlocked[from]) revert BlocklistingToken_Blocked(from);
        if (isBlocked[to]) revert BlocklistingToken_Blocked(to);
        super._update(from, to, value);
    }
}
