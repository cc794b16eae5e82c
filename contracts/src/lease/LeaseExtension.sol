// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Text} from "../libraries/Text.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {ILeaseExtension} from "./interfaces/ILeaseExtension.sol";

/// @title The lease that an extension is bound to, and how rent is paid into it.
abstract contract LeaseExtension is ILeaseExtension, EIP712, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev Ten years, as in the lease. Keeps every deadline within 41 bits.
    uint256 internal constant MAX_WINDOW = 3650 days;

    ILease internal immutable _LEASE;

    /// @dev Binds to one lease contract for ever.
    constructor(ILease lease_) {
        if (address(lease_).code.length == 0) revert Extension_NoCode(address(lease_));
        _LEASE = lease_;
    }

    /// @inheritdoc ILeaseExtension
    function lease() external view returns (ILease) {
        return _LEASE;
    }

    /// @dev Pays `amount`, which is on hand, owed to nobody, and not more than the lease's arrears: then the lease
    /// takes all of it. The allowance is for exactly this and does not outlive the call, whatever the token thinks of
    /// allowances.
    function _payRent(ILease.Terms calldata leaseTerms, uint256 amount) internal {
        if (leaseTerms.asset == address(0)) {
            _LEASE.pay{value: amount}(leaseTerms, amount.toUint128());
            return;
        }
        IERC20 token = IERC20(leaseTerms.asset);
        uint256 before = token.balanceOf(address(this));
        token.forceApprove(address(_LEASE), amount);
        _LEASE.pay(leaseTerms, amount.toUint128());
        if (token.allowance(address(this), address(_LEASE)) != 0) token.forceApprove(address(_LEASE), 0);
        uint256 held = token.balanceOf(address(this));
        uint256 spent = before > held ? before - held : 0;
        if (spent != amount) revert Extension_BadDelta(spent, amount);
    }

    function _requireLease(ILease.Terms calldata leaseTerms, AgreementId expected) internal view {
        AgreementId actual = _LEASE.idOf(leaseTerms);
        if (AgreementId.unwrap(actual) != AgreementId.unwrap(expected)) revert Extension_WrongLease(actual, expected);
    }

    function _requireCaller(address expected) internal view {
        if (msg.sender != expected) revert Extension_WrongCaller(msg.sender, expected);
    }

    function _requireBefore(uint256 deadline) internal view {
        if (block.timestamp >= deadline) revert Extension_TooLate(block.timestamp, deadline);
    }

    function _requireFrom(uint256 deadline) internal view {
        if (block.timestamp < deadline) revert Extension_TooEarly(block.timestamp, deadline);
    }

    function _canBePaid(address party) internal view returns (bool) {
        return party != address(0) && party != address(this) && party != address(_LEASE);
    }

    function _isWindow(uint256 window) internal pure returns (bool) {
        return window != 0 && window <= MAX_WINDOW;
    }

    /// @dev Names the member of the terms that is not acceptable.
    function _require(bool holds, bytes32 field) internal pure {
        if (!holds) revert Extension_InvalidTerms(Text.from(field));
    }
}
