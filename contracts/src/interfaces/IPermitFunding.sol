// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IEscrow} from "./IEscrow.sol";
import {IFunding} from "./IFunding.sol";
import {ILease} from "./ILease.sol";

/// @title Paying in with an ERC-2612 permit.
/// @notice A permit says who may spend, not for what. So the money is always the caller's, and nobody can use the
/// permit, or an allowance that was left, of another (F-4). A permit that somebody has handed in already, or that the
/// token does not know, does no harm: what counts is the allowance.
interface IPermitFunding is IFunding {
    /// @notice The owner's permit for the router, for at least the amount.
    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice Funds an escrow with the caller's tokens.
    function fundEscrow(IEscrow escrow, IEscrow.Terms calldata terms, Permit calldata permit) external;

    /// @notice Pays a lease's deposit with the caller's tokens.
    function payDeposit(ILease lease, ILease.Terms calldata terms, Permit calldata permit) external;
}
