// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";
import {ILedger} from "./ILedger.sol";

/// @title Escrow agreements: a payer's money waits until it is clear whose it is.
/// @notice One contract holds many agreements. Every function takes the full terms; what is stored is keyed by their
/// hash. The terms are emitted in full when an agreement is created.
///
/// Time: an act is allowed strictly before its deadline (`now < deadline`); what follows from silence is allowed from
/// the deadline on (`now >= deadline`). The two never overlap.
///
/// Trust assumptions:
/// - The arbiter decides a dispute freely, within the amount that is still held. It cannot pay anybody else, and cannot
///   act before both parties and itself have accepted, nor after its window.
/// - Nobody else is trusted. There is no owner, no pause, and no upgrade.
/// - About tokens, see {ILedger}.
interface IEscrow is ILedger {
    /// @notice Where an agreement stands. Final from Released on.
    enum Status {
        None,
        Proposed,
        Funded,
        Active,
        Submitted,
        Disputed,
        Released,
        Refunded,
        Split,
        Cancelled,
        Novated
    }

    /// @notice A part of the payee's side that goes to somebody else: of every amount that is released, net of the fee.
    struct Share {
        address receiver;
        uint16 bps;
    }

    /// @notice Everything that is agreed. Amounts are in the asset's smallest unit, times in seconds since the epoch,
    /// windows in seconds, shares in basis points (1/10,000) of what is held when they apply.
    /// @dev Also an EIP-712 type: the agreement's id is the digest that a wallet signs for it. Keep
    /// {EscrowTerms.TYPEHASH} equal.
    struct Terms {
        /// Gets refunds. Pays in, or has somebody pay in for it.
        address payer;
        /// Performs; gets releases.
        address payee;
        /// Rules on disputes; neither payer nor payee. Zero: a dispute ends by agreement or by `timeoutBps`.
        address arbiter;
        /// Gets the fee on releases; zero exactly when `feeBps` is.
        address feeReceiver;
        /// The token, or zero for ether.
        address asset;
        /// What is paid in.
        uint128 amount;
        /// Share of every release that goes to `feeReceiver`. Refunds bear no fee.
        uint16 feeBps;
        /// Share of what is in dispute that a ruling pays to the arbiter, whoever wins.
        uint16 arbiterFeeBps;
        /// Before this, everybody accepts and the money comes in; from then on the payer is refunded.
        uint40 acceptBy;
        /// Before this, the payee submits its work.
        uint40 performBy;
        /// From then on, if nothing was submitted or disputed, `expiryBps` goes to the payee and the rest to the payer.
        uint40 expiresAt;
        /// How long after submission the payer may dispute; then everything is released.
        uint40 reviewWindow;
        /// How long after a dispute was opened the arbiter may rule; then `timeoutBps` applies.
        uint40 rulingWindow;
        /// The payee's share if nothing happens until `expiresAt`.
        uint16 expiryBps;
        /// The payee's share if a dispute is not ruled in time.
        uint16 timeoutBps;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart agreements that are otherwise equal; or names the one that this replaces: see {novate}.
        bytes32 salt;
        /// Who gets a part of the payee's side, as a credit; the payee gets the rest. At most eight.
        Share[] shares;
    }

    /// @notice What is stored for an agreement.
    struct Agreement {
        // slot 0: 8 + 8 + 8 + 8 + 32 + 40 + 128 = 232 bits
        Status status;
        bool payeeAccepted;
        bool arbiterAccepted;
        /// Bit 0: the payee was paid something; bit 1: the payer was.
        uint8 paid;
        /// Counts what changes a settlement's meaning: every payout, submission and dispute.
        uint32 round;
        /// When the work was submitted or, later, when the dispute was opened.
        uint40 since;
        /// What is still held.
        uint128 held;
    }

    /// @notice A division of what is still held, agreed by both parties. An EIP-712 type.
    struct Settlement {
        AgreementId id;
        /// The payee's share of what is held.
        uint16 payeeBps;
        /// Must equal the agreement's round when it is used.
        uint32 round;
        /// Must equal the signer's {settlementNonce} when it is used.
        uint64 nonce;
        /// Must be used strictly before this time.
        uint40 deadline;
    }

    /// @notice An agreement exists, with these terms.
    event Proposed(AgreementId indexed id, address indexed proposer, Terms terms);
    /// @notice `party` (the payee or the arbiter) agrees to the terms.
    event Accepted(AgreementId indexed id, address indexed party);
    /// @notice The money is in. It came from `funder`, and is the payer's from now on.
    event Funded(AgreementId indexed id, address indexed funder, uint256 amount);
    /// @notice Funded and accepted by all: the agreement binds.
    event Activated(AgreementId indexed id);
    /// @notice Called off before it was binding.
    event Cancelled(AgreementId indexed id, address indexed party);
    /// @notice The payee says that it has performed.
    event Submitted(AgreementId indexed id, bytes32 evidence, uint256 reviewEnds);
    /// @notice A party asks for a ruling.
    event Disputed(AgreementId indexed id, address indexed party, bytes32 evidence, uint256 ruleBy);
    /// @notice The arbiter has ruled.
    event Ruled(AgreementId indexed id, address indexed arbiter, uint16 payeeBps, uint256 arbiterFee);
    /// @notice A party offers a division on chain.
    event SettlementOffered(AgreementId indexed id, address indexed party, uint16 payeeBps, uint40 deadline);
    /// @notice A party takes back its standing offer and every settlement that it has signed.
    event SettlementsRevoked(AgreementId indexed id, address indexed party, uint64 nonce);
    /// @notice Both parties agree on a division.
    event SettlementAgreed(AgreementId indexed id, uint16 payeeBps);
    /// @notice The agreement goes on under other terms, as `next`, which now holds what this one held.
    event Novated(AgreementId indexed id, AgreementId indexed next, uint256 amount);
    /// @notice Nobody acted in time in the state `from`; the agreed outcome applies.
    event TimedOut(AgreementId indexed id, Status from, uint16 payeeBps);
    /// @notice `amount` goes to the payee and those who share with it, net of `fee`, which goes to the fee receiver.
    event Released(AgreementId indexed id, uint256 amount, uint256 fee);
    /// @notice `amount` goes back to the payer.
    event Refunded(AgreementId indexed id, uint256 amount);
    /// @notice Nothing is held any more; `status` is final.
    event Closed(AgreementId indexed id, Status status);

    error Escrow_InvalidTerms(string field);
    error Escrow_UnknownAgreement(AgreementId id);
    error Escrow_WrongState(Status actual, Status expected);
    error Escrow_WrongCaller(address actual, address expected);
    error Escrow_NotAParty(address actual);
    error Escrow_AlreadyAccepted(address party);
    error Escrow_TooLate(uint256 actual, uint256 expected);
    error Escrow_TooEarly(uint256 actual, uint256 expected);
    error Escrow_InvalidAmount(uint256 actual, uint256 expected);
    error Escrow_InvalidShare(uint256 actual, uint256 expected);
    error Escrow_InvalidSignature(address signer);
    error Escrow_WrongAgreement(AgreementId actual, AgreementId expected);
    error Escrow_StaleRound(uint256 actual, uint256 expected);
    error Escrow_WrongNonce(uint256 actual, uint256 expected);
    error Escrow_NoOffer(address party);
    error Escrow_DifferentOffer(uint256 actual, uint256 expected);
    error Escrow_NotASuccessor(string field);

    /// @notice Puts the terms on record. Payer or payee; the payee accepts by it.
    /// @return id The agreement's id.
    function propose(Terms calldata terms) external returns (AgreementId id);

    /// @notice Agrees to the terms. Payee or arbiter, strictly before `acceptBy`.
    function accept(Terms calldata terms) external returns (AgreementId id);

    /// @notice The same, by the party's signature over the agreement's id (which is the EIP-712 digest of the terms).
    /// Anyone may hand it in. A signature is taken back by {cancel}.
    function acceptFor(Terms calldata terms, address party, bytes calldata signature) external returns (AgreementId id);

    /// @notice Pays in, strictly before `acceptBy`; puts the terms on record if nobody has. Anyone: the money comes
    /// from the caller and is the payer's, who gets the refunds. Nobody else's money can be paid in.
    function fund(Terms calldata terms) external payable returns (AgreementId id);

    /// @notice Calls the agreement off before it binds. Payer, payee or arbiter. What was paid in goes back to the
    /// payer. Also for terms that are not on record yet: they never can be afterwards.
    function cancel(Terms calldata terms) external;

    /// @notice The payee says that it has performed, strictly before `performBy`. The review window starts.
    function submit(Terms calldata terms, bytes32 evidence) external;

    /// @notice The payer lets `amount` of what is held go to the payee (who gets it less the fee and the shares).
    function release(Terms calldata terms, uint128 amount) external;

    /// @notice The payee lets `amount` of what is held go back to the payer.
    function refund(Terms calldata terms, uint128 amount) external;

    /// @notice Asks for a ruling. Payer or payee; strictly before `expiresAt`, or once work is submitted strictly
    /// before the review ends.
    function dispute(Terms calldata terms, bytes32 evidence) external;

    /// @notice The arbiter ends the dispute: its fee, then `payeeBps` of the rest to the payee, the remainder to the
    /// payer. Strictly before the ruling window ends.
    function rule(Terms calldata terms, uint16 payeeBps) external;

    /// @notice Offers the other party to divide what is held. Replaces the caller's earlier offer.
    function offerSettlement(Terms calldata terms, uint16 payeeBps, uint40 deadline) external;

    /// @notice Accepts the other party's standing offer, which must be for `payeeBps` and of the present round.
    function acceptSettlement(Terms calldata terms, uint16 payeeBps) external;

    /// @notice Ends the agreement by a division that the other party has signed. The caller is the one, the signer the
    /// other of payer and payee.
    function acceptSignedSettlement(Terms calldata terms, Settlement calldata settlement, bytes calldata signature)
        external;

    /// @notice Takes back the caller's standing offer and every settlement that it has signed for this agreement.
    function revokeSettlements(Terms calldata terms) external;

    /// @notice Goes on under the terms `next`: what is held moves into that agreement, which is active at once, and
    /// this one is over. Payer only, while this one binds and strictly before `next.acceptBy`.
    ///
    /// `next` must be on record and accepted by the payee and, if it has one, the arbiter; and its salt must be
    /// {successorSalt} as of now, by which the payee, accepting it, has agreed to end this one. Same payer, payee and
    /// asset. If `next.amount` is more than what is held, the caller pays the difference; it cannot be less.
    function novate(Terms calldata terms, Terms calldata next) external payable returns (AgreementId id);

    /// @notice Applies what the terms say about silence, once {deadlineOf} has come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice The id of an agreement with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the agreement stands.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the agreement.
    function agreementOf(Terms calldata terms) external view returns (Agreement memory);

    /// @notice From when on {settle} works; zero when it never will (no agreement, or a final state).
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What `party` gets of what is held if nobody does anything any more. Summed over the payer, the payee,
    /// the fee receiver and those who share with the payee it is exactly what is held. Credits are not in it: see
    /// {creditOf}.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);

    /// @notice The salt of terms that are to replace this agreement. Changes with every round.
    function successorSalt(Terms calldata terms) external view returns (bytes32);

    /// @notice The nonce that a settlement signed by `party` must carry.
    function settlementNonce(Terms calldata terms, address party) external view returns (uint64);

    /// @notice The standing offer of `party`. A deadline of zero means that there is none.
    function offerOf(Terms calldata terms, address party)
        external
        view
        returns (uint16 payeeBps, uint32 round, uint40 deadline);
}
