// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title Conditions put together from leaves: any number of them at least, and not.
/// @notice A program is a list of nodes, one word each, children before parents, the root last. Bits 0 to 7 are the
/// node's kind, bits 8 to 15 its argument, bits 16 to 47 the set of its children, by index; the rest is zero.
///
/// - `Leaf`: the truth of the leaf that the argument names. No children.
/// - `AtLeast`: true when as many children as the argument says are true; false when too few can still become true.
///   "And" is as many as there are, "or" is one.
/// - `Not`: turns true and false of its only child round. What is pending stays pending.
///
/// Every node but the root is the child of exactly one other, so there are neither cycles nor diamonds, and one loop
/// over at most {MAX_NODES} nodes decides.
library Program {
    enum Kind {
        None,
        Leaf,
        AtLeast,
        Not
    }

    /// @notice What is wrong with a program, in the order in which it is looked for at each node.
    enum Flaw {
        None,
        /// There are no nodes.
        Empty,
        /// There are more than {MAX_NODES}.
        TooLong,
        /// The kind is none of the three.
        UnknownKind,
        /// A bit is set that means nothing.
        DirtyBits,
        /// The leaf is not in the list of leaves.
        UnknownLeaf,
        /// The leaf is in the program twice, so that it would count twice.
        DuplicateLeaf,
        /// There are no children; nothing is true of all of none.
        NoChildren,
        /// A child does not come before its parent.
        ChildNotBefore,
        /// A child has another parent already.
        SharedChild,
        /// As few as none of the children would do.
        ZeroThreshold,
        /// More children would have to be true than there are.
        ThresholdTooHigh,
        /// Other than one child, or an argument.
        NotUnary,
        /// What is below may be true now and false later: its opposite would be decided, and then undecided.
        NotUnstable,
        /// A node that is not the root has no parent.
        Orphan
    }

    uint256 internal constant MAX_NODES = 32;

    /// @dev What {flawOf} has seen of a program so far, as sets.
    struct Seen {
        uint256 leaves;
        uint256 children;
        /// Nodes above a leaf whose truth does not last.
        uint256 unstable;
    }

    /// @dev The first flaw, and the node that has it. `unstableLeaves` is the set of leaves whose truth does not last.
    function flawOf(uint256[] calldata nodes, uint256 leafCount, uint256 unstableLeaves)
        internal
        pure
        returns (Flaw flaw, uint256 node)
    {
        uint256 length = nodes.length;
        if (length == 0) return (Flaw.Empty, 0);
        if (length > MAX_NODES) return (Flaw.TooLong, MAX_NODES);
        Seen memory seen;
        for (; node < length; ++node) {
            flaw = _flawOfNode(nodes[node], node, leafCount, unstableLeaves, seen);
            if (flaw != Flaw.None) return (flaw, node);
        }
        // Nobody can have the root as a child, because nobody comes after it.
        for (node = 0; node < length - 1; ++node) {
            if (seen.children & (1 << node) == 0) return (Flaw.Orphan, node);
        }
        return (Flaw.None, 0);
    }

    /// @dev Three-valued truth of a program without flaw. `trueLeaves` and `falseLeaves` have no leaf in common; a leaf
    /// in neither is pending.
    function evaluate(uint256[] calldata nodes, uint256 trueLeaves, uint256 falseLeaves)
        internal
        pure
        returns (ICondition.Truth)
    {
        uint256 trueNodes = 0;
        uint256 falseNodes = 0;
        uint256 bit = 1;
        for (uint256 i = 0; i < nodes.length; ++i) {
            (bool isTrue, bool isFalse) = _evaluateNode(nodes[i], trueLeaves, falseLeaves, trueNodes, falseNodes);
            if (isTrue) trueNodes |= bit;
            if (isFalse) falseNodes |= bit;
            bit <<= 1;
        }
        // The root is the last.
        bit >>= 1;
        if (trueNodes & bit != 0) return ICondition.Truth.True;
        if (falseNodes & bit != 0) return ICondition.Truth.False;
        return ICondition.Truth.Pending;
    }

    /// @dev The set of leaves that a program without flaw names.
    function leavesOf(uint256[] calldata nodes) internal pure returns (uint256 leaves) {
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (nodes[i] & 0xff == uint256(Kind.Leaf)) leaves |= 1 << _argument(nodes[i]);
        }
    }

    function _evaluateNode(uint256 word, uint256 trueLeaves, uint256 falseLeaves, uint256 trueNodes, uint256 falseNodes)
        private
        pure
        returns (bool isTrue, bool isFalse)
    {
        uint256 kind = word & 0xff;
        if (kind == uint256(Kind.Leaf)) {
            uint256 leaf = 1 << _argument(word);
            return (trueLeaves & leaf != 0, falseLeaves & leaf != 0);
        }
        uint256 children = _children(word);
        if (kind == uint256(Kind.Not)) return (falseNodes & children != 0, trueNodes & children != 0);
        uint256 threshold = _argument(word);
        isTrue = _count(trueNodes & children) >= threshold;
        isFalse = _count(~falseNodes & children) < threshold;
    }

    function _flawOfNode(uint256 word, uint256 node, uint256 leafCount, uint256 unstableLeaves, Seen memory seen)
        private
        pure
        returns (Flaw)
    {
        uint256 kind = word & 0xff;
        if (kind == uint256(Kind.None) || kind > uint256(Kind.Not)) return Flaw.UnknownKind;
        if (word >> 48 != 0) return Flaw.DirtyBits;
        if (kind == uint256(Kind.Leaf)) return _flawOfLeaf(word, node, leafCount, unstableLeaves, seen);

        Flaw flaw = _flawOfChildren(_children(word), node, seen);
        if (flaw != Flaw.None) return flaw;
        return kind == uint256(Kind.Not) ? _flawOfNot(word, seen) : _flawOfAtLeast(word, node, seen);
    }

    function _flawOfChildren(uint256 children, uint256 node, Seen memory seen) private pure returns (Flaw) {
        if (children == 0) return Flaw.NoChildren;
        if (children >> node != 0) return Flaw.ChildNotBefore;
        if (children & seen.children != 0) return Flaw.SharedChild;
        seen.children |= children;
        return Flaw.None;
    }

    function _flawOfNot(uint256 word, Seen memory seen) private pure returns (Flaw) {
        uint256 child = _children(word);
        if (_count(child) != 1 || _argument(word) != 0) return Flaw.NotUnary;
        return child & seen.unstable == 0 ? Flaw.None : Flaw.NotUnstable;
    }

    function _flawOfAtLeast(uint256 word, uint256 node, Seen memory seen) private pure returns (Flaw) {
        uint256 children = _children(word);
        if (children & seen.unstable != 0) seen.unstable |= 1 << node;
        if (_argument(word) == 0) return Flaw.ZeroThreshold;
        return _argument(word) > _count(children) ? Flaw.ThresholdTooHigh : Flaw.None;
    }

    function _flawOfLeaf(uint256 word, uint256 node, uint256 leafCount, uint256 unstableLeaves, Seen memory seen)
        private
        pure
        returns (Flaw)
    {
        if (_children(word) != 0) return Flaw.DirtyBits;
        uint256 argument = _argument(word);
        if (argument >= leafCount) return Flaw.UnknownLeaf;
        uint256 leaf = 1 << argument;
        if (seen.leaves & leaf != 0) return Flaw.DuplicateLeaf;
        seen.leaves |= leaf;
        if (unstableLeaves & leaf != 0) seen.unstable |= 1 << node;
        return Flaw.None;
    }

    function _argument(uint256 word) private pure returns (uint256) {
        return (word >> 8) & 0xff;
    }

    function _children(uint256 word) private pure returns (uint256) {
        return (word >> 16) & 0xffffffff;
    }

    /// @dev How many of the lowest 32 bits are set, the rest being zero: sums of two, four, eight bits side by side,
    /// and then of the four bytes.
    function _count(uint256 set) private pure returns (uint256) {
        unchecked {
            set -= (set >> 1) & 0x55555555;
            set = (set & 0x33333333) + ((set >> 2) & 0x33333333);
            set = (set + (set >> 4)) & 0x0f0f0f0f;
            return ((set * 0x01010101) >> 24) & 0xff;
        }
    }
}
