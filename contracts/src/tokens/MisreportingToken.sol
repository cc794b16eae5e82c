// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BareToken} from "./BareToken.sol";

/// @title Moves the money and, once told to, says that it did not; or says that it did, and did not. For simulations.
contract MisreportingToken is BareToken {
    /// @notice How it lies in `transfer`. `transferFrom` is honest, so that money gets in.
    enum Lie {
        None,
        MovesButReturnsFalse,
        ReturnsTrueButKeeps
    }

    /// @notice The present lie.
    Lie public lie;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) BareToken(name_, symbol_, decimals_) {}

    /// @notice Chooses how to lie. Anyone.
    function setLie(Lie newLie) external {
        lie = newLie;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        if (lie != Lie.ReturnsTrueButKeeps) _move(msg.sender, to, amount);
        return lie != Lie.MovesButReturnsFalse;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _spend(from, amount);
        _move(from, to, amount);
        return true;
    }
}
