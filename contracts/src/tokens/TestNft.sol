// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title A well-behaved ERC-721 for simulations: anybody may mint. Never to be used for anything of value.
contract TestNft is ERC721 {
    constructor() ERC721("Test items", "ITEM") {}

    /// @notice Makes the item with this id. Anyone.
    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }
}
