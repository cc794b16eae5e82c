// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice A dependency: what of it is executed is nobody's concern here.
contract Counted {
    uint256 public count = 1;

    function up() public {
        if (count < 100) count += 1;
    }
}
