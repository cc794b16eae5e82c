// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Counted} from "../lib/counted/Counted.sol";
import {Halves, twice} from "./Halves.sol";
import {Child} from "./Child.sol";

/// @notice Every construct that decides something, each in a function of its own.
contract Constructs is Counted {
    error Constructs_TooLarge(uint256 actual, uint256 expected);

    uint256 private constant LIMIT = 10;
    uint256 public start = LIMIT;
    uint256 private immutable _HIGH = 7;
    uint256 private _state;
    Child public child;

    modifier below(uint256 value, uint256 limit) {
        require(value < limit, Constructs_TooLarge(value, limit));
        _;
        if (value == 3) _state = 3;
    }

    constructor(uint256 first) payable {
        _state = first;
    }

    receive() external payable {}

    fallback() external payable {
        _state = msg.value;
    }

    function ifs(uint256 a) external returns (uint256 b) {
        if (a > 5) {
            b = 1;
        } else if (a > 2) {
            b = 2;
        }
        if (a == LIMIT) return b;
        if (a == 99) {}
        b = a > 4 ? twice(a) : 0;
        up();
    }

    function circuits(bool a, bool b) external pure returns (bool) {
        bool both = a && b;
        return both
            || (a
                || b);
    }

    function requires(uint256 a) external view {
        require(a != 0);
        require(a < _HIGH, "too large");
        assert(a != 100);
    }

    function loops(uint256 times) external pure returns (uint256 sum) {
        for (uint256 i = 0; i < times; i++) {
            if (i == 1) continue;
            if (i == 3) break;
            sum += i;
        }
        while (sum > 4) sum -= 2;
        do {
            sum++;
        } while (sum < 3);
        for (;;) {
            return Halves.half(sum);
        }
    }

    function modified(uint256 a) external below(a, LIMIT) below(a, 6) returns (uint256) {
        return a;
    }

    function tries(uint256 how) external returns (uint256 got) {
        try this.fails(how) returns (uint256 value) {
            got = value;
        } catch Error(string memory) {
            got = 1;
        } catch Panic(uint256) {
            got = 2;
        } catch {}
        try this.fails(how) {} catch {
            got += 10;
        }
    }

    function fails(uint256 how) external pure returns (uint256) {
        if (how == 0) revert("words");
        if (how == 1) return how / (how - 1);
        if (how == 2) revert Constructs_TooLarge(how, how);
        return 5;
    }

    function assembled(uint256 a) external pure returns (uint256 b) {
        assembly ("memory-safe") {
            if gt(a, 5) { b := 1 }
            switch a
            case 1 { b := 11 }
            case 2 { b := 12 }
            default { b := add(b, 2) }
            for { let i := 0 } lt(i, a) { i := add(i, 1) } { b := add(b, 1) }
        }
    }

    function makes() external {
        child = new Child(child);
    }

    function pay(uint256 a) external payable returns (uint256) {
        return a;
    }

    function pay(uint256 a, bytes4 b) external payable returns (bytes4) {
        uint256 unused;
        return unused == a ? b : bytes4(0);
    }

    function neverCalled(uint256 a) external pure returns (uint256) {
        return a == 1 || a == 2 ? 1 : 2;
    }

    function _neverUsed(uint256 a) internal pure returns (uint256) {
        if (a == 1) return 1;
        return 2;
    }
}
