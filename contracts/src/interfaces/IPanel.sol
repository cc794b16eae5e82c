// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";
import {IAppointment} from "./IAppointment.sol";

/// @title Several people as one arbiter, and others after them.
/// @notice It is named as the arbiter of agreements of one contract, its *holder*, which never changes. Its terms name
/// one or more benches. The first sits from when the dispute is opened; each of the others follows when the term of the
/// one before is over. A bench rules when as many of its members as its quorum says have voted for the same share of
/// the payee: the vote that completes the quorum is the ruling. One bench is a panel; benches of one member are
/// arbiters in succession.
///
/// What the agreement pays its arbiter is divided equally among the members whose votes carried the ruling.
///
/// Time: an act is allowed strictly before its deadline (`now < deadline`). A bench sits at `from <= now < until`.
///
/// Trust assumptions:
/// - A quorum of a bench decides a dispute freely in its time. Fewer decide nothing, but may decide to be silent; then
///   the next bench sits, and in the end the agreement's own timeout applies.
/// - Nobody else is trusted. There is no owner, no pause, and no upgrade.
interface IPanel is IAppointment {
    /// @notice Where an appointment stands. `Closed` is final: it was called off, lapsed, or has ruled.
    enum Status {
        None,
        Proposed,
        Appointed,
        Closed
    }

    /// @notice Some of the arbiters, who sit together.
    struct Bench {
        /// Who they are; all different.
        address[] members;
        /// How many of them must agree.
        uint8 quorum;
        /// How long they sit.
        uint40 term;
    }

    /// @notice Everything that is agreed about the arbiters of an agreement.
    /// @dev Also an EIP-712 type: the panel's id is the digest that a wallet signs for it. Keep {PanelTerms.TYPEHASH}
    /// equal.
    struct Terms {
        /// The agreement whose disputes these are, by its id in the holder.
        AgreementId agreement;
        /// An escrow's payer, a lease's tenant.
        address payer;
        /// An escrow's payee, a lease's landlord.
        address payee;
        /// Who rules, in turn.
        Bench[] benches;
        /// Before this, payer, payee and all members agree to these terms and the appointment is made.
        uint40 agreeBy;
        /// Tells apart terms that are otherwise equal.
        bytes32 salt;
    }

    /// @notice A vote. An EIP-712 type.
    struct Vote {
        /// The panel's id.
        AgreementId id;
        /// Which bench the member votes on, from zero.
        uint8 bench;
        /// The payee's share, in basis points.
        uint16 payeeBps;
        /// Must equal the member's {voteNonce} when it is used.
        uint64 nonce;
        /// Must be used strictly before this time.
        uint40 deadline;
    }

    /// @notice What is stored for a member of a bench.
    struct Ballot {
        // slot 0: 8 + 16 + 64 = 88 bits
        /// Whether it counts.
        bool cast;
        uint16 payeeBps;
        /// Goes up with every vote and every revocation.
        uint64 nonce;
    }

    /// @notice The terms are on record.
    event Proposed(AgreementId indexed id, address indexed proposer, Terms terms);
    /// @notice `member` votes, in place of what it may have voted before.
    event Voted(AgreementId indexed id, address indexed member, uint8 bench, uint16 payeeBps);
    /// @notice `member` takes back its vote on this bench, and all that it has signed for it.
    event VotesRevoked(AgreementId indexed id, address indexed member, uint8 bench, uint64 nonce);
    /// @notice A quorum of the bench has ruled.
    event Ruled(AgreementId indexed id, uint8 bench, uint16 payeeBps);
    /// @notice `amount` of `asset` goes to `member` for its vote.
    event MemberPaid(AgreementId indexed id, address indexed member, address indexed asset, uint256 amount);

    error Panel_WrongState(Status actual, Status expected);
    error Panel_UnknownBench(uint256 actual, uint256 expected);
    error Panel_NotAMember(address actual);
    error Panel_InvalidShare(uint256 actual, uint256 expected);
    error Panel_WrongNonce(uint256 actual, uint256 expected);

    /// @notice Agrees to the terms. Payer, payee or a member of a bench, strictly before `agreeBy`; puts them on record
    /// if nobody has.
    /// @return id The panel's id.
    function agree(Terms calldata terms) external returns (AgreementId id);

    /// @notice The same, by the party's signature over the panel's id (which is the EIP-712 digest of the terms).
    /// Anyone may hand it in. A signature is taken back by {cancel}.
    function agreeFor(Terms calldata terms, address party, bytes calldata signature) external returns (AgreementId id);

    /// @notice Calls it off before the appointment. Payer, payee or a member. Also for terms that are not on record
    /// yet: they never can be afterwards.
    function cancel(Terms calldata terms) external;

    /// @notice Takes back the caller's vote on a bench, and every vote for it that it has signed.
    function revokeVotes(Terms calldata terms, uint8 bench) external;

    /// @notice Ends terms that did not come to an appointment, once `agreeBy` has come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice The id of a panel with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the appointment stands.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice From when on {settle} works; zero when there is nothing to settle.
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What a member has voted on a bench.
    function ballotOf(Terms calldata terms, uint8 bench, address member) external view returns (Ballot memory);

    /// @notice The nonce that a vote signed by `member` for a bench must carry.
    function voteNonce(Terms calldata terms, uint8 bench, address member) external view returns (uint64);

    /// @notice From when until when a bench sits in a dispute that was opened at `opened`.
    function sittingOf(Terms calldata terms, uint8 bench, uint256 opened)
        external
        pure
        returns (uint256 from, uint256 until);
}
