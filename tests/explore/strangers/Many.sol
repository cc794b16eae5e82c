// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice A function with many inputs, all of which matter.
contract Many {
    bool public isOpen;

    function open(uint8 a, uint8 b, uint8 c, uint8 d, uint8 e) external {
        unchecked {
            require(uint256(a) * b * c * d * e == 77, "not these");
        }
        isOpen = true;
    }
}

/// @notice A number that is only known later.
contract Later {
    uint256 public number;
    bool public isOpen;

    function choose() external {
        number = 7;
    }

    function open(uint256 guess) external {
        require(number != 0 && keccak256(abi.encode(guess)) == keccak256(abi.encode(number)), "no");
        isOpen = true;
    }
}
