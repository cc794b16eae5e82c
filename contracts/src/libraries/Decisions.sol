// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ICondition} from "../conditions/ICondition.sol";
import {IConditionReader} from "../conditions/IConditionReader.sol";
import {ILeaves} from "../conditions/ILeaves.sol";
import {Leaves} from "../conditions/Leaves.sol";
import {Program} from "../conditions/Program.sol";
import {IAgreementTypes} from "../interfaces/IAgreementTypes.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {AgreementChecks} from "./AgreementChecks.sol";
import {AgreementHashes} from "./AgreementHashes.sol";
import {AgreementStore} from "./AgreementStore.sol";
import {Bps} from "./Bps.sol";
import {Divisions} from "./Divisions.sol";

/// @title How leaves are decided, and what executing a clause does to the books.
/// @dev Part of it is a linked library: with all of it in itself the contract that holds the money would be larger than
/// contracts may be. What is done most often is not. It moves no money; what it finds to be due, the contract pays.
library Decisions {
    using AgreementChecks for AgreementStore.State;
    using Divisions for IAgreementTypes.Deal;
    using Divisions for uint256[];
    using Leaves for ILeaves.Leaf;
    using Leaves for ILeaves.Leaf[];
    using Program for uint256[];
    using SafeCast for uint256;

    /// @notice See {IAgreement-record}.
    function record(
        AgreementStore.State storage state,
        bytes32 domain,
        IConditionReader reader,
        IAgreementTypes.Reveal calldata reveal,
        bytes calldata witness
    ) internal {
        (AgreementId id, IAgreementTypes.Agreement storage agreement) = _requireDecidable(state, domain, reveal);
        // Check: somebody else is asked, and answers. To ask is a static call, and no effect came before it.
        if (reveal.leaf.kind < ILeaves.LeafKind.Oracle) {
            revert IAgreementTypes.Agreement_WrongLeafKind(reveal.leaf.kind);
        }
        IConditionReader.Subject memory subject =
            IConditionReader.Subject(AgreementId.unwrap(id), reveal.index, agreement.since);
        (ICondition.Truth truth, uint64 retryAt) = reader.read(subject, reveal.leaf, witness);
        if (truth == ICondition.Truth.Pending) revert IAgreementTypes.Agreement_Pending(reveal.index, retryAt);

        // Effect
        _decide(id, agreement, reveal.index, truth == ICondition.Truth.True);
    }

    /// @notice See {IAgreement-attest}.
    function attest(
        AgreementStore.State storage state,
        bytes32 domain,
        IAgreementTypes.Reveal calldata reveal,
        bool verdict,
        uint40 validUntil,
        IAgreementTypes.Vote[] calldata votes
    ) internal {
        (AgreementId id, IAgreementTypes.Agreement storage agreement) = _requireDecidable(state, domain, reveal);
        // Check: enough of the signers say so, of this leaf of this agreement at this stage, and still do.
        ILeaves.AttestedParams memory params = _signersOf(reveal.leaf);
        AgreementChecks.requireBefore(validUntil);
        if (votes.length < params.threshold) {
            revert IAgreementTypes.Agreement_TooFewVotes(votes.length, params.threshold);
        }
        bytes32 said =
            AgreementHashes.hashAttestation(id, reveal.index, params.statement, verdict, agreement.round, validUntil);
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, said);
        _requireVotes(state, params.signers, digest, votes);

        // Effect
        _decide(id, agreement, reveal.index, verdict);
    }

    /// @notice See {IAgreement-rule}.
    function rule(
        AgreementStore.State storage state,
        AgreementId id,
        IAgreementTypes.Terms calldata terms,
        uint8 matter,
        uint8 choice
    ) external {
        IAgreementTypes.Agreement storage agreement = state.agreements[id];
        // Check
        AgreementChecks.requireActive(id, agreement.status);
        AgreementChecks.requireBefore(terms.deal.endsAt);

        // Effect: one ruling decides all leaves about the matter, so they cannot contradict each other.
        bool ruled = false;
        for (uint256 i = 0; i < terms.leaves.length; ++i) {
            ILeaves.Leaf calldata leaf = terms.leaves[i];
            if (leaf.kind != ILeaves.LeafKind.Ruled) continue;
            ILeaves.RuledParams memory params = abi.decode(leaf.params, (ILeaves.RuledParams));
            if (params.arbiter != msg.sender || params.matter != matter) continue;
            if (choice > params.choices) revert IAgreementTypes.Agreement_InvalidChoice(choice, params.choices);
            _requireUndecided(agreement, i);
            if (!leaf.hasOpened() || leaf.hasClosed()) continue;
            _decide(id, agreement, i, params.choice == choice);
            ruled = true;
        }
        if (!ruled) revert IAgreementTypes.Agreement_NothingToRule(msg.sender, matter);
        emit IAgreementTypes.Ruled(id, msg.sender, matter, choice);
    }

    /// @notice See {IAgreement-award}.
    function award(
        AgreementStore.State storage state,
        AgreementId id,
        IAgreementTypes.Terms calldata terms,
        uint256 leaf,
        uint16[] calldata shares
    ) external {
        IAgreementTypes.Agreement storage agreement = state.agreements[id];
        // Check
        if (leaf >= terms.leaves.length) revert IAgreementTypes.Agreement_UnknownLeaf(leaf, terms.leaves.length);
        ILeaves.Leaf calldata asked = terms.leaves[leaf];
        if (asked.kind != ILeaves.LeafKind.Awarded) revert IAgreementTypes.Agreement_WrongLeafKind(asked.kind);
        address arbiter = abi.decode(asked.params, (ILeaves.AwardedParams)).arbiter;
        if (msg.sender != arbiter) revert IAgreementTypes.Agreement_WrongCaller(msg.sender, arbiter);
        AgreementChecks.requireActive(id, agreement.status);
        _requireOpen(asked);
        AgreementChecks.requireBefore(terms.deal.endsAt);
        _requireUndecided(agreement, leaf);
        Divisions.requireWhole(shares, terms.deal.parties.length, 1);

        // Effect
        state.awards[id][leaf] = shares;
        emit IAgreementTypes.Awarded(id, leaf, shares);
        _decide(id, agreement, leaf, true);
    }

    /// @notice See {IAgreement-execute}.
    function execute(
        AgreementStore.State storage state,
        AgreementId id,
        IAgreementTypes.Terms calldata terms,
        uint256 clause
    ) external returns (uint256[] memory dues) {
        IAgreementTypes.Agreement storage agreement = state.agreements[id];
        // Check: it is this clause's time, and its condition is met.
        _requireClause(terms, clause);
        AgreementChecks.requireActive(id, agreement.status);
        AgreementChecks.requireBefore(terms.deal.endsAt);
        IAgreementTypes.Clause calldata agreed = terms.clauses[clause];
        uint32 executed = agreement.executed;
        if (executed & (1 << clause) != 0) revert IAgreementTypes.Agreement_AlreadyExecuted(clause);
        uint256 stage = agreement.stage;
        if (agreed.stages != 0 && agreed.stages & (1 << stage) == 0) {
            revert IAgreementTypes.Agreement_WrongStage(stage, agreed.stages);
        }
        ICondition.Truth truth = _truthOf(terms, clause, agreement.trueLeaves, agreement.falseLeaves);
        if (truth != ICondition.Truth.True) revert IAgreementTypes.Agreement_ConditionNotMet(clause, truth);

        // Effect
        agreement.executed = executed | uint32(1 << clause);
        emit IAgreementTypes.Executed(id, clause);
        dues = terms.deal.tableOf();
        for (uint256 i = 0; i < agreed.actions.length; ++i) {
            IAgreementTypes.Action calldata action = agreed.actions[i];
            if (action.kind == IAgreementTypes.ActionKind.Transition) {
                _transition(id, agreement, action.target);
            } else if (action.kind == IAgreementTypes.ActionKind.Attest) {
                emit IAgreementTypes.Attested(id, clause, action.data);
            } else {
                _allot(state, id, terms.deal, action, dues);
            }
        }
        if (_isSpent(state, id, terms.deal)) {
            agreement.status = IAgreementTypes.Status.Closed;
            emit IAgreementTypes.Closed(id, IAgreementTypes.Status.Closed);
        }
    }

    /// @notice See {IAgreement-truthOf}.
    function truthOf(
        AgreementStore.State storage state,
        AgreementId id,
        IAgreementTypes.Terms calldata terms,
        uint256 clause
    ) external view returns (ICondition.Truth truth, uint256 retryAt) {
        IAgreementTypes.Agreement storage agreement = state.agreements[id];
        _requireClause(terms, clause);
        (uint256 trueLeaves, uint256 falseLeaves) = (agreement.trueLeaves, agreement.falseLeaves);
        truth = _truthOf(terms, clause, trueLeaves, falseLeaves);
        uint256 open = terms.clauses[clause].program.leavesOf() & ~(trueLeaves | falseLeaves);
        if (truth == ICondition.Truth.Pending) retryAt = terms.leaves.nextChange(open);
    }

    /// @notice See {IAgreement-revealOf}.
    function revealOf(IAgreementTypes.Terms calldata terms, uint256 leaf)
        external
        pure
        returns (IAgreementTypes.Reveal memory)
    {
        if (leaf >= terms.leaves.length) revert IAgreementTypes.Agreement_UnknownLeaf(leaf, terms.leaves.length);
        return IAgreementTypes.Reveal(
            AgreementHashes.hash(terms.deal),
            AgreementHashes.hash(terms.clauses),
            AgreementHashes.hashes(terms.leaves),
            uint8(leaf),
            terms.leaves[leaf]
        );
    }

    /// @dev Once, and for good: everything later reads what is written here, not the world (C-2).
    function _decide(AgreementId id, IAgreementTypes.Agreement storage agreement, uint256 leaf, bool verdict) private {
        uint32 bit = uint32(1 << leaf);
        if (verdict) agreement.trueLeaves |= bit;
        else agreement.falseLeaves |= bit;
        emit IAgreementTypes.Recorded(id, leaf, verdict);
    }

    function _transition(AgreementId id, IAgreementTypes.Agreement storage agreement, uint8 to) private {
        emit IAgreementTypes.Transitioned(id, agreement.stage, to);
        agreement.stage = to;
        ++agreement.round;
    }

    /// @dev Adds what an action pays to what is due, and takes it off what is held.
    function _allot(
        AgreementStore.State storage state,
        AgreementId id,
        IAgreementTypes.Deal calldata deal,
        IAgreementTypes.Action calldata action,
        uint256[] memory dues
    ) private {
        IAgreementTypes.LegAccount storage account = state.legs[id][action.leg];
        IAgreementTypes.Leg calldata leg = deal.legs[action.leg];
        uint256 first = uint256(action.leg) * deal.parties.length;
        uint256 held = account.held;
        if (action.kind == IAgreementTypes.ActionKind.Release) {
            uint256 amount = Bps.share(leg.amount, action.bps);
            if (amount > held) revert IAgreementTypes.Agreement_NotEnoughHeld(action.leg, held, amount);
            dues[first + action.target] += amount;
            account.held = (held - amount).toUint128();
            return;
        }
        // What divides all that is held waits until there is all of it: a part would use the clause up.
        if (account.paidIn != leg.amount) {
            revert IAgreementTypes.Agreement_LegNotPaid(action.leg, account.paidIn, leg.amount);
        }
        if (held == 0) revert IAgreementTypes.Agreement_NotEnoughHeld(action.leg, 0, 1);
        account.held = 0;
        if (action.kind == IAgreementTypes.ActionKind.Refund) {
            dues[first + leg.payer] += held;
            return;
        }
        uint16[] memory shares = action.shares;
        if (action.kind == IAgreementTypes.ActionKind.Award) shares = state.awards[id][action.target];
        if (shares.length == 0) revert IAgreementTypes.Agreement_NoAward(action.target);
        dues.addShares(deal, action.leg, held, shares, 0);
    }

    /// @dev The agreement that a leaf was revealed of, if the leaf can be decided now.
    function _requireDecidable(
        AgreementStore.State storage state,
        bytes32 domain,
        IAgreementTypes.Reveal calldata reveal
    ) private view returns (AgreementId id, IAgreementTypes.Agreement storage agreement) {
        id = AgreementId.wrap(MessageHashUtils.toTypedDataHash(domain, AgreementHashes.hash(reveal)));
        agreement = state.agreements[id];
        AgreementChecks.requireActive(id, agreement.status);
        if (AgreementHashes.isWrong(reveal)) revert IAgreementTypes.Agreement_WrongReveal(reveal.index);
        _requireOpen(reveal.leaf);
        _requireUndecided(agreement, reveal.index);
    }

    /// @dev Each vote is by another signer, who stands by it.
    function _requireVotes(
        AgreementStore.State storage state,
        address[] memory signers,
        bytes32 digest,
        IAgreementTypes.Vote[] calldata votes
    ) private view {
        for (uint256 i = 0; i < votes.length; ++i) {
            uint256 signer = votes[i].signer;
            if (signer >= signers.length) {
                revert IAgreementTypes.Agreement_UnknownSigner(signer, signers.length);
            }
            if (i != 0 && signer <= votes[i - 1].signer) revert IAgreementTypes.Agreement_VotesNotIncreasing(signer);
            state.requireConsent(signers[signer], digest, votes[i].signature);
        }
    }

    function _signersOf(ILeaves.Leaf calldata leaf) private pure returns (ILeaves.AttestedParams memory params) {
        if (leaf.kind == ILeaves.LeafKind.Attested) return abi.decode(leaf.params, (ILeaves.AttestedParams));
        if (leaf.kind != ILeaves.LeafKind.Signed) revert IAgreementTypes.Agreement_WrongLeafKind(leaf.kind);
        ILeaves.SignedParams memory signed = abi.decode(leaf.params, (ILeaves.SignedParams));
        params.threshold = 1;
        params.statement = signed.statement;
        params.signers = new address[](1);
        params.signers[0] = signed.signer;
    }

    function _truthOf(IAgreementTypes.Terms calldata terms, uint256 clause, uint256 trueLeaves, uint256 falseLeaves)
        private
        view
        returns (ICondition.Truth)
    {
        (trueLeaves, falseLeaves) = terms.leaves.decided(trueLeaves, falseLeaves);
        return terms.clauses[clause].program.evaluate(trueLeaves, falseLeaves);
    }

    /// @dev Whether nothing is held, and nothing more can be paid in.
    function _isSpent(AgreementStore.State storage state, AgreementId id, IAgreementTypes.Deal calldata deal)
        private
        view
        returns (bool)
    {
        if (state.agreements[id].paidLegs != (1 << deal.legs.length) - 1) return false;
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            if (state.legs[id][i].held != 0) return false;
        }
        return true;
    }

    function _requireClause(IAgreementTypes.Terms calldata terms, uint256 clause) private pure {
        if (clause >= terms.clauses.length) {
            revert IAgreementTypes.Agreement_UnknownClause(clause, terms.clauses.length);
        }
    }

    function _requireOpen(ILeaves.Leaf calldata leaf) private view {
        if (!leaf.hasOpened()) revert IAgreementTypes.Agreement_TooEarly(block.timestamp, leaf.opensAt);
        if (leaf.hasClosed()) revert IAgreementTypes.Agreement_TooLate(block.timestamp, leaf.closesAt);
    }

    function _requireUndecided(IAgreementTypes.Agreement storage agreement, uint256 leaf) private view {
        if ((agreement.trueLeaves | agreement.falseLeaves) & (1 << leaf) != 0) {
            revert IAgreementTypes.Agreement_AlreadyDecided(leaf);
        }
    }
}
