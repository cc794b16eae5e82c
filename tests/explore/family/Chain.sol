// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Funding stores an instant, claiming stores another, and withdrawing looks at that one.
contract Chain is Box {
    uint256 public end;
    uint256 public claimAt;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function fund() public payable override {
        require(block.timestamp < start + 30, "too late");
        super.fund();
        end = block.timestamp + 3;
    }

    /// @notice In the two units of time after the end.
    function claim() external {
        require(msg.sender == payee && status == 1, "not yours");
        require(block.timestamp >= end && block.timestamp < end + 2, "not now");
        status = 2;
        claimAt = block.timestamp;
    }

    function withdraw() external {
        require(msg.sender == payee && status == 2 && !_refused(), "not now");
        status = 3;
        _send(payee, AMOUNT);
    }

    /// @notice If the payee did not claim.
    function refund() external {
        require(msg.sender == payer && status == 1 && block.timestamp >= end + 2, "not now");
        status = 4;
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        bool theirs = status == 2 || status == 1 && block.timestamp < end + 2;
        if (theirs) return party == payee ? AMOUNT : 0;
        return status == 1 && party == payer ? AMOUNT : 0;
    }

    function _refused() internal view virtual returns (bool) {
        return false;
    }
}

/// @notice Who claimed at one of two instants can never withdraw.
contract ChainBroken is Chain {
    constructor(address payer_, address payee_) Chain(payer_, payee_) {}

    function _refused() internal view override returns (bool) {
        return claimAt >= start + 20 && claimAt < start + 22;
    }
}
