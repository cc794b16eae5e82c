// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ICondition} from "../../conditions/ICondition.sol";

/// @title A condition whose answer depends on how much gas it is given: finally false, unless it is plenty.
contract HungryCondition is ICondition {
    uint256 private constant PLENTY = 380_000;

    /// @inheritdoc ICondition
    function check(bytes32, bytes calldata, bytes calldata) external view returns (Truth, uint64) {
        return (gasleft() < PLENTY ? Truth.False : Truth.True, 0);
    }
}
