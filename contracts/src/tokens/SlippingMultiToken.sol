// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestMultiToken} from "./TestMultiToken.sol";

/// @title An ERC-1155 that may move one more or one less than it is told to. For simulations.
contract SlippingMultiToken is TestMultiToken {
    /// @notice What is added to every amount that is transferred.
    int256 public slip;

    /// @notice Chooses what is added to every amount that is transferred. Anyone.
    function setSlip(int256 newSlip) external {
        slip = newSlip;
    }

    function _update(address from, address to, uint256[] memory ids, uint256[] memory values) internal override {
        if (from != address(0)) values[0] = uint256(int256(values[0]) + slip);
        super._update(from, to, ids, values);
    }
}
