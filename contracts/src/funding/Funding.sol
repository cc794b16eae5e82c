// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IEscrow} from "../interfaces/IEscrow.sol";
import {IFunding} from "../interfaces/IFunding.sol";
import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";

/// @title What the routers have in common: everything but how the owner's tokens are got.
/// @dev A payment goes {_forEscrow} or {_forLease}, then whatever gets the tokens here from an owner who is
/// authenticated, then {_fund} or {_payDeposit}. All of it in one guarded call.
abstract contract Funding is IFunding, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One payment on its way.
    struct Payment {
        address agreements;
        AgreementId id;
        address token;
        uint256 amount;
        /// What the router held before. Nothing, unless somebody sent it something: it is left alone.
        uint256 before;
    }

    bytes32 private constant PURPOSE_TYPEHASH = keccak256("Purpose(address agreements,bytes32 id)");

    /// @inheritdoc IFunding
    function purposeHash(address agreements, AgreementId id) public pure returns (bytes32) {
        return keccak256(abi.encode(PURPOSE_TYPEHASH, agreements, id));
    }

    function _forEscrow(IEscrow escrow, IEscrow.Terms calldata terms) internal view returns (Payment memory) {
        return _open(address(escrow), escrow.idOf(terms), terms.asset, terms.amount);
    }

    function _forLease(ILease lease, ILease.Terms calldata terms) internal view returns (Payment memory) {
        return _open(address(lease), lease.idOf(terms), terms.asset, terms.deposit);
    }

    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function _fund(Payment memory payment, address owner, IEscrow escrow, IEscrow.Terms calldata terms) internal {
        _approve(payment, owner);
        escrow.fund(terms);
        _close(payment);
    }

    function _payDeposit(Payment memory payment, address owner, ILease lease, ILease.Terms calldata terms) internal {
        _approve(payment, owner);
        lease.payDeposit(terms);
        _close(payment);
    }

    function _open(address agreements, AgreementId id, address token, uint256 amount)
        private
        view
        returns (Payment memory)
    {
        if (token.code.length == 0) revert Funding_NoCode(token);
        return Payment(agreements, id, token, amount, IERC20(token).balanceOf(address(this)));
    }

    /// @dev The tokens are here: nothing that the token or anybody says about it counts, but what is measured.
    function _approve(Payment memory payment, address owner) private {
        // Check
        uint256 held = IERC20(payment.token).balanceOf(address(this));
        uint256 received = held > payment.before ? held - payment.before : 0;
        if (received != payment.amount) revert Funding_BadDelta(received, payment.amount);

        // Effect and interaction
        emit PaidIn(payment.id, payment.agreements, owner, payment.amount);
        IERC20(payment.token).forceApprove(payment.agreements, payment.amount);
    }

    /// @dev The tokens are gone, and so is the approval: also where the token takes some amounts for endless.
    function _close(Payment memory payment) private {
        IERC20 token = IERC20(payment.token);
        if (token.allowance(address(this), payment.agreements) != 0) token.forceApprove(payment.agreements, 0);
        uint256 held = token.balanceOf(address(this));
        if (held > payment.before) revert Funding_NotTaken(held, payment.before);
    }
}
