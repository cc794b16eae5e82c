// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title A feed, or any other target of a question, that refuses to answer.
contract RevertingFeed {
    error RevertingFeed_Refused();

    fallback() external {
        revert RevertingFeed_Refused();
    }
}
