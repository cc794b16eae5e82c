// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {StorageSlot} from "@openzeppelin/contracts/utils/StorageSlot.sol";

import {BareToken} from "./BareToken.sol";

/// @title Behaves well until its code is exchanged, while money is in somebody's care. For simulations.
/// @dev New code works on these books: that of any token here that is a {BareToken} does, and that of a contract which
/// refuses everything.
contract UpgradableToken is BareToken {
    /// @dev Away from the books and from whatever the new code stores.
    bytes32 private constant SLOT = keccak256("covenant.UpgradableToken.code");

    constructor(string memory name_, string memory symbol_, uint8 decimals_) BareToken(name_, symbol_, decimals_) {}

    /// @notice From now on `transfer`, `transferFrom` and `approve` do what `newCode` does; zero: what they did.
    /// Anyone.
    function upgradeTo(address newCode) external {
        StorageSlot.getAddressSlot(SLOT).value = newCode;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        _delegate();
        _approve(spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _delegate();
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        _delegate();
        _spend(from, amount);
        _move(from, to, amount);
        return true;
    }

    /// @dev Ends the call with what the new code makes of it, if there is new code.
    function _delegate() private {
        address code = StorageSlot.getAddressSlot(SLOT).value;
        if (code == address(0)) return;
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = code.delegatecall(msg.data);
        if (!success) LowLevelCall.bubbleRevert(result);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            return(add(result, 0x20), mload(result))
        }
    }
}
