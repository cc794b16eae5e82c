// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IConditionReader} from "../conditions/IConditionReader.sol";
import {ILeaves} from "../conditions/ILeaves.sol";
import {Program} from "../conditions/Program.sol";
import {IAgreementTypes} from "../interfaces/IAgreementTypes.sol";
import {Bps} from "./Bps.sol";
import {Divisions} from "./Divisions.sol";
import {Text} from "./Text.sol";

/// @title What terms of an agreement are acceptable.
/// @dev Runs once for an agreement, when its terms are put on record, in a contract of its own: see {IAgreementRules}.
library AgreementTerms {
    uint256 internal constant MAX_PARTIES = 8;
    uint256 internal constant MAX_LEGS = 8;
    uint256 internal constant MAX_LEAVES = 32;
    uint256 internal constant MAX_CLAUSES = 16;
    uint256 internal constant MAX_ACTIONS = 16;
    uint256 internal constant MAX_SIGNERS = 16;
    uint256 internal constant MAX_STAGES = 32;

    /// @dev Reverts unless an agreement with these terms can run from proposal to end. Whether assets have code is
    /// found out when they are funded.
    function check(IAgreementTypes.Terms calldata terms, IConditionReader reader, address agreement) internal view {
        _checkDeal(terms.deal, agreement);
        _require(terms.leaves.length <= MAX_LEAVES, "leaves");
        for (uint256 i = 0; i < terms.leaves.length; ++i) {
            bytes32 field = _flawOfLeaf(terms.deal, terms.leaves[i], reader, agreement);
            if (field != 0) revert IAgreementTypes.Agreement_InvalidLeaf(i, Text.from(field));
        }
        _require(terms.clauses.length != 0 && terms.clauses.length <= MAX_CLAUSES, "clauses");
        uint256 unstable = unstableLeaves(terms.leaves);
        for (uint256 i = 0; i < terms.clauses.length; ++i) {
            (Program.Flaw flaw, uint256 node) = Program.flawOf(terms.clauses[i].program, terms.leaves.length, unstable);
            if (flaw != Program.Flaw.None) revert IAgreementTypes.Agreement_InvalidProgram(i, node, flaw);
            _checkActions(terms, i);
        }
    }

    /// @dev The leaves that are true now and false later.
    function unstableLeaves(ILeaves.Leaf[] calldata leaves) internal pure returns (uint256 unstable) {
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].kind == ILeaves.LeafKind.Before) unstable |= 1 << i;
        }
    }

    function _checkDeal(IAgreementTypes.Deal calldata deal, address agreement) private pure {
        uint256 parties = deal.parties.length;
        _require(parties != 0 && parties <= MAX_PARTIES, "parties");
        for (uint256 i = 0; i < parties; ++i) {
            address party = deal.parties[i];
            _require(party != address(0) && party != agreement, "parties");
            for (uint256 j = 0; j < i; ++j) {
                _require(party != deal.parties[j], "parties");
            }
        }
        _require(deal.legs.length != 0 && deal.legs.length <= MAX_LEGS, "legs");
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            IAgreementTypes.Leg calldata leg = deal.legs[i];
            _require(leg.asset != agreement, "asset");
            _require(leg.amount != 0, "amount");
            _require(leg.payer < parties, "payer");
            _require(leg.receiver < parties, "receiver");
            _require(leg.defaultBps <= Bps.ONE, "defaultBps");
        }
        _require(deal.endsAt > deal.fundBy, "endsAt");
    }

    /// @dev The member that is not acceptable, or nothing.
    function _flawOfLeaf(
        IAgreementTypes.Deal calldata deal,
        ILeaves.Leaf calldata leaf,
        IConditionReader reader,
        address agreement
    ) private view returns (bytes32) {
        if (leaf.opensAt >= deal.endsAt) return "opensAt";
        bool closes = leaf.closesAt != 0;
        if (closes && (leaf.closesAt <= leaf.opensAt || leaf.closesAt > deal.endsAt)) return "closesAt";
        ILeaves.LeafKind kind = leaf.kind;
        if (kind <= ILeaves.LeafKind.Before) return _flawOfClock(leaf);
        if (kind == ILeaves.LeafKind.Paid) {
            return leaf.opensAt != 0 ? bytes32("opensAt") : _flawOfPaid(deal, leaf.params);
        }
        if (kind <= ILeaves.LeafKind.Attested) return _flawOfWord(leaf, agreement);
        if (kind <= ILeaves.LeafKind.Awarded) return _flawOfArbitration(deal, leaf, agreement);
        return reader.flawOf(leaf, agreement);
    }

    function _flawOfClock(ILeaves.Leaf calldata leaf) private pure returns (bytes32) {
        bool isAfter = leaf.kind == ILeaves.LeafKind.After;
        if (leaf.params.length != 0) return "params";
        if ((leaf.opensAt != 0) != isAfter) return "opensAt";
        return (leaf.closesAt != 0) == isAfter ? bytes32("closesAt") : bytes32(0);
    }

    function _flawOfWord(ILeaves.Leaf calldata leaf, address agreement) private pure returns (bytes32) {
        if (leaf.kind == ILeaves.LeafKind.Attested) {
            return _flawOfAttested(abi.decode(leaf.params, (ILeaves.AttestedParams)), agreement);
        }
        address signer = abi.decode(leaf.params, (ILeaves.SignedParams)).signer;
        return _isAccount(signer, agreement) ? bytes32(0) : bytes32("signer");
    }

    function _flawOfArbitration(IAgreementTypes.Deal calldata deal, ILeaves.Leaf calldata leaf, address agreement)
        private
        pure
        returns (bytes32)
    {
        if (leaf.kind == ILeaves.LeafKind.Ruled) {
            return _flawOfRuled(deal, abi.decode(leaf.params, (ILeaves.RuledParams)), agreement);
        }
        address arbiter = abi.decode(leaf.params, (ILeaves.AwardedParams)).arbiter;
        return _isArbiter(deal, arbiter, agreement) ? bytes32(0) : bytes32("arbiter");
    }

    function _flawOfPaid(IAgreementTypes.Deal calldata deal, bytes calldata encoded) private pure returns (bytes32) {
        ILeaves.PaidParams memory params = abi.decode(encoded, (ILeaves.PaidParams));
        if (params.leg >= deal.legs.length) return "leg";
        return params.amount == 0 || params.amount > deal.legs[params.leg].amount ? bytes32("amount") : bytes32(0);
    }

    function _flawOfAttested(ILeaves.AttestedParams memory params, address agreement) private pure returns (bytes32) {
        uint256 count = params.signers.length;
        if (count > MAX_SIGNERS) return "signers";
        address before = address(0);
        for (uint256 i = 0; i < count; ++i) {
            if (params.signers[i] <= before || !_isAccount(params.signers[i], agreement)) return "signers";
            before = params.signers[i];
        }
        return params.threshold == 0 || params.threshold > count ? bytes32("threshold") : bytes32(0);
    }

    function _flawOfRuled(IAgreementTypes.Deal calldata deal, ILeaves.RuledParams memory params, address agreement)
        private
        pure
        returns (bytes32)
    {
        if (!_isArbiter(deal, params.arbiter, agreement)) return "arbiter";
        if (params.choices == 0) return "choices";
        return params.choice > params.choices ? bytes32("choice") : bytes32(0);
    }

    function _isArbiter(IAgreementTypes.Deal calldata deal, address arbiter, address agreement)
        private
        pure
        returns (bool)
    {
        for (uint256 i = 0; i < deal.parties.length; ++i) {
            if (arbiter == deal.parties[i]) return false;
        }
        return _isAccount(arbiter, agreement);
    }

    function _isAccount(address account, address agreement) private pure returns (bool) {
        return account != address(0) && account != agreement;
    }

    function _checkActions(IAgreementTypes.Terms calldata terms, uint256 clause) private pure {
        IAgreementTypes.Action[] calldata actions = terms.clauses[clause].actions;
        _require(actions.length != 0 && actions.length <= MAX_ACTIONS, "actions");
        for (uint256 i = 0; i < actions.length; ++i) {
            bytes32 field = _flawOfAction(terms, actions[i]);
            if (field != 0) revert IAgreementTypes.Agreement_InvalidAction(clause, i, Text.from(field));
        }
    }

    /// @dev Members that the kind does not use must be zero: nobody shall read something into them.
    function _flawOfAction(IAgreementTypes.Terms calldata terms, IAgreementTypes.Action calldata action)
        private
        pure
        returns (bytes32)
    {
        IAgreementTypes.ActionKind kind = action.kind;
        bool pays = kind <= IAgreementTypes.ActionKind.Award;
        if (action.leg >= (pays ? terms.deal.legs.length : 1)) return "leg";
        if (!_isTarget(terms, kind, action.target)) return "target";
        bool ofAmount = kind == IAgreementTypes.ActionKind.Release;
        if (action.bps > Bps.ONE || (action.bps != 0) != ofAmount) return "bps";
        if (ofAmount && Bps.share(terms.deal.legs[action.leg].amount, action.bps) == 0) return "bps";
        bool fit = kind == IAgreementTypes.ActionKind.Split
            ? action.shares.length == terms.deal.parties.length && Divisions.sumOf(action.shares) == Bps.ONE
            : action.shares.length == 0;
        if (!fit) return "shares";
        return action.data != 0 && kind != IAgreementTypes.ActionKind.Attest ? bytes32("data") : bytes32(0);
    }

    function _isTarget(IAgreementTypes.Terms calldata terms, IAgreementTypes.ActionKind kind, uint256 target)
        private
        pure
        returns (bool)
    {
        if (kind == IAgreementTypes.ActionKind.Release) return target < terms.deal.parties.length;
        if (kind == IAgreementTypes.ActionKind.Transition) return target < MAX_STAGES;
        if (kind == IAgreementTypes.ActionKind.Award) {
            return target < terms.leaves.length && terms.leaves[target].kind == ILeaves.LeafKind.Awarded;
        }
        return target == 0;
    }

    /// @dev Names the member that is not acceptable. One word per call instead of a string keeps the code small.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert IAgreementTypes.Agreement_InvalidTerms(Text.from(field));
    }
}
