// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IMilestones} from "./interfaces/IMilestones.sol";
import {Ledger} from "./Ledger.sol";
import {Bps} from "./libraries/Bps.sol";
import {MilestonesTerms} from "./libraries/MilestonesTerms.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title The books of milestone plans: what is stored, and every way in which money leaves a plan.
/// @dev Checks nothing about who calls: {Milestones} does.
abstract contract MilestoneBooks is IMilestones, Ledger {
    using MilestonesTerms for Terms;
    using MilestonesTerms for Milestone;
    using MilestonesTerms for uint128;
    using SafeCast for uint256;

    /// @dev What one transaction pays out of a plan. `toPayee` is before the fee, which is summed milestone by
    /// milestone.
    struct Payout {
        uint256 toPayee;
        uint256 fee;
        uint256 toPayer;
        uint256 toArbiter;
    }

    // Written through references to storage.
    // slither-disable-next-line uninitialized-state
    mapping(AgreementId id => Plan plan) internal _plans;
    /// @dev When a milestone was submitted or, later, when its dispute was opened.
    mapping(AgreementId id => mapping(uint256 milestone => uint40 since)) internal _since;

    /// @dev Pays everything back before the plan binds.
    function _callOff(AgreementId id, Plan storage plan, Terms calldata terms) internal {
        // Effect
        uint256 held = plan.held;
        for (uint256 i = 0; i < plan.funded; ++i) {
            emit Refunded(id, i, terms.milestones[i].amount);
        }
        plan.held = 0;
        _close(id, plan, Status.Cancelled);

        // Interaction
        _discharge(terms.asset, held);
        _forward(terms.asset, terms.payer, held);
    }

    /// @dev What silence brings, for every milestone whose time has come. At most 32.
    function _lapse(AgreementId id, Plan storage plan, Terms calldata terms) internal {
        // Begins at nothing.
        // slither-disable-next-line uninitialized-local
        Payout memory payout;
        uint256 funded = plan.funded;
        for (uint256 i = 0; i < funded; ++i) {
            Stage stage = plan.stages.stageAt(i);
            if (!_isPending(stage) || block.timestamp < terms.deadline(i, stage, _since[id][i])) continue;
            uint16 payeeBps = terms.silentBps(stage);
            emit TimedOut(id, i, stage, payeeBps);
            _share(id, plan, terms, i, terms.milestones[i].amount, payeeBps, payout);
        }
        _pay(id, plan, terms, payout);
    }

    /// @dev Ends one milestone by a division of all that is held for it.
    function _decide(AgreementId id, Plan storage plan, Terms calldata terms, uint256 milestone, uint16 payeeBps)
        internal
    {
        // Begins at nothing.
        // slither-disable-next-line uninitialized-local
        Payout memory payout;
        _share(id, plan, terms, milestone, terms.milestones[milestone].amount, payeeBps, payout);
        _pay(id, plan, terms, payout);
    }

    /// @dev Ends one milestone in the books. Rounds the payee's share down, and the fee on it (M-3).
    function _share(
        AgreementId id,
        Plan storage plan,
        Terms calldata terms,
        uint256 milestone,
        uint256 amount,
        uint16 payeeBps,
        Payout memory payout
    ) internal {
        uint256 toPayee = Bps.share(amount, payeeBps);
        uint256 toPayer = amount - toPayee;
        if (toPayee != 0) {
            uint256 fee = terms.feeOn(toPayee);
            payout.toPayee += toPayee;
            payout.fee += fee;
            emit Released(id, milestone, toPayee - fee, fee);
        }
        if (toPayer != 0) {
            payout.toPayer += toPayer;
            emit Refunded(id, milestone, toPayer);
        }
        Stage outcome = Stage.Split;
        if (toPayee != 0 && toPayer == 0) outcome = Stage.Released;
        if (toPayee == 0 && toPayer != 0) outcome = Stage.Refunded;
        plan.stages = plan.stages.withStage(milestone, outcome);
        ++plan.over;
    }

    /// @dev The one way out of `held` while the plan binds.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _pay(AgreementId id, Plan storage plan, Terms calldata terms, Payout memory payout) internal {
        // Effect
        uint256 total = payout.toPayee + payout.toPayer + payout.toArbiter;
        plan.held -= total.toUint128();
        ++plan.round;
        _closeIfOver(id, plan, terms);

        // Interaction: a refused payout becomes a credit, so the order does not matter.
        _discharge(terms.asset, total);
        _forward(terms.asset, terms.payee, payout.toPayee - payout.fee);
        _forward(terms.asset, terms.feeReceiver, payout.fee);
        _forward(terms.asset, terms.payer, payout.toPayer);
        _forward(terms.asset, terms.arbiter, payout.toArbiter);
    }

    /// @dev Novation: the new plan takes over what is held and where each milestone stands (M-5).
    function _replace(AgreementId id, AgreementId newId, Terms calldata terms, Terms calldata newTerms, uint8 funded)
        internal
    {
        Plan storage plan = _plans[id];
        Plan storage newPlan = _plans[newId];
        uint256 held = plan.held;
        uint256 needed = _carry(id, newId, terms, newTerms, funded);
        if (needed > held) revert Milestones_NotCovered(held, needed);

        // Effect: the revocations of the new plan's id stand.
        (newPlan.status, newPlan.payeeAccepted, newPlan.arbiterAccepted) = (Status.Active, true, plan.arbiterAccepted);
        (newPlan.funded, newPlan.over, newPlan.round) = (funded, plan.over, plan.round + 1);
        (newPlan.held, newPlan.stages) = (needed.toUint128(), plan.stages);
        plan.held = 0;
        emit Amended(id, newId, needed, held - needed, newTerms);
        _close(id, plan, Status.Amended);
        _closeIfOver(newId, newPlan, newTerms);

        // Interaction
        _discharge(terms.asset, held - needed);
        _forward(terms.asset, terms.payer, held - needed);
    }

    /// @dev Checks that what was begun is kept, and takes it over. Returns what the new plan's funded milestones cost
    /// that are not over.
    function _carry(AgreementId id, AgreementId newId, Terms calldata terms, Terms calldata newTerms, uint256 funded)
        internal
        returns (uint256 needed)
    {
        uint128 stages = _plans[id].stages;
        uint256 count = newTerms.milestones.length;
        if (funded > count) revert Milestones_InvalidCount(funded, count);
        for (uint256 i = 0; i < terms.milestones.length; ++i) {
            if (stages.stageAt(i) == Stage.Open) continue;
            bool kept = i < funded && terms.milestones[i].structHash() == newTerms.milestones[i].structHash();
            if (!kept) revert Milestones_Kept(i);
            if (_isPending(stages.stageAt(i))) _since[newId][i] = _since[id][i];
        }
        for (uint256 i = 0; i < funded; ++i) {
            if (_isPending(stages.stageAt(i))) needed += newTerms.milestones[i].amount;
        }
    }

    /// @dev A plan is over when nothing is held and nothing can be paid in any more.
    function _closeIfOver(AgreementId id, Plan storage plan, Terms calldata terms) internal {
        uint256 funded = plan.funded;
        if (plan.over != funded) return;
        if (funded == terms.milestones.length || block.timestamp >= terms.milestones[funded].fundBy) {
            _close(id, plan, Status.Closed);
        }
    }

    function _close(AgreementId id, Plan storage plan, Status status) internal {
        plan.status = status;
        emit Closed(id, status);
    }

    /// @dev The earliest deadline of a milestone that is funded and not over; without one, when funding ends.
    function _deadline(AgreementId id, Terms calldata terms) internal view returns (uint256 earliest) {
        Plan memory plan = _plans[id];
        if (plan.status == Status.None || plan.status > Status.Active) return 0;
        if (plan.status != Status.Active) return terms.acceptBy;
        if (plan.over == plan.funded) return terms.milestones[plan.funded].fundBy;
        earliest = type(uint256).max;
        for (uint256 i = 0; i < plan.funded; ++i) {
            Stage stage = plan.stages.stageAt(i);
            if (!_isPending(stage)) continue;
            uint256 deadline = terms.deadline(i, stage, _since[id][i]);
            if (deadline < earliest) earliest = deadline;
        }
    }

    function _isPending(Stage stage) internal pure returns (bool) {
        return stage <= Stage.Disputed;
    }
}
