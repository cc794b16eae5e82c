// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Whoever knows a number between two others may pass; what the numbers are, only the code says.
contract Gate {
    uint256 internal immutable least = 1000;
    uint256 internal most = 1009;
    bool public isOpen;
    bool public isBroken;

    function pass(uint256 number) external virtual {
        require(number >= least && number <= most, "not that");
        isOpen = true;
    }

    /// @notice Signed numbers, and sums that may go over.
    function turn(int64 by, uint8 times) external virtual {
        require(by > -5 && by < 5 && times < 3, "too far");
        unchecked {
            require(uint256(times) + 254 <= 255, "too often");
        }
        isOpen = false;
    }
}

/// @notice The last of the numbers does something else.
contract GateBroken is Gate {
    function pass(uint256 number) external override {
        require(number >= least && number <= most, "not that");
        isOpen = true;
        isBroken = number == most;
    }
}

/// @notice A number far below zero does something else.
contract GateTurned is Gate {
    function turn(int64 by, uint8) external override {
        require(by < 5, "too far");
        isBroken = by == -1_234_567;
    }
}
