// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";
import {ILedger} from "./ILedger.sol";

/// @title Milestone plans: one piece of work in stages, each paid for by itself.
/// @notice One contract holds many plans. Every function takes the full terms; what is stored is keyed by their hash.
/// The terms are emitted in full when a plan is created and when it is amended.
///
/// The payer funds milestones in their order, all at once or some at a time. Each funded milestone is an agreement of
/// its own: it is submitted, released, refunded, disputed and timed out by itself, in any order, and nothing that
/// happens to one moves the money of another. No milestone takes "the rest".
///
/// What both parties sign replaces the plan by another: milestones about which nothing was said yet may be changed,
/// added or taken away. The money goes along to the unit.
///
/// Time: an act is allowed strictly before its deadline (`now < deadline`); what follows from silence is allowed from
/// the deadline on (`now >= deadline`). The two never overlap.
///
/// Trust assumptions:
/// - The arbiter decides a disputed milestone freely, within what is held for that milestone. It has no say in
///   amendments: whoever accepts to be arbiter accepts that the parties may change what is to be done.
/// - Nobody else is trusted. There is no owner, no pause, and no upgrade.
/// - About tokens, see {ILedger}.
interface IMilestones is ILedger {
    /// @notice Where a plan stands. The last three are final.
    enum Status {
        None,
        Proposed,
        Funded,
        Active,
        Closed,
        Cancelled,
        Amended
    }

    /// @notice Where a milestone stands. The last three are final. An open one may or may not be funded yet.
    enum Stage {
        Open,
        Submitted,
        Disputed,
        Released,
        Refunded,
        Split
    }

    /// @notice One step of the work.
    struct Milestone {
        /// What it costs.
        uint128 amount;
        /// Before this, it is funded; from then on neither it nor what comes after it can be.
        uint40 fundBy;
        /// Before this, the payee submits it; from then on the payer is refunded.
        uint40 performBy;
        /// How long after submission the payer may dispute; then it is released.
        uint40 reviewWindow;
    }

    /// @notice Everything that is agreed. Amounts are in the asset's smallest unit, times in seconds since the epoch,
    /// windows in seconds, shares in basis points (1/10,000) of what is held for a milestone.
    /// @dev Also an EIP-712 type: the plan's id is the digest that a wallet signs for it. Keep
    /// {MilestonesTerms.TYPEHASH} equal. An amendment may change what comes after `rulingWindow`.
    struct Terms {
        /// Is refunded.
        address payer;
        /// Performs; gets releases.
        address payee;
        /// Rules on disputes; neither payer nor payee. Zero: a dispute ends by agreement or by `timeoutBps`.
        address arbiter;
        /// Gets the fee on releases; zero exactly when `feeBps` is.
        address feeReceiver;
        /// The token, or zero for ether.
        address asset;
        /// Share of every release that goes to `feeReceiver`. Refunds bear no fee.
        uint16 feeBps;
        /// Share of a disputed milestone that a ruling pays to the arbiter, whoever wins.
        uint16 arbiterFeeBps;
        /// The payee's share if a dispute is not ruled in time.
        uint16 timeoutBps;
        /// Before this, everybody accepts and the first milestones are funded; from then on the payer is refunded.
        uint40 acceptBy;
        /// How long after a dispute was opened the arbiter may rule; then `timeoutBps` applies.
        uint40 rulingWindow;
        /// How many milestones are funded before the plan binds: one, or more, or all.
        uint8 upFront;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart plans that are otherwise equal.
        bytes32 salt;
        /// In the order in which they are funded. At most 32.
        Milestone[] milestones;
    }

    /// @notice What is stored for a plan.
    struct Plan {
        // slot 0: 8 + 8 + 8 + 8 + 8 + 32 + 32 + 128 = 232 bits
        Status status;
        bool payeeAccepted;
        bool arbiterAccepted;
        /// How many milestones are funded: those before this index.
        uint8 funded;
        /// How many of them are over.
        uint8 over;
        /// Counts what changes a signature's meaning: every funding, submission, dispute and payout.
        uint32 round;
        /// Counts revocations.
        uint32 nonce;
        /// What is held for the funded milestones that are not over.
        uint128 held;
        // slot 1: 128 bits
        /// A {Stage} in every four bits, the first milestone's lowest.
        uint128 stages;
    }

    /// @notice The replacement of a plan by another. An EIP-712 type; both parties consent to it.
    struct Amendment {
        /// The plan as it is.
        AgreementId id;
        /// The plan as it is to be.
        AgreementId newId;
        /// How many milestones of the new plan are funded from what is held; what is then left is refunded.
        uint8 funded;
        /// Must equal the plan's round when it is used.
        uint32 round;
        /// Must equal the plan's nonce when it is used.
        uint32 nonce;
        /// Must be used strictly before this time.
        uint40 deadline;
    }

    /// @notice A division of what is held for one milestone. An EIP-712 type; both parties consent to it.
    struct Settlement {
        AgreementId id;
        /// Which milestone; the first is 0.
        uint8 milestone;
        /// The payee's share of it.
        uint16 payeeBps;
        /// Must equal the plan's round when it is used.
        uint32 round;
        /// Must equal the plan's nonce when it is used.
        uint32 nonce;
        /// Must be used strictly before this time.
        uint40 deadline;
    }

    /// @notice A plan exists, with these terms.
    event Proposed(AgreementId indexed id, address indexed proposer, Terms terms);
    /// @notice `party` (the payee or the arbiter) agrees to the terms.
    event Accepted(AgreementId indexed id, address indexed party);
    /// @notice The money for the milestones before index `upTo` is in; `amount` came just now, from `funder`.
    event Funded(AgreementId indexed id, address indexed funder, uint256 upTo, uint256 amount);
    /// @notice Funded and accepted by all: the plan binds.
    event Activated(AgreementId indexed id);
    /// @notice Called off before it was binding.
    event Cancelled(AgreementId indexed id, address indexed party);
    /// @notice The payee says that it has reached the milestone.
    event Submitted(AgreementId indexed id, uint256 indexed milestone, bytes32 evidence, uint256 reviewEnds);
    /// @notice A party asks for a ruling on the milestone.
    event Disputed(
        AgreementId indexed id, uint256 indexed milestone, address indexed party, bytes32 evidence, uint256 ruleBy
    );
    /// @notice The arbiter has ruled on the milestone.
    event Ruled(AgreementId indexed id, uint256 indexed milestone, uint16 payeeBps, uint256 arbiterFee);
    /// @notice A party consents on chain to what has this digest.
    event Approved(AgreementId indexed id, address indexed party, bytes32 digest);
    /// @notice A party takes back all that either of them has signed or approved for this plan.
    event Revoked(AgreementId indexed id, address indexed party, uint256 nonce);
    /// @notice Both parties agree on a division of the milestone.
    event SettlementAgreed(AgreementId indexed id, uint256 indexed milestone, uint16 payeeBps);
    /// @notice Nobody acted in time on the milestone in the stage `from`; the agreed outcome applies.
    event TimedOut(AgreementId indexed id, uint256 indexed milestone, Stage from, uint16 payeeBps);
    /// @notice `amount` for the milestone goes to the payee, net of `fee`, which goes to the fee receiver.
    event Released(AgreementId indexed id, uint256 indexed milestone, uint256 amount, uint256 fee);
    /// @notice `amount` for the milestone goes back to the payer.
    event Refunded(AgreementId indexed id, uint256 indexed milestone, uint256 amount);
    /// @notice Both parties replace the plan. `carried` is held for the new one, `refunded` goes back to the payer.
    event Amended(AgreementId indexed id, AgreementId indexed newId, uint256 carried, uint256 refunded, Terms newTerms);
    /// @notice Nothing is held any more and nothing can be funded; `status` is final.
    event Closed(AgreementId indexed id, Status status);

    error Milestones_InvalidTerms(string field);
    error Milestones_UnknownAgreement(AgreementId id);
    error Milestones_WrongState(Status actual, Status expected);
    error Milestones_WrongStage(Stage actual, Stage expected);
    error Milestones_UnknownMilestone(uint256 actual, uint256 funded);
    error Milestones_InvalidCount(uint256 actual, uint256 expected);
    error Milestones_NothingToRelease(uint256 last);
    error Milestones_WrongCaller(address actual, address expected);
    error Milestones_NotAParty(address actual);
    error Milestones_AlreadyAccepted(address party);
    error Milestones_TooLate(uint256 actual, uint256 expected);
    error Milestones_TooEarly(uint256 actual, uint256 expected);
    error Milestones_InvalidShare(uint256 actual, uint256 expected);
    error Milestones_InvalidSignature(address signer);
    error Milestones_WrongAgreement(AgreementId actual, AgreementId expected);
    error Milestones_StaleRound(uint256 actual, uint256 expected);
    error Milestones_WrongNonce(uint256 actual, uint256 expected);
    error Milestones_DifferentHead();
    error Milestones_Kept(uint256 milestone);
    error Milestones_NotCovered(uint256 actual, uint256 expected);

    /// @notice Puts the terms on record. Payer or payee; the payee accepts by it.
    /// @return id The plan's id.
    function propose(Terms calldata terms) external returns (AgreementId id);

    /// @notice Agrees to the terms. Payee or arbiter, strictly before `acceptBy`.
    function accept(Terms calldata terms) external returns (AgreementId id);

    /// @notice The same, by the party's signature over the plan's id (which is the EIP-712 digest of the terms).
    /// Anyone may hand it in. A signature is taken back by {cancel}.
    function acceptFor(Terms calldata terms, address party, bytes calldata signature) external returns (AgreementId id);

    /// @notice Pays for the next milestones: those before index `upTo` that are not funded yet. Anyone; the money is
    /// the payer's from then on. The first time at least `upFront` milestones, strictly before `acceptBy`; later
    /// strictly before the `fundBy` of the first of them. Puts the terms on record if nobody has.
    function fund(Terms calldata terms, uint8 upTo) external payable returns (AgreementId id);

    /// @notice Calls the plan off before it binds. Payer, payee or arbiter. What was paid in goes back to the payer.
    /// Also for terms that are not on record yet: they never can be afterwards.
    function cancel(Terms calldata terms) external;

    /// @notice The payee says that it has reached a milestone, strictly before its `performBy`. Its review window
    /// starts.
    function submit(Terms calldata terms, uint8 milestone, bytes32 evidence) external;

    /// @notice The payer lets a milestone's money go to the payee (who gets it less the fee).
    function release(Terms calldata terms, uint8 milestone) external;

    /// @notice The same for every funded milestone up to and with `last` that is not over.
    function releaseUpTo(Terms calldata terms, uint8 last) external;

    /// @notice The payee lets a milestone's money go back to the payer.
    function refund(Terms calldata terms, uint8 milestone) external;

    /// @notice Asks for a ruling on a milestone. Payer or payee; strictly before its `performBy`, or once it is
    /// submitted strictly before the review ends.
    function dispute(Terms calldata terms, uint8 milestone, bytes32 evidence) external;

    /// @notice The arbiter ends the dispute of a milestone: its fee, then `payeeBps` of the rest to the payee, the
    /// remainder to the payer. Strictly before the ruling window ends.
    function rule(Terms calldata terms, uint8 milestone, uint16 payeeBps) external;

    /// @notice Divides what is held for a milestone as both parties agree. Anyone may hand it in. A party consents by
    /// calling, by its signature, or by {approve}; a signature that is not needed may be empty.
    function divide(
        Terms calldata terms,
        Settlement calldata settlement,
        bytes calldata payerSignature,
        bytes calldata payeeSignature
    ) external;

    /// @notice Replaces the plan by `newTerms`, to which both parties consent as in {divide}. Milestones that were
    /// submitted, disputed or are over stay as and where they are. What is held pays for the first `amendment.funded`
    /// milestones of the new plan; what is then left goes back to the payer.
    /// @return newId The id of the new plan.
    function amend(
        Terms calldata terms,
        Terms calldata newTerms,
        Amendment calldata amendment,
        bytes calldata payerSignature,
        bytes calldata payeeSignature
    ) external returns (AgreementId newId);

    /// @notice Consents on chain to the amendment or settlement with this digest ({amendmentDigest},
    /// {settlementDigest}), which is as good as a signature over it. Payer or payee.
    function approve(Terms calldata terms, bytes32 digest) external;

    /// @notice Voids every amendment and settlement that either party has signed or approved for this plan. Payer or
    /// payee: each of them needs both, so either may do it.
    function revoke(Terms calldata terms) external;

    /// @notice Applies what the terms say about silence to every milestone whose time has come, once {deadlineOf} has
    /// come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice The id of a plan with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the plan stands.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the plan.
    function planOf(Terms calldata terms) external view returns (Plan memory);

    /// @notice Where a milestone stands, and from when on silence decides about it (for one that is not funded: from
    /// when on it cannot be); zero when that is decided.
    function milestoneOf(Terms calldata terms, uint8 milestone) external view returns (Stage stage, uint256 deadline);

    /// @notice From when on {settle} works; zero when it never will (no plan, or a final state).
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What `party` gets of what is held if nobody does anything any more. Summed over the payer, the payee and
    /// the fee receiver it is exactly what is held. Credits are not in it: see {creditOf}.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);

    /// @notice What a party signs, or approves, to agree to an amendment.
    function amendmentDigest(Amendment calldata amendment) external view returns (bytes32);

    /// @notice What a party signs, or approves, to agree to a settlement.
    function settlementDigest(Settlement calldata settlement) external view returns (bytes32);
}
