// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @title Sends ether to a contract that has no say in it.
contract ForcesEther {
    uint256 private _count;

    /// @notice Forces the ether that is sent along upon `target`.
    /// @dev Runs init code that is nothing but PUSH20 target, SELFDESTRUCT.
    function force(address target) external payable {
        Create2.deploy(msg.value, bytes32(++_count), abi.encodePacked(hex"73", target, hex"ff"));
    }
}
