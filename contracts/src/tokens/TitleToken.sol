// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title A title that is a token, for simulations: anybody may mint, and anybody may freeze it. Never to be used for
/// anything of value.
contract TitleToken is ERC721 {
    /// @notice While it is true nothing moves.
    bool public frozen;

    error TitleToken_Frozen();

    constructor() ERC721("Title", "TITLE") {}

    /// @notice Makes a title out of nothing. Anyone.
    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }

    /// @notice Freezes every title or lets them move again. Anyone.
    function setFrozen(bool newFrozen) external {
        frozen = newFrozen;
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address) {
        if (frozen) revert TitleToken_Frozen();
        return super._update(to, tokenId, auth);
    }
}
