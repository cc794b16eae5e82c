// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title What is asked of a token that may be bound to its owner (ERC-5192). Interface id 0xb45a3c0e.
interface IERC5192 {
    /// @notice Whether the token cannot be transferred.
    function locked(uint256 tokenId) external view returns (bool);
}
