// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may take the money at any time. The payer may turn a switch, which means nothing.
contract Switch is Box {
    /// @notice 0 or 1.
    uint256 public side;

    /// @notice How often the switch was turned.
    uint256 public turns;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function turn() external {
        require(msg.sender == payer && _mayTurn(), "not yours");
        side = 1 - side;
        _turned();
    }

    function take(uint256 side_) external {
        require(msg.sender == payee && status == 1, "not yours");
        require(_fits(side_), "the wrong side");
        status = 2;
        _send(payee, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    function _mayTurn() internal view virtual returns (bool) {
        return true;
    }

    function _turned() internal virtual {}

    function _fits(uint256) internal view virtual returns (bool) {
        return true;
    }
}

/// @notice The same, but whoever takes the money must know how the switch stands.
contract SwitchBroken is Switch {
    constructor(address payer_, address payee_) Switch(payer_, payee_) {}

    function _fits(uint256 side_) internal view virtual override returns (bool) {
        return side_ == side;
    }
}

/// @notice One must know how it stands, but it can be turned twice only.
contract SwitchTwice is SwitchBroken {
    constructor(address payer_, address payee_) SwitchBroken(payer_, payee_) {}

    function _mayTurn() internal view override returns (bool) {
        return turns < 2;
    }

    function _turned() internal override {
        turns++;
    }
}
