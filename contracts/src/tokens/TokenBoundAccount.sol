// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";

import {IERC6551Account} from "../interfaces/IERC6551Account.sol";

/// @title An account that belongs to whoever owns an item (ERC-6551, what matters of it). For simulations.
contract TokenBoundAccount is IERC6551Account {
    uint256 private immutable _CHAIN_ID;
    address private immutable _TOKEN;
    uint256 private immutable _TOKEN_ID;

    /// @inheritdoc IERC6551Account
    uint256 public state;

    error TokenBoundAccount_WrongCaller(address actual, address expected);
    error TokenBoundAccount_Refused(address to);

    constructor(uint256 chainId, address tokenContract, uint256 tokenId) {
        _CHAIN_ID = chainId;
        _TOKEN = tokenContract;
        _TOKEN_ID = tokenId;
    }

    receive() external payable {}

    /// @notice Sends ether. The item's owner only.
    function send(address to, uint256 amount) external {
        address owner = IERC721(_TOKEN).ownerOf(_TOKEN_ID);
        if (msg.sender != owner) revert TokenBoundAccount_WrongCaller(msg.sender, owner);
        ++state;
        if (!LowLevelCall.callNoReturn(to, amount, "")) revert TokenBoundAccount_Refused(to);
    }

    /// @inheritdoc IERC6551Account
    function token() external view returns (uint256 chainId, address tokenContract, uint256 tokenId) {
        return (_CHAIN_ID, _TOKEN, _TOKEN_ID);
    }
}
