// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Anybody may count on for ever; it changes nothing for the payee.
contract Counter is Box {
    uint256 public count;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function poke() external {
        _poke();
    }

    function take() external virtual {
        _take();
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    function _poke() internal virtual {
        ++count;
    }

    function _take() internal {
        require(msg.sender == payee && status == 1, "not yours");
        status = 2;
        _send(payee, AMOUNT);
    }
}

/// @notice The count has room for three, and taking counts too.
contract CounterBroken is Counter {
    constructor(address payer_, address payee_) Counter(payer_, payee_) {}

    function take() external override {
        _poke();
        _take();
    }

    function _poke() internal override {
        require(count < 3, "full");
        ++count;
    }
}

/// @notice The count is a byte that overflows, and taking counts too.
contract CounterOverflow is Counter {
    uint8 internal small;

    constructor(address payer_, address payee_) Counter(payer_, payee_) {}

    function take() external override {
        _poke();
        _take();
    }

    function _poke() internal override {
        ++small;
    }
}
