// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Shares its name with another one.
contract Twin {
    uint256 public constant ORDER = 1;
}
