// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILeaves} from "./ILeaves.sol";

/// @title When leaves are decided: by what was recorded, and by the clock.
library Leaves {
    /// @dev Whether the leaf's window has opened.
    function hasOpened(ILeaves.Leaf calldata leaf) internal view returns (bool) {
        return block.timestamp >= leaf.opensAt;
    }

    /// @dev Whether the leaf's window has closed, which makes it finally false unless it was decided before.
    function hasClosed(ILeaves.Leaf calldata leaf) internal view returns (bool) {
        return leaf.closesAt != 0 && block.timestamp >= leaf.closesAt;
    }

    /// @dev The sets of leaves that are true and false now, of which those that were recorded are given.
    function decided(ILeaves.Leaf[] calldata leaves, uint256 trueLeaves, uint256 falseLeaves)
        internal
        view
        returns (uint256, uint256)
    {
        uint256 recorded = trueLeaves | falseLeaves;
        for (uint256 i = 0; i < leaves.length; ++i) {
            uint256 leaf = 1 << i;
            if (recorded & leaf != 0) continue;
            if (hasClosed(leaves[i])) falseLeaves |= leaf;
            else if (_isTrueByClock(leaves[i])) trueLeaves |= leaf;
        }
        return (trueLeaves, falseLeaves);
    }

    /// @dev When a window of one of the leaves in `among` next opens or closes; zero if none does.
    function nextChange(ILeaves.Leaf[] calldata leaves, uint256 among) internal view returns (uint256 next) {
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (among & (1 << i) == 0) continue;
            uint256 instant = hasOpened(leaves[i]) ? leaves[i].closesAt : leaves[i].opensAt;
            if (instant > block.timestamp && (next == 0 || instant < next)) next = instant;
        }
    }

    function _isTrueByClock(ILeaves.Leaf calldata leaf) private view returns (bool) {
        if (leaf.kind == ILeaves.LeafKind.Before) return true;
        return leaf.kind == ILeaves.LeafKind.After && hasOpened(leaf);
    }
}
