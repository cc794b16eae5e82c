// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IArbitrable} from "./IArbitrable.sol";

/// @title Who gives rulings: ERC-792.
/// @notice The arbitrator is paid in ether when a dispute is created, and again for every appeal. A ruling is a number
/// from 1 to the number of choices; zero means that it refused to decide, or that its votes were tied.
interface IArbitrator {
    /// @notice Where a dispute stands with the arbitrator.
    enum DisputeStatus {
        Waiting,
        Appealable,
        Solved
    }

    /// @notice A dispute was created.
    event DisputeCreation(uint256 indexed disputeID, IArbitrable indexed arbitrable);
    /// @notice The present ruling can be appealed.
    event AppealPossible(uint256 indexed disputeID, IArbitrable indexed arbitrable);
    /// @notice The present ruling was appealed.
    event AppealDecision(uint256 indexed disputeID, IArbitrable indexed arbitrable);

    /// @notice Creates a dispute with `choices` possible rulings. At least {arbitrationCost} must be sent along.
    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256 disputeID);

    /// @notice Appeals the present ruling. At least {appealCost} must be sent along.
    function appeal(uint256 disputeID, bytes calldata extraData) external payable;

    /// @notice What a dispute costs, in wei.
    function arbitrationCost(bytes calldata extraData) external view returns (uint256);

    /// @notice What an appeal costs, in wei.
    function appealCost(uint256 disputeID, bytes calldata extraData) external view returns (uint256);

    /// @notice When the present ruling can be appealed: from `start` on, strictly before `end`. Zeros: it cannot.
    function appealPeriod(uint256 disputeID) external view returns (uint256 start, uint256 end);

    /// @notice Where the dispute stands.
    function disputeStatus(uint256 disputeID) external view returns (DisputeStatus);

    /// @notice The ruling that stands now. It is final only once the dispute is solved.
    function currentRuling(uint256 disputeID) external view returns (uint256);
}
