// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILeaves} from "./ILeaves.sol";

/// @title The six relations.
library Comparisons {
    /// @dev Whether `left` compares with `right` as `comparison` says.
    function holds(ILeaves.Comparison comparison, int256 left, int256 right) internal pure returns (bool) {
        if (comparison == ILeaves.Comparison.Equal) return left == right;
        if (comparison == ILeaves.Comparison.NotEqual) return left != right;
        if (comparison == ILeaves.Comparison.Less) return left < right;
        if (comparison == ILeaves.Comparison.LessOrEqual) return left <= right;
        if (comparison == ILeaves.Comparison.Greater) return left > right;
        return left >= right;
    }

    /// @dev The same without signs. Flipping the highest bit of both keeps their order.
    function holdsUnsigned(ILeaves.Comparison comparison, uint256 left, uint256 right) internal pure returns (bool) {
        uint256 highest = 1 << 255;
        return holds(comparison, int256(left ^ highest), int256(right ^ highest));
    }
}
