// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Shares in basis points.
library Bps {
    /// @dev The whole.
    uint16 internal constant ONE = 10_000;

    /// @dev `bps` of `amount`, rounded down. Cannot overflow for amounts of up to 128 bits.
    function share(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return (amount * bps) / ONE;
    }
}
