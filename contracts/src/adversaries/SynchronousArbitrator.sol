// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {PlainArbitrator} from "./PlainArbitrator.sol";

/// @title An ERC-792 arbitrator that rules while the dispute is being created, before its number is known to anybody.
/// For simulations.
contract SynchronousArbitrator is PlainArbitrator {
    /// @notice How it rules.
    uint256 public immutable RULING;

    constructor(uint256 cost_, uint256 ruling) PlainArbitrator(cost_, 0, 0) {
        RULING = ruling;
    }

    function createDispute(uint256 choices, bytes calldata extraData)
        public
        payable
        override
        returns (uint256 disputeID)
    {
        disputeID = super.createDispute(choices, extraData);
        cases[disputeID].ruling = RULING;
        _handIn(disputeID, cases[disputeID]);
    }
}
