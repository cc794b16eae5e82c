// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {BoundedCall} from "./BoundedCall.sol";
import {IAttestationService} from "./IAttestationService.sol";
import {ICondition} from "./ICondition.sol";
import {ILeaves} from "./ILeaves.sol";

/// @title An attestation of the Ethereum Attestation Service.
library EasLeaf {
    /// @dev Ten words before the data, where the data begins, its length, and a kilobyte of data.
    uint256 internal constant HEAD = 12 * 32;
    uint256 internal constant MAX_ANSWER = HEAD + 1024;

    /// @dev What an attestation must be about.
    struct Subject {
        bytes32 agreementId;
        uint256 leaf;
        /// When the agreement began to bind, or the leaf opened, whichever is later.
        uint256 since;
    }

    /// @dev The member of the parameters that is not acceptable, or nothing.
    function flawOf(ILeaves.EasParams memory params) internal pure returns (bytes32) {
        if (params.eas == address(0)) return "eas";
        if (params.attester == address(0)) return "attester";
        return 0;
    }

    /// @dev True if the attestation that the witness names is there, of the schema, by the attester, for the recipient,
    /// not before the agreement, neither expired nor revoked, and about this leaf of this agreement and nothing else.
    function read(ILeaves.EasParams memory params, Subject memory subject, bytes calldata witness)
        internal
        view
        returns (ICondition.Truth)
    {
        if (witness.length != 32) return ICondition.Truth.Pending;
        bytes32 uid = bytes32(witness);
        (bool answered, bytes memory answer) =
            BoundedCall.ask(params.eas, abi.encodeCall(IAttestationService.getAttestation, (uid)), MAX_ANSWER);
        if (!answered || answer.length < HEAD) return ICondition.Truth.Pending;
        bool holds = uid != 0 && _isAsAgreed(params, answer, uid) && _isInForce(answer, subject.since)
            && _isAbout(answer, subject, params.dataHash);
        return holds ? ICondition.Truth.True : ICondition.Truth.Pending;
    }

    function _isAsAgreed(ILeaves.EasParams memory params, bytes memory answer, bytes32 uid)
        private
        pure
        returns (bool)
    {
        return _word(answer, 1) == uint256(uid) && _word(answer, 2) == uint256(params.schema)
            && _word(answer, 7) == uint160(params.recipient) && _word(answer, 8) == uint160(params.attester);
    }

    function _isInForce(bytes memory answer, uint256 since) private view returns (bool) {
        uint256 time = _word(answer, 3);
        uint256 expires = _word(answer, 4);
        bool revoked = _word(answer, 5) != 0;
        return !revoked && time >= since && time <= block.timestamp && (expires == 0 || expires > block.timestamp);
    }

    function _isAbout(bytes memory answer, Subject memory subject, bytes32 dataHash) private pure returns (bool) {
        // The encoding of one attestation: where it begins, where its data begins in it, how long they are, two words.
        uint256 length = _word(answer, 11);
        bool shaped =
            _word(answer, 0) == 32 && _word(answer, 10) == 320 && length >= 64 && length <= answer.length - HEAD;
        if (!shaped) return false;
        return _word(answer, 12) == uint256(subject.agreementId) && _word(answer, 13) == subject.leaf
            && _hashFrom(answer, HEAD + 64, length - 64) == dataHash;
    }

    /// @dev The hash of `length` bytes from `begin` on, of which there are enough.
    function _hashFrom(bytes memory answer, uint256 begin, uint256 length) private pure returns (bytes32 hash) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            hash := keccak256(add(add(answer, 0x20), begin), length)
        }
    }

    /// @dev The word with this index, of which there are enough.
    function _word(bytes memory answer, uint256 index) private pure returns (uint256 word) {
        uint256 offset = 32 * (index + 1);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := mload(add(answer, offset))
        }
    }
}
