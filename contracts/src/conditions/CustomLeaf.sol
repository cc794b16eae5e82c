// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BoundedCall} from "./BoundedCall.sol";
import {ICondition} from "./ICondition.sol";
import {ILeaves} from "./ILeaves.sol";

/// @title A condition of one's own.
library CustomLeaf {
    /// @dev The member of the parameters that is not acceptable, or nothing.
    function flawOf(ILeaves.CustomParams memory params, address agreement) internal view returns (bytes32) {
        if (params.condition == address(0) || params.condition == agreement || params.condition == address(this)) {
            return "condition";
        }
        if (params.codehash == 0) return "codehash";
        return 0;
    }

    /// @dev What the condition answers, if its code is the one that was agreed on and the answer is two clean words.
    function read(ILeaves.CustomParams memory params, bytes32 agreementId, bytes calldata witness)
        internal
        view
        returns (ICondition.Truth, uint64)
    {
        if (params.condition.codehash != params.codehash) return (ICondition.Truth.Pending, 0);
        bytes memory question = abi.encodeCall(ICondition.check, (agreementId, params.params, witness));
        (bool answered, bytes memory answer) = BoundedCall.ask(params.condition, question, 64);
        if (!answered || answer.length != 64) return (ICondition.Truth.Pending, 0);
        (uint256 truth, uint256 retryAt) = abi.decode(answer, (uint256, uint256));
        bool clean = truth <= uint256(type(ICondition.Truth).max) && retryAt <= type(uint64).max;
        return clean ? (ICondition.Truth(truth), uint64(retryAt)) : (ICondition.Truth.Pending, 0);
    }
}
