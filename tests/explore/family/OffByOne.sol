// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may claim before the deadline, the payer takes the money back from the deadline on.
contract OffByOne is Box {
    uint256 internal immutable deadline = block.timestamp + 6;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function claim() external {
        require(msg.sender == payee && status == 1 && _claimable(), "not now");
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
        return party == (block.timestamp < deadline ? payee : payer) ? AMOUNT : 0;
    }

    function _claimable() internal view virtual returns (bool) {
        return block.timestamp < deadline;
    }

    function _refundable() internal view virtual returns (bool) {
        return block.timestamp >= deadline;
    }
}

/// @notice The payee may still claim at the deadline.
contract OffByOneBroken is OffByOne {
    constructor(address payer_, address payee_) OffByOne(payer_, payee_) {}

    function _claimable() internal view override returns (bool) {
        return block.timestamp <= deadline;
    }
}

/// @notice The payer has to wait until the deadline is past: at the deadline itself nobody may do anything.
contract OffByOneGap is OffByOne {
    constructor(address payer_, address payee_) OffByOne(payer_, payee_) {}

    function _refundable() internal view override returns (bool) {
        return block.timestamp > deadline;
    }
}
