// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ICondition} from "../conditions/ICondition.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {IAgreementRules} from "./IAgreementRules.sol";
import {IAgreementTypes} from "./IAgreementTypes.sol";
import {ILedger} from "./ILedger.sol";

/// @title Agreements of any kind: if this is so, that is paid.
/// @notice Up to eight parties pay into up to eight legs. Clauses say what becomes of the money: each binds a
/// condition, which is a program over a list of leaves (see {ILeaves} and {Program}), to some of a closed set of
/// actions. One
/// contract holds many agreements. Every function takes the full terms, or the part of them that it needs with the
/// hashes of the rest; what is stored is keyed by their hash.
///
/// A leaf is decided once and for all by whoever shows that it holds ({record}, {attest}, {rule}, {award}, {fund}); a
/// clause is executed by anybody, once, when its program is true of what was decided and of the clock. Of clauses that
/// would pay out the same money the first to be executed wins; terms that do not want this make their conditions
/// exclude each other, or distinguish stages. Nobody can call an agreement off once it binds.
///
/// Time: an act is allowed strictly before its deadline; what follows from silence is allowed from the deadline on.
///
/// Trust assumptions:
/// - Whoever can decide a leaf (a signer, an arbiter, a feed, a view's target, an attester, a condition) decides what
/// the clauses that it can make true pay, and to whom: no more. An "or" is worth no more than its weakest branch.
/// - No signature, oracle, condition, ruling or hook is needed for an agreement to end: {settle}.
/// - Nobody else is trusted. There is no owner, no pause, and no upgrade.
/// - About tokens, see {ILedger}.
interface IAgreement is IAgreementTypes, ILedger {
    /// @notice Agrees to the terms, strictly before `fundBy`. Parties only; puts them on record if nobody has.
    /// @return id The agreement's id.
    function accept(Terms calldata terms) external returns (AgreementId id);

    /// @notice The same, by the party's signature over the agreement's id (which is the EIP-712 digest of the terms).
    /// Anyone may hand it in. A signature is taken back by {revoke} or {cancel}.
    function acceptFor(Terms calldata terms, address party, bytes calldata signature) external returns (AgreementId id);

    /// @notice Pays `amount` into a leg. Anyone; the money is the leg's payer's, who accepts by paying himself.
    /// Strictly before `fundBy`, and into a leg that is not required, once the agreement binds, strictly before
    /// `endsAt`.
    /// Decides `Paid` leaves. Puts the terms on record if nobody has.
    function fund(Terms calldata terms, uint256 leg, uint128 amount) external payable returns (AgreementId id);

    /// @notice Calls the agreement off before it binds. Parties only. What was paid in goes back. Also for terms that
    /// are not on record yet: they never can be afterwards.
    function cancel(Terms calldata terms) external;

    /// @notice Decides a leaf of the kinds `Oracle`, `View`, `Eas` and `Custom`, if it holds now. Anyone.
    /// @param witness What the kind wants as proof: `Eas`: the attestation's id; `Custom`: what the condition wants.
    function record(Reveal calldata reveal, bytes calldata witness) external;

    /// @notice Decides a leaf of the kinds `Signed` and `Attested`, by enough of its signers, who all say `verdict`.
    /// @param votes In strictly increasing order of signers.
    function attest(Reveal calldata reveal, bool verdict, uint40 validUntil, Vote[] calldata votes) external;

    /// @notice Decides a matter: of the open `Ruled` leaves that name the caller and the matter, those of this choice
    /// are true, the others finally false. Once.
    function rule(Terms calldata terms, uint8 matter, uint8 choice) external;

    /// @notice Decides an `Awarded` leaf: its arbiter says which share, in basis points, each party gets. Once.
    function award(Terms calldata terms, uint256 leaf, uint16[] calldata shares) external;

    /// @notice Does what a clause says, if its program is true, in a stage in which it applies, strictly before
    /// `endsAt`. Anyone; once for each clause. All of its actions, or none.
    function execute(Terms calldata terms, uint256 clause) external;

    /// @notice Ends the agreement by a division that every party has agreed to: by its signature, by {approve}, or by
    /// being the caller.
    /// @param signatures One for each party, in order; not looked at where the party is the caller or has approved.
    function settleByConsent(Terms calldata terms, Settlement calldata settlement, bytes[] calldata signatures) external;

    /// @notice Says on chain what a signature of this digest would say. For accounts that cannot sign.
    function approve(bytes32 digest) external;

    /// @notice Takes back the caller's signature and approval of this digest, for good.
    function revoke(bytes32 digest) external;

    /// @notice Applies what the terms say about silence, once {deadlineOf} has come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice The id of an agreement with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the agreement stands.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the agreement, apart from its legs.
    function agreementOf(Terms calldata terms) external view returns (Agreement memory);

    /// @notice What was paid into a leg, and what is held.
    function legOf(Terms calldata terms, uint256 leg) external view returns (LegAccount memory);

    /// @notice From when on {settle} works; zero when it never will (no agreement, or a final state).
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What `party` gets of what is held, leg by leg, if nobody does anything any more. Summed over the parties
    /// it is exactly what is held. Credits are not in it: see {creditOf}.
    function claimOf(Terms calldata terms, address party) external view returns (uint256[] memory);

    /// @notice The truth of a clause's condition, now, from what was decided and the clock.
    /// @return truth `True`: it can be executed, if the stage is right. `False`: it never can.
    /// @return retryAt If pending: when a window of one of its leaves next opens or closes; zero if none does.
    function truthOf(Terms calldata terms, uint256 clause)
        external
        view
        returns (ICondition.Truth truth, uint256 retryAt);

    /// @notice What {record} takes to decide this leaf: the leaf and the hashes of the rest of the terms.
    function revealOf(Terms calldata terms, uint256 leaf) external view returns (Reveal memory);

    /// @notice What an account has said on chain about a digest.
    function consentOf(address signer, bytes32 digest) external view returns (Consent);

    /// @notice The digest that a signer signs, or approves, for {attest}.
    function attestationDigest(Attestation calldata attestation) external view returns (bytes32);

    /// @notice The digest that a party signs, or approves, for {settleByConsent}.
    function settlementDigest(Settlement calldata settlement) external view returns (bytes32);

    /// @notice Who checks terms and asks the world. Keeps nothing, and is asked by static call.
    function rules() external view returns (IAgreementRules);
}
