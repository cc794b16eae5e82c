// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IConditionReader} from "../conditions/IConditionReader.sol";
import {IAgreementTypes} from "./IAgreementTypes.sol";

/// @title The part of agreements that keeps nothing: what terms are acceptable, and what the world says.
/// @notice Stateless, holds nothing, is approved for nothing: what it is made to call can gain nothing by it. Created
/// by the contract that holds the money, which is its caller.
interface IAgreementRules is IConditionReader {
    /// @notice Reverts unless an agreement with these terms can run from proposal to end, in the caller's contract.
    function check(IAgreementTypes.Terms calldata terms) external view;
}
