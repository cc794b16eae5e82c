// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Bps} from "../libraries/Bps.sol";
import {ICoTenants} from "./interfaces/ICoTenants.sol";
import {ILeaseExtension} from "./interfaces/ILeaseExtension.sol";

/// @title The members of a group: who they are, and what part of an amount is whose.
/// @dev Every part is rounded down but the first member's, which is the rest: parts always add up to the whole.
library Members {
    /// @dev The caller must be a member.
    function indexOf(ICoTenants.Member[] calldata members, address account) internal pure returns (uint256) {
        for (uint256 i = 0; i < members.length; ++i) {
            if (members[i].account == account) return i;
        }
        revert ILeaseExtension.Extension_NotAParty(account);
    }

    /// @dev Member `index`'s part of an amount of the deposit.
    function depositPart(ICoTenants.Member[] calldata members, uint256 amount, uint256 index)
        internal
        pure
        returns (uint256 part)
    {
        if (index != 0) return Bps.share(amount, members[index].depositBps);
        part = amount;
        for (uint256 i = 1; i < members.length; ++i) {
            part -= Bps.share(amount, members[i].depositBps);
        }
    }

    /// @dev Member `index`'s part of an amount of rent.
    function rentPart(ICoTenants.Member[] calldata members, uint256 amount, uint256 index)
        internal
        pure
        returns (uint256 part)
    {
        if (index != 0) return Bps.share(amount, members[index].rentBps);
        part = amount;
        for (uint256 i = 1; i < members.length; ++i) {
            part -= Bps.share(amount, members[i].rentBps);
        }
    }

    /// @dev Whether nobody is named twice.
    function areDistinct(ICoTenants.Member[] calldata members) internal pure returns (bool) {
        for (uint256 i = 1; i < members.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                if (members[i].account == members[j].account) return false;
            }
        }
        return true;
    }

    /// @dev Whether the shares of rent, and those of the deposit, are a whole.
    function sharesAddUp(ICoTenants.Member[] calldata members) internal pure returns (bool) {
        uint256 rent = 0;
        uint256 deposit = 0;
        for (uint256 i = 0; i < members.length; ++i) {
            rent += members[i].rentBps;
            deposit += members[i].depositBps;
        }
        return rent == Bps.ONE && deposit == Bps.ONE;
    }

    /// @dev How many bits are set.
    function count(uint256 bits) internal pure returns (uint256 n) {
        for (; bits != 0; bits &= bits - 1) {
            ++n;
        }
    }
}
