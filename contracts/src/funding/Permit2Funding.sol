// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {ILease} from "../interfaces/ILease.sol";
import {IPermit2Funding} from "../interfaces/IPermit2Funding.sol";
import {ISignatureTransfer} from "../interfaces/ISignatureTransfer.sol";
import {Funding} from "./Funding.sol";

/// @title Paying in with a signature for Permit2.
contract Permit2Funding is IPermit2Funding, Funding {
    /// @dev What follows the members of Permit2's own in the type that is signed.
    string private constant WITNESS_TYPE = "Purpose witness)Purpose(address agreements,bytes32 id)"
        "TokenPermissions(address token,uint256 amount)";

    ISignatureTransfer private immutable _PERMIT2;

    /// @dev A wrong Permit2 can only be of no use: the router has nothing, and measures what arrives.
    constructor(ISignatureTransfer permit2_) {
        _PERMIT2 = permit2_;
    }

    /// @inheritdoc IPermit2Funding
    function fundEscrow(IEscrow escrow, IEscrow.Terms calldata terms, Permit calldata permit) external nonReentrant {
        Payment memory payment = _forEscrow(escrow, terms);
        _collect(payment, permit);
        _fund(payment, permit.owner, escrow, terms);
    }

    /// @inheritdoc IPermit2Funding
    function payDeposit(ILease lease, ILease.Terms calldata terms, Permit calldata permit) external nonReentrant {
        Payment memory payment = _forLease(lease, terms);
        _collect(payment, permit);
        _payDeposit(payment, permit.owner, lease, terms);
    }

    /// @inheritdoc IPermit2Funding
    function permit2() external view returns (ISignatureTransfer) {
        return _PERMIT2;
    }

    function _collect(Payment memory payment, Permit calldata permit) private {
        // Interaction: the signature names this router, the contract, the agreement and the amount (F-1).
        _PERMIT2.permitWitnessTransferFrom(
            ISignatureTransfer.PermitTransferFrom(
                ISignatureTransfer.TokenPermissions(payment.token, payment.amount), permit.nonce, permit.deadline
            ),
            ISignatureTransfer.SignatureTransferDetails(address(this), payment.amount),
            permit.owner,
            purposeHash(payment.agreements, payment.id),
            WITNESS_TYPE,
            permit.signature
        );
    }
}
