// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IMilestones} from "../interfaces/IMilestones.sol";
import {Bps} from "./Bps.sol";
import {Text} from "./Text.sol";

/// @title What terms of a milestone plan are acceptable, and how they are hashed and divided.
library MilestonesTerms {
    /// @dev The most milestones that a plan may have: with this many every exit costs less than 2 million gas.
    uint256 internal constant MAX = 32;

    /// @dev EIP-712 type of {IMilestones.Milestone}.
    bytes32 internal constant MILESTONE_TYPEHASH =
        keccak256("Milestone(uint128 amount,uint40 fundBy,uint40 performBy,uint40 reviewWindow)");

    /// @dev EIP-712 type of {IMilestones.Terms}.
    bytes32 internal constant TYPEHASH = keccak256(
        "Terms(address payer,address payee,address arbiter,address feeReceiver,address asset,uint16 feeBps,"
        "uint16 arbiterFeeBps,uint16 timeoutBps,uint40 acceptBy,uint40 rulingWindow,uint8 upFront,"
        "bytes32 documentHash,bytes32 salt,Milestone[] milestones)"
        "Milestone(uint128 amount,uint40 fundBy,uint40 performBy,uint40 reviewWindow)"
    );

    /// @dev EIP-712 type of {IMilestones.Amendment}.
    bytes32 internal constant AMENDMENT_TYPEHASH =
        keccak256("Amendment(bytes32 id,bytes32 newId,uint8 funded,uint32 round,uint32 nonce,uint40 deadline)");

    /// @dev EIP-712 type of {IMilestones.Settlement}.
    bytes32 internal constant SETTLEMENT_TYPEHASH =
        keccak256("Settlement(bytes32 id,uint8 milestone,uint16 payeeBps,uint32 round,uint32 nonce,uint40 deadline)");

    /// @dev The EIP-712 struct hash. An array is hashed by the hashes of its elements, each over a fixed number of
    /// words: no two lists of milestones have the same.
    function structHash(IMilestones.Terms calldata terms) internal pure returns (bytes32) {
        uint256 count = terms.milestones.length;
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            hashes[i] = structHash(terms.milestones[i]);
        }
        bytes memory tail =
            abi.encode(terms.upFront, terms.documentHash, terms.salt, keccak256(abi.encodePacked(hashes)));
        return keccak256(bytes.concat(TYPEHASH, head(terms), tail));
    }

    /// @dev The same for one milestone.
    function structHash(IMilestones.Milestone calldata milestone) internal pure returns (bytes32) {
        return keccak256(abi.encode(MILESTONE_TYPEHASH, milestone));
    }

    /// @dev The same for an amendment.
    function structHash(IMilestones.Amendment calldata amendment) internal pure returns (bytes32) {
        return keccak256(abi.encode(AMENDMENT_TYPEHASH, amendment));
    }

    /// @dev The same for a settlement.
    function structHash(IMilestones.Settlement calldata settlement) internal pure returns (bytes32) {
        return keccak256(abi.encode(SETTLEMENT_TYPEHASH, settlement));
    }

    /// @dev Who, in what, and on which conditions: what an amendment must not change.
    function head(IMilestones.Terms calldata terms) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encode(terms.payer, terms.payee, terms.arbiter, terms.feeReceiver, terms.asset),
            abi.encode(terms.feeBps, terms.arbiterFeeBps, terms.timeoutBps, terms.acceptBy, terms.rulingWindow)
        );
    }

    /// @dev Reverts unless a plan with these terms can run from proposal to end. Whether the asset has code is found
    /// out when it is funded.
    function check(IMilestones.Terms calldata terms) internal view {
        _checkParties(terms);
        _require(terms.feeBps <= Bps.ONE, "feeBps");
        _require(terms.arbiterFeeBps <= Bps.ONE, "arbiterFeeBps");
        _require(terms.timeoutBps <= Bps.ONE, "timeoutBps");
        _require(terms.rulingWindow != 0, "rulingWindow");
        uint256 count = terms.milestones.length;
        _require(count != 0 && count <= MAX, "milestones");
        _require(terms.upFront != 0 && terms.upFront <= count, "upFront");
        uint256 total = 0;
        uint256 earliest = terms.acceptBy;
        for (uint256 i = 0; i < count; ++i) {
            IMilestones.Milestone calldata milestone = terms.milestones[i];
            _require(milestone.amount != 0, "amount");
            _require(milestone.fundBy >= earliest, "fundBy");
            _require(milestone.performBy >= milestone.fundBy, "performBy");
            _require(milestone.reviewWindow != 0, "reviewWindow");
            earliest = milestone.fundBy;
            total += milestone.amount;
        }
        _require(total <= type(uint128).max, "amount");
    }

    function _checkParties(IMilestones.Terms calldata terms) private view {
        _require(_canBePaid(terms.payer), "payer");
        _require(_canBePaid(terms.payee) && terms.payee != terms.payer, "payee");
        _require(
            terms.arbiter != terms.payer && terms.arbiter != terms.payee && terms.arbiter != address(this), "arbiter"
        );
        _require(terms.arbiter != address(0) || terms.arbiterFeeBps == 0, "arbiterFeeBps");
        _require(
            (terms.feeReceiver == address(0)) == (terms.feeBps == 0) && terms.feeReceiver != address(this),
            "feeReceiver"
        );
        _require(terms.asset != address(this), "asset");
    }

    function _canBePaid(address party) private view returns (bool) {
        return party != address(0) && party != address(this);
    }

    /// @dev The fee on a release of `amount`, rounded down; the payee gets the odd unit.
    function feeOn(IMilestones.Terms calldata terms, uint256 amount) internal pure returns (uint256) {
        return Bps.share(amount, terms.feeBps);
    }

    /// @dev The payee's share of a funded milestone, before the fee, if nobody acts any more in `stage`.
    function silentBps(IMilestones.Terms calldata terms, IMilestones.Stage stage) internal pure returns (uint16) {
        if (stage == IMilestones.Stage.Submitted) return Bps.ONE;
        if (stage == IMilestones.Stage.Disputed) return terms.timeoutBps;
        return 0;
    }

    /// @dev From when on silence decides about a funded milestone in `stage`, which it entered at `since`; zero when
    /// nothing is left to decide.
    function deadline(IMilestones.Terms calldata terms, uint256 index, IMilestones.Stage stage, uint256 since)
        internal
        pure
        returns (uint256)
    {
        IMilestones.Milestone calldata milestone = terms.milestones[index];
        if (stage == IMilestones.Stage.Open) return milestone.performBy;
        if (stage == IMilestones.Stage.Submitted) return since + milestone.reviewWindow;
        if (stage == IMilestones.Stage.Disputed) return since + terms.rulingWindow;
        return 0;
    }

    /// @dev The stage of one milestone in the packed word.
    function stageAt(uint128 stages, uint256 index) internal pure returns (IMilestones.Stage) {
        return IMilestones.Stage((stages >> (4 * index)) & 15);
    }

    /// @dev The word with the stage of one milestone replaced.
    function withStage(uint128 stages, uint256 index, IMilestones.Stage stage) internal pure returns (uint128) {
        uint128 others = stages & ~_shifted(15, index);
        return others | _shifted(uint256(stage), index);
    }

    function _shifted(uint256 bits, uint256 index) private pure returns (uint128) {
        return uint128(bits << (4 * index));
    }

    /// @dev Names the member that is not acceptable. One word per call instead of a string keeps the code small.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert IMilestones.Milestones_InvalidTerms(Text.from(field));
    }
}
