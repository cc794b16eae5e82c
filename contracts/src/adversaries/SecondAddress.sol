// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {TwoAddressToken} from "../tokens/TwoAddressToken.sol";

/// @title The second address of a {TwoAddressToken}.
contract SecondAddress {
    /// @notice Where the books are.
    TwoAddressToken public immutable LEDGER;

    constructor(TwoAddressToken ledger) {
        LEDGER = ledger;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        LEDGER.approveFor(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        LEDGER.transferFor(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        LEDGER.transferFromFor(msg.sender, from, to, amount);
        return true;
    }

    function balanceOf(address account) external view returns (uint256) {
        return LEDGER.balanceOf(account);
    }

    function allowance(address owner, address spender) external view returns (uint256) {
        return LEDGER.allowance(owner, spender);
    }
}
