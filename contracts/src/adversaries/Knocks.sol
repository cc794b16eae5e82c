// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Tries many functions of a contract, one after the other, in the middle of whatever that contract is doing.
/// @notice When ether arrives, in token hooks, when it is handed an item, on any unknown call. It accepts everything
/// and passes no failure on; {open} says which of the functions were not closed by the guard.
/// @dev Every function is called with nothing but zeros, which is as good as anything as long as its guard comes first.
/// Behind a forwarder its storage is the forwarder's, so it is set up through the forwarder.
contract Knocks {
    /// @dev More than any function's arguments take, lists left empty.
    uint256 private constant ARGUMENTS = 2048;

    address private _target;
    bytes4[] private _doors;
    bytes4[] private _open;

    /// @notice How many functions it has tried, all times together.
    uint256 public knocks;

    receive() external payable {
        _knock();
    }

    fallback(bytes calldata) external payable returns (bytes memory) {
        return _accept();
    }

    /// @notice Chooses what to try from now on. Anyone.
    function arm(address target, bytes4[] calldata doors) external {
        (_target, _doors) = (target, doors);
    }

    /// @notice The functions that answered, or failed for any reason but that the contract was at work.
    function open() external view returns (bytes4[] memory) {
        return _open;
    }

    /// @dev Returns the selector of what was called, which is what receivers of items have to say.
    function _accept() private returns (bytes memory) {
        _knock();
        return abi.encode(msg.sig);
    }

    function _knock() private {
        bytes4[] memory doors = _doors;
        if (doors.length == 0) return;
        knocks += doors.length;
        bytes memory knock = new bytes(4 + ARGUMENTS);
        for (uint256 i = 0; i < doors.length; ++i) {
            bytes4 door = doors[i];
            for (uint256 j = 0; j < 4; ++j) {
                knock[j] = door[j];
            }
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, bytes memory answer) = _target.call(knock);
            bool closed = !success && bytes4(answer) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
            if (!closed) _open.push(door);
        }
    }
}
