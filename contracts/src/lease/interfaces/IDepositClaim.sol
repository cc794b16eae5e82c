// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";

/// @title A function of {ILease} by itself: a claim without a list.
/// @dev `abi.encodeCall` cannot choose among functions of one name; the selector is the same.
interface IDepositClaim {
    /// @notice See {ILease}.
    function claimDeposit(ILease.Terms calldata terms, uint128 amount, bytes32 evidence) external;
}

/// @title A function of {ILease} by itself: a claim with a list.
interface IItemisedClaim {
    /// @notice See {ILease}.
    function claimDeposit(ILease.Terms calldata terms, ILease.Deduction[] calldata items) external;
}
