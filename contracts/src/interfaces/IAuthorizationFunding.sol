// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IEscrow} from "./IEscrow.sol";
import {IFunding} from "./IFunding.sol";
import {ILease} from "./ILease.sol";

/// @title Paying in with an ERC-3009 authorization.
/// @notice The owner signs a {ReceiveWithAuthorization} whose nonce is the {purposeHash} of the agreement: no approval
/// is ever needed, and nobody but the router can use it, for nothing else. Anyone may hand it in. Where the token lets
/// authorizations be cancelled, it can be taken back.
interface IAuthorizationFunding is IFunding {
    /// @notice What the owner signs, in the token's domain: `to` is the router, `value` exactly what the agreement
    /// wants, `nonce` the {purposeHash}.
    struct ReceiveWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    /// @notice The owner's signature, and what it says beyond what follows from the agreement.
    struct Authorization {
        address owner;
        uint256 validAfter;
        uint256 validBefore;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice Funds an escrow with the signer's tokens.
    function fundEscrow(IEscrow escrow, IEscrow.Terms calldata terms, Authorization calldata authorization) external;

    /// @notice Pays a lease's deposit with the signer's tokens.
    function payDeposit(ILease lease, ILease.Terms calldata terms, Authorization calldata authorization) external;
}
