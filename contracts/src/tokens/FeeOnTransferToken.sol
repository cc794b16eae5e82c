// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestToken} from "./TestToken.sol";

/// @title Keeps a share of every transfer: the receiver gets less than was sent. For simulations.
contract FeeOnTransferToken is TestToken {
    /// @notice The share that is burned, in basis points. One percent unless set.
    uint256 public feeBps = 100;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    /// @notice Changes the fee, as some tokens do when money is already in somebody's care. Anyone.
    function setFeeBps(uint256 newFeeBps) external {
        feeBps = newFeeBps;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), (value * feeBps) / 10_000);
    }
}
