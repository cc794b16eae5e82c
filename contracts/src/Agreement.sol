// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {AgreementRules} from "./AgreementRules.sol";
import {ICondition} from "./conditions/ICondition.sol";
import {IAgreement} from "./interfaces/IAgreement.sol";
import {IAgreementRules} from "./interfaces/IAgreementRules.sol";
import {Ledger} from "./Ledger.sol";
import {AgreementChecks} from "./libraries/AgreementChecks.sol";
import {AgreementHashes} from "./libraries/AgreementHashes.sol";
import {AgreementStore} from "./libraries/AgreementStore.sol";
import {Decisions} from "./libraries/Decisions.sol";
import {Divisions} from "./libraries/Divisions.sol";
import {Formation} from "./libraries/Formation.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title Agreements of any kind: if this is so, that is paid.
/// @dev See {IAgreement} for what each function promises and INVARIANTS.md for what always holds. Every entry point is
/// guarded, so effects may be spread over helpers as long as no payout comes before the last of them. What decides
/// leaves and executes clauses is in the library {Decisions}, and what brings an agreement into force in {Formation};
/// the exits need neither (I-5).
contract Agreement is IAgreement, Ledger, EIP712 {
    using AgreementChecks for AgreementStore.State;
    using AgreementHashes for Attestation;
    using AgreementHashes for Settlement;
    using AgreementHashes for Terms;
    using Divisions for Deal;
    using Divisions for uint256[];

    /// @dev So many payouts of one transaction are pushed; what goes beyond becomes credits. Bounds the gas of exits
    /// whose every payout is refused.
    uint256 private constant MAX_PUSHES = 4;

    /// @dev Created here, without a say of anybody, and never another.
    IAgreementRules private immutable _RULES;

    AgreementStore.State private _state;

    constructor() EIP712("Covenant Agreement", "1") {
        _RULES = new AgreementRules();
    }

    // --------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IAgreement
    function accept(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _idOf(terms);
        Formation.accept(_state, _RULES, id, terms, msg.sender);
    }

    /// @inheritdoc IAgreement
    function acceptFor(Terms calldata terms, address party, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        // The id binds chain, contract and every term, counts once, and lapses with `fundBy`: it needs no nonce.
        id = _idOf(terms);
        Formation.accept(_state, _RULES, id, terms, party);
        _state.requireConsent(party, AgreementId.unwrap(id), signature);
    }

    /// @inheritdoc IAgreement
    function fund(Terms calldata terms, uint256 leg, uint128 amount)
        external
        payable
        nonReentrant
        returns (AgreementId id)
    {
        id = _idOf(terms);
        // Check and effect
        Formation.fund(_state, _RULES, id, terms, leg, amount);
        // Interaction: exactly the amount arrives, or all of this is undone.
        _take(terms.deal.legs[leg].asset, amount);
    }

    /// @inheritdoc IAgreement
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by one who would be bound, before it binds.
        AgreementChecks.partyOf(terms.deal, msg.sender);
        AgreementChecks.requireForming(agreement.status);

        // Effect and interaction
        emit Cancelled(id, msg.sender);
        _end(id, agreement, terms.deal, Status.Cancelled, _silentDivision(id, terms.deal, Status.Proposed));
    }

    // ------------------------------------------------------------------------------- conditions, and what they bring

    /// @inheritdoc IAgreement
    function record(Reveal calldata reveal, bytes calldata witness) external nonReentrant {
        Decisions.record(_state, _domainSeparatorV4(), _RULES, reveal, witness);
    }

    /// @inheritdoc IAgreement
    function attest(Reveal calldata reveal, bool verdict, uint40 validUntil, Vote[] calldata votes)
        external
        nonReentrant
    {
        Decisions.attest(_state, _domainSeparatorV4(), reveal, verdict, validUntil, votes);
    }

    /// @inheritdoc IAgreement
    function rule(Terms calldata terms, uint8 matter, uint8 choice) external nonReentrant {
        Decisions.rule(_state, _idOf(terms), terms, matter, choice);
    }

    /// @inheritdoc IAgreement
    function award(Terms calldata terms, uint256 leaf, uint16[] calldata shares) external nonReentrant {
        Decisions.award(_state, _idOf(terms), terms, leaf, shares);
    }

    /// @inheritdoc IAgreement
    function execute(Terms calldata terms, uint256 clause) external nonReentrant {
        AgreementId id = _idOf(terms);
        // Check and effect
        uint256[] memory dues = Decisions.execute(_state, id, terms, clause);
        // Interaction
        _payOut(id, terms.deal, dues);
    }

    // ------------------------------------------------------------------------------------------------- other endings

    /// @inheritdoc IAgreement
    function settleByConsent(Terms calldata terms, Settlement calldata settlement, bytes[] calldata signatures)
        external
        nonReentrant
    {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: every party agrees, on this agreement as it stands.
        AgreementChecks.requireActive(id, agreement.status);
        if (AgreementId.unwrap(settlement.id) != AgreementId.unwrap(id)) {
            revert Agreement_WrongAgreement(settlement.id, id);
        }
        AgreementChecks.requireBefore(settlement.deadline);
        if (settlement.executed != agreement.executed) {
            revert Agreement_StaleSettlement(settlement.executed, agreement.executed);
        }
        address[] calldata parties = terms.deal.parties;
        if (signatures.length != parties.length) revert Agreement_TooFewVotes(signatures.length, parties.length);
        bytes32 digest = _hashTypedDataV4(settlement.hash());
        for (uint256 i = 0; i < parties.length; ++i) {
            _state.requireConsent(parties[i], digest, signatures[i]);
        }

        // Effect and interaction: this ends the agreement, so the signatures cannot be used again.
        emit SettlementAgreed(id, settlement.shares);
        _end(id, agreement, terms.deal, Status.Closed, _agreedDivision(id, terms.deal, settlement.shares));
    }

    /// @inheritdoc IAgreement
    function settle(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is a deadline, and it has come.
        Status status = agreement.status;
        if (status != Status.Proposed) AgreementChecks.requireActive(id, status);
        uint256 deadline = _deadline(terms.deal, status);
        if (block.timestamp < deadline) revert Agreement_TooEarly(block.timestamp, deadline);

        // Effect and interaction: depends on nothing but the terms and the clock (I-5).
        emit TimedOut(id, status);
        Status end = status == Status.Proposed ? Status.Cancelled : Status.Closed;
        _end(id, agreement, terms.deal, end, _silentDivision(id, terms.deal, status));
    }

    // ------------------------------------------------------------------------------------------------------- consent

    /// @inheritdoc IAgreement
    function approve(bytes32 digest) external nonReentrant {
        // Check: what was taken back stays so.
        if (_state.consents[msg.sender][digest] == Consent.Revoked) revert Agreement_InvalidSignature(msg.sender);
        _consent(digest, Consent.Approved);
    }

    /// @inheritdoc IAgreement
    function revoke(bytes32 digest) external nonReentrant {
        _consent(digest, Consent.Revoked);
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IAgreement
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IAgreement
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _state.agreements[_idOf(terms)].status;
    }

    /// @inheritdoc IAgreement
    function agreementOf(Terms calldata terms) external view nonReentrantView returns (Agreement memory) {
        return _state.agreements[_idOf(terms)];
    }

    /// @inheritdoc IAgreement
    function legOf(Terms calldata terms, uint256 leg) external view nonReentrantView returns (LegAccount memory) {
        return _state.legs[_idOf(terms)][leg];
    }

    /// @inheritdoc IAgreement
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _deadline(terms.deal, _state.agreements[_idOf(terms)].status);
    }

    /// @inheritdoc IAgreement
    function claimOf(Terms calldata terms, address party)
        external
        view
        nonReentrantView
        returns (uint256[] memory claims)
    {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        uint256 parties = terms.deal.parties.length;
        uint256[] memory dues = _silentDivision(id, terms.deal, agreement.status);
        claims = new uint256[](terms.deal.legs.length);
        for (uint256 i = 0; i < dues.length; ++i) {
            if (terms.deal.parties[i % parties] == party) claims[i / parties] = dues[i];
        }
    }

    /// @inheritdoc IAgreement
    function truthOf(Terms calldata terms, uint256 clause)
        external
        view
        nonReentrantView
        returns (ICondition.Truth truth, uint256 retryAt)
    {
        return Decisions.truthOf(_state, _idOf(terms), terms, clause);
    }

    /// @inheritdoc IAgreement
    function revealOf(Terms calldata terms, uint256 leaf) external pure returns (Reveal memory) {
        return Decisions.revealOf(terms, leaf);
    }

    /// @inheritdoc IAgreement
    function consentOf(address signer, bytes32 digest) external view nonReentrantView returns (Consent) {
        return _state.consents[signer][digest];
    }

    /// @inheritdoc IAgreement
    function attestationDigest(Attestation calldata attestation) external view returns (bytes32) {
        return _hashTypedDataV4(attestation.hash());
    }

    /// @inheritdoc IAgreement
    function settlementDigest(Settlement calldata settlement) external view returns (bytes32) {
        return _hashTypedDataV4(settlement.hash());
    }

    /// @inheritdoc IAgreement
    function rules() external view returns (IAgreementRules) {
        return _RULES;
    }

    // ------------------------------------------------------------------------------------------------------- effects

    /// @dev Everything that is held is due, as `dues` says, and the agreement is over.
    function _end(AgreementId id, Agreement storage agreement, Deal calldata deal, Status status, uint256[] memory dues)
        private
    {
        _close(id, agreement, status);
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            if (_state.legs[id][i].held != 0) _state.legs[id][i].held = 0;
        }
        _payOut(id, deal, dues);
    }

    function _close(AgreementId id, Agreement storage agreement, Status status) private {
        agreement.status = status;
        emit Closed(id, status);
    }

    /// @dev Pays what is due, which is not held any more. The only way out. One payout for each party and asset.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _payOut(AgreementId id, Deal calldata deal, uint256[] memory dues) private {
        uint256 parties = deal.parties.length;
        // Effect
        for (uint256 i = 0; i < dues.length; ++i) {
            if (dues[i] != 0) emit Released(id, i / parties, deal.parties[i % parties], dues[i]);
        }
        // Interaction: a refused payout becomes a credit, so the order does not matter.
        uint256 pushes = 0;
        for (uint256 i = 0; i < dues.length; ++i) {
            uint256 amount = dues[i];
            if (amount == 0) continue;
            address asset = deal.legs[i / parties].asset;
            for (uint256 j = i + parties; j < dues.length; j += parties) {
                if (deal.legs[j / parties].asset != asset) continue;
                amount += dues[j];
                dues[j] = 0;
            }
            if (pushes < MAX_PUSHES) {
                ++pushes;
                _discharge(asset, amount);
                _forward(asset, deal.parties[i % parties], amount);
            } else {
                _credit(asset, deal.parties[i % parties], amount);
            }
        }
    }

    function _consent(bytes32 digest, Consent consent) private {
        _state.consents[msg.sender][digest] = consent;
        emit ConsentGiven(msg.sender, digest, consent);
    }

    // -------------------------------------------------------------------------------------------------------- checks

    /// @dev What silence makes due of what is held: before the agreement binds, all goes back.
    function _silentDivision(AgreementId id, Deal calldata deal, Status status)
        private
        view
        returns (uint256[] memory dues)
    {
        dues = deal.tableOf();
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            dues.addSilent(deal, i, _state.legs[id][i].held, status == Status.Active);
        }
    }

    /// @dev What the parties make due of what is held.
    function _agreedDivision(AgreementId id, Deal calldata deal, uint16[] calldata shares)
        private
        view
        returns (uint256[] memory dues)
    {
        uint256 parties = deal.parties.length;
        Divisions.requireWhole(shares, parties, deal.legs.length);
        dues = deal.tableOf();
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            dues.addShares(deal, i, _state.legs[id][i].held, shares, i * parties);
        }
    }

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.hash()));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _state.agreements[id];
    }

    function _deadline(Deal calldata deal, Status status) private pure returns (uint256) {
        if (status == Status.Proposed) return deal.fundBy;
        return status == Status.Active ? deal.endsAt : 0;
    }
}
