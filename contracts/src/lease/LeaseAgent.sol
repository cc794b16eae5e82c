// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {ILease} from "../interfaces/ILease.sol";
import {IAgentPrincipal} from "./interfaces/IAgentPrincipal.sol";

/// @title An address of one agreement's own, which is a party to one lease.
/// @notice A lease pays its party's address and does not say for what. A contract that stands in for many groups or
/// landlords therefore gives each an address: a minimal clone of this code, at an address that commits to the
/// agreement. Whatever arrives there is that agreement's alone.
/// @dev Obeys only the contract that deployed this code, and calls nobody but the lease, tokens and that contract. It
/// decides nothing and stores nothing.
contract LeaseAgent {
    using Address for address;
    using SafeERC20 for IERC20;

    ILease private immutable _LEASE;
    IAgentPrincipal private immutable _PRINCIPAL;

    error LeaseAgent_WrongCaller(address actual, address expected);

    modifier onlyPrincipal() {
        if (msg.sender != address(_PRINCIPAL)) revert LeaseAgent_WrongCaller(msg.sender, address(_PRINCIPAL));
        _;
    }

    /// @dev Binds every clone to the deployer and its lease contract.
    constructor(ILease lease) {
        _LEASE = lease;
        _PRINCIPAL = IAgentPrincipal(msg.sender);
    }

    receive() external payable {}

    /// @notice Calls the lease, with what ether is sent along. Principal only; `data` is a call that it wrote out.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function act(bytes calldata data) external payable onlyPrincipal {
        address(_LEASE).functionCallWithValue(data, msg.value);
    }

    /// @notice The same, for a call that takes `amount` of the token `asset`, which is here. Principal only.
    /// @dev The allowance is used up by the call, or the call is undone.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function actWithToken(IERC20 asset, uint256 amount, bytes calldata data) external onlyPrincipal {
        asset.forceApprove(address(_LEASE), amount);
        address(_LEASE).functionCall(data);
        if (asset.allowance(address(this), address(_LEASE)) != 0) asset.forceApprove(address(_LEASE), 0);
    }

    /// @notice Hands everything that is here or waits in the lease to the principal. Principal only.
    /// @return amount What was handed in.
    // Nothing is what is meant.
    // Called for what it checks or does.
    // slither-disable-next-line incorrect-equality,unused-return
    function handIn(address asset) external onlyPrincipal returns (uint256 amount) {
        if (_LEASE.creditOf(asset, address(this)) != 0) _LEASE.withdraw(asset, address(this));
        if (asset == address(0)) {
            amount = address(this).balance;
            if (amount != 0) _PRINCIPAL.take{value: amount}(asset, amount);
        } else {
            amount = IERC20(asset).balanceOf(address(this));
            if (amount == 0) return 0;
            IERC20(asset).forceApprove(address(_PRINCIPAL), amount);
            _PRINCIPAL.take(asset, amount);
        }
    }
}
