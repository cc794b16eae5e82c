// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payer may give the payee more time, up to the sixteenth unit; from the end on he has his money back.
contract Extend is Box {
    uint256 public end = block.timestamp + 4;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function extend() external {
        require(_mayExtend() && status == 1 && end < start + 16, "not yours");
        require(block.timestamp < end, "too late");
        end += 4;
    }

    function claim() external {
        require(msg.sender == payee && status == 1 && block.timestamp < end, "not now");
        status = 2;
        _send(payee, AMOUNT);
    }

    function refund() external {
        require(msg.sender == payer && status == 1 && block.timestamp >= end, "not now");
        status = 3;
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payer && status == 1 ? AMOUNT : 0;
    }

    function _mayExtend() internal view virtual returns (bool) {
        return msg.sender == payer;
    }
}

/// @notice Anybody may.
contract ExtendBroken is Extend {
    constructor(address payer_, address payee_) Extend(payer_, payee_) {}

    function _mayExtend() internal pure override returns (bool) {
        return true;
    }
}
