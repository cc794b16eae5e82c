// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ICondition} from "../../conditions/ICondition.sol";

/// @title A value that anybody sets, to be looked at by a view, or as a condition. For simulations.
contract Settable is ICondition {
    /// @notice What was set.
    uint256 public value;
    uint64 private _retryAt;
    bytes32 private _wanted;

    /// @notice Sets the value. Anyone.
    function set(uint256 newValue) external {
        value = newValue;
    }

    /// @notice Sets what {check} says about when to ask again, and the witness that it wants; zero: any. Anyone.
    function setWitness(uint64 retryAt, bytes32 wanted) external {
        (_retryAt, _wanted) = (retryAt, wanted);
    }

    /// @notice The hash of any account's code.
    function codehashOf(address account) external view returns (bytes32) {
        return account.codehash;
    }

    /// @notice The value as a signed number.
    function signedValue() external view returns (int256) {
        return int256(value);
    }

    /// @notice Two words, where one is expected.
    function twoWords() external view returns (uint256, uint256) {
        return (value, value);
    }

    /// @inheritdoc ICondition
    /// @dev The value, if the witness is the one that is wanted; reverts if the value is no truth.
    function check(bytes32, bytes calldata, bytes calldata witness) external view returns (Truth, uint64) {
        if (_wanted != 0 && keccak256(witness) != _wanted) return (Truth.Pending, _retryAt);
        return (Truth(value), _retryAt);
    }
}
