// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BoundedCall} from "./BoundedCall.sol";
import {Comparisons} from "./Comparisons.sol";
import {ICondition} from "./ICondition.sol";
import {ILeaves} from "./ILeaves.sol";

/// @title What a view function of another contract says.
library ViewLeaf {
    uint256 internal constant MAX_DATA = 1024;

    /// @dev The member of the parameters that is not acceptable, or nothing.
    function flawOf(ILeaves.ViewParams memory params, address agreement) internal view returns (bytes32) {
        if (params.target == address(0) || params.target == agreement || params.target == address(this)) {
            return "target";
        }
        if (params.codehash == 0) return "codehash";
        if (params.data.length < 4 || params.data.length > MAX_DATA) return "data";
        return 0;
    }

    /// @dev True if the code is the one that was agreed on, and it returns exactly one word, which compares as agreed.
    /// Otherwise it is not known: a view may come to say so later.
    function read(ILeaves.ViewParams memory params) internal view returns (ICondition.Truth) {
        if (params.target.codehash != params.codehash) return ICondition.Truth.Pending;
        (bool answered, bytes memory answer) = BoundedCall.ask(params.target, params.data, 32);
        if (!answered || answer.length != 32) return ICondition.Truth.Pending;
        uint256 word = abi.decode(answer, (uint256));
        bool holds = params.isSigned
            ? Comparisons.holds(params.comparison, int256(word), int256(params.value))
            : Comparisons.holdsUnsigned(params.comparison, word, params.value);
        return holds ? ICondition.Truth.True : ICondition.Truth.Pending;
    }
}
