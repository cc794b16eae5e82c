// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IMilestones} from "./interfaces/IMilestones.sol";
import {Bps} from "./libraries/Bps.sol";
import {MilestonesTerms} from "./libraries/MilestonesTerms.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {MilestoneBooks} from "./MilestoneBooks.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title Milestone plans.
/// @dev See {IMilestones} for what each function promises and INVARIANTS.md (M-) for what always holds. Every entry
/// point is guarded, so effects may be spread over the helpers below as long as no payout comes before the last of
/// them.
contract Milestones is MilestoneBooks, EIP712 {
    using MilestonesTerms for Terms;
    using MilestonesTerms for Amendment;
    using MilestonesTerms for Settlement;
    using MilestonesTerms for uint128;
    using SafeCast for uint256;

    mapping(address party => mapping(bytes32 digest => bool approved)) private _approvals;

    /// @dev Sets the EIP-712 domain. Nothing can be configured.
    constructor() EIP712("Covenant Milestones", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IMilestones
    function propose(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        Plan storage plan;
        (id, plan) = _find(terms);
        // Check: by a party, for the first time, in time, on acceptable terms.
        _requireParty(terms);
        _requireState(plan.status, Status.None);
        _requireBefore(terms.acceptBy);

        // Effect
        _create(id, plan, terms);
        if (msg.sender == terms.payee) _recordAcceptance(id, plan, terms, msg.sender);
    }

    /// @inheritdoc IMilestones
    function accept(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _accept(terms, msg.sender);
    }

    /// @inheritdoc IMilestones
    function acceptFor(Terms calldata terms, address party, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        // The id binds chain, contract and every term, counts once, and lapses with `acceptBy`: it needs no nonce.
        id = _accept(terms, party);
        if (!Signatures.isValid(party, AgreementId.unwrap(id), signature)) revert Milestones_InvalidSignature(party);
    }

    /// @inheritdoc IMilestones
    function fund(Terms calldata terms, uint8 upTo) external payable nonReentrant returns (AgreementId id) {
        Plan storage plan;
        (id, plan) = _find(terms);
        if (plan.status == Status.None) _create(id, plan, terms);
        // Check: some of the milestones that are not funded yet, in their order, in time.
        Status status = plan.status;
        uint256 funded = plan.funded;
        if (status > Status.Active) revert Milestones_WrongState(status, Status.Active);
        if (upTo > terms.milestones.length) revert Milestones_InvalidCount(upTo, terms.milestones.length);
        if (upTo <= funded) revert Milestones_InvalidCount(upTo, funded + 1);
        if (upTo < terms.upFront) revert Milestones_InvalidCount(upTo, terms.upFront);
        _requireBefore(status == Status.Active ? terms.milestones[funded].fundBy : terms.acceptBy);

        // Effect
        uint256 amount = 0;
        for (uint256 i = funded; i < upTo; ++i) {
            amount += terms.milestones[i].amount;
        }
        plan.funded = upTo;
        plan.held += amount.toUint128();
        ++plan.round;
        emit Funded(id, msg.sender, upTo, amount);
        if (status == Status.Proposed) plan.status = Status.Funded;
        _activateIfComplete(id, plan, terms);

        // Interaction: exactly the amount arrives, or all of this is undone.
        _take(terms.asset, amount);
    }

    /// @inheritdoc IMilestones
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check: by one who would be bound, before it binds.
        if (msg.sender != terms.arbiter) _requireParty(terms);
        if (plan.status > Status.Funded) revert Milestones_WrongState(plan.status, Status.Funded);

        // Effect and interaction
        emit Cancelled(id, msg.sender);
        _callOff(id, plan, terms);
    }

    // ------------------------------------------------------------------------------------------------- performance

    /// @inheritdoc IMilestones
    function submit(Terms calldata terms, uint8 milestone, bytes32 evidence) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check
        _requireCaller(terms.payee);
        Stage stage = _requirePending(id, plan, milestone);
        if (stage != Stage.Open) revert Milestones_WrongStage(stage, Stage.Open);
        _requireBefore(terms.milestones[milestone].performBy);

        // Effect
        _enter(id, plan, milestone, Stage.Submitted);
        emit Submitted(id, milestone, evidence, block.timestamp + terms.milestones[milestone].reviewWindow);
    }

    /// @inheritdoc IMilestones
    function release(Terms calldata terms, uint8 milestone) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check
        _requireCaller(terms.payer);
        _requirePending(id, plan, milestone);

        // Effect and interaction
        _decide(id, plan, terms, milestone, Bps.ONE);
    }

    /// @inheritdoc IMilestones
    function releaseUpTo(Terms calldata terms, uint8 last) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check
        _requireCaller(terms.payer);
        _requireFunded(id, plan, last);

        // Effect: at most 32 times.
        // Begins at nothing.
        // slither-disable-next-line uninitialized-local
        Payout memory payout;
        for (uint256 i = 0; i <= last; ++i) {
            if (_isPending(plan.stages.stageAt(i))) {
                _share(id, plan, terms, i, terms.milestones[i].amount, Bps.ONE, payout);
            }
        }
        if (payout.toPayee == 0) revert Milestones_NothingToRelease(last);

        // Effect and interaction
        _pay(id, plan, terms, payout);
    }

    /// @inheritdoc IMilestones
    function refund(Terms calldata terms, uint8 milestone) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check
        _requireCaller(terms.payee);
        _requirePending(id, plan, milestone);

        // Effect and interaction
        _decide(id, plan, terms, milestone, 0);
    }

    // ---------------------------------------------------------------------------------------- dispute and agreement

    /// @inheritdoc IMilestones
    function dispute(Terms calldata terms, uint8 milestone, bytes32 evidence) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check
        _requireParty(terms);
        Stage stage = _requirePending(id, plan, milestone);
        if (stage == Stage.Disputed) revert Milestones_WrongStage(stage, Stage.Open);
        _requireBefore(terms.deadline(milestone, stage, _since[id][milestone]));

        // Effect
        _enter(id, plan, milestone, Stage.Disputed);
        emit Disputed(id, milestone, msg.sender, evidence, block.timestamp + terms.rulingWindow);
    }

    /// @inheritdoc IMilestones
    function rule(Terms calldata terms, uint8 milestone, uint16 payeeBps) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check
        _requireCaller(terms.arbiter);
        Stage stage = _requirePending(id, plan, milestone);
        if (stage != Stage.Disputed) revert Milestones_WrongStage(stage, Stage.Disputed);
        _requireBefore(terms.deadline(milestone, stage, _since[id][milestone]));
        _requireShare(payeeBps);

        // Effect: the arbiter's fee comes off the whole, so that it does not depend on who wins.
        // Begins at nothing.
        // slither-disable-next-line uninitialized-local
        Payout memory payout;
        uint256 amount = terms.milestones[milestone].amount;
        payout.toArbiter = Bps.share(amount, terms.arbiterFeeBps);
        emit Ruled(id, milestone, payeeBps, payout.toArbiter);
        _share(id, plan, terms, milestone, amount - payout.toArbiter, payeeBps, payout);

        // Effect and interaction
        _pay(id, plan, terms, payout);
    }

    /// @inheritdoc IMilestones
    function divide(
        Terms calldata terms,
        Settlement calldata settlement,
        bytes calldata payerSignature,
        bytes calldata payeeSignature
    ) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check: both want it, for this milestone, as the plan stands.
        _requirePending(id, plan, settlement.milestone);
        _requireCurrent(id, plan, settlement.id, settlement.round, settlement.nonce, settlement.deadline);
        _requireShare(settlement.payeeBps);
        _requireConsents(terms, settlementDigest(settlement), payerSignature, payeeSignature);

        // Effect and interaction: the milestone is over by this, so the consents cannot be used again.
        emit SettlementAgreed(id, settlement.milestone, settlement.payeeBps);
        _decide(id, plan, terms, settlement.milestone, settlement.payeeBps);
    }

    /// @inheritdoc IMilestones
    function amend(
        Terms calldata terms,
        Terms calldata newTerms,
        Amendment calldata amendment,
        bytes calldata payerSignature,
        bytes calldata payeeSignature
    ) external nonReentrant returns (AgreementId newId) {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check: both want it, as the plan stands.
        _requireActive(id, plan);
        _requireCurrent(id, plan, amendment.id, amendment.round, amendment.nonce, amendment.deadline);
        newId = _idOf(newTerms);
        if (AgreementId.unwrap(amendment.newId) != AgreementId.unwrap(newId)) {
            revert Milestones_WrongAgreement(amendment.newId, newId);
        }
        _requireConsents(terms, amendmentDigest(amendment), payerSignature, payeeSignature);
        // Check: between the same, about the same, for the first time, on acceptable terms.
        if (keccak256(terms.head()) != keccak256(newTerms.head())) revert Milestones_DifferentHead();
        _requireState(_plans[newId].status, Status.None);
        newTerms.check();

        // Effect and interaction
        _replace(id, newId, terms, newTerms, amendment.funded);
    }

    /// @inheritdoc IMilestones
    function approve(Terms calldata terms, bytes32 digest) external nonReentrant {
        // Check
        _requireParty(terms);

        // Effect: binds no more than a signature would, since the digest says what for and until when.
        _approvals[msg.sender][digest] = true;
        emit Approved(_idOf(terms), msg.sender, digest);
    }

    /// @inheritdoc IMilestones
    function revoke(Terms calldata terms) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check. Also for a plan that is not on record yet: what has been signed early can be revoked early.
        _requireParty(terms);

        // Effect
        uint32 nonce = ++plan.nonce;
        emit Revoked(id, msg.sender, nonce);
    }

    // ----------------------------------------------------------------------------------------------- by time alone

    /// @inheritdoc IMilestones
    function settle(Terms calldata terms) external nonReentrant {
        (AgreementId id, Plan storage plan) = _find(terms);
        // Check: there is a deadline, and it has come.
        Status status = plan.status;
        if (status == Status.None) revert Milestones_UnknownAgreement(id);
        if (status > Status.Active) revert Milestones_WrongState(status, Status.Active);
        uint256 earliest = _deadline(id, terms);
        if (block.timestamp < earliest) revert Milestones_TooEarly(block.timestamp, earliest);

        // Effect and interaction: depends on nothing but the terms and the clock (I-5).
        if (status == Status.Active) _lapse(id, plan, terms);
        else _callOff(id, plan, terms);
    }

    // ------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IMilestones
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IMilestones
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _plans[_idOf(terms)].status;
    }

    /// @inheritdoc IMilestones
    function planOf(Terms calldata terms) external view nonReentrantView returns (Plan memory) {
        return _plans[_idOf(terms)];
    }

    /// @inheritdoc IMilestones
    function milestoneOf(Terms calldata terms, uint8 milestone)
        external
        view
        nonReentrantView
        returns (Stage stage, uint256 deadline)
    {
        AgreementId id = _idOf(terms);
        uint256 count = terms.milestones.length;
        if (milestone >= count) revert Milestones_UnknownMilestone(milestone, count);
        if (milestone >= _plans[id].funded) return (Stage.Open, terms.milestones[milestone].fundBy);
        stage = _plans[id].stages.stageAt(milestone);
        deadline = terms.deadline(milestone, stage, _since[id][milestone]);
    }

    /// @inheritdoc IMilestones
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _deadline(_idOf(terms), terms);
    }

    /// @inheritdoc IMilestones
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256 claim) {
        Plan memory plan = _plans[_idOf(terms)];
        if (plan.held == 0) return 0;
        for (uint256 i = 0; i < plan.funded; ++i) {
            Stage stage = plan.stages.stageAt(i);
            if (!_isPending(stage)) continue;
            uint256 amount = terms.milestones[i].amount;
            uint256 toPayee = Bps.share(amount, terms.silentBps(stage));
            uint256 fee = terms.feeOn(toPayee);
            if (party == terms.payer) claim += amount - toPayee;
            if (party == terms.payee) claim += toPayee - fee;
            if (party == terms.feeReceiver) claim += fee;
        }
    }

    /// @inheritdoc IMilestones
    function amendmentDigest(Amendment calldata amendment) public view returns (bytes32) {
        return _hashTypedDataV4(amendment.structHash());
    }

    /// @inheritdoc IMilestones
    function settlementDigest(Settlement calldata settlement) public view returns (bytes32) {
        return _hashTypedDataV4(settlement.structHash());
    }

    // ----------------------------------------------------------------------------------------------------- effects

    function _create(AgreementId id, Plan storage plan, Terms calldata terms) private {
        terms.check();
        plan.status = Status.Proposed;
        emit Proposed(id, msg.sender, terms);
    }

    function _accept(Terms calldata terms, address party) private returns (AgreementId id) {
        Plan storage plan;
        (id, plan) = _find(terms);
        // Check: once, in time, by the payee or the arbiter (the payer accepts by funding).
        if (party != terms.arbiter && party != terms.payee) revert Milestones_NotAParty(party);
        Status status = plan.status;
        if (status == Status.None) revert Milestones_UnknownAgreement(id);
        if (status != Status.Funded) _requireState(status, Status.Proposed);
        _requireBefore(terms.acceptBy);

        // Effect
        _recordAcceptance(id, plan, terms, party);
    }

    function _recordAcceptance(AgreementId id, Plan storage plan, Terms calldata terms, address party) private {
        bool isPayee = party == terms.payee;
        if (isPayee ? plan.payeeAccepted : plan.arbiterAccepted) revert Milestones_AlreadyAccepted(party);
        if (isPayee) plan.payeeAccepted = true;
        else plan.arbiterAccepted = true;
        emit Accepted(id, party);
        _activateIfComplete(id, plan, terms);
    }

    function _activateIfComplete(AgreementId id, Plan storage plan, Terms calldata terms) private {
        bool complete =
            plan.status == Status.Funded && plan.payeeAccepted && (plan.arbiterAccepted || terms.arbiter == address(0));
        if (!complete) return;
        plan.status = Status.Active;
        emit Activated(id);
    }

    /// @dev A new stage with a deadline of its own, in which what was signed before no longer means the same.
    function _enter(AgreementId id, Plan storage plan, uint256 milestone, Stage stage) private {
        plan.stages = plan.stages.withStage(milestone, stage);
        _since[id][milestone] = block.timestamp.toUint40();
        ++plan.round;
    }

    // ------------------------------------------------------------------------------------------------------ checks

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash()));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Plan storage plan) {
        id = _idOf(terms);
        plan = _plans[id];
    }

    function _requireActive(AgreementId id, Plan storage plan) private view {
        Status status = plan.status;
        if (status == Status.None) revert Milestones_UnknownAgreement(id);
        _requireState(status, Status.Active);
    }

    function _requireFunded(AgreementId id, Plan storage plan, uint256 milestone) private view {
        _requireActive(id, plan);
        if (milestone >= plan.funded) revert Milestones_UnknownMilestone(milestone, plan.funded);
    }

    /// @dev The plan binds, and the milestone is funded and not over.
    function _requirePending(AgreementId id, Plan storage plan, uint256 milestone) private view returns (Stage stage) {
        _requireFunded(id, plan, milestone);
        stage = plan.stages.stageAt(milestone);
        if (!_isPending(stage)) revert Milestones_WrongStage(stage, Stage.Open);
    }

    /// @dev What both consent to is about this plan as it stands, and neither has revoked it.
    function _requireCurrent(
        AgreementId id,
        Plan storage plan,
        AgreementId about,
        uint256 round,
        uint256 nonce,
        uint256 deadline
    ) private view {
        if (AgreementId.unwrap(about) != AgreementId.unwrap(id)) {
            revert Milestones_WrongAgreement(about, id);
        }
        _requireBefore(deadline);
        if (round != plan.round) revert Milestones_StaleRound(round, plan.round);
        if (nonce != plan.nonce) revert Milestones_WrongNonce(nonce, plan.nonce);
    }

    function _requireConsents(
        Terms calldata terms,
        bytes32 digest,
        bytes calldata payerSignature,
        bytes calldata payeeSignature
    ) private view {
        _requireConsent(terms.payer, digest, payerSignature);
        _requireConsent(terms.payee, digest, payeeSignature);
    }

    function _requireConsent(address party, bytes32 digest, bytes calldata signature) private view {
        if (msg.sender == party || _approvals[party][digest]) return;
        if (!Signatures.isValid(party, digest, signature)) revert Milestones_InvalidSignature(party);
    }

    function _requireParty(Terms calldata terms) private view {
        if (msg.sender != terms.payer && msg.sender != terms.payee) revert Milestones_NotAParty(msg.sender);
    }

    function _requireCaller(address expected) private view {
        if (msg.sender != expected) revert Milestones_WrongCaller(msg.sender, expected);
    }

    function _requireState(Status actual, Status expected) private pure {
        if (actual != expected) revert Milestones_WrongState(actual, expected);
    }

    function _requireBefore(uint256 deadline) private view {
        if (block.timestamp >= deadline) revert Milestones_TooLate(block.timestamp, deadline);
    }

    function _requireShare(uint16 bps) private pure {
        if (bps > Bps.ONE) revert Milestones_InvalidShare(bps, Bps.ONE);
    }
}
