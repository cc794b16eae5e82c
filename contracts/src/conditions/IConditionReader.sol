// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ICondition} from "./ICondition.sol";
import {ILeaves} from "./ILeaves.sol";

/// @title Asks the world on behalf of agreements.
/// @notice Stateless, holds nothing, is approved for nothing: what it is made to call can gain nothing by it. Its
/// caller is the agreement's contract.
interface IConditionReader is ILeaves {
    /// @notice For which leaf of which agreement is asked.
    struct Subject {
        bytes32 agreementId;
        uint8 leaf;
        /// When the agreement began to bind.
        uint40 since;
    }

    /// @notice Whether a leaf of the kinds `Oracle`, `View`, `Eas` and `Custom` holds now. Others are pending.
    /// @dev Reverts only if there is too little gas, or if the parameters are not what {flawOf} lets pass.
    function read(Subject calldata subject, Leaf calldata leaf, bytes calldata witness)
        external
        view
        returns (ICondition.Truth truth, uint64 retryAt);

    /// @notice The member of the leaf's parameters that is not acceptable in an agreement of that contract, for the
    /// kinds above; zero if there is none. Reverts if they cannot be decoded.
    function flawOf(Leaf calldata leaf, address agreement) external view returns (bytes32 field);
}
