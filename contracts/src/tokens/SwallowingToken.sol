// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BareToken} from "./BareToken.sol";

/// @title Takes every call that it does not know for a deposit of ether, and says nothing: as wrapped ether does. So it
/// seems to know `permit`, and everything else. For simulations.
contract SwallowingToken is BareToken {
    constructor(string memory name_, string memory symbol_, uint8 decimals_) BareToken(name_, symbol_, decimals_) {}

    receive() external payable {
        _deposit();
    }

    fallback() external payable {
        _deposit();
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

    function _deposit() private {
        totalSupply += msg.value;
        balanceOf[msg.sender] += msg.value;
        emit Transfer(address(0), msg.sender, msg.value);
    }
}
