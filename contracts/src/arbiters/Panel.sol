// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IPanel} from "../interfaces/IPanel.sol";
import {Bps} from "../libraries/Bps.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Appointment} from "./Appointment.sol";
import {PanelTerms} from "./PanelTerms.sol";

/// @title Several people as one arbiter, and others after them: all that does not depend on who holds the money.
/// @dev See {IPanel} for what each function promises, INVARIANTS.md (P-) for what always holds, and docs/arbiters.md.
/// Heirs add `appoint`, `vote` and `voteFor`, which take the agreement's own terms.
abstract contract Panel is IPanel, Appointment {
    using PanelTerms for Bench;
    using PanelTerms for Terms;
    using PanelTerms for Vote;

    /// @dev A vote on its way: who votes for what, in a dispute that must be ruled on before `ruleBy`.
    struct Cast {
        address member;
        uint8 bench;
        uint16 payeeBps;
        uint256 ruleBy;
        uint256 rulingWindow;
    }

    mapping(AgreementId id => Status status) private _statuses;
    mapping(AgreementId id => mapping(uint256 bench => mapping(address member => Ballot ballot))) private _ballots;

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IPanel
    function agree(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _agree(terms, msg.sender);
    }

    /// @inheritdoc IPanel
    function agreeFor(Terms calldata terms, address party, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        // The id binds chain, contract and every term, counts once, and lapses with `agreeBy`: it needs no nonce.
        id = _agree(terms, party);
        _requireSignature(party, id, signature);
    }

    /// @inheritdoc IPanel
    function cancel(Terms calldata terms) external nonReentrant {
        AgreementId id = _idOf(terms);
        // Check: by one who would be bound, before it binds.
        _requireNamed(terms, msg.sender);
        Status status = _statuses[id];
        if (status > Status.Proposed) revert Panel_WrongState(status, Status.Proposed);

        // Effect
        emit Cancelled(id, msg.sender);
        _close(id);
    }

    /// @inheritdoc IPanel
    function revokeVotes(Terms calldata terms, uint8 bench) external nonReentrant {
        // Check. Also before there is a dispute: what has been signed early can be revoked early.
        _requireMember(terms, bench, msg.sender);
        AgreementId id = _idOf(terms);

        // Effect
        Ballot storage ballot = _ballots[id][bench][msg.sender];
        ballot.cast = false;
        uint64 nonce = ++ballot.nonce;
        emit VotesRevoked(id, msg.sender, bench, nonce);
    }

    // ----------------------------------------------------------------------------------------------- by time alone

    /// @inheritdoc IPanel
    function settle(Terms calldata terms) external nonReentrant {
        AgreementId id = _idOf(terms);
        // Check: there is a deadline, and it has come.
        _requireState(id, Status.Proposed);
        _requireReached(terms.agreeBy);

        // Effect
        _close(id);
    }

    // ------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IPanel
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IPanel
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _statuses[_idOf(terms)];
    }

    /// @inheritdoc IPanel
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _statuses[_idOf(terms)] == Status.Proposed ? terms.agreeBy : 0;
    }

    /// @inheritdoc IPanel
    function ballotOf(Terms calldata terms, uint8 bench, address member)
        external
        view
        nonReentrantView
        returns (Ballot memory)
    {
        return _ballots[_idOf(terms)][bench][member];
    }

    /// @inheritdoc IPanel
    function voteNonce(Terms calldata terms, uint8 bench, address member)
        external
        view
        nonReentrantView
        returns (uint64)
    {
        return _ballots[_idOf(terms)][bench][member].nonce;
    }

    /// @inheritdoc IPanel
    function sittingOf(Terms calldata terms, uint8 bench, uint256 opened)
        external
        pure
        returns (uint256 from, uint256 until)
    {
        _requireBench(terms, bench);
        return _sitting(terms, bench, opened);
    }

    // -------------------------------------------------------------------------------------------- for the heirs' use

    /// @dev Who holds the agreements' money.
    function _holder() internal view virtual returns (address);

    /// @dev Makes the appointment. The heir has checked that the agreement is the one that the terms name, with the
    /// same parties and this contract as its arbiter, and says how long its ruling window is.
    function _appoint(Terms calldata terms, uint256 rulingWindow) internal {
        AgreementId id = _idOf(terms);
        // Check: agreed by everybody (P-3), in time; and every bench has its full term within the ruling window.
        _requireState(id, Status.Proposed);
        _requireBefore(terms.agreeBy);
        _requireAgreed(id, terms.payer);
        _requireAgreed(id, terms.payee);
        for (uint256 i = 0; i < terms.benches.length; ++i) {
            address[] calldata members = terms.benches[i].members;
            for (uint256 j = 0; j < members.length; ++j) {
                _requireAgreed(id, members[j]);
            }
        }
        uint256 total = terms.termsBefore(terms.benches.length);
        if (total > rulingWindow) revert Appointment_TooLate(total, rulingWindow);

        // Effect
        _statuses[id] = Status.Appointed;
        _recordAppointment(id, terms.agreement);
    }

    /// @dev Checks a vote that was signed. It is used up by being counted, see {_count}.
    function _requireVote(Terms calldata terms, address member, Vote calldata vote, bytes calldata signature)
        internal
        view
    {
        AgreementId id = _idOf(terms);
        _requireSame(vote.id, id);
        _requireBefore(vote.deadline);
        uint64 nonce = _ballots[id][vote.bench][member].nonce;
        if (vote.nonce != nonce) revert Panel_WrongNonce(vote.nonce, nonce);
        _requireSignature(member, AgreementId.wrap(_hashTypedDataV4(vote.structHash())), signature);
    }

    /// @dev Counts a vote. The heir has checked that the agreement is the one that the terms name, and is in dispute.
    /// @return id The panel's id.
    /// @return carriers Who has voted for the same, in the order of the bench, if they are a quorum now; else empty.
    function _count(Terms calldata terms, Cast memory vote)
        internal
        returns (AgreementId id, address[] memory carriers)
    {
        id = _idOf(terms);
        // Check: a member of the bench that sits now, for something that can be ruled (P-1).
        _requireState(id, Status.Appointed);
        _requireMember(terms, vote.bench, vote.member);
        _requireSitting(terms, vote);
        if (vote.payeeBps > Bps.ONE) revert Panel_InvalidShare(vote.payeeBps, Bps.ONE);

        // Effect: whatever the member voted or signed before no longer counts (P-2).
        Ballot storage ballot = _ballots[id][vote.bench][vote.member];
        (ballot.cast, ballot.payeeBps) = (true, vote.payeeBps);
        ++ballot.nonce;
        emit Voted(id, vote.member, vote.bench, vote.payeeBps);
        carriers = _carriers(id, terms.benches[vote.bench], vote);
        if (carriers.length == 0) return (id, carriers);
        emit Ruled(id, vote.bench, vote.payeeBps);
        _close(id);
    }

    // ----------------------------------------------------------------------------------------------------- effects

    function _agree(Terms calldata terms, address party) private returns (AgreementId id) {
        id = _idOf(terms);
        // Check: by one who is named, in time, on acceptable terms.
        _requireNamed(terms, party);
        _requireBefore(terms.agreeBy);

        // Effect
        if (_statuses[id] == Status.None) {
            terms.check(_holder());
            _statuses[id] = Status.Proposed;
            emit Proposed(id, msg.sender, terms);
        }
        _requireState(id, Status.Proposed);
        _recordAgreement(id, party);
    }

    function _close(AgreementId id) private {
        _statuses[id] = Status.Closed;
        emit Closed(id);
    }

    // ------------------------------------------------------------------------------------------------------ checks

    function _idOf(Terms calldata terms) internal view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash()));
    }

    function _carriers(AgreementId id, Bench calldata bench, Cast memory vote)
        private
        view
        returns (address[] memory carriers)
    {
        carriers = new address[](bench.quorum);
        uint256 found = 0;
        for (uint256 i = 0; i < bench.members.length; ++i) {
            Ballot memory ballot = _ballots[id][vote.bench][bench.members[i]];
            if (!ballot.cast || ballot.payeeBps != vote.payeeBps) continue;
            carriers[found] = bench.members[i];
            ++found;
        }
        // One vote is counted at a time and the first quorum ends it: there are never more than a quorum.
        return found == bench.quorum ? carriers : new address[](0);
    }

    function _sitting(Terms calldata terms, uint256 bench, uint256 opened)
        private
        pure
        returns (uint256 from, uint256 until)
    {
        from = opened + terms.termsBefore(bench);
        until = from + terms.benches[bench].term;
    }

    /// @dev The benches' times run from when the dispute was opened, whenever the first vote is cast.
    function _requireSitting(Terms calldata terms, Cast memory vote) private view {
        (uint256 from, uint256 until) = _sitting(terms, vote.bench, vote.ruleBy - vote.rulingWindow);
        _requireReached(from);
        _requireBefore(until);
    }

    function _requireState(AgreementId id, Status expected) private view {
        Status actual = _statuses[id];
        if (actual == expected) return;
        if (actual == Status.None) revert Appointment_UnknownAgreement(id);
        revert Panel_WrongState(actual, expected);
    }

    function _requireNamed(Terms calldata terms, address party) private pure {
        if (!terms.names(party)) revert Appointment_NotAParty(party);
    }

    function _requireBench(Terms calldata terms, uint256 bench) private pure {
        if (bench >= terms.benches.length) revert Panel_UnknownBench(bench, terms.benches.length);
    }

    function _requireMember(Terms calldata terms, uint256 bench, address member) private pure {
        _requireBench(terms, bench);
        if (!terms.benches[bench].sitsOn(member)) revert Panel_NotAMember(member);
    }
}
