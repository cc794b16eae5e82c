// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may take the money from the tenth unit of time on.
contract Nap is Box {
    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function take() external {
        require(msg.sender == payee && status == 1, "not yours");
        require(block.timestamp >= start + 10 && !_asleep(), "not now");
        status = 2;
        _send(payee, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 && block.timestamp >= start + 10 ? AMOUNT : 0;
    }

    function _asleep() internal view virtual returns (bool) {
        return false;
    }
}

/// @notice The same, but it sleeps for two units of time inside the window.
contract NapBroken is Nap {
    constructor(address payer_, address payee_) Nap(payer_, payee_) {}

    function _asleep() internal view override returns (bool) {
        return block.timestamp >= start + 35 && block.timestamp < start + 37;
    }
}
