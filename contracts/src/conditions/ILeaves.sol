// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title What a condition can be made of.
/// @notice A leaf is one question with a window in which it can be decided: from `opensAt` on and before `closesAt`.
/// Once it is decided it stays so, whatever the world does later. A leaf that nothing decided is finally false from
/// `closesAt` on. A window that is not bounded has a zero there.
///
/// | kind       | true when                                                    | finally false when (besides
/// `closesAt`) |
/// |------------|--------------------------------------------------------------|------------------------------------------|
/// | `After`    | `now >= opensAt`                                             | never
/// | | `Before`   | `now < closesAt`: about the moment of execution, never kept  | `now >= closesAt`
/// |
/// | `Paid`     | a payment brings the leg to `amount`                         | never
/// | | `Signed`   | the signer says so                                           | the signer says that it is not so
/// |
/// | `Attested` | `threshold` of the signers say so                            | `threshold` of them say that it is not
/// | | `Ruled`    | the arbiter rules `choice` on the matter                     | it rules another choice on it
/// |
/// | `Awarded`  | the arbiter divides                                          | never
/// | | `Oracle`   | the last `minRounds` prices all compare so, and are fit      | never
/// |
/// | `View`     | the view returns one word that compares so                   | never
/// | | `Eas`      | there is such an attestation                                 | never
/// |
/// | `Custom`   | the condition answers `True`                                 | it answers `False`
/// |
interface ILeaves {
    enum LeafKind {
        After,
        Before,
        Paid,
        Signed,
        Attested,
        Ruled,
        Awarded,
        Oracle,
        View,
        Eas,
        Custom
    }

    /// @notice How what was read must compare with `value` in the terms, which stands on the right.
    enum Comparison {
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual
    }

    /// @notice One question. Also an EIP-712 type.
    struct Leaf {
        LeafKind kind;
        /// From then on it can be decided.
        uint40 opensAt;
        /// From then on it cannot. Zero: as long as the agreement lasts.
        uint40 closesAt;
        /// The ABI encoding of the struct below that the kind goes with; empty for `After` and `Before`.
        bytes params;
    }

    /// @notice `Paid`: what was paid into the leg, over all payments, is at least `amount`. Does not open later.
    struct PaidParams {
        uint8 leg;
        uint128 amount;
    }

    /// @notice `Signed`: one account's word. A party's, or anybody's.
    struct SignedParams {
        address signer;
        /// What is said, as a hash of the text or a short text.
        bytes32 statement;
    }

    /// @notice `Attested`: the word of some of several accounts.
    struct AttestedParams {
        uint8 threshold;
        /// In strictly increasing order; at most sixteen.
        address[] signers;
        /// What is said.
        bytes32 statement;
    }

    /// @notice `Ruled`: one of several outcomes of a matter that an arbiter decides once, for all leaves that name the
    /// same arbiter and matter at a time.
    struct RuledParams {
        /// No party.
        address arbiter;
        uint8 matter;
        /// The highest choice that there is. Zero stands for a tie, or for refusing to rule.
        uint8 choices;
        /// The choice that makes this leaf true.
        uint8 choice;
    }

    /// @notice `Awarded`: an arbiter divides freely; the action `Award` pays out so.
    struct AwardedParams {
        /// No party.
        address arbiter;
    }

    /// @notice `Oracle`: a price feed with the interface of Chainlink's aggregators.
    struct OracleParams {
        address feed;
        /// Of the feed's answers. Another number than the feed's own: pending.
        uint8 decimals;
        Comparison comparison;
        int256 value;
        /// Answers at or beyond these two bounds are not believed: a feed that has hit its own bounds repeats them.
        int256 minAnswer;
        int256 maxAnswer;
        /// The last answer must be no older, in seconds.
        uint32 maxAge;
        /// So many last rounds must all compare so. One to eight.
        uint8 minRounds;
        /// On a rollup, the feed that tells whether its sequencer is up; zero: none.
        address sequencer;
        /// How long the sequencer must have been up, in seconds.
        uint32 grace;
    }

    /// @notice `View`: a view function that returns one word.
    struct ViewParams {
        /// Neither the agreement's own contract nor the reader.
        address target;
        /// Of the target's code. Of a proxy it says nothing about what is behind it.
        bytes32 codehash;
        /// Selector and arguments.
        bytes data;
        Comparison comparison;
        /// Whether both words are compared as `int256`.
        bool isSigned;
        uint256 value;
    }

    /// @notice `Eas`: an attestation of the Ethereum Attestation Service, whose `data` must begin with the agreement's
    /// id and this leaf's index, one word each: an attestation counts for one leaf of one agreement.
    struct EasParams {
        address eas;
        bytes32 schema;
        address attester;
        address recipient;
        /// Of what follows the two words.
        bytes32 dataHash;
    }

    /// @notice `Custom`: a condition of one's own.
    struct CustomParams {
        address condition;
        /// Of the condition's code.
        bytes32 codehash;
        bytes params;
    }
}
