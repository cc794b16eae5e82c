// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IAgreementTypes} from "../interfaces/IAgreementTypes.sol";
import {Bps} from "./Bps.sol";

/// @title Who gets what of what a leg holds.
/// @dev Dues are a table in one list: leg by leg, one for each party.
library Divisions {
    /// @dev An empty table.
    function tableOf(IAgreementTypes.Deal calldata deal) internal pure returns (uint256[] memory dues) {
        dues = new uint256[](deal.legs.length * deal.parties.length);
    }

    /// @dev Adds to the dues of a leg what silence makes of `held`: the receiver's part, rounded down, and the rest to
    /// the payer.
    function addSilent(
        uint256[] memory dues,
        IAgreementTypes.Deal calldata deal,
        uint256 leg,
        uint256 held,
        bool isActive
    ) internal pure {
        IAgreementTypes.Leg calldata agreed = deal.legs[leg];
        uint256 share = isActive ? Bps.share(held, agreed.defaultBps) : 0;
        uint256 first = leg * deal.parties.length;
        dues[first + agreed.receiver] += share;
        dues[first + agreed.payer] += held - share;
    }

    /// @dev Adds to the dues of a leg the parts of `held` that the shares say, each rounded down, and the rest, which
    /// is the odd units if the shares are the whole together, to the payer.
    /// @param skip Where in `shares` those of this leg begin.
    function addShares(
        uint256[] memory dues,
        IAgreementTypes.Deal calldata deal,
        uint256 leg,
        uint256 held,
        uint16[] memory shares,
        uint256 skip
    ) internal pure {
        uint256 parties = deal.parties.length;
        uint256 first = leg * parties;
        uint256 rest = held;
        for (uint256 i = 0; i < parties; ++i) {
            uint256 share = Bps.share(held, shares[skip + i]);
            dues[first + i] += share;
            rest -= share;
        }
        dues[first + deal.legs[leg].payer] += rest;
    }

    /// @dev Reverts unless there are shares for each party, over and over, that are the whole each time.
    function requireWhole(uint16[] calldata shares, uint256 parties, uint256 times) internal pure {
        if (shares.length != parties * times) {
            revert IAgreementTypes.Agreement_InvalidShares(shares.length, parties * times);
        }
        for (uint256 i = 0; i < shares.length; i += parties) {
            uint256 sum = sumOf(shares[i:i + parties]);
            if (sum != Bps.ONE) revert IAgreementTypes.Agreement_InvalidShares(sum, Bps.ONE);
        }
    }

    function sumOf(uint16[] calldata shares) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < shares.length; ++i) {
            sum += shares[i];
        }
    }
}
