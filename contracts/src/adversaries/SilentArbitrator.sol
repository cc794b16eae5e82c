// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";

/// @title An ERC-792 arbitrator that takes every dispute and never rules. For simulations.
contract SilentArbitrator is IArbitrator {
    /// @notice How many disputes it was given.
    uint256 public disputes;

    /// @inheritdoc IArbitrator
    function createDispute(uint256, bytes calldata) external payable returns (uint256 disputeID) {
        disputeID = disputes;
        disputes = disputeID + 1;
        emit DisputeCreation(disputeID, IArbitrable(msg.sender));
    }

    /// @inheritdoc IArbitrator
    // solhint-disable-next-line no-empty-blocks
    function appeal(uint256, bytes calldata) external payable {}

    /// @inheritdoc IArbitrator
    function arbitrationCost(bytes calldata) external pure returns (uint256) {
        return 0.01 ether;
    }

    /// @inheritdoc IArbitrator
    function appealCost(uint256, bytes calldata) external pure returns (uint256) {
        return 0.01 ether;
    }

    /// @inheritdoc IArbitrator
    function appealPeriod(uint256) external pure returns (uint256 start, uint256 end) {
        return (0, 0);
    }

    /// @inheritdoc IArbitrator
    function disputeStatus(uint256) external pure returns (DisputeStatus) {
        return DisputeStatus.Waiting;
    }

    /// @inheritdoc IArbitrator
    function currentRuling(uint256) external pure returns (uint256) {
        return 0;
    }
}
