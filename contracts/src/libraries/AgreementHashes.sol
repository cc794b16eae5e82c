// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILeaves} from "../conditions/ILeaves.sol";
import {IAgreementTypes} from "../interfaces/IAgreementTypes.sol";
import {AgreementId} from "../types/AgreementId.sol";

/// @title The EIP-712 hashes of what an agreement is made of.
/// @dev The terms have three members, each hashed for itself. So two words and a list of hashes prove that a leaf is in
/// them, which makes it cheap to decide one.
library AgreementHashes {
    bytes32 internal constant ACTION_TYPEHASH =
        keccak256("Action(uint8 kind,uint8 leg,uint8 target,uint16 bps,uint16[] shares,bytes32 data)");
    bytes32 internal constant CLAUSE_TYPEHASH = keccak256(
        "Clause(uint32 stages,uint256[] program,Action[] actions)"
        "Action(uint8 kind,uint8 leg,uint8 target,uint16 bps,uint16[] shares,bytes32 data)"
    );
    bytes32 internal constant DEAL_TYPEHASH = keccak256(
        "Deal(address[] parties,Leg[] legs,uint40 fundBy,uint40 endsAt,bytes32 documentHash,bytes32 salt)"
        "Leg(address asset,uint128 amount,uint8 payer,uint8 receiver,uint16 defaultBps,bool required)"
    );
    bytes32 internal constant LEAF_TYPEHASH = keccak256("Leaf(uint8 kind,uint40 opensAt,uint40 closesAt,bytes params)");
    bytes32 internal constant LEG_TYPEHASH =
        keccak256("Leg(address asset,uint128 amount,uint8 payer,uint8 receiver,uint16 defaultBps,bool required)");
    bytes32 internal constant TERMS_TYPEHASH = keccak256(
        "Terms(Deal deal,Leaf[] leaves,Clause[] clauses)"
        "Action(uint8 kind,uint8 leg,uint8 target,uint16 bps,uint16[] shares,bytes32 data)"
        "Clause(uint32 stages,uint256[] program,Action[] actions)"
        "Deal(address[] parties,Leg[] legs,uint40 fundBy,uint40 endsAt,bytes32 documentHash,bytes32 salt)"
        "Leaf(uint8 kind,uint40 opensAt,uint40 closesAt,bytes params)"
        "Leg(address asset,uint128 amount,uint8 payer,uint8 receiver,uint16 defaultBps,bool required)"
    );

    bytes32 internal constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(bytes32 id,uint8 leaf,bytes32 statement,bool verdict,uint32 round,uint40 validUntil)");
    bytes32 internal constant SETTLEMENT_TYPEHASH =
        keccak256("Settlement(bytes32 id,uint16[] shares,uint32 executed,uint40 deadline)");

    /// @dev The struct hash of the terms.
    function hash(IAgreementTypes.Terms calldata terms) internal pure returns (bytes32) {
        return _join(hash(terms.deal), keccak256(abi.encodePacked(hashes(terms.leaves))), hash(terms.clauses));
    }

    /// @dev The struct hash of the terms that a leaf is said to be of. What {isWrong} is not of them.
    function hash(IAgreementTypes.Reveal calldata reveal) internal pure returns (bytes32) {
        return _join(reveal.dealHash, keccak256(abi.encodePacked(reveal.leafHashes)), reveal.clausesHash);
    }

    /// @dev Whether the leaf that is revealed is another than the one that is hashed.
    function isWrong(IAgreementTypes.Reveal calldata reveal) internal pure returns (bool) {
        return reveal.index >= reveal.leafHashes.length || reveal.leafHashes[reveal.index] != hash(reveal.leaf);
    }

    function hash(IAgreementTypes.Attestation calldata attestation) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPEHASH, attestation));
    }

    /// @dev The same of its members, which are spared the way through memory.
    function hashAttestation(
        AgreementId id,
        uint8 leaf,
        bytes32 statement,
        bool verdict,
        uint32 round,
        uint40 validUntil
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPEHASH, id, leaf, statement, verdict, round, validUntil));
    }

    function hash(IAgreementTypes.Settlement calldata settlement) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SETTLEMENT_TYPEHASH,
                settlement.id,
                keccak256(abi.encodePacked(settlement.shares)),
                settlement.executed,
                settlement.deadline
            )
        );
    }

    function hash(IAgreementTypes.Deal calldata deal) internal pure returns (bytes32) {
        bytes32[] memory legs = new bytes32[](deal.legs.length);
        for (uint256 i = 0; i < legs.length; ++i) {
            legs[i] = keccak256(abi.encode(LEG_TYPEHASH, deal.legs[i]));
        }
        return keccak256(
            abi.encode(
                DEAL_TYPEHASH,
                keccak256(abi.encodePacked(deal.parties)),
                keccak256(abi.encodePacked(legs)),
                deal.fundBy,
                deal.endsAt,
                deal.documentHash,
                deal.salt
            )
        );
    }

    function hashes(ILeaves.Leaf[] calldata leaves) internal pure returns (bytes32[] memory each) {
        each = new bytes32[](leaves.length);
        for (uint256 i = 0; i < each.length; ++i) {
            each[i] = hash(leaves[i]);
        }
    }

    function hash(ILeaves.Leaf calldata leaf) internal pure returns (bytes32) {
        return keccak256(abi.encode(LEAF_TYPEHASH, leaf.kind, leaf.opensAt, leaf.closesAt, keccak256(leaf.params)));
    }

    function hash(IAgreementTypes.Clause[] calldata clauses) internal pure returns (bytes32) {
        bytes32[] memory each = new bytes32[](clauses.length);
        for (uint256 i = 0; i < each.length; ++i) {
            IAgreementTypes.Clause calldata clause = clauses[i];
            bytes32[] memory actions = new bytes32[](clause.actions.length);
            for (uint256 j = 0; j < actions.length; ++j) {
                actions[j] = _hash(clause.actions[j]);
            }
            bytes32 program = keccak256(abi.encodePacked(clause.program));
            each[i] =
                keccak256(abi.encode(CLAUSE_TYPEHASH, clause.stages, program, keccak256(abi.encodePacked(actions))));
        }
        return keccak256(abi.encodePacked(each));
    }

    function _hash(IAgreementTypes.Action calldata action) private pure returns (bytes32) {
        bytes32 shares = keccak256(abi.encodePacked(action.shares));
        return
            keccak256(
                abi.encode(ACTION_TYPEHASH, action.kind, action.leg, action.target, action.bps, shares, action.data)
            );
    }

    function _join(bytes32 deal, bytes32 leaves, bytes32 clauses) private pure returns (bytes32) {
        return keccak256(abi.encode(TERMS_TYPEHASH, deal, leaves, clauses));
    }
}
