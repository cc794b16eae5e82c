// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice A library with code of its own, so that what uses it has to be linked.
library Sums {
    function sum(uint256[] calldata values) external pure returns (uint256 total) {
        for (uint256 i = 0; i < values.length; ++i) {
            total += values[i];
        }
    }
}

/// @notice Needs `Sums`.
contract Adder {
    function add(uint256[] calldata values) external pure returns (uint256) {
        return Sums.sum(values);
    }
}

/// @title Savings that open on a date.
/// @notice Something to misuse: a struct, an enum, errors, an event, overloads, a payable and a non-payable function.
contract Jar {
    enum State {
        Empty,
        Filled,
        Opened
    }

    struct Plan {
        address saver;
        uint128 amount;
        uint40 opens;
        bytes32 note;
    }

    event Filled(address indexed saver, uint256 amount);
    event Marked(uint256 mark);

    error Jar_TooEarly(uint256 now_, uint256 opens);
    error Jar_WrongValue(uint256 sent, uint256 amount);

    uint8 public mark;
    mapping(bytes32 id => State) public stateOf;

    function fill(Plan calldata plan) external payable returns (bytes32 id) {
        require(msg.value == plan.amount, Jar_WrongValue(msg.value, plan.amount));
        id = keccak256(abi.encode(plan));
        stateOf[id] = State.Filled;
        emit Filled(plan.saver, plan.amount);
    }

    function open(Plan calldata plan) external {
        require(block.timestamp >= plan.opens, Jar_TooEarly(block.timestamp, plan.opens));
        bytes32 id = keccak256(abi.encode(plan));
        require(stateOf[id] == State.Filled, "not filled");
        stateOf[id] = State.Opened;
        (bool paid,) = plan.saver.call{value: plan.amount}("");
        require(paid, "not paid");
    }

    function setMark(uint8 value) external {
        mark = value;
        emit Marked(value);
    }

    function flip() external {
        mark = 1 - mark;
        emit Marked(mark);
    }

    function setState(bytes32 id, State state) external {
        stateOf[id] = state;
    }

    function setAll(uint8[2] calldata marks, bytes4 tag) external returns (uint256 sum, bytes4) {
        sum = uint256(marks[0]) + marks[1];
        mark = marks[0];
        return (sum, tag);
    }

    function tell(uint8 value) external pure returns (string memory) {
        return value == 0 ? "a small nothing" : "a small number";
    }

    function tell(uint256 value) external pure returns (string memory) {
        return value == 0 ? "nothing" : "a number";
    }

    function tell(address, uint256) external pure returns (string memory) {
        return "an address";
    }

    function spin() external view returns (uint256 rounds) {
        while (gasleft() > 0) ++rounds;
    }

    function broken(uint256 divisor) external view returns (uint256) {
        return mark / divisor;
    }

    function _hidden() internal pure returns (uint256) {
        return 1;
    }
}
