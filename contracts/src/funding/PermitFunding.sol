// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {ILease} from "../interfaces/ILease.sol";
import {IPermitFunding} from "../interfaces/IPermitFunding.sol";
import {Funding} from "./Funding.sol";

/// @title Paying in with an ERC-2612 permit.
contract PermitFunding is IPermitFunding, Funding {
    using SafeERC20 for IERC20;

    /// @inheritdoc IPermitFunding
    function fundEscrow(IEscrow escrow, IEscrow.Terms calldata terms, Permit calldata permit) external nonReentrant {
        Payment memory payment = _forEscrow(escrow, terms);
        _collect(payment, permit);
        _fund(payment, msg.sender, escrow, terms);
    }

    /// @inheritdoc IPermitFunding
    function payDeposit(ILease lease, ILease.Terms calldata terms, Permit calldata permit) external nonReentrant {
        Payment memory payment = _forLease(lease, terms);
        _collect(payment, permit);
        _payDeposit(payment, msg.sender, lease, terms);
    }

    function _collect(Payment memory payment, Permit calldata permit) private {
        // Interaction: whether the permit counts, was used by somebody else, or means nothing to the token, shows in
        // the allowance. The owner is the caller in any case (F-4).
        try IERC20Permit(payment.token)
            .permit(msg.sender, address(this), permit.value, permit.deadline, permit.v, permit.r, permit.s) {} // solhint-disable-line
        // no-empty-blocks
            catch {} // solhint-disable-line no-empty-blocks
        IERC20(payment.token).safeTransferFrom(msg.sender, address(this), payment.amount);
    }
}
