// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";

/// @title An ERC-792 arbitrator in one person's hands. For simulations.
/// @notice Whoever deployed it rules. A ruling can be appealed for a while; then anybody may have it carried out.
contract PlainArbitrator is IArbitrator {
    /// @notice What is stored for a dispute.
    struct Case {
        IArbitrable arbitrable;
        uint256 choices;
        uint256 ruling;
        /// When the present ruling was given; zero: there is none.
        uint256 ruledAt;
        uint256 appeals;
        bool solved;
    }

    /// @notice Who rules.
    address public immutable OWNER;
    /// @notice What a dispute and an appeal cost, in wei, and how long a ruling can be appealed.
    uint256 public cost;
    uint256 public costOfAppeal;
    uint256 public appealWindow;
    /// @notice All disputes, by their number.
    Case[] public cases;

    error PlainArbitrator_WrongCaller(address actual, address expected);
    error PlainArbitrator_PaidTooLittle(uint256 actual, uint256 expected);
    error PlainArbitrator_WrongStatus(DisputeStatus actual, DisputeStatus expected);
    error PlainArbitrator_InvalidRuling(uint256 actual, uint256 expected);
    error PlainArbitrator_Refused(address to);

    constructor(uint256 cost_, uint256 costOfAppeal_, uint256 appealWindow_) {
        OWNER = msg.sender;
        (cost, costOfAppeal, appealWindow) = (cost_, costOfAppeal_, appealWindow_);
    }

    /// @notice Changes all its prices and periods, at any time. Owner.
    function set(uint256 newCost, uint256 newCostOfAppeal, uint256 newAppealWindow) external {
        _requireOwner();
        (cost, costOfAppeal, appealWindow) = (newCost, newCostOfAppeal, newAppealWindow);
    }

    /// @notice Rules. Owner, while the dispute waits for it. Without an appeal window the ruling is handed in at once.
    function giveRuling(uint256 disputeID, uint256 ruling) external {
        _requireOwner();
        _requireStatus(disputeID, DisputeStatus.Waiting);
        Case storage c = cases[disputeID];
        if (ruling > c.choices) revert PlainArbitrator_InvalidRuling(ruling, c.choices);
        (c.ruling, c.ruledAt) = (ruling, block.timestamp);
        if (appealWindow == 0) _handIn(disputeID, c);
        else emit AppealPossible(disputeID, c.arbitrable);
    }

    /// @notice Hands in the ruling, when it can no longer be appealed. Anyone.
    function executeRuling(uint256 disputeID) external {
        Case storage c = cases[disputeID];
        if (c.ruledAt == 0 || c.solved || block.timestamp < c.ruledAt + appealWindow) {
            revert PlainArbitrator_WrongStatus(_status(c), DisputeStatus.Solved);
        }
        _handIn(disputeID, c);
    }

    /// @notice Says that a dispute is solved, and keeps the ruling to itself. Owner.
    function solveInSecret(uint256 disputeID) external {
        _requireOwner();
        cases[disputeID].solved = true;
    }

    /// @notice Takes what it has earned. Owner.
    function collect() external {
        _requireOwner();
        // solhint-disable-next-line avoid-low-level-calls
        (bool success,) = OWNER.call{value: address(this).balance}("");
        if (!success) revert PlainArbitrator_Refused(OWNER);
    }

    /// @inheritdoc IArbitrator
    function createDispute(uint256 choices, bytes calldata) public payable virtual returns (uint256 disputeID) {
        if (msg.value < cost) revert PlainArbitrator_PaidTooLittle(msg.value, cost);
        disputeID = cases.length;
        cases.push(Case(IArbitrable(msg.sender), choices, 0, 0, 0, false));
        emit DisputeCreation(disputeID, IArbitrable(msg.sender));
    }

    /// @inheritdoc IArbitrator
    function appeal(uint256 disputeID, bytes calldata) external payable {
        _requireStatus(disputeID, DisputeStatus.Appealable);
        if (msg.value < costOfAppeal) revert PlainArbitrator_PaidTooLittle(msg.value, costOfAppeal);
        Case storage c = cases[disputeID];
        (c.ruledAt, c.appeals) = (0, c.appeals + 1);
        emit AppealDecision(disputeID, c.arbitrable);
    }

    /// @inheritdoc IArbitrator
    function arbitrationCost(bytes calldata) external view returns (uint256) {
        return cost;
    }

    /// @inheritdoc IArbitrator
    function appealCost(uint256, bytes calldata) external view returns (uint256) {
        return costOfAppeal;
    }

    /// @inheritdoc IArbitrator
    function appealPeriod(uint256 disputeID) external view returns (uint256 start, uint256 end) {
        uint256 ruledAt = cases[disputeID].ruledAt;
        return ruledAt == 0 ? (0, 0) : (ruledAt, ruledAt + appealWindow);
    }

    /// @inheritdoc IArbitrator
    function disputeStatus(uint256 disputeID) external view returns (DisputeStatus) {
        return _status(cases[disputeID]);
    }

    /// @inheritdoc IArbitrator
    function currentRuling(uint256 disputeID) external view returns (uint256) {
        return cases[disputeID].ruling;
    }

    function _handIn(uint256 disputeID, Case storage c) internal {
        c.solved = true;
        c.arbitrable.rule(disputeID, c.ruling);
    }

    function _status(Case storage c) private view returns (DisputeStatus) {
        if (c.solved) return DisputeStatus.Solved;
        bool appealable = c.ruledAt != 0 && block.timestamp < c.ruledAt + appealWindow;
        return appealable ? DisputeStatus.Appealable : DisputeStatus.Waiting;
    }

    function _requireOwner() private view {
        if (msg.sender != OWNER) revert PlainArbitrator_WrongCaller(msg.sender, OWNER);
    }

    function _requireStatus(uint256 disputeID, DisputeStatus expected) private view {
        DisputeStatus actual = _status(cases[disputeID]);
        if (actual != expected) revert PlainArbitrator_WrongStatus(actual, expected);
    }
}
