// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title What is asked of the Ethereum Attestation Service.
interface IAttestationService {
    /// @notice One attestation, as the service keeps it. Times are in seconds, zero for never.
    struct Attestation {
        bytes32 uid;
        bytes32 schema;
        uint64 time;
        uint64 expirationTime;
        uint64 revocationTime;
        bytes32 refUID;
        address recipient;
        address attester;
        bool revocable;
        bytes data;
    }

    /// @notice The attestation with this id; all zero if there is none.
    function getAttestation(bytes32 uid) external view returns (Attestation memory);
}
