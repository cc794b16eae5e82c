// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IArbitrator} from "./IArbitrator.sol";

/// @title What an arbitrator looks at: ERC-1497. Events only; nothing is stored.
interface IEvidence {
    /// @notice What the dispute is about and what each ruling means, as a reference to a document.
    event MetaEvidence(uint256 indexed metaEvidenceID, string evidence);

    /// @notice A piece of evidence, as a reference to a document.
    event Evidence(
        IArbitrator indexed arbitrator, uint256 indexed evidenceGroupID, address indexed party, string evidence
    );

    /// @notice A dispute was created, about this meta-evidence, with the evidence of this group.
    event Dispute(
        IArbitrator indexed arbitrator, uint256 indexed disputeID, uint256 metaEvidenceID, uint256 evidenceGroupID
    );
}
