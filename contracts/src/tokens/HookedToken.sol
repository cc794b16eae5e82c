// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC777Recipient} from "@openzeppelin/contracts/interfaces/IERC777Recipient.sol";
import {IERC777Sender} from "@openzeppelin/contracts/interfaces/IERC777Sender.sol";

import {TestToken} from "./TestToken.sol";

/// @title Calls sender and receiver during a transfer, as ERC-777 does. For simulations.
/// @dev ERC-777 finds its hooks in the ERC-1820 registry; here an account is hooked when {setHooked} says so.
contract HookedToken is TestToken {
    /// @notice Who is called.
    mapping(address account => bool hooked) public isHooked;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) TestToken(name_, symbol_, decimals_) {}

    /// @notice Has an account called when it sends (`tokensToSend`) and receives (`tokensReceived`), or not. Anyone.
    function setHooked(address account, bool hooked) external {
        isHooked[account] = hooked;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isHooked[from]) IERC777Sender(from).tokensToSend(msg.sender, from, to, value, "", "");
        super._update(from, to, value);
        if (isHooked[to]) IERC777Recipient(to).tokensReceived(msg.sender, from, to, value, "", "");
    }
}
