// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title Makes ERC-1167 copies of a contract that was never meant to be copied.
contract Copies {
    /// @notice The last copy.
    address public last;

    /// @notice Makes another one.
    function copy(address original) external returns (address) {
        last = Clones.clone(original);
        return last;
    }
}
