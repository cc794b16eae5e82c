// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Deadlines are counted in blocks.
contract BlockClock is Box {
    uint256 internal immutable deadline = block.number + 6;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function claim() external {
        require(msg.sender == payee && status == 1 && block.number < deadline, "not now");
        status = 2;
        _send(payee, AMOUNT);
    }

    function refund() external {
        require(msg.sender == payer && status == 1 && _refundable(), "not now");
        status = 3;
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        if (status != 1) return 0;
        return party == (block.number < deadline ? payee : payer) ? AMOUNT : 0;
    }

    function _refundable() internal view virtual returns (bool) {
        return block.number >= deadline;
    }
}

/// @notice The payer has two blocks to take it back.
contract BlockClockBroken is BlockClock {
    constructor(address payer_, address payee_) BlockClock(payer_, payee_) {}

    function _refundable() internal view override returns (bool) {
        return block.number >= deadline && block.number < deadline + 2;
    }
}
