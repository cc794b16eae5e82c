// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";

import {IAuthorizationFunding} from "../interfaces/IAuthorizationFunding.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {ILease} from "../interfaces/ILease.sol";
import {Funding} from "./Funding.sol";

/// @title Paying in with an ERC-3009 authorization.
contract AuthorizationFunding is IAuthorizationFunding, Funding {
    /// @inheritdoc IAuthorizationFunding
    function fundEscrow(IEscrow escrow, IEscrow.Terms calldata terms, Authorization calldata authorization)
        external
        nonReentrant
    {
        Payment memory payment = _forEscrow(escrow, terms);
        _collect(payment, authorization);
        _fund(payment, authorization.owner, escrow, terms);
    }

    /// @inheritdoc IAuthorizationFunding
    function payDeposit(ILease lease, ILease.Terms calldata terms, Authorization calldata authorization)
        external
        nonReentrant
    {
        Payment memory payment = _forLease(lease, terms);
        _collect(payment, authorization);
        _payDeposit(payment, authorization.owner, lease, terms);
    }

    function _collect(Payment memory payment, Authorization calldata authorization) private {
        // Interaction: only the receiver that the owner named can call this, and the nonce says what for (F-1).
        IERC3009(payment.token)
            .receiveWithAuthorization(
                authorization.owner,
                address(this),
                payment.amount,
                authorization.validAfter,
                authorization.validBefore,
                purposeHash(payment.agreements, payment.id),
                authorization.v,
                authorization.r,
                authorization.s
            );
    }
}
