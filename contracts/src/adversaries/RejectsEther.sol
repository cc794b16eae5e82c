// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Refuses every payment of ether and every call.
contract RejectsEther {
    error RejectsEther_Refused(uint256 amount);

    receive() external payable {
        revert RejectsEther_Refused(msg.value);
    }

    fallback() external payable {
        revert RejectsEther_Refused(msg.value);
    }
}
