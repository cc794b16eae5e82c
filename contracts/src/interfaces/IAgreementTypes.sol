// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ICondition} from "../conditions/ICondition.sol";
import {ILeaves} from "../conditions/ILeaves.sol";
import {Program} from "../conditions/Program.sol";
import {AgreementId} from "../types/AgreementId.sol";

/// @title What agreements are made of, and what happens to them.
/// @notice See {IAgreement} for what can be done.
interface IAgreementTypes is ILeaves {
    /// @notice Where an agreement stands. The last two are final.
    enum Status {
        None,
        Proposed,
        Active,
        Closed,
        Cancelled
    }

    enum ActionKind {
        /// Pays `bps` of the leg's agreed amount to the party `target`.
        Release,
        /// Pays all that the leg holds back to its payer.
        Refund,
        /// Divides all that the leg holds by `shares`, one for each party, 10,000 in all.
        Split,
        /// The same by the division that the arbiter of the leaf `target` has made.
        Award,
        /// Moves the agreement to the stage `target`.
        Transition,
        /// Emits `data`.
        Attest
    }

    /// @notice What is done. Members that the kind does not use are zero, or empty. Also an EIP-712 type.
    struct Action {
        ActionKind kind;
        uint8 leg;
        uint8 target;
        uint16 bps;
        uint16[] shares;
        bytes32 data;
    }

    /// @notice If the program is true, the actions are done, all of them, in this order. Also an EIP-712 type.
    struct Clause {
        /// In which stages, as a set; zero: in any.
        uint32 stages;
        /// A program (see {Program}) over the terms' leaves.
        uint256[] program;
        Action[] actions;
    }

    /// @notice One sum that one party pays in. Also an EIP-712 type.
    struct Leg {
        /// The token, or zero for ether.
        address asset;
        uint128 amount;
        /// Who pays, as an index of the parties; gets refunds.
        uint8 payer;
        /// Who gets, at the end, what no clause has paid out: `defaultBps` of it. The payer gets the rest.
        uint8 receiver;
        uint16 defaultBps;
        /// Whether it must be paid in before the agreement binds. Others may be paid until it ends, also in parts.
        bool required;
    }

    /// @notice Who pays what, and until when. Also an EIP-712 type.
    struct Deal {
        /// Up to eight; each must accept.
        address[] parties;
        Leg[] legs;
        /// Before this, everybody accepts and what is required is paid in; from then on all money goes back.
        uint40 fundBy;
        /// Before this, clauses are executed; from then on the legs' defaults apply.
        uint40 endsAt;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart agreements that are otherwise equal.
        bytes32 salt;
    }

    /// @notice Everything that is agreed.
    /// @dev Also an EIP-712 type: the agreement's id is the digest that a wallet signs for it. Keep the type strings in
    /// {AgreementHashes} equal.
    struct Terms {
        Deal deal;
        /// Up to 32.
        Leaf[] leaves;
        /// Up to 16.
        Clause[] clauses;
    }

    /// @notice One leaf, and what proves that it is in the terms: the hashes of everything else. See {revealOf}.
    struct Reveal {
        bytes32 dealHash;
        bytes32 clausesHash;
        bytes32[] leafHashes;
        uint8 index;
        Leaf leaf;
    }

    /// @notice What one account says about one leaf. An EIP-712 type.
    struct Attestation {
        AgreementId id;
        uint8 leaf;
        /// What is said, as in the leaf.
        bytes32 statement;
        /// Whether it is so.
        bool verdict;
        /// Must equal the agreement's round when it is used.
        uint32 round;
        /// Must be used strictly before this time.
        uint40 validUntil;
    }

    /// @notice One account's voice in an {attest}.
    struct Vote {
        /// Which of the leaf's signers.
        uint8 signer;
        /// Of the {Attestation}. Not looked at where the signer is the caller, or has approved it on chain.
        bytes signature;
    }

    /// @notice A division of everything that is still held, agreed by all parties. An EIP-712 type.
    struct Settlement {
        AgreementId id;
        /// Leg by leg, one for each party, 10,000 in all for each leg.
        uint16[] shares;
        /// Must equal the agreement's set of executed clauses when it is used.
        uint32 executed;
        /// Must be used strictly before this time.
        uint40 deadline;
    }

    /// @notice What is stored for an agreement.
    struct Agreement {
        // slot 0: 8 + 8 + 8 + 8 + 32 + 40 + 32 + 32 + 32 = 200 bits
        Status status;
        /// Which parties have accepted, as a set.
        uint8 accepted;
        /// Which legs are paid in full, as a set.
        uint8 paidLegs;
        /// Chosen by transitions; zero at first.
        uint8 stage;
        /// Counts transitions, which change what an attestation is about.
        uint32 round;
        /// When it began to bind.
        uint40 since;
        /// The leaves that are decided, as two sets without a common member.
        uint32 trueLeaves;
        uint32 falseLeaves;
        /// Which clauses were executed, as a set.
        uint32 executed;
    }

    /// @notice What is stored for a leg.
    struct LegAccount {
        // slot 0: 128 + 128 bits
        /// All that was ever paid in.
        uint128 paidIn;
        /// What is still held of it.
        uint128 held;
    }

    /// @notice What an account has said on chain about a digest that it may sign.
    enum Consent {
        None,
        Approved,
        Revoked
    }

    /// @notice An agreement exists, with these terms.
    event Proposed(AgreementId indexed id, address indexed proposer, Terms terms);
    /// @notice `party` agrees to the terms.
    event Accepted(AgreementId indexed id, address indexed party);
    /// @notice `amount` was paid into `leg`, by `from`.
    event Funded(AgreementId indexed id, uint256 indexed leg, address indexed from, uint256 amount);
    /// @notice Accepted by all, and what is required is paid in: the agreement binds.
    event Activated(AgreementId indexed id);
    /// @notice Called off before it was binding.
    event Cancelled(AgreementId indexed id, address indexed party);
    /// @notice A leaf is decided.
    event Recorded(AgreementId indexed id, uint256 indexed leaf, bool verdict);
    /// @notice An arbiter has ruled.
    event Ruled(AgreementId indexed id, address indexed arbiter, uint256 matter, uint256 choice);
    /// @notice An arbiter has divided, by shares for the parties in order.
    event Awarded(AgreementId indexed id, uint256 indexed leaf, uint16[] shares);
    /// @notice The actions of a clause are done.
    event Executed(AgreementId indexed id, uint256 indexed clause);
    /// @notice `amount` of what a leg held goes to `party`.
    event Released(AgreementId indexed id, uint256 indexed leg, address indexed party, uint256 amount);
    /// @notice The agreement is in another stage.
    event Transitioned(AgreementId indexed id, uint256 from, uint256 to);
    /// @notice A clause says `data`.
    event Attested(AgreementId indexed id, uint256 indexed clause, bytes32 indexed data);
    /// @notice All parties agree on a division.
    event SettlementAgreed(AgreementId indexed id, uint16[] shares);
    /// @notice The deadline of the state `from` has passed; what the terms say about silence applies.
    event TimedOut(AgreementId indexed id, Status from);
    /// @notice Nothing is held, and nothing will be; `status` is final.
    event Closed(AgreementId indexed id, Status status);
    /// @notice An account has approved or revoked a digest.
    event ConsentGiven(address indexed signer, bytes32 indexed digest, Consent consent);

    error Agreement_InvalidTerms(string field);
    error Agreement_InvalidLeaf(uint256 leaf, string field);
    error Agreement_InvalidProgram(uint256 clause, uint256 node, Program.Flaw flaw);
    error Agreement_InvalidAction(uint256 clause, uint256 action, string field);
    error Agreement_UnknownAgreement(AgreementId id);
    error Agreement_WrongState(Status actual, Status expected);
    error Agreement_WrongCaller(address actual, address expected);
    error Agreement_NotAParty(address actual);
    error Agreement_AlreadyAccepted(address party);
    error Agreement_TooLate(uint256 actual, uint256 expected);
    error Agreement_TooEarly(uint256 actual, uint256 expected);
    error Agreement_UnknownLeg(uint256 actual, uint256 count);
    error Agreement_UnknownClause(uint256 actual, uint256 count);
    error Agreement_UnknownLeaf(uint256 actual, uint256 count);
    error Agreement_InvalidAmount(uint256 actual, uint256 most);
    error Agreement_InvalidShares(uint256 actual, uint256 expected);
    error Agreement_InvalidSignature(address signer);
    error Agreement_WrongAgreement(AgreementId actual, AgreementId expected);
    error Agreement_StaleSettlement(uint256 actual, uint256 expected);
    error Agreement_WrongReveal(uint256 leaf);
    error Agreement_WrongLeafKind(LeafKind actual);
    error Agreement_AlreadyDecided(uint256 leaf);
    /// @notice The leaf is not decided; asking again is worth while at `retryAt`, if that is known.
    error Agreement_Pending(uint256 leaf, uint256 retryAt);
    error Agreement_TooFewVotes(uint256 actual, uint256 expected);
    error Agreement_VotesNotIncreasing(uint256 signer);
    error Agreement_UnknownSigner(uint256 actual, uint256 count);
    error Agreement_NothingToRule(address arbiter, uint256 matter);
    error Agreement_InvalidChoice(uint256 actual, uint256 most);
    error Agreement_AlreadyExecuted(uint256 clause);
    error Agreement_WrongStage(uint256 actual, uint256 stages);
    error Agreement_ConditionNotMet(uint256 clause, ICondition.Truth truth);
    error Agreement_LegNotPaid(uint256 leg, uint256 paidIn, uint256 amount);
    error Agreement_NotEnoughHeld(uint256 leg, uint256 held, uint256 needed);
    error Agreement_NoAward(uint256 leaf);
}
