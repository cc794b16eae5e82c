// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IEscrow} from "../interfaces/IEscrow.sol";
import {AgreementId} from "../types/AgreementId.sol";

/// @title Passes for an escrow contract: claims any agreement's id as its own, and keeps what is paid in, or takes
/// nothing at all.
contract FalseEscrow {
    /// @notice The id that it claims for all terms.
    AgreementId public claimed;
    /// @notice Whether it takes what it is approved for.
    bool public takes;

    /// @notice Chooses what to pretend. Anyone.
    function pretend(AgreementId id, bool newTakes) external {
        (claimed, takes) = (id, newTakes);
    }

    /// @notice Like {IEscrow.fund}, with nobody having a claim afterwards.
    function fund(IEscrow.Terms calldata terms) external payable returns (AgreementId) {
        // solhint-disable-next-line no-unused-vars
        bool success = !takes || IERC20(terms.asset).transferFrom(msg.sender, address(this), terms.amount);
        return success ? claimed : AgreementId.wrap(0);
    }

    /// @notice Like {IEscrow.idOf}, of another contract.
    function idOf(IEscrow.Terms calldata) external view returns (AgreementId) {
        return claimed;
    }
}
