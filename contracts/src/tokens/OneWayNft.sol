// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TestNft} from "./TestNft.sol";

/// @title Items that can be caught on their way. For simulations.
contract OneWayNft is TestNft {
    /// @notice How a transfer out of a trap goes.
    enum Trap {
        None,
        Refuses,
        BurnsGas,
        DoesNothing
    }

    /// @notice What happens to what an account sends.
    mapping(address account => Trap trap) public trapOf;

    error OneWayNft_Caught(uint256 tokenId);

    /// @notice Chooses what happens to what an account sends. Anyone.
    function setTrap(address account, Trap trap) external {
        trapOf[account] = trap;
    }

    /// @dev Every way to transfer passes here.
    function transferFrom(address from, address to, uint256 tokenId) public override {
        Trap trap = trapOf[from];
        if (trap == Trap.Refuses) revert OneWayNft_Caught(tokenId);
        while (trap == Trap.BurnsGas) trap = trapOf[from];
        if (trap == Trap.None) super.transferFrom(from, to, tokenId);
    }
}
