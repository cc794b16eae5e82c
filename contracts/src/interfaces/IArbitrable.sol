// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IArbitrator} from "./IArbitrator.sol";

/// @title Who asks for rulings and carries them out: ERC-792.
interface IArbitrable {
    /// @notice The arbitrator's final ruling on a dispute.
    event Ruling(IArbitrator indexed arbitrator, uint256 indexed disputeID, uint256 ruling);

    /// @notice Gives the final ruling on a dispute. Only by the arbitrator that the dispute was brought to, once.
    function rule(uint256 disputeID, uint256 ruling) external;
}
