// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BareToken} from "./BareToken.sol";

/// @title Does what it is told and answers with whatever bytes it was set to. For simulations.
contract GarbageReturningToken is BareToken {
    /// @notice What `transfer`, `transferFrom` and `approve` answer. To begin with, a word that is neither true nor
    /// false.
    bytes public answer = abi.encode(uint256(2));

    constructor(string memory name_, string memory symbol_, uint8 decimals_) BareToken(name_, symbol_, decimals_) {}

    /// @notice Chooses what to answer. Anyone.
    function setAnswer(bytes calldata newAnswer) external {
        answer = newAnswer;
    }

    function approve(address spender, uint256 amount) external {
        _approve(spender, amount);
        _return(answer);
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
        _return(answer);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _spend(from, amount);
        _move(from, to, amount);
        _return(answer);
    }

    function _return(bytes memory data) private pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            return(add(data, 0x20), mload(data))
        }
    }
}
