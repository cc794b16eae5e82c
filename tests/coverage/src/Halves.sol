// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Linked in where it is used.
library Halves {
    function half(uint256 value) internal pure returns (uint256) {
        return value / 2;
    }
}

function twice(uint256 value) pure returns (uint256) {
    return value * 2;
}
