// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";
import {IAppointment} from "./IAppointment.sol";
import {IArbitrable} from "./IArbitrable.sol";
import {IArbitrator} from "./IArbitrator.sol";
import {IEvidence} from "./IEvidence.sol";

/// @title The arbiter that brings a dispute to an ERC-792 arbitrator, and its ruling back.
/// @notice It is named as the arbiter of agreements of one contract, its *holder*, which never changes. Payer and payee
/// are those of an escrow; of a lease the payer is the tenant and the payee the landlord.
///
/// Both sides pay in the same deposit once there is a dispute; whoever does not within the window loses. The
/// arbitrator's cost is taken from these deposits and borne by each side for the share in which it lost, as far as what
/// it paid in reaches; the rest goes back. The arbitrator's final ruling picks an outcome from a table in the terms.
///
/// Time: an act is allowed strictly before its deadline (`now < deadline`); what follows from silence is so from the
/// deadline on (`now >= deadline`). Everything ends at the agreement's own ruling deadline at the latest.
///
/// Trust assumptions:
/// - The arbitrator, which both sides have chosen, rules freely among the outcomes in the terms, and may stay silent.
///   Whatever it does to its costs, periods or answers, it gets at most one side's deposit, and what the sides pay it
///   for appeals of their own accord; and no exit calls it.
/// - Nobody else is trusted. There is no owner, no pause, and no upgrade.
interface IArbitratorAdapter is IAppointment, IArbitrable, IEvidence {
    /// @notice Where a case stands. The last is final.
    enum Status {
        None,
        Proposed,
        Appointed,
        Called,
        Paid,
        Raised,
        Ruled,
        Closed
    }

    /// @notice Everything that is agreed about a case. Amounts are in wei, times in seconds since the epoch, windows in
    /// seconds, shares in basis points (1/10,000).
    /// @dev Also an EIP-712 type: the case's id is the digest that a wallet signs for it. Keep
    /// {ArbitrationTerms.TYPEHASH} equal.
    struct Terms {
        /// The agreement whose disputes these are, by its id in the holder.
        AgreementId agreement;
        /// Gets what the payee does not: an escrow's payer, a lease's tenant.
        address payer;
        /// Gets the outcome's share: an escrow's payee, a lease's landlord.
        address payee;
        /// Who rules.
        IArbitrator arbitrator;
        /// Handed to the arbitrator as it is: its court, its number of jurors.
        bytes extraData;
        /// Where the description of the dispute for the arbitrator is found.
        string metaEvidence;
        /// The payee's share for each ruling. The first is for ruling 0: refused, or tied.
        uint16[] outcomes;
        /// What each side pays in. The arbitrator's cost may be at most this much.
        uint128 feeDeposit;
        /// Before this, payer and payee agree to these terms and the appointment is made.
        uint40 agreeBy;
        /// How long after one side has paid in the other may.
        uint40 feeWindow;
        /// What is left for the arbitrator, at least, when both have paid.
        uint40 arbitrationTime;
        /// What must be left when a ruling is appealed.
        uint40 appealTime;
        /// Tells apart terms that are otherwise equal.
        bytes32 salt;
    }

    /// @notice What is stored for a case.
    struct Case {
        // slot 0: 8 + 8 + 16 + 16 + 64 + 64 + 64 = 240 bits
        Status status;
        /// Whether the arbitrator has given its final ruling.
        bool ruled;
        /// The highest ruling there is.
        uint16 choices;
        /// That ruling.
        uint16 ruling;
        /// Before this the other side pays in.
        uint64 payBy;
        /// The agreement's ruling deadline.
        uint64 ruleBy;
        /// When the appeal period began that the pot is for.
        uint64 appealStart;
        // slot 1: all that each side has paid in
        uint128 fromPayer;
        uint128 fromPayee;
        // slot 2: what of it went to the arbitrator, and what is there for the appeal of the present ruling
        uint128 spent;
        uint128 appealPot;
        // slot 3: the arbitrator's name for it
        uint256 disputeID;
    }

    /// @notice The terms are on record.
    event Proposed(AgreementId indexed id, address indexed proposer, Terms terms);
    /// @notice Who has the payee's place in the agreement now has it in the case too.
    event PayeeSucceeded(AgreementId indexed id, address indexed payee);
    /// @notice `party` has paid in its deposit. The other side may until `payBy`.
    event FeePaid(AgreementId indexed id, address indexed party, uint256 amount, uint256 payBy);
    /// @notice The dispute was brought to the arbitrator, for `cost`.
    event Raised(AgreementId indexed id, uint256 disputeID, uint256 cost);
    /// @notice `party` has paid `amount` towards an appeal.
    event AppealFunded(AgreementId indexed id, address indexed party, uint256 amount);
    /// @notice The present ruling was appealed, for `cost`.
    event Appealed(AgreementId indexed id, uint256 cost);
    /// @notice The arbitrator's final ruling is on record.
    event Ruled(AgreementId indexed id, uint256 ruling);
    /// @notice Only `party` has paid in, so it has won.
    event WonByDefault(AgreementId indexed id, address indexed party);
    /// @notice The outcome was carried to the agreement, if that was still in dispute.
    event Executed(AgreementId indexed id, uint16 payeeBps, bool carried);
    /// @notice Nobody acted in time in the state `from`.
    event TimedOut(AgreementId indexed id, Status from);
    /// @notice What is left of what the sides have paid in goes back.
    event FeesReturned(AgreementId indexed id, uint256 toPayer, uint256 toPayee);

    error ArbitratorAdapter_WrongState(Status actual, Status expected);
    error ArbitratorAdapter_AlreadyPaid(address party);
    error ArbitratorAdapter_CostTooHigh(uint256 actual, uint256 expected);
    error ArbitratorAdapter_UnknownDispute(address arbitrator, uint256 disputeID);
    error ArbitratorAdapter_DisputeExists(uint256 disputeID);
    error ArbitratorAdapter_InvalidRuling(uint256 actual, uint256 expected);
    error ArbitratorAdapter_AlreadyRuled(uint256 disputeID);
    error ArbitratorAdapter_NotSolved(uint256 disputeID);
    error ArbitratorAdapter_NothingPaid(uint256 expected);

    /// @notice Agrees to the terms. Payer or payee, strictly before `agreeBy`; puts them on record if nobody has.
    /// @return id The case's id.
    function agree(Terms calldata terms) external returns (AgreementId id);

    /// @notice The same, by the party's signature over the case's id (which is the EIP-712 digest of the terms). Anyone
    /// may hand it in. A signature is taken back by {cancel}.
    function agreeFor(Terms calldata terms, address party, bytes calldata signature) external returns (AgreementId id);

    /// @notice Calls it off before the appointment. Payer or payee. Also for terms that are not on record yet: they
    /// never can be afterwards.
    function cancel(Terms calldata terms) external;

    /// @notice Brings the dispute to the arbitrator, once both sides have paid in. Anyone, strictly before the ruling
    /// deadline. The arbitrator may rule at once.
    function raise(Terms calldata terms) external;

    /// @notice Pays towards an appeal of the present ruling, which is made as soon as there is enough. Payer or payee,
    /// within the arbitrator's appeal period, and while `appealTime` is left. What is sent beyond the cost goes back.
    /// What did not lead to an appeal of that ruling is not used for another, and goes back in the end.
    function fundAppeal(Terms calldata terms) external payable;

    /// @notice Takes over the ruling of a dispute that is solved, if the arbitrator did not hand it in. Anyone.
    function fetchRuling(Terms calldata terms) external;

    /// @notice Refers the arbitrator to a piece of evidence. Payer or payee, once one side has paid in.
    function submitEvidence(Terms calldata terms, string calldata evidence) external;

    /// @notice Ends the case when {deadlineOf} has come. Anyone. What the sides have paid in goes back; what was spent
    /// is borne as was ruled, or else in halves.
    function settle(Terms calldata terms) external;

    /// @notice The id of a case with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the case stands.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the case.
    function caseOf(Terms calldata terms) external view returns (Case memory);

    /// @notice The case of an arbitrator's dispute; zero if there is none.
    function caseOfDispute(address arbitrator, uint256 disputeID) external view returns (AgreementId);

    /// @notice Who is the payee now: the one that the terms name, or who has taken its place in the agreement before
    /// that side had paid in.
    function payeeOf(Terms calldata terms) external view returns (address);

    /// @notice From when on {settle} works; zero when there is nothing to settle (as long as there is no dispute, an
    /// appointment holds nothing and just stands).
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What `party` gets back of what was paid in if nobody does anything any more. Summed over payer and payee
    /// it is exactly what is held. Credits are not in it: see {creditOf}.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);

    /// @notice The payee's share of what is in dispute, as things stand: by the ruling, or by default of a side that
    /// did not pay in.
    /// @return decided Whether it is decided yet, so that it can be carried to the agreement.
    function outcomeOf(Terms calldata terms) external view returns (bool decided, uint16 payeeBps);
}
