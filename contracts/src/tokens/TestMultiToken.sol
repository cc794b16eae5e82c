// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

/// @title A well-behaved ERC-1155 for simulations: anybody may mint. Never to be used for anything of value.
contract TestMultiToken is ERC1155 {
    constructor() ERC1155("") {}

    /// @notice Makes `amount` of the item with this id. Anyone.
    function mint(address to, uint256 tokenId, uint256 amount) external {
        _mint(to, tokenId, amount, "");
    }
}
