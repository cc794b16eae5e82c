// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ICondition} from "../conditions/ICondition.sol";
import {Program} from "../conditions/Program.sol";

/// @title Shows what the library {Program} does. For simulations.
contract ProgramHarness {
    /// @notice The first flaw of a program, and the node that has it.
    function flawOf(uint256[] calldata nodes, uint256 leafCount, uint256 unstableLeaves)
        external
        pure
        returns (Program.Flaw flaw, uint256 node)
    {
        return Program.flawOf(nodes, leafCount, unstableLeaves);
    }

    /// @notice The truth of a program that has none.
    function evaluate(uint256[] calldata nodes, uint256 trueLeaves, uint256 falseLeaves)
        external
        pure
        returns (ICondition.Truth)
    {
        return Program.evaluate(nodes, trueLeaves, falseLeaves);
    }
}
