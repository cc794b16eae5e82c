// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IAttestationService} from "../../conditions/IAttestationService.sol";

/// @title Stands in for the Ethereum Attestation Service in simulations: keeps attestations, and lets attesters revoke.
contract AttestationBook is IAttestationService {
    mapping(bytes32 uid => Attestation attestation) private _attestations;
    uint256 private _count;

    error AttestationBook_WrongCaller(address actual, address expected);

    /// @notice Attests in the caller's name.
    /// @return uid The attestation's id.
    function attest(bytes32 schema, address recipient, uint64 expirationTime, bytes calldata data)
        external
        returns (bytes32 uid)
    {
        uid = keccak256(abi.encode(++_count, schema, recipient, msg.sender));
        _attestations[uid] = Attestation({
            uid: uid,
            schema: schema,
            time: uint64(block.timestamp),
            expirationTime: expirationTime,
            revocationTime: 0,
            refUID: 0,
            recipient: recipient,
            attester: msg.sender,
            revocable: true,
            data: data
        });
    }

    /// @notice Revokes. The attester only.
    function revoke(bytes32 uid) external {
        address attester = _attestations[uid].attester;
        if (msg.sender != attester) revert AttestationBook_WrongCaller(msg.sender, attester);
        _attestations[uid].revocationTime = uint64(block.timestamp);
    }

    /// @inheritdoc IAttestationService
    function getAttestation(bytes32 uid) external view returns (Attestation memory) {
        return _attestations[uid];
    }
}
