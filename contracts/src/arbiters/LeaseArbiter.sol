// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Bps} from "../libraries/Bps.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Appointment} from "./Appointment.sol";

/// @title What arbiters of leases share, whoever decides: which leases are theirs, and what a share of a claim is.
abstract contract LeaseArbiter is Appointment {
    using SafeCast for uint256;

    /// @notice The contract whose leases it is the arbiter of.
    ILease public immutable LEASE;

    /// @dev Binds to one lease contract for ever.
    constructor(ILease lease) {
        LEASE = lease;
    }

    /// @dev Reverts unless this is the very lease, between the same two, with this contract as its arbiter.
    function _requireOwn(ILease.Terms calldata lease, AgreementId id, address tenant, address landlord) internal view {
        _requireSame(LEASE.idOf(lease), id);
        if (lease.tenant != tenant) revert Appointment_NotAParty(tenant);
        if (lease.landlord != landlord) revert Appointment_NotAParty(landlord);
        if (lease.arbiter != address(this)) revert Appointment_InvalidTerms("arbiter");
    }

    function _isDisputed(ILease.Terms calldata lease) internal view returns (bool) {
        return LEASE.statusOf(lease) == ILease.Status.Disputed;
    }

    /// @dev The landlord's share of what is claimed, rounded down.
    function _award(ILease.Terms calldata lease, uint16 landlordBps) internal view returns (uint128) {
        return Bps.share(LEASE.agreementOf(lease).claimed, landlordBps).toUint128();
    }
}
