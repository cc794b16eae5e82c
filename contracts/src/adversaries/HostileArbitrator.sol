// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";

/// @title An ERC-792 arbitrator that breaks every rule it is told to break. For simulations.
contract HostileArbitrator is IArbitrator {
    /// @notice What it does when a dispute is created.
    enum Mischief {
        None,
        /// Refuses.
        Reverts,
        /// Uses all gas.
        BurnsGas,
        /// Answers with 120,000 bytes.
        ReturnBomb,
        /// Gives the next dispute the same number.
        SameNumber,
        /// Rules at once, on a number that is not the one it then returns.
        RulesOnAnother,
        /// Rules at once, twice.
        RulesTwice,
        /// Rules at once, outside of the choices.
        RulesOutside,
        /// Calls {target} with {data} first.
        Reenters
    }

    Mischief public mischief;
    uint256 public cost = 0.01 ether;
    /// @notice What it says about every dispute.
    DisputeStatus public status;
    uint256 public ruling;
    uint256 public appealStart;
    uint256 public appealEnd;
    uint256 public disputes;
    /// @notice Whom it calls when it re-enters, with what, and what came of it.
    address public target;
    bytes public data;
    bool public succeeded;
    bytes public result;

    error HostileArbitrator_Refused();

    /// @notice Chooses how to misbehave. Anyone.
    function setMischief(Mischief newMischief) external {
        mischief = newMischief;
    }

    /// @notice Chooses what disputes and appeals cost. Anyone.
    function setCost(uint256 newCost) external {
        cost = newCost;
    }

    /// @notice Chooses what to say about every dispute. Anyone.
    function setAnswers(DisputeStatus newStatus, uint256 newRuling, uint256 newStart, uint256 newEnd) external {
        (status, ruling, appealStart, appealEnd) = (newStatus, newRuling, newStart, newEnd);
    }

    /// @notice Chooses whom to call when it re-enters. Anyone.
    function arm(address newTarget, bytes calldata newData) external {
        (target, data) = (newTarget, newData);
    }

    /// @notice Rules on any dispute of anybody, in its own name. Anyone.
    function forceRuling(IArbitrable arbitrable, uint256 disputeID, uint256 newRuling) external {
        arbitrable.rule(disputeID, newRuling);
    }

    /// @inheritdoc IArbitrator
    function createDispute(uint256 choices, bytes calldata) external payable returns (uint256 disputeID) {
        disputeID = disputes;
        if (mischief != Mischief.SameNumber) disputes = disputeID + 1;
        _beMischievous(IArbitrable(msg.sender), disputeID, choices);
        emit DisputeCreation(disputeID, IArbitrable(msg.sender));
    }

    /// @inheritdoc IArbitrator
    // solhint-disable-next-line no-empty-blocks
    function appeal(uint256, bytes calldata) external payable {}

    /// @inheritdoc IArbitrator
    function arbitrationCost(bytes calldata) external view returns (uint256) {
        return cost;
    }

    /// @inheritdoc IArbitrator
    function appealCost(uint256, bytes calldata) external view returns (uint256) {
        return cost;
    }

    /// @inheritdoc IArbitrator
    function appealPeriod(uint256) external view returns (uint256 start, uint256 end) {
        return (appealStart, appealEnd);
    }

    /// @inheritdoc IArbitrator
    function disputeStatus(uint256) external view returns (DisputeStatus) {
        return status;
    }

    /// @inheritdoc IArbitrator
    function currentRuling(uint256) external view returns (uint256) {
        return ruling;
    }

    function _beMischievous(IArbitrable arbitrable, uint256 disputeID, uint256 choices) private {
        Mischief chosen = mischief;
        if (chosen == Mischief.Reverts) revert HostileArbitrator_Refused();
        if (chosen == Mischief.BurnsGas) _burn();
        if (chosen == Mischief.ReturnBomb) _bomb();
        if (chosen == Mischief.RulesOnAnother) arbitrable.rule(disputeID + 1, 1);
        if (chosen == Mischief.RulesOutside) arbitrable.rule(disputeID, choices + 1);
        if (chosen == Mischief.RulesTwice) {
            arbitrable.rule(disputeID, 1);
            arbitrable.rule(disputeID, 2);
        }
        // solhint-disable-next-line avoid-low-level-calls
        if (chosen == Mischief.Reenters) (succeeded, result) = target.call(data);
    }

    function _burn() private pure {
        uint256 rounds = 0;
        while (true) {
            unchecked {
                ++rounds;
            }
        }
    }

    function _bomb() private pure {
        revert(string(new bytes(120_000)));
    }
}
