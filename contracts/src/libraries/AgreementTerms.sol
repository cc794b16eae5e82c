// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IConditionReader} from "../conditions/IConditionReader.sol";
import {ILeaves} from "../conditions/ILeaves.sol";
import {Program} from "../conditions/Program.sol";
import {IAgreement} from "../interfaces/IAgreement.sol";
import {Bps} from "./Bps.sol";
import {Text} from "./Text.sol";

/// @title What terms of an agreement are acceptable.
/// @dev Runs once for an agreement, when its terms are put on record.
library AgreementTerms {
    uint256 internal constant MAX_PARTIES = 8;
    uint256 internal constant MAX_LEGS = 8;
    uint256 internal constant MAX_LEAVES = 32;
    uint256 internal constant MAX_CLAUSES = 16;
    uint256 internal constant MAX_ACTIONS = 16;
    uint256 internal constant MAX_SIGNERS = 16;
    uint256 internal constant MAX_STAGES = 32;

    /// @dev Reverts unless an agreement with these terms can run from proposal to end. Whether assets have code is found
    /// out when they are funded.
    function check(IAgreement.Terms calldata terms, IConditionReader reader) internal view {
        _checkDeal(terms.deal);
        _require(terms.leaves.length <= MAX_LEAVES, "leaves");
        for (uint256 i = 0; i < terms.leaves.length; ++i) {
            bytes32 field = _flawOfLeaf(terms.deal, terms.leaves[i], reader);
            if (field != 0) revert IAgreement.Agreement_InvalidLeaf(i, Text.from(field));
        }
        _require(terms.clauses.length != 0 && terms.clauses.length <= MAX_CLAUSES, "clauses");
        uint256 unstable = unstableLeaves(terms.leaves);
        for (uint256 i = 0; i < terms.clauses.length; ++i) {
            (Program.Flaw flaw, uint256 node) =
                Program.flawOf(terms.clauses[i].program, terms.leaves.length, unstable);
            if (flaw != Program.Flaw.None) revert IAgreement.Agreement_InvalidProgram(i, node, flaw);
            _checkActions(terms, i);
        }
    }

    /// @dev The leaves that are true now and false later.
    function unstableLeaves(ILeaves.Leaf[] calldata leaves) internal pure returns (uint256 unstable) {
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].kind == ILeaves.LeafKind.Before) unstable |= 1 << i;
        }
    }

    /// @dev Whether shares are one for each party and the whole together.
    function areShares(uint16[] calldata shares, uint256 parties) internal pure returns (bool) {
        return shares.length == parties && sumOf(shares, 0, shares.length) == Bps.ONE;
    }

    function sumOf(uint16[] calldata shares, uint256 from, uint256 to) internal pure returns (uint256 sum) {
        for (uint256 i = from; i < to; ++i) {
            sum += shares[i];
        }
    }

    function _checkDeal(IAgreement.Deal calldata deal) private view {
        uint256 parties = deal.parties.length;
        _require(parties != 0 && parties <= MAX_PARTIES, "parties");
        for (uint256 i = 0; i < parties; ++i) {
            address party = deal.parties[i];
            _require(party != address(0) && party != address(this), "parties");
            for (uint256 j = 0; j < i; ++j) {
                _require(party != deal.parties[j], "parties");
            }
        }
        _require(deal.legs.length != 0 && deal.legs.length <= MAX_LEGS, "legs");
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            IAgreement.Leg calldata leg = deal.legs[i];
            _require(leg.asset != address(this), "asset");
            _require(leg.amount != 0, "amount");
            _require(leg.payer < parties, "payer");
            _require(leg.receiver < parties, "receiver");
            _require(leg.defaultBps <= Bps.ONE, "defaultBps");
        }
        _require(deal.endsAt > deal.fundBy, "endsAt");
    }

    /// @dev The member that is not acceptable, or nothing.
    function _flawOfLeaf(IAgreement.Deal calldata deal, ILeaves.Leaf calldata leaf, IConditionReader reader)
        private
        view
        returns (bytes32)
    {
        if (leaf.opensAt >= deal.endsAt) return "opensAt";
        bool closes = leaf.closesAt != 0;
        if (closes && (leaf.closesAt <= leaf.opensAt || leaf.closesAt > deal.endsAt)) return "closesAt";
        ILeaves.LeafKind kind = leaf.kind;
        if (kind == ILeaves.LeafKind.After || kind == ILeaves.LeafKind.Before) {
            if (leaf.params.length != 0) return "params";
            bool isAfter = kind == ILeaves.LeafKind.After;
            if ((leaf.opensAt != 0) != isAfter) return "opensAt";
            return closes == isAfter ? bytes32("closesAt") : bytes32(0);
        }
        if (kind == ILeaves.LeafKind.Paid) {
            if (leaf.opensAt != 0) return "opensAt";
            return _flawOfPaid(deal, abi.decode(leaf.params, (ILeaves.PaidParams)));
        }
        if (kind == ILeaves.LeafKind.Signed) {
            return _isAccount(abi.decode(leaf.params, (ILeaves.SignedParams)).signer) ? bytes32(0) : bytes32("signer");
        }
        if (kind == ILeaves.LeafKind.Attested) {
            return _flawOfAttested(abi.decode(leaf.params, (ILeaves.AttestedParams)));
        }
        if (kind == ILeaves.LeafKind.Ruled) return _flawOfRuled(deal, abi.decode(leaf.params, (ILeaves.RuledParams)));
        if (kind == ILeaves.LeafKind.Awarded) {
            address arbiter = abi.decode(leaf.params, (ILeaves.AwardedParams)).arbiter;
            return _isArbiter(deal, arbiter) ? bytes32(0) : bytes32("arbiter");
        }
        return reader.flawOf(leaf);
    }

    function _flawOfPaid(IAgreement.Deal calldata deal, ILeaves.PaidParams memory params)
        private
        pure
        returns (bytes32)
    {
        if (params.leg >= deal.legs.length) return "leg";
        return params.amount == 0 || params.amount > deal.legs[params.leg].amount ? bytes32("amount") : bytes32(0);
    }

    function _flawOfAttested(ILeaves.AttestedParams memory params) private view returns (bytes32) {
        uint256 count = params.signers.length;
        if (count > MAX_SIGNERS) return "signers";
        address before = address(0);
        for (uint256 i = 0; i < count; ++i) {
            if (params.signers[i] <= before || !_isAccount(params.signers[i])) return "signers";
            before = params.signers[i];
        }
        return params.threshold == 0 || params.threshold > count ? bytes32("threshold") : bytes32(0);
    }

    function _flawOfRuled(IAgreement.Deal calldata deal, ILeaves.RuledParams memory params)
        private
        view
        returns (bytes32)
    {
        if (!_isArbiter(deal, params.arbiter)) return "arbiter";
        if (params.choices == 0) return "choices";
        return params.choice > params.choices ? bytes32("choice") : bytes32(0);
    }

    function _isArbiter(IAgreement.Deal calldata deal, address arbiter) private view returns (bool) {
        for (uint256 i = 0; i < deal.parties.length; ++i) {
            if (arbiter == deal.parties[i]) return false;
        }
        return _isAccount(arbiter);
    }

    function _isAccount(address account) private view returns (bool) {
        return account != address(0) && account != address(this);
    }

    function _checkActions(IAgreement.Terms calldata terms, uint256 clause) private pure {
        IAgreement.Action[] calldata actions = terms.clauses[clause].actions;
        _require(actions.length != 0 && actions.length <= MAX_ACTIONS, "actions");
        for (uint256 i = 0; i < actions.length; ++i) {
            bytes32 field = _flawOfAction(terms, actions[i]);
            if (field != 0) revert IAgreement.Agreement_InvalidAction(clause, i, Text.from(field));
        }
    }

    /// @dev Members that the kind does not use must be zero: nobody shall read something into them.
    function _flawOfAction(IAgreement.Terms calldata terms, IAgreement.Action calldata action)
        private
        pure
        returns (bytes32)
    {
        IAgreement.ActionKind kind = action.kind;
        bool pays = kind <= IAgreement.ActionKind.Award;
        if (action.leg >= (pays ? terms.deal.legs.length : 1)) return "leg";
        if (!_isTarget(terms, kind, action.target)) return "target";
        bool ofAmount = kind == IAgreement.ActionKind.Release;
        if (action.bps > Bps.ONE || (action.bps != 0) != ofAmount) return "bps";
        bool fit = kind == IAgreement.ActionKind.Split
            ? areShares(action.shares, terms.deal.parties.length)
            : action.shares.length == 0;
        if (!fit) return "shares";
        return action.data != 0 && kind != IAgreement.ActionKind.Attest ? bytes32("data") : bytes32(0);
    }

    function _isTarget(IAgreement.Terms calldata terms, IAgreement.ActionKind kind, uint256 target)
        private
        pure
        returns (bool)
    {
        if (kind == IAgreement.ActionKind.Release) return target < terms.deal.parties.length;
        if (kind == IAgreement.ActionKind.Transition) return target < MAX_STAGES;
        if (kind == IAgreement.ActionKind.Award) {
            return target < terms.leaves.length && terms.leaves[target].kind == ILeaves.LeafKind.Awarded;
        }
        return target == 0;
    }

    /// @dev Names the member that is not acceptable. One word per call instead of a string keeps the code small.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert IAgreement.Agreement_InvalidTerms(Text.from(field));
    }
}
