// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Short texts, kept as one word while nobody reads them.
library Text {
    /// @dev The text of a string literal of at most 31 letters that was converted to `bytes32`, without the zeros that
    /// fill it up.
    function from(bytes32 word) internal pure returns (string memory) {
        uint256 length = 0;
        while (word[length] != 0) ++length;
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            text[i] = word[i];
        }
        return string(text);
    }
}
