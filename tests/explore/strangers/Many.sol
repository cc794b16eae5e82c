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

/// @notice What can only be guessed has to be named: bytes between others. A number is found, and so is what has to be signed.
contract Hidden {
    bool public isOpen;
    bool public isSigned;
    bool public isBetween;

    function number() external view returns (uint256) {
        require(isOpen, "not yet");
        return 7;
    }

    function open(uint256 guess) external {
        require(guess == 5, "no");
        isOpen = true;
    }

    function signed(uint8 v, bytes32 r, bytes32 s) external {
        require(ecrecover(bytes32(uint256(1)), v, r, s) != address(0), "nobody's");
        isSigned = true;
    }

    function between(bytes2 word) external {
        require(word > 0x1233 && word < 0x1235, "not between");
        isBetween = true;
    }
}
