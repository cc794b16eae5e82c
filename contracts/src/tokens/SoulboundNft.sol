// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

import {IERC5192} from "../interfaces/IERC5192.sol";

/// @title Items that are bound to their owner, from the start or from their first transfer on (ERC-5192). For
/// simulations: anybody may mint and bind.
contract SoulboundNft is ERC721, IERC5192 {
    /// @inheritdoc IERC5192
    mapping(uint256 tokenId => bool bound) public locked;
    /// @notice Whether the item will be bound by its next transfer.
    mapping(uint256 tokenId => bool binds) public bindsOnTransfer;

    error SoulboundNft_Locked(uint256 tokenId);

    constructor() ERC721("Bound items", "BOUND") {}

    /// @notice Makes the item with this id. Anyone.
    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }

    /// @notice Binds an item, or frees it. Anyone.
    function setLocked(uint256 tokenId, bool bound) external {
        locked[tokenId] = bound;
    }

    /// @notice Has an item bound by its next transfer, or not. Anyone.
    function setBindsOnTransfer(uint256 tokenId, bool binds) external {
        bindsOnTransfer[tokenId] = binds;
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC5192).interfaceId || super.supportsInterface(interfaceId);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        if (locked[tokenId]) revert SoulboundNft_Locked(tokenId);
        from = super._update(to, tokenId, auth);
        if (from != address(0) && bindsOnTransfer[tokenId]) locked[tokenId] = true;
    }
}
