// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may take the money from three units of time after it came in.
contract ExtraDeadline is Box {
    uint256 public fundedAt;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function fund() public payable override {
        require(block.timestamp < start + 10, "too late");
        super.fund();
        fundedAt = block.timestamp;
    }

    function claim() external {
        require(msg.sender == payee && status == 1, "not yours");
        require(block.timestamp >= fundedAt + 3 && _inTime(), "not now");
        status = 2;
        _send(payee, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    function _inTime() internal view virtual returns (bool) {
        return true;
    }
}

/// @notice There is one more deadline, and nothing after it.
contract ExtraDeadlineBroken is ExtraDeadline {
    constructor(address payer_, address payee_) ExtraDeadline(payer_, payee_) {}

    function _inTime() internal view override returns (bool) {
        return block.timestamp < start + 12;
    }
}
