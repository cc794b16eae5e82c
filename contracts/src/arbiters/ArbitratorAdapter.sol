// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IArbitrable} from "../interfaces/IArbitrable.sol";
import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {IArbitratorAdapter} from "../interfaces/IArbitratorAdapter.sol";
import {Bps} from "../libraries/Bps.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Appointment} from "./Appointment.sol";
import {ArbitrationTerms} from "./ArbitrationTerms.sol";

/// @title The arbiter that brings a dispute to an ERC-792 arbitrator: all that does not depend on who holds the money.
/// @dev See {IArbitratorAdapter} for what each function promises, INVARIANTS.md (A-) for what always holds, and
/// docs/arbiters.md for states and deadlines. Heirs add `appoint`, `payFee` and `execute`, which take the agreement's
/// own terms.
abstract contract ArbitratorAdapter is IArbitratorAdapter, Appointment {
    using ArbitrationTerms for Terms;
    using ArbitrationTerms for Case;
    using SafeCast for uint256;

    /// @dev Fees are ether: ERC-792 knows nothing else.
    address private constant ETHER = address(0);

    mapping(AgreementId id => Case stored) private _cases;
    mapping(address arbitrator => mapping(uint256 disputeID => AgreementId id)) private _disputes;
    /// @dev Who has taken the payee's place; zero: nobody.
    mapping(AgreementId id => address payee) private _successors;

    /// @dev While a dispute is being created: by whom, and the ruling that it gave before it said what the dispute is
    /// called.
    // Read in between, by a ruling that comes back at once.
    // slither-disable-next-line write-after-write
    address private transient _creating;
    bool private transient _ruledEarly;
    uint256 private transient _earlyDispute;
    uint256 private transient _earlyRuling;

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IArbitratorAdapter
    function agree(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _agree(terms, msg.sender);
    }

    /// @inheritdoc IArbitratorAdapter
    function agreeFor(Terms calldata terms, address party, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        // The id binds chain, contract and every term, counts once, and lapses with `agreeBy`: it needs no nonce.
        id = _agree(terms, party);
        _requireSignature(party, id, signature);
    }

    /// @inheritdoc IArbitratorAdapter
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Case storage c) = _find(terms);
        // Check: by one who would be bound, before it binds.
        _requireParty(terms, msg.sender);
        if (c.status > Status.Proposed) revert ArbitratorAdapter_WrongState(c.status, Status.Proposed);

        // Effect
        emit Cancelled(id, msg.sender);
        _close(id, c);
    }

    // ------------------------------------------------------------------------------------------------- arbitration

    /// @inheritdoc IArbitratorAdapter
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign
    function raise(Terms calldata terms) external nonReentrant {
        (AgreementId id, Case storage c) = _find(terms);
        // Check: both have paid, there is time, and the cost is what they have agreed to at most (A-3).
        _requireState(id, c.status, Status.Paid);
        _requireBefore(c.ruleBy);
        IArbitrator arbitrator = terms.arbitrator;
        uint256 cost = arbitrator.arbitrationCost(terms.extraData);
        if (cost > terms.feeDeposit) revert ArbitratorAdapter_CostTooHigh(cost, terms.feeDeposit);

        // Effect
        uint16 choices = (terms.outcomes.length - 1).toUint16();
        (c.status, c.choices, c.spent) = (Status.Raised, choices, cost.toUint128());
        _discharge(ETHER, cost);

        // Interaction: the arbitrator may already rule in it, see {rule}.
        _creating = address(arbitrator);
        uint256 disputeID = arbitrator.createDispute{value: cost}(choices, terms.extraData);
        _creating = address(0);

        // Effect: only now is the dispute's name known.
        if (_isSet(_disputes[address(arbitrator)][disputeID])) revert ArbitratorAdapter_DisputeExists(disputeID);
        _disputes[address(arbitrator)][disputeID] = id;
        c.disputeID = disputeID;
        emit Raised(id, disputeID, cost);
        emit Dispute(arbitrator, disputeID, _groupOf(id), _groupOf(id));
        _takeEarlyRuling(id, c, terms.arbitrator);
    }

    /// @inheritdoc IArbitrable
    /// @dev Only writes down (A-6). Not guarded against re-entrancy, because an arbitrator may rule while it is being
    /// called; and nothing here can fail but for the arbitrator's own fault.
    function rule(uint256 disputeID, uint256 ruling) external {
        AgreementId id = _disputes[msg.sender][disputeID];
        if (_isSet(id)) {
            _recordRuling(id, _cases[id], IArbitrator(msg.sender), ruling);
            return;
        }
        // Check: the only dispute without a known name is the one that this arbitrator is creating now, and it rules
        // once.
        if (_creating != msg.sender || _ruledEarly) {
            revert ArbitratorAdapter_UnknownDispute(msg.sender, disputeID);
        }

        // Effect
        (_ruledEarly, _earlyDispute, _earlyRuling) = (true, disputeID, ruling);
    }

    /// @inheritdoc IArbitratorAdapter
    function fetchRuling(Terms calldata terms) external nonReentrant {
        (AgreementId id, Case storage c) = _find(terms);
        // Check: the arbitrator says itself that there is nothing left to appeal.
        _requireState(id, c.status, Status.Raised);
        _requireBefore(c.ruleBy);
        if (terms.arbitrator.disputeStatus(c.disputeID) != IArbitrator.DisputeStatus.Solved) {
            revert ArbitratorAdapter_NotSolved(c.disputeID);
        }

        // Effect
        _recordRuling(id, c, terms.arbitrator, terms.arbitrator.currentRuling(c.disputeID));
    }

    /// @inheritdoc IArbitratorAdapter
    function fundAppeal(Terms calldata terms) external payable nonReentrant {
        (AgreementId id, Case storage c) = _find(terms);
        // Check: by a side, in the arbitrator's time, and with time left for it.
        _requireSide(id, terms, msg.sender);
        _requireState(id, c.status, Status.Raised);
        _requireBefore(uint256(c.ruleBy) - terms.appealTime);
        _enterAppealPeriod(terms, c);
        uint256 cost = terms.arbitrator.appealCost(c.disputeID, terms.extraData);
        uint256 pot = c.appealPot;
        uint256 missing = cost > pot ? cost - pot : 0;
        uint256 taken = msg.value < missing ? msg.value : missing;
        if (taken == 0 && missing != 0) revert ArbitratorAdapter_NothingPaid(missing);

        // Effect: once there is enough, the cost is the arbitrator's. What is left in the pot remains who paid it's.
        _take(ETHER, msg.value);
        _book(terms, c, msg.sender, taken);
        emit AppealFunded(id, msg.sender, taken);
        bool complete = taken == missing;
        c.appealPot = complete ? 0 : (pot + taken).toUint128();
        if (complete) {
            c.spent += cost.toUint128();
            emit Appealed(id, cost);
        }

        // Interaction: what was too much goes back, and the appeal is made.
        _discharge(ETHER, msg.value - taken + (complete ? cost : 0));
        _forward(ETHER, msg.sender, msg.value - taken);
        if (complete) terms.arbitrator.appeal{value: cost}(c.disputeID, terms.extraData);
    }

    /// @inheritdoc IArbitratorAdapter
    function submitEvidence(Terms calldata terms, string calldata evidence) external nonReentrant {
        (AgreementId id, Case storage c) = _find(terms);
        // Check
        _requireSide(id, terms, msg.sender);
        if (c.status != Status.Paid && c.status != Status.Raised) _requireState(id, c.status, Status.Called);

        // Effect
        emit Evidence(terms.arbitrator, _groupOf(id), msg.sender, evidence);
    }

    // ----------------------------------------------------------------------------------------------- by time alone

    /// @inheritdoc IArbitratorAdapter
    function settle(Terms calldata terms) external nonReentrant {
        (AgreementId id, Case storage c) = _find(terms);
        // Check: there is a deadline, and it has come.
        Case memory before = c;
        if (before.status == Status.None) revert Appointment_UnknownAgreement(id);
        uint256 deadline = _deadline(terms, before);
        if (deadline == 0) revert ArbitratorAdapter_WrongState(before.status, Status.Called);
        _requireReached(deadline);

        // Effect and interaction: depends on nothing but the terms, the clock and what was ruled (I-5, A-7).
        emit TimedOut(id, before.status);
        _close(id, c);
        _giveBack(id, terms, before, _silentBps(terms, before));
    }

    // ------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IArbitratorAdapter
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IArbitratorAdapter
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _load(terms).status;
    }

    /// @inheritdoc IArbitratorAdapter
    function caseOf(Terms calldata terms) external view nonReentrantView returns (Case memory) {
        return _load(terms);
    }

    /// @inheritdoc IArbitratorAdapter
    function caseOfDispute(address arbitrator, uint256 disputeID) external view returns (AgreementId) {
        return _disputes[arbitrator][disputeID];
    }

    /// @inheritdoc IArbitratorAdapter
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _deadline(terms, _load(terms));
    }

    /// @inheritdoc IArbitratorAdapter
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256) {
        Case memory c = _load(terms);
        if (c.status == Status.Closed) return 0;
        (uint256 toPayer, uint256 toPayee) = c.shareOut(_silentBps(terms, c));
        if (party == terms.payer) return toPayer;
        return party == _payee(_idOf(terms), terms) ? toPayee : 0;
    }

    /// @inheritdoc IArbitratorAdapter
    function outcomeOf(Terms calldata terms) external view nonReentrantView returns (bool decided, uint16 payeeBps) {
        return _outcome(terms, _load(terms));
    }

    /// @inheritdoc IArbitratorAdapter
    function payeeOf(Terms calldata terms) external view nonReentrantView returns (address) {
        return _payee(_idOf(terms), terms);
    }

    // -------------------------------------------------------------------------------------------- for the heirs' use

    /// @dev Who holds the agreements' money.
    function _holder() internal view virtual returns (address);

    /// @dev Makes the appointment. The heir has checked that the agreement is the one that the terms name, with the
    /// same parties and this contract as its arbiter, and says how long its ruling window is.
    function _appoint(Terms calldata terms, uint256 rulingWindow) internal {
        (AgreementId id, Case storage c) = _find(terms);
        // Check: agreed by both, in time; and a dispute of that agreement leaves room for all that may follow.
        _requireState(id, c.status, Status.Proposed);
        _requireBefore(terms.agreeBy);
        _requireAgreed(id, terms.payer);
        _requireAgreed(id, terms.payee);
        if (_reserved(terms) >= rulingWindow) revert Appointment_TooLate(_reserved(terms), rulingWindow);

        // Effect
        c.status = Status.Appointed;
        _recordAppointment(id, terms.agreement);
    }

    /// @dev Lets whoever has the payee's place in the agreement have it in the case, as long as that side has not paid
    /// in.
    function _follow(Terms calldata terms, address payee) internal {
        (AgreementId id, Case storage c) = _find(terms);
        if (c.fromPayee != 0 || payee == _payee(id, terms)) return;
        _successors[id] = payee;
        emit PayeeSucceeded(id, payee);
    }

    /// @dev Takes the caller's deposit. The heir has checked that the agreement is the one that the terms name, and is
    /// in dispute until `ruleBy`.
    function _payFee(Terms calldata terms, uint256 ruleBy) internal {
        (AgreementId id, Case storage c) = _find(terms);
        // Check: each side once, the first with time left for everything, the second within the window.
        _requireSide(id, terms, msg.sender);
        if (c.status != Status.Called) {
            _requireState(id, c.status, Status.Appointed);
            _requireBefore(ruleBy - _reserved(terms));
            c.status = Status.Called;
            (c.payBy, c.ruleBy) = ((block.timestamp + terms.feeWindow).toUint64(), ruleBy.toUint64());
        } else {
            if (_paidIn(terms, c, msg.sender) != 0) revert ArbitratorAdapter_AlreadyPaid(msg.sender);
            _requireBefore(c.payBy);
            c.status = Status.Paid;
        }

        // Effect
        _book(terms, c, msg.sender, terms.feeDeposit);
        emit FeePaid(id, msg.sender, terms.feeDeposit, c.payBy);

        // Interaction: exactly the deposit arrives, or all of this is undone.
        _take(ETHER, terms.feeDeposit);
    }

    /// @dev Ends a case that is decided (A-5, A-8), strictly before the ruling deadline. The heir then carries the
    /// outcome to the agreement and, last of all, calls {_giveBack} with what was returned.
    function _decide(Terms calldata terms) internal returns (AgreementId id, Case memory before, uint16 payeeBps) {
        Case storage c;
        (id, c) = _find(terms);
        // Check: ruled, or the one side's window is over.
        before = c;
        if (before.status == Status.Called) {
            _requireReached(before.payBy);
            emit WonByDefault(id, before.fromPayee != 0 ? _payee(id, terms) : terms.payer);
        } else {
            _requireState(id, before.status, Status.Ruled);
        }
        _requireBefore(before.ruleBy);

        // Effect
        (, payeeBps) = _outcome(terms, before);
        _close(id, c);
    }

    /// @dev Pays back what is left of what both sides have paid in (A-2, A-4). A refused payout becomes a credit.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _giveBack(AgreementId id, Terms calldata terms, Case memory c, uint256 payeeBps) internal {
        (uint256 toPayer, uint256 toPayee) = c.shareOut(payeeBps);
        if (toPayer + toPayee == 0) return;
        // Effect
        emit FeesReturned(id, toPayer, toPayee);

        // Interaction
        _discharge(ETHER, toPayer + toPayee);
        _forward(ETHER, terms.payer, toPayer);
        _forward(ETHER, _payee(id, terms), toPayee);
    }

    // ----------------------------------------------------------------------------------------------------- effects

    function _agree(Terms calldata terms, address party) private returns (AgreementId id) {
        Case storage c;
        (id, c) = _find(terms);
        // Check: by a side, in time, on acceptable terms.
        _requireParty(terms, party);
        _requireBefore(terms.agreeBy);

        // Effect
        if (c.status == Status.None) {
            terms.check(_holder());
            c.status = Status.Proposed;
            emit Proposed(id, msg.sender, terms);
            emit MetaEvidence(_groupOf(id), terms.metaEvidence);
        }
        _requireState(id, c.status, Status.Proposed);
        _recordAgreement(id, party);
    }

    /// @dev What was paid towards the appeal of an earlier ruling is not used for that of another, which the one who
    /// paid it may not want.
    function _enterAppealPeriod(Terms calldata terms, Case storage c) private {
        (uint256 start, uint256 end) = terms.arbitrator.appealPeriod(c.disputeID);
        _requireReached(start);
        _requireBefore(end);
        if (c.appealStart == start) return;
        (c.appealStart, c.appealPot) = (start.toUint64(), 0);
    }

    function _book(Terms calldata terms, Case storage c, address party, uint256 amount) private {
        if (party == terms.payer) c.fromPayer += amount.toUint128();
        else c.fromPayee += amount.toUint128();
    }

    /// @dev A ruling that came while the dispute was being created counts if it is about that dispute.
    function _takeEarlyRuling(AgreementId id, Case storage c, IArbitrator arbitrator) private {
        if (!_ruledEarly) return;
        _ruledEarly = false;
        if (_earlyDispute != c.disputeID) {
            revert ArbitratorAdapter_UnknownDispute(address(arbitrator), _earlyDispute);
        }
        _recordRuling(id, c, arbitrator, _earlyRuling);
    }

    /// @dev A ruling that comes when the case is over, or its time, is written down and changes nothing (A-6): to
    /// refuse it would only harm the arbitrator.
    function _recordRuling(AgreementId id, Case storage c, IArbitrator arbitrator, uint256 ruling) private {
        // Check: once, and something that was asked for.
        if (c.ruled) revert ArbitratorAdapter_AlreadyRuled(c.disputeID);
        if (ruling > c.choices) revert ArbitratorAdapter_InvalidRuling(ruling, c.choices);

        // Effect
        (c.ruled, c.ruling) = (true, ruling.toUint16());
        emit Ruling(arbitrator, c.disputeID, ruling);
        if (c.status != Status.Raised || block.timestamp >= c.ruleBy) return;
        c.status = Status.Ruled;
        emit Ruled(id, ruling);
    }

    function _close(AgreementId id, Case storage c) private {
        c.status = Status.Closed;
        emit Closed(id);
    }

    // ------------------------------------------------------------------------------------------------------ checks

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash()));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Case storage c) {
        id = _idOf(terms);
        c = _cases[id];
    }

    function _load(Terms calldata terms) private view returns (Case memory) {
        return _cases[_idOf(terms)];
    }

    /// @dev Both the window of the other side and the arbitrator's time must fit before the ruling deadline.
    function _reserved(Terms calldata terms) private pure returns (uint256) {
        return uint256(terms.feeWindow) + terms.arbitrationTime;
    }

    function _paidIn(Terms calldata terms, Case storage c, address party) private view returns (uint256) {
        return party == terms.payer ? c.fromPayer : c.fromPayee;
    }

    function _outcome(Terms calldata terms, Case memory c) private view returns (bool decided, uint16 payeeBps) {
        if (c.status == Status.Ruled) return (true, terms.outcomes[c.ruling]);
        if (c.status == Status.Called && block.timestamp >= c.payBy) return (true, c.fromPayee != 0 ? Bps.ONE : 0);
        return (false, 0);
    }

    /// @dev How the costs are borne if nothing more is decided.
    function _silentBps(Terms calldata terms, Case memory c) private pure returns (uint256) {
        return c.status == Status.Ruled ? terms.outcomes[c.ruling] : Bps.ONE / 2;
    }

    function _deadline(Terms calldata terms, Case memory c) private pure returns (uint256) {
        if (c.status == Status.Proposed) return terms.agreeBy;
        return c.status > Status.Appointed && c.status != Status.Closed ? c.ruleBy : 0;
    }

    /// @dev The case's meta-evidence and its group of evidence are named after the case.
    function _groupOf(AgreementId id) private pure returns (uint256) {
        return uint256(AgreementId.unwrap(id));
    }

    function _requireParty(Terms calldata terms, address party) private pure {
        if (party != terms.payer && party != terms.payee) revert Appointment_NotAParty(party);
    }

    function _requireSide(AgreementId id, Terms calldata terms, address party) private view {
        if (party != terms.payer && party != _payee(id, terms)) revert Appointment_NotAParty(party);
    }

    function _payee(AgreementId id, Terms calldata terms) private view returns (address) {
        address successor = _successors[id];
        return successor == address(0) ? terms.payee : successor;
    }

    function _requireState(AgreementId id, Status actual, Status expected) private pure {
        if (actual == expected) return;
        if (actual == Status.None) revert Appointment_UnknownAgreement(id);
        revert ArbitratorAdapter_WrongState(actual, expected);
    }
}
