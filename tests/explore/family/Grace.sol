// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may claim until four units after he accepted, but at least until the eighth; then the payer.
contract Grace is Box {
    uint256 public acceptedAt;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function accept() external {
        require(msg.sender == payee && status == 1 && block.timestamp < start + 10, "not now");
        (status, acceptedAt) = (2, block.timestamp);
    }

    function claim() external {
        require(msg.sender == payee && status == 2 && block.timestamp < end(), "not now");
        status = 3;
        _send(payee, AMOUNT);
    }

    function refund() external {
        require(msg.sender == payer && _refundable(), "not now");
        status = 4;
        _send(payer, AMOUNT);
    }

    function end() public view returns (uint256) {
        uint256 relative = acceptedAt + 4;
        return relative < start + 8 ? start + 8 : relative;
    }

    function claimOf(address party) external view returns (uint256) {
        if (status == 1) return party == payer ? AMOUNT : 0;
        if (status != 2) return 0;
        return party == (block.timestamp < end() ? payee : payer) ? AMOUNT : 0;
    }

    function _refundable() internal view virtual returns (bool) {
        if (status == 1) return block.timestamp >= start + 10;
        return status == 2 && block.timestamp >= end();
    }
}

/// @notice The payer counts from acceptance only.
contract GraceBroken is Grace {
    constructor(address payer_, address payee_) Grace(payer_, payee_) {}

    function _refundable() internal view override returns (bool) {
        if (status == 1) return block.timestamp >= start + 10;
        return status == 2 && block.timestamp >= acceptedAt + 4;
    }
}
