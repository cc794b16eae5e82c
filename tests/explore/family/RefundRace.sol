// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payer may take the money back until the payee accepts; two units later it is the payee's.
contract RefundRace is Box {
    uint256 public acceptedAt;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function accept() external {
        require(msg.sender == payee && status == 1, "not yours");
        require(block.timestamp < start + 8, "too late");
        status = 2;
        acceptedAt = block.timestamp;
    }

    function refund() external {
        require(msg.sender == payer && _refundable(), "not yours");
        status = 4;
        _send(payer, AMOUNT);
    }

    function claim() external {
        require(msg.sender == payee && status == 2, "not yours");
        require(block.timestamp >= acceptedAt + 2, "not now");
        status = 3;
        _send(payee, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        if (status == 1) return party == payer ? AMOUNT : 0;
        return status == 2 && party == payee ? AMOUNT : 0;
    }

    function _refundable() internal view virtual returns (bool) {
        return status == 1;
    }
}

/// @notice What was accepted can still be taken back, by whoever is faster.
contract RefundRaceBroken is RefundRace {
    constructor(address payer_, address payee_) RefundRace(payer_, payee_) {}

    function _refundable() internal view override returns (bool) {
        return status == 1 || status == 2;
    }
}
