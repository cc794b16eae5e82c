// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IEscrow} from "../interfaces/IEscrow.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {ArbitratorAdapter} from "./ArbitratorAdapter.sol";

/// @title Brings disputes of escrows to ERC-792 arbitrators.
/// @notice Named as the arbiter of agreements of one {IEscrow}. Takes no share of what is in dispute: `arbiterFeeBps`
/// of the agreement must be zero, the arbitrator is paid from the deposits of both sides.
contract EscrowArbitratorAdapter is ArbitratorAdapter {
    /// @notice The escrow whose agreements it is the arbiter of.
    IEscrow public immutable ESCROW;

    /// @dev Sets the EIP-712 domain and the holder. Nothing can be configured afterwards.
    constructor(IEscrow escrow) EIP712("Covenant Escrow Arbitration", "1") {
        ESCROW = escrow;
    }

    /// @notice Makes the appointment and accepts it in the escrow, once payer and payee have agreed to both terms'
    /// connection. Anyone, strictly before `agreeBy` and the agreement's `acceptBy`.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function appoint(Terms calldata terms, IEscrow.Terms calldata agreement) external nonReentrant {
        // Check: the very agreement, between the same two.
        _requireSame(ESCROW.idOf(agreement), terms.agreement);
        if (agreement.payer != terms.payer) revert Appointment_NotAParty(terms.payer);
        if (agreement.payee != terms.payee) revert Appointment_NotAParty(terms.payee);
        if (agreement.arbiterFeeBps != 0) revert Appointment_InvalidTerms("arbiterFeeBps");

        // Effect
        _appoint(terms, agreement.rulingWindow);

        // Interaction: fails unless the agreement names this contract as its arbiter, and waits for its acceptance.
        ESCROW.accept(agreement);
    }

    /// @notice Pays in the caller's deposit. Payer or payee, once each, while the agreement is in dispute: the first as
    /// long as there is time for the other's window and the arbitrator, the second within the window.
    function payFee(Terms calldata terms, IEscrow.Terms calldata agreement) external payable nonReentrant {
        // Check
        _requireSame(ESCROW.idOf(agreement), terms.agreement);
        if (!_isDisputed(agreement)) revert Appointment_NotDisputed(terms.agreement);

        // Effect and interaction
        _payFee(terms, ESCROW.deadlineOf(agreement));
    }

    /// @notice Carries what is decided to the escrow and pays back the deposits: the arbitrator's ruling or, when the
    /// window of one side has passed, the win of the other. Anyone, strictly before the ruling deadline. If the parties
    /// have ended their dispute meanwhile, only the deposits are paid back.
    function execute(Terms calldata terms, IEscrow.Terms calldata agreement) external nonReentrant {
        // Check and effect
        _requireSame(ESCROW.idOf(agreement), terms.agreement);
        (AgreementId id, Case memory before, uint16 payeeBps) = _decide(terms);

        // Interaction
        bool carried = _isDisputed(agreement);
        emit Executed(id, payeeBps, carried);
        if (carried) ESCROW.rule(agreement, payeeBps);
        _giveBack(id, terms, before, payeeBps);
    }

    function _isDisputed(IEscrow.Terms calldata agreement) private view returns (bool) {
        return ESCROW.statusOf(agreement) == IEscrow.Status.Disputed;
    }

    function _holder() internal view override returns (address) {
        return address(ESCROW);
    }
}
