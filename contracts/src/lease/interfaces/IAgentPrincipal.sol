// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILedger} from "../../interfaces/ILedger.sol";
import {ILeaseExtension} from "./ILeaseExtension.sol";

/// @title A contract that is a party to leases, for each agreement through an agent of its own.
interface IAgentPrincipal is ILeaseExtension, ILedger {
    /// @notice Takes `amount` of `asset` from an agent that was just told to hand it in. Nobody else.
    function take(address asset, uint256 amount) external payable;
}
