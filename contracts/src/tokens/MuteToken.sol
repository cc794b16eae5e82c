// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {TestToken} from "./TestToken.sol";

/// @title May stop to say who has how much. For simulations.
contract MuteToken is TestToken {
    /// @notice Whether it does not say.
    bool public isMute;

    error MuteToken_Mute();

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    /// @notice Makes it stop, or start again. Anyone.
    function setMute(bool mute) external {
        isMute = mute;
    }

    /// @inheritdoc ERC20
    function balanceOf(address account) public view override returns (uint256) {
        if (isMute) revert MuteToken_Mute();
        return super.balanceOf(account);
    }
}
