// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IEscrow} from "./interfaces/IEscrow.sol";
import {Ledger} from "./Ledger.sol";
import {Bps} from "./libraries/Bps.sol";
import {EscrowTerms} from "./libraries/EscrowTerms.sol";
import {Signatures} from "./libraries/Signatures.sol";
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

    mapping(AgreementId id => Agreement agreement) private _agreements;
    mapping(AgreementId id => mapping(address party => Stance stance)) private _stances;

    /// @dev Sets the EIP-712 domain. Nothing can be configured.
    constructor() EIP712("Covenant Escrow", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IEscrow
    function propose(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        Agreement storage agreement;
        (id, agreement) = _find(terms);
        // Check: by a party, for the first time, in time, on acceptable terms.
        _requireParty(terms);
        _requireState(agreement.status, Status.None);
        _requireBefore(terms.acceptBy);

        // Effect
        _create(id, agreement, terms);
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
        _requireSignature(party, AgreementId.unwrap(id), signature);
    }

    /// @inheritdoc IEscrow
    function fund(Terms calldata terms) external payable nonReentrant returns (AgreementId id) {
        Agreement storage agreement;
        (id, agreement) = _find(terms);
        // Check: once, in time.
        _requireBefore(terms.acceptBy);
        if (agreement.status == Status.None) _create(id, agreement, terms);
        _requireState(agreement.status, Status.Proposed);

        // Effect
        agreement.status = Status.Funded;
        agreement.held = terms.amount;
        emit Funded(id, msg.sender, terms.amount);
        _activateIfComplete(id, agreement, terms);

        // Interaction: exactly the amount arrives, or all of this is undone.
        _take(terms.asset, terms.amount);
    }

    /// @inheritdoc IEscrow
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by one who would be bound, before it binds.
        if (msg.sender != terms.arbiter) _requireParty(terms);
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
        _requireCaller(terms.payee);
        _requireKnownState(id, agreement.status, Status.Active);
        _requireBefore(terms.performBy);

        // Effect
        _enter(agreement, Status.Submitted);
        emit Submitted(id, evidence, block.timestamp + terms.reviewWindow);
    }

    /// @inheritdoc IEscrow
    function release(Terms calldata terms, uint128 amount) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.payer);
        _requireBinding(id, agreement.status);
        _requireAmount(amount, agreement.held);

        // Effect and interaction
        _pay(id, agreement, terms, amount, 0, 0);
    }

    /// @inheritdoc IEscrow
    function refund(Terms calldata terms, uint128 amount) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.payee);
        _requireBinding(id, agreement.status);
        _requireAmount(amount, agreement.held);

        // Effect and interaction
        _pay(id, agreement, terms, 0, amount, 0);
    }

    // ---------------------------------------------------------------------------------------- dispute and agreement

    /// @inheritdoc IEscrow
    function dispute(Terms calldata terms, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireParty(terms);
        Status status = agreement.status;
        if (status != Status.Submitted) _requireKnownState(id, status, Status.Active);
        _requireBefore(terms.deadline(_load(id)));

        // Effect
        _enter(agreement, Status.Disputed);
        emit Disputed(id, msg.sender, evidence, block.timestamp + terms.rulingWindow);
    }

    /// @inheritdoc IEscrow
    function rule(Terms calldata terms, uint16 payeeBps) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.arbiter);
        _requireKnownState(id, agreement.status, Status.Disputed);
        _requireBefore(terms.deadline(_load(id)));
        _requireShare(payeeBps);

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
        _requireParty(terms);
        _requireBinding(id, agreement.status);
        _requireShare(payeeBps);
        _requireBefore(deadline);

        // Effect
        Stance storage stance = _stances[id][msg.sender];
        (stance.payeeBps, stance.round, stance.deadline) = (payeeBps, agreement.round, deadline);
        emit SettlementOffered(id, msg.sender, payeeBps, deadline);
    }

    /// @inheritdoc IEscrow
    function acceptSettlement(Terms calldata terms, uint16 payeeBps) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: the other side's offer stands, is the one that the caller means, and is about what is held now.
        address other = _counterparty(terms);
        _requireBinding(id, agreement.status);
        Stance memory stance = _stances[id][other];
        if (stance.deadline == 0) revert Escrow_NoOffer(other);
        _requireBefore(stance.deadline);
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
        address other = _counterparty(terms);
        _requireBinding(id, agreement.status);
        if (AgreementId.unwrap(settlement.id) != AgreementId.unwrap(id)) {
            revert Escrow_WrongAgreement(settlement.id, id);
        }
        _requireShare(settlement.payeeBps);
        _requireBefore(settlement.deadline);
        if (settlement.round != agreement.round) revert Escrow_StaleRound(settlement.round, agreement.round);
        uint64 nonce = _stances[id][other].nonce;
        if (settlement.nonce != nonce) revert Escrow_WrongNonce(settlement.nonce, nonce);
        _requireSignature(other, _hashTypedDataV4(settlement.structHash()), signature);

        // Effect and interaction: this ends the agreement, so the signature cannot be used again.
        emit SettlementAgreed(id, settlement.payeeBps);
        _divide(id, agreement, terms, settlement.payeeBps);
    }

    /// @inheritdoc IEscrow
    function revokeSettlements(Terms calldata terms) external nonReentrant {
        // Check. Also for an agreement that does not bind yet: what has been signed early can be revoked early.
        _requireParty(terms);
        AgreementId id = _idOf(terms);

        // Effect
        Stance storage stance = _stances[id][msg.sender];
        stance.deadline = 0;
        uint64 nonce = ++stance.nonce;
        emit SettlementsRevoked(id, msg.sender, nonce);
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
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256 claim) {
        Agreement memory agreement = _load(_idOf(terms));
        uint256 toPayee = Bps.share(agreement.held, terms.silentBps(agreement.status));
        uint256 fee = terms.feeOn(toPayee);
        uint256 shared = 0;
        for (uint256 i = 0; i < terms.shares.length; ++i) {
            uint256 part = Bps.share(toPayee - fee, terms.shares[i].bps);
            if (party == terms.shares[i].receiver) claim += part;
            shared += part;
        }
        if (party == terms.payer) claim += agreement.held - toPayee;
        if (party == terms.payee) claim += toPayee - fee - shared;
        if (party == terms.feeReceiver) claim += fee;
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

    function _create(AgreementId id, Agreement storage agreement, Terms calldata terms) private {
        terms.check();
        agreement.status = Status.Proposed;
        emit Proposed(id, msg.sender, terms);
    }

    function _accept(Terms calldata terms, address party) private returns (AgreementId id) {
        Agreement storage agreement;
        (id, agreement) = _find(terms);
        // Check: once, in time, by the payee or the arbiter (the payer accepts by funding).
        if (party != terms.arbiter && party != terms.payee) revert Escrow_NotAParty(party);
        Status status = agreement.status;
        if (status != Status.Funded) _requireKnownState(id, status, Status.Proposed);
        _requireBefore(terms.acceptBy);

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
        bool complete = agreement.status == Status.Funded && agreement.payeeAccepted
            && (agreement.arbiterAccepted || terms.arbiter == address(0));
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
        _forward(terms.asset, terms.payee, toPayee - fee - shared);
        _forward(terms.asset, terms.feeReceiver, fee);
        _forward(terms.asset, terms.payer, toPayer);
        _forward(terms.asset, terms.arbiter, toArbiter);
    }

    /// @dev Credits those who share with the payee, each with its part rounded down. What is credited stays owed.
    function _share(Terms calldata terms, uint256 amount) private returns (uint256 shared) {
        for (uint256 i = 0; i < terms.shares.length; ++i) {
            Share calldata share = terms.shares[i];
            uint256 part = Bps.share(amount, share.bps);
            _credit(terms.asset, share.receiver, part);
            shared += part;
        }
    }

    function _close(AgreementId id, Agreement storage agreement, Status status) private {
        agreement.status = status;
        emit Closed(id, status);
    }

    // ------------------------------------------------------------------------------------------------------ checks

    function _outcome(uint8 paid) private pure returns (Status) {
        if (paid == PAID_PAYEE) return Status.Released;
        if (paid == PAID_PAYER) return Status.Refunded;
        return Status.Split;
    }

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash()));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _agreements[id];
    }

    /// @dev The one place that copies: done at every use, the copying would add much to the contract's code.
    function _load(AgreementId id) private view returns (Agreement memory) {
        return _agreements[id];
    }

    function _counterparty(Terms calldata terms) private view returns (address) {
        _requireParty(terms);
        return msg.sender == terms.payer ? terms.payee : terms.payer;
    }

    function _requireParty(Terms calldata terms) private view {
        if (msg.sender != terms.payer && msg.sender != terms.payee) revert Escrow_NotAParty(msg.sender);
    }

    function _requireCaller(address expected) private view {
        if (msg.sender != expected) revert Escrow_WrongCaller(msg.sender, expected);
    }

    function _requireSignature(address signer, bytes32 digest, bytes calldata signature) private view {
        if (!Signatures.isValid(signer, digest, signature)) revert Escrow_InvalidSignature(signer);
    }

    function _requireState(Status actual, Status expected) private pure {
        if (actual != expected) revert Escrow_WrongState(actual, expected);
    }

    function _requireKnownState(AgreementId id, Status actual, Status expected) private pure {
        if (actual == Status.None) revert Escrow_UnknownAgreement(id);
        _requireState(actual, expected);
    }

    /// @dev Active, submitted or disputed: it binds, and it is not over.
    function _requireBinding(AgreementId id, Status status) private pure {
        if (status != Status.Submitted && status != Status.Disputed) _requireKnownState(id, status, Status.Active);
    }

    function _requireBefore(uint256 deadline) private view {
        if (block.timestamp >= deadline) revert Escrow_TooLate(block.timestamp, deadline);
    }

    function _requireShare(uint16 bps) private pure {
        if (bps > Bps.ONE) revert Escrow_InvalidShare(bps, Bps.ONE);
    }

    function _requireAmount(uint256 amount, uint256 held) private pure {
        if (amount == 0 || amount > held) revert Escrow_InvalidAmount(amount, held);
    }
}
