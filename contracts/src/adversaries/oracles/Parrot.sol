// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Answers each question with the bytes that it was told to, whatever they mean. For simulations.
/// @dev Stands for a feed, or a service, of which nothing is known but its address. Questions are told apart by their
/// function; one that it was not told about is refused.
contract Parrot {
    mapping(bytes4 question => bytes answer) private _answers;

    error Parrot_Silent(bytes4 question);

    // solhint-disable-next-line no-complex-fallback
    fallback(bytes calldata) external returns (bytes memory answer) {
        answer = _answers[msg.sig];
        if (answer.length == 0) revert Parrot_Silent(msg.sig);
    }

    /// @notice Chooses what to answer; nothing: refuse. Anyone.
    function teach(bytes4 question, bytes calldata answer) external {
        _answers[question] = answer;
    }
}
