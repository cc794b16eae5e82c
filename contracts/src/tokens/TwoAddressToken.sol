// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SecondAddress} from "../adversaries/SecondAddress.sol";
import {BareToken} from "./BareToken.sol";

/// @title One ledger that is reached by two addresses: its own, and that of {OTHER}. For simulations.
contract TwoAddressToken is BareToken {
    /// @notice The other address.
    SecondAddress public immutable OTHER;

    error TwoAddressToken_WrongCaller(address actual, address expected);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) BareToken(name_, symbol_, decimals_) {
        OTHER = new SecondAddress(this);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _spend(from, amount);
        _move(from, to, amount);
        return true;
    }

    /// @notice What the other address was asked to do, for whoever asked it. Only for that address.
    function transferFor(address from, address to, uint256 amount) external {
        _requireOther();
        _move(from, to, amount);
    }

    /// @notice The same with an allowance: there is one for both addresses.
    function transferFromFor(address spender, address from, address to, uint256 amount) external {
        _requireOther();
        uint256 allowed = allowance[from][spender];
        if (allowed < amount) revert BareToken_InsufficientAllowance(allowed, amount);
        allowance[from][spender] = allowed - amount;
        _move(from, to, amount);
    }

    /// @notice The same with an approval.
    function approveFor(address owner, address spender, uint256 amount) external {
        _requireOther();
        allowance[owner][spender] = amount;
        emit Approval(owner, spender, amount);
    }

    function _requireOther() private view {
        if (msg.sender != address(OTHER)) revert TwoAddressToken_WrongCaller(msg.sender, address(OTHER));
    }
}
