// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Answers every question with as many words as it was told, all bits set.
contract GarbageFeed {
    uint256 private immutable _WORDS;

    constructor(uint256 words) {
        _WORDS = words;
    }

    // solhint-disable-next-line no-complex-fallback
    fallback(bytes calldata) external returns (bytes memory answer) {
        answer = new bytes(_WORDS * 32);
        for (uint256 i = 0; i < answer.length; ++i) {
            answer[i] = 0xff;
        }
    }
}
