// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Answers with as much data as a payout's gas allows, to make its caller pay for copying it.
/// @dev Refuses ether with the data as its reason, and answers calls with the data as their result.
contract ReturnBomb {
    uint256 private constant SIZE = 120_000;

    receive() external payable {
        revert(string(new bytes(SIZE)));
    }

    fallback(bytes calldata) external payable returns (bytes memory) {
        return new bytes(SIZE);
    }
}
