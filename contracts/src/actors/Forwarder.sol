// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";

/// @title Lets any contract be a party: its owner acts through it, and it reacts as its behaviour does.
/// @notice The owner's calls go out by {execute}. Everything else that reaches this address (ether, token hooks,
/// ERC-1271 questions, unknown calls) is run by the behaviour's code, on this address's storage and balance.
/// @dev It stores nothing itself: owner and behaviour are in its code. So the behaviour has the storage to itself,
/// starting empty: what the behaviour's own constructor stored is not here (its immutables are, being code). A
/// behaviour that is
/// set up by a function is set up through this address. One without code accepts everything and answers nothing.
contract Forwarder {
    /// @notice Who acts through it.
    address private immutable _OWNER;
    /// @notice Whose code runs when somebody else calls.
    address private immutable _BEHAVIOUR;

    error Forwarder_WrongCaller(address actual, address expected);

    constructor(address owner, address behaviour) {
        _OWNER = owner;
        _BEHAVIOUR = behaviour;
    }

    receive() external payable {
        _react();
    }

    fallback(bytes calldata) external payable returns (bytes memory) {
        return _react();
    }

    /// @notice Calls `to` with `value` and `data` in this contract's name. Owner only. What is sent along stays here
    /// and may be part of `value`.
    /// @return What the call returned. If it reverts, so does this, with the same data.
    function execute(address to, uint256 value, bytes calldata data) external payable returns (bytes memory) {
        if (msg.sender != _OWNER) revert Forwarder_WrongCaller(msg.sender, _OWNER);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = to.call{value: value}(data);
        if (!success) LowLevelCall.bubbleRevert(result);
        return result;
    }

    function _react() private returns (bytes memory) {
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = _BEHAVIOUR.delegatecall(msg.data);
        if (!success) LowLevelCall.bubbleRevert(result);
        return result;
    }
}
