// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Nothing at all.
contract Thing {}

/// @notice Makes ever more things, and keeps a list of them.
contract Maker {
    Thing[] public things;

    function make() external {
        things.push(new Thing());
    }

    function count() external view returns (uint256) {
        return things.length;
    }
}
