// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title What is asked of an account that belongs to a token (ERC-6551).
interface IERC6551Account {
    /// @notice The token to which the account belongs.
    function token() external view returns (uint256 chainId, address tokenContract, uint256 tokenId);

    /// @notice A value that changes whenever the account acts.
    function state() external view returns (uint256);
}
