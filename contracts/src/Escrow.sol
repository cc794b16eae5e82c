// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IEscrow} from "./interfaces/IEscrow.sol";
import {Ledger} from "./Ledger.sol";
import {Bps} from "./libraries/Bps.sol";
import {EscrowChecks as Check} from "./libraries/EscrowChecks.sol";
import {EscrowTerms} from "./libraries/EscrowTerms.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title Escrow agreements.
/// @dev See {IEscrow} for what each function promises and INVARIANTS.md for what always holds. States and deadlines are
/// drawn in README.md. Every entry point is guarded, so effects may be spread over the helpers below as long as no
/// payout comes before the last of them.
contract Escrow is IEscrow, Ledger, EIP712 {
    using EscrowTerms for Terms;
    using EscrowTerms for Settlement;
    using SafeCast for uint256;

    /// @dev What a party has said about settling one agreement.
    struct Stance {
        // slot 0: 16 + 32 + 40 + 64 = 152 bits
        uint16 payeeBps;
        uint32 round;
        /// Zero: no offer stands.
        uint40 deadline;
        uint64 nonce;
    }

    uint8 private constant PAID_PAYEE = 1;
    uint8 private constant PAID_PAYER = 2;

    // Written through references to storage.
    // slither-disable-next-line uninitialized-state
    mapping(AgreementId id => Agreement agreement) private _agreements;
    // Written through references to storage.
    // slither-disable-next-line uninitialized-state
    mapping(AgreementId id => mapping(address party => Stance stance)) private _stances;

    /// @dev Sets the EIP-712 domain. Nothing can be configured.
    constructor() EIP712("Covenant Escrow", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IEscrow
    function propose(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        Agreement storage agreement;
        (id, agreement) = _find(terms);
        // Check: by a party, for the first time, in time, on acceptable terms.
        Check.party(terms);
        Check.state(agreement.status, Status.None);
        Check.before(terms.acceptBy);

        // Effect
        _record(id, terms);
        agreement.status = Status.Proposed;
        if (msg.sender == terms.payee) _recordAcceptance(id, agreement, terms, msg.sender);
    }

    /// @inheritdoc IEscrow
    function accept(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _accept(terms, msg.sender);
    }

    /// @inheritdoc IEscrow
    function acceptFor(Terms calldata terms, address party, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        // The id binds chain, contract and every term, counts once, and lapses with `acceptBy`: it needs no nonce.
        id = _accept(terms, party);
        Check.signature(party, AgreementId.unwrap(id), signature);
    }

    /// @inheritdoc IEscrow
    function fund(Terms calldata terms) external payable nonReentrant returns (AgreementId id) {
        Agreement storage agreement;
        (id, agreement) = _find(terms);
        // Check: once, in time, on acceptable terms.
        Check.before(terms.acceptBy);
        Status status = agreement.status;
        if (status == Status.None) _record(id, terms);
        else Check.state(status, Status.Proposed);

        // Effect
        uint128 amount = terms.amount;
        _fund(id, agreement, amount);
        if (status != Status.None) _activateIfComplete(id, agreement, terms);

        // Interaction: exactly the amount arrives, or all of this is undone.
        _take(terms.asset, amount);
    }

    /// @inheritdoc IEscrow
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by one who would be bound, before it binds.
        if (msg.sender != terms.arbiter) Check.party(terms);
        Status status = agreement.status;
        if (status > Status.Funded) revert Escrow_WrongState(status, Status.Funded);

        // Effect and interaction
        emit Cancelled(id, msg.sender);
        if (status == Status.Funded) {
            _pay(id, agreement, terms, 0, agreement.held, 0);
        } else {
            _close(id, agreement, Status.Cancelled);
        }
    }

    // ------------------------------------------------------------------------------------------------- performance

    /// @inheritdoc IEscrow
    function submit(Terms calldata terms, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        Check.caller(terms.payee);
        Check.knownState(id, agreement.status, Status.Active);
        Check.before(terms.performBy);

        // Effect
        _enter(agreement, Status.Submitted);
        emit Submitted(id, evidence, block.timestamp + terms.reviewWindow);
    }

    /// @inheritdoc IEscrow
    function release(Terms calldata terms, uint128 amount) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        Check.caller(terms.payer);
        Check.binding(id, agreement.status);
        Check.amount(amount, agreement.held);

        // Effect and interaction
        _pay(id, agreement, terms, amount, 0, 0);
    }

    /// @inheritdoc IEscrow
    function refund(Terms calldata terms, uint128 amount) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        Check.caller(terms.payee);
        Check.binding(id, agreement.status);
        Check.amount(amount, agreement.held);

        // Effect and interaction
        _pay(id, agreement, terms, 0, amount, 0);
    }

    // ---------------------------------------------------------------------------------------- dispute and agreement

    /// @inheritdoc IEscrow
    function dispute(Terms calldata terms, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        Check.party(terms);
        Status status = agreement.status;
        if (status != Status.Submitted) Check.knownState(id, status, Status.Active);
        Check.before(terms.deadline(_load(id)));

        // Effect
        _enter(agreement, Status.Disputed);
        emit Disputed(id, msg.sender, evidence, block.timestamp + terms.rulingWindow);
    }

    /// @inheritdoc IEscrow
    function rule(Terms calldata terms, uint16 payeeBps) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        Check.caller(terms.arbiter);
        Check.knownState(id, agreement.status, Status.Disputed);
        Check.before(terms.deadline(_load(id)));
        Check.share(payeeBps);

        // Effect and interaction: the arbiter's fee comes off the whole, so that it does not depend on who wins.
        uint256 held = agreement.held;
        uint256 arbiterFee = Bps.share(held, terms.arbiterFeeBps);
        uint256 toPayee = Bps.share(held - arbiterFee, payeeBps);
        emit Ruled(id, msg.sender, payeeBps, arbiterFee);
        _pay(id, agreement, terms, toPayee, held - arbiterFee - toPayee, arbiterFee);
    }

    /// @inheritdoc IEscrow
    function offerSettlement(Terms calldata terms, uint16 payeeBps, uint40 deadline) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        Check.party(terms);
        Check.binding(id, agreement.status);
        Check.share(payeeBps);
        Check.before(deadline);

        // Effect
        Stance storage stance = _stances[id][msg.sender];
        (stance.payeeBps, stance.round, stance.deadline) = (payeeBps, agreement.round, deadline);
        emit SettlementOffered(id, msg.sender, payeeBps, deadline);
    }

    /// @inheritdoc IEscrow
    function acceptSettlement(Terms calldata terms, uint16 payeeBps) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: the other side's offer stands, is the one that the caller means, and is about what is held now.
        address other = Check.counterparty(terms);
        Check.binding(id, agreement.status);
        Stance memory stance = _stances[id][other];
        if (stance.deadline == 0) revert Escrow_NoOffer(other);
        Check.before(stance.deadline);
        if (stance.round != agreement.round) revert Escrow_StaleRound(stance.round, agreement.round);
        if (stance.payeeBps != payeeBps) revert Escrow_DifferentOffer(stance.payeeBps, payeeBps);

        // Effect and interaction
        emit SettlementAgreed(id, payeeBps);
        _divide(id, agreement, terms, payeeBps);
    }

    /// @inheritdoc IEscrow
    function acceptSignedSettlement(Terms calldata terms, Settlement calldata settlement, bytes calldata signature)
        external
        nonReentrant
    {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: the other side signed it, for this agreement as it stands, and has not revoked it.
        address other = Check.counterparty(terms);
        Check.binding(id, agreement.status);
        if (AgreementId.unwrap(settlement.id) != AgreementId.unwrap(id)) {
            revert Escrow_WrongAgreement(settlement.id, id);
        }
        Check.share(settlement.payeeBps);
        Check.before(settlement.deadline);
        if (settlement.round != agreement.round) revert Escrow_StaleRound(settlement.round, agreement.round);
        uint64 nonce = _stances[id][other].nonce;
        if (settlement.nonce != nonce) revert Escrow_WrongNonce(settlement.nonce, nonce);
        Check.signature(other, _hashTypedDataV4(settlement.structHash()), signature);

        // Effect and interaction: this ends the agreement, so the signature cannot be used again.
        emit SettlementAgreed(id, settlement.payeeBps);
        _divide(id, agreement, terms, settlement.payeeBps);
    }

    /// @inheritdoc IEscrow
    function revokeSettlements(Terms calldata terms) external nonReentrant {
        // Check. Also for an agreement that does not bind yet: what has been signed early can be revoked early.
        Check.party(terms);
        AgreementId id = _idOf(terms);

        // Effect
        Stance storage stance = _stances[id][msg.sender];
        stance.deadline = 0;
        uint64 nonce = ++stance.nonce;
        emit SettlementsRevoked(id, msg.sender, nonce);
    }

    /// @inheritdoc IEscrow
    function novate(Terms calldata terms, Terms calldata next)
        external
        payable
        nonReentrant
        returns (AgreementId nextId)
    {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by the payer; the payee accepted what is to follow as the successor of this agreement as it stands.
        Check.caller(terms.payer);
        Check.binding(id, agreement.status);
        uint256 held = agreement.held;
        terms.checkSuccessor(next, held, EscrowTerms.successorSalt(id, agreement.round));
        nextId = AgreementId.wrap(_hashTypedDataV4(next.structHash(EscrowTerms.SECOND)));
        Agreement storage successor = _agreements[nextId];
        Check.knownState(nextId, successor.status, Status.Proposed);
        Check.before(next.acceptBy);

        // Effect: what is owed is owed under other terms.
        agreement.held = 0;
        emit Novated(id, nextId, held);
        _close(id, agreement, Status.Novated);
        uint128 amount = next.amount;
        _fund(nextId, successor, amount);
        _activateIfComplete(nextId, successor, next);
        Check.state(successor.status, Status.Active);

        // Interaction: exactly the difference arrives, or all of this is undone.
        _take(next.asset, amount - held);
    }

    // ----------------------------------------------------------------------------------------------- by time alone

    /// @inheritdoc IEscrow
    function settle(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is a deadline, and it has come.
        Status status = agreement.status;
        if (status == Status.None) revert Escrow_UnknownAgreement(id);
        uint256 deadline = terms.deadline(_load(id));
        if (deadline == 0) revert Escrow_WrongState(status, Status.Active);
        if (block.timestamp < deadline) revert Escrow_TooEarly(block.timestamp, deadline);

        // Effect and interaction: depends on nothing but the terms and the clock (I-5).
        uint16 payeeBps = terms.silentBps(status);
        emit TimedOut(id, status, payeeBps);
        if (status == Status.Proposed) {
            _close(id, agreement, Status.Cancelled);
        } else {
            _divide(id, agreement, terms, payeeBps);
        }
    }

    // ------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IEscrow
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IEscrow
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _load(_idOf(terms)).status;
    }

    /// @inheritdoc IEscrow
    function agreementOf(Terms calldata terms) external view nonReentrantView returns (Agreement memory) {
        return _load(_idOf(terms));
    }

    /// @inheritdoc IEscrow
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return terms.deadline(_load(_idOf(terms)));
    }

    /// @inheritdoc IEscrow
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256) {
        return terms.claim(_load(_idOf(terms)), party);
    }

    /// @inheritdoc IEscrow
    function successorSalt(Terms calldata terms) external view nonReentrantView returns (bytes32) {
        AgreementId id = _idOf(terms);
        return EscrowTerms.successorSalt(id, _agreements[id].round);
    }

    /// @inheritdoc IEscrow
    function settlementNonce(Terms calldata terms, address party) external view nonReentrantView returns (uint64) {
        return _stances[_idOf(terms)][party].nonce;
    }

    /// @inheritdoc IEscrow
    function offerOf(Terms calldata terms, address party)
        external
        view
        nonReentrantView
        returns (uint16 payeeBps, uint32 round, uint40 deadline)
    {
        Stance memory stance = _stances[_idOf(terms)][party];
        return (stance.payeeBps, stance.round, stance.deadline);
    }

    // ----------------------------------------------------------------------------------------------------- effects

    /// @dev Puts acceptable terms on record: in full, so that nobody has to keep a copy to get at the money.
    function _record(AgreementId id, Terms calldata terms) private {
        terms.check();
        emit Proposed(id, msg.sender, terms);
    }

    function _fund(AgreementId id, Agreement storage agreement, uint128 amount) private {
        agreement.status = Status.Funded;
        agreement.held = amount;
        emit Funded(id, msg.sender, amount);
    }

    function _accept(Terms calldata terms, address party) private returns (AgreementId id) {
        Agreement storage agreement;
        (id, agreement) = _find(terms);
        // Check: once, in time, by the payee or the arbiter (the payer accepts by funding).
        if (party != terms.arbiter && party != terms.payee) revert Escrow_NotAParty(party);
        Status status = agreement.status;
        if (status != Status.Funded) Check.knownState(id, status, Status.Proposed);
        Check.before(terms.acceptBy);

        // Effect
        _recordAcceptance(id, agreement, terms, party);
    }

    function _recordAcceptance(AgreementId id, Agreement storage agreement, Terms calldata terms, address party)
        private
    {
        bool isPayee = party == terms.payee;
        if (isPayee ? agreement.payeeAccepted : agreement.arbiterAccepted) revert Escrow_AlreadyAccepted(party);
        if (isPayee) agreement.payeeAccepted = true;
        else agreement.arbiterAccepted = true;
        emit Accepted(id, party);
        _activateIfComplete(id, agreement, terms);
    }

    function _activateIfComplete(AgreementId id, Agreement storage agreement, Terms calldata terms) private {
        bool complete = agreement.payeeAccepted && (agreement.arbiterAccepted || terms.arbiter == address(0))
            && agreement.status == Status.Funded;
        if (!complete) return;
        agreement.status = Status.Active;
        emit Activated(id);
    }

    /// @dev A new stage with a deadline of its own, in which earlier settlements no longer mean the same.
    function _enter(Agreement storage agreement, Status status) private {
        agreement.status = status;
        agreement.since = block.timestamp.toUint40();
        ++agreement.round;
    }

    /// @dev Divides all that is held, rounding the payee's share down.
    function _divide(AgreementId id, Agreement storage agreement, Terms calldata terms, uint16 payeeBps) private {
        uint256 held = agreement.held;
        uint256 toPayee = Bps.share(held, payeeBps);
        _pay(id, agreement, terms, toPayee, held - toPayee, 0);
    }

    /// @dev The one way out of `held`. `toPayee` is before the fee; the amounts together are at most what is held
    /// (I-1), and closing the agreement is an effect of holding nothing any more.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _pay(
        AgreementId id,
        Agreement storage agreement,
        Terms calldata terms,
        uint256 toPayee,
        uint256 toPayer,
        uint256 toArbiter
    ) private {
        // Effect
        uint256 fee = terms.feeOn(toPayee);
        uint8 paid = agreement.paid;
        if (toPayee != 0) {
            paid |= PAID_PAYEE;
            emit Released(id, toPayee - fee, fee);
        }
        if (toPayer != 0) {
            paid |= PAID_PAYER;
            emit Refunded(id, toPayer);
        }
        uint256 held = agreement.held - toPayee - toPayer - toArbiter;
        agreement.held = held.toUint128();
        agreement.paid = paid;
        ++agreement.round;
        if (held == 0) _close(id, agreement, _outcome(paid));

        // Effect: those who share with the payee are credited, not paid: their number must not make an exit dear.
        uint256 shared = _share(terms, toPayee - fee);
        _discharge(terms.asset, toPayee + toPayer + toArbiter - shared);

        // Interaction: a refused payout becomes a credit, so the order does not matter.
        _forwardPair(terms.asset, terms.payee, toPayee - fee - shared, terms.feeReceiver, fee);
        _forwardPair(terms.asset, terms.payer, toPayer, terms.arbiter, toArbiter);
    }

    /// @dev Credits those who share with the payee, each with its part rounded down. What is credited stays owed.
    function _share(Terms calldata terms, uint256 amount) private returns (uint256 shared) {
        Share[] calldata shares = terms.shares;
        for (uint256 i = 0; i < shares.length; ++i) {
            uint256 part = Bps.share(amount, shares[i].bps);
            _credit(terms.asset, shares[i].receiver, part);
            shared += part;
        }
    }

    function _close(AgreementId id, Agreement storage agreement, Status status) private {
        agreement.status = status;
        emit Closed(id, status);
    }

    // ---------------------------------------------------------------------------------------------------- look-ups

    function _outcome(uint8 paid) private pure returns (Status) {
        if (paid == PAID_PAYEE) return Status.Released;
        if (paid == PAID_PAYER) return Status.Refunded;
        return Status.Split;
    }

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash(EscrowTerms.FIRST)));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _agreements[id];
    }

    /// @dev The one place that copies: done at every use, the copying would add much to the contract's code.
    function _load(AgreementId id) private view returns (Agreement memory) {
        return _agreements[id];
    }
}
