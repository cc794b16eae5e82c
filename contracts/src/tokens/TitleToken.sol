// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title A title that is a token, for simulations: anybody may mint, and anybody may make it misbehave. Never to be
/// used for anything of value.
contract TitleToken is ERC721 {
    /// @notice What a transfer does: what it should, nothing but fail, or nothing without saying so.
    enum Mood {
        Honest,
        Frozen,
        Deaf
    }

    /// @notice How it behaves now.
    Mood public mood;

    error TitleToken_Frozen();

    constructor() ERC721("Title", "TITLE") {}

    /// @notice Makes a title out of nothing. Anyone.
    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }

    /// @notice Changes how it behaves. Anyone.
    function setMood(Mood newMood) external {
        mood = newMood;
    }

    /// @notice Takes a title from whoever has it, as a registry may. Anyone.
    function seize(address to, uint256 tokenId) external {
        _update(to, tokenId, address(0));
    }

    /// @inheritdoc ERC721
    function transferFrom(address from, address to, uint256 tokenId) public override {
        if (mood == Mood.Frozen) revert TitleToken_Frozen();
        if (mood == Mood.Honest) super.transferFrom(from, to, tokenId);
    }
}
