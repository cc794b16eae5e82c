// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IEscrow} from "./IEscrow.sol";
import {IFunding} from "./IFunding.sol";
import {ILease} from "./ILease.sol";
import {ISignatureTransfer} from "./ISignatureTransfer.sol";

/// @title Paying in with a signature for Permit2.
/// @notice The owner has approved Permit2 once, and signs a {PermitWitnessTransferFrom}. Anyone may hand it in. It can
/// be taken back by using up its nonce at Permit2.
interface IPermit2Funding is IFunding {
    /// @notice What the owner signs, in Permit2's domain. The spender is the router, the amount exactly what the
    /// agreement wants.
    struct PermitWitnessTransferFrom {
        ISignatureTransfer.TokenPermissions permitted;
        address spender;
        uint256 nonce;
        uint256 deadline;
        Purpose witness;
    }

    /// @notice The owner's signature, and what it says beyond what follows from the agreement.
    struct Permit {
        address owner;
        uint256 nonce;
        uint256 deadline;
        bytes signature;
    }

    /// @notice Funds an escrow with the signer's tokens.
    function fundEscrow(IEscrow escrow, IEscrow.Terms calldata terms, Permit calldata permit) external;

    /// @notice Pays a lease's deposit with the signer's tokens.
    function payDeposit(ILease lease, ILease.Terms calldata terms, Permit calldata permit) external;

    /// @notice The Permit2 that is asked.
    function permit2() external view returns (ISignatureTransfer);
}
