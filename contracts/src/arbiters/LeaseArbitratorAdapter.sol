// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {ArbitratorAdapter} from "./ArbitratorAdapter.sol";
import {LeaseArbiter} from "./LeaseArbiter.sol";

/// @title Brings disputed claims on the deposits of leases to ERC-792 arbitrators.
/// @notice Named as the arbiter of leases of one {ILease}. The payer is the tenant, the payee the landlord, and an
/// outcome is the landlord's share of what is claimed, rounded down.
contract LeaseArbitratorAdapter is ArbitratorAdapter, LeaseArbiter {
    /// @dev Sets the EIP-712 domain and the holder. Nothing can be configured afterwards.
    constructor(ILease lease) EIP712("Covenant Lease Arbitration", "1") LeaseArbiter(lease) {}

    /// @notice Makes the appointment, once tenant and landlord have agreed to it. Anyone, strictly before `agreeBy`.
    function appoint(Terms calldata terms, ILease.Terms calldata agreement) external nonReentrant {
        // Check: the very lease, between the same two, with this arbiter.
        _requireOwn(agreement, terms.agreement, terms.payer, terms.payee);

        // Effect
        _appoint(terms, agreement.rulingWindow);
    }

    /// @notice Pays in the caller's deposit. Tenant or landlord, once each, while the claim is in dispute: the first as
    /// long as there is time for the other's window and the arbitrator, the second within the window.
    function payFee(Terms calldata terms, ILease.Terms calldata agreement) external payable nonReentrant {
        // Check
        _requireSame(LEASE.idOf(agreement), terms.agreement);
        if (!_isDisputed(agreement)) revert Appointment_NotDisputed(terms.agreement);

        // Effect and interaction: a landlord who has taken the place of the first one pays, and is paid, in his stead.
        _follow(terms, LEASE.landlordOf(agreement));
        _payFee(terms, LEASE.deadlineOf(agreement));
    }

    /// @notice Carries what is decided to the lease and pays back the fee deposits: the arbitrator's ruling or, when
    /// the window of one side has passed, the win of the other. Anyone, strictly before the ruling deadline. If the
    /// parties have ended their dispute meanwhile, only the fee deposits are paid back.
    function execute(Terms calldata terms, ILease.Terms calldata agreement) external nonReentrant {
        // Check and effect
        _requireSame(LEASE.idOf(agreement), terms.agreement);
        (AgreementId id, Case memory before, uint16 payeeBps) = _decide(terms);

        // Interaction
        bool carried = _isDisputed(agreement);
        emit Executed(id, payeeBps, carried);
        if (carried) LEASE.rule(agreement, _award(agreement, payeeBps));
        _giveBack(id, terms, before, payeeBps);
    }

    function _holder() internal view override returns (address) {
        return address(LEASE);
    }
}
