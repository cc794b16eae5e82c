// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ILease} from "../interfaces/ILease.sol";
import {LeaseArbiter} from "./LeaseArbiter.sol";
import {Panel} from "./Panel.sol";

/// @title A panel that rules on disputed claims on the deposits of leases.
/// @notice Named as the arbiter of leases of one {ILease}. The payer is the tenant, the payee the landlord, and votes
/// are for the landlord's share of what is claimed, rounded down. Leases pay their arbiter nothing.
contract LeasePanel is Panel, LeaseArbiter {
    /// @dev Sets the EIP-712 domain and the holder. Nothing can be configured afterwards.
    constructor(ILease lease) EIP712("Covenant Lease Panel", "1") LeaseArbiter(lease) {}

    /// @notice Makes the appointment, once tenant, landlord and all members have agreed. Anyone, strictly before
    /// `agreeBy`.
    function appoint(Terms calldata terms, ILease.Terms calldata agreement) external nonReentrant {
        // Check: the very lease, between the same two, with this arbiter.
        _requireOwn(agreement, terms.agreement, terms.payer, terms.payee);

        // Effect
        _appoint(terms, agreement.rulingWindow);
    }

    /// @notice Votes for the landlord to get `landlordBps` of what is claimed. A member of the bench that sits now. The
    /// vote that completes the quorum rules.
    function vote(Terms calldata terms, ILease.Terms calldata agreement, uint8 bench, uint16 landlordBps)
        external
        nonReentrant
    {
        _vote(terms, agreement, msg.sender, bench, landlordBps);
    }

    /// @notice The same, by the member's signature over the {Vote}. Anyone may hand it in.
    function voteFor(
        Terms calldata terms,
        ILease.Terms calldata agreement,
        address member,
        Vote calldata signedVote,
        bytes calldata signature
    ) external nonReentrant {
        _requireVote(terms, member, signedVote, signature);
        _vote(terms, agreement, member, signedVote.bench, signedVote.payeeBps);
    }

    function _vote(
        Terms calldata terms,
        ILease.Terms calldata agreement,
        address member,
        uint8 bench,
        uint16 landlordBps
    ) private {
        // Check and effect
        _requireSame(LEASE.idOf(agreement), terms.agreement);
        if (!_isDisputed(agreement)) revert Appointment_NotDisputed(terms.agreement);
        (, address[] memory carriers) =
            _count(terms, Cast(member, bench, landlordBps, LEASE.deadlineOf(agreement), agreement.rulingWindow));

        // Interaction
        if (carriers.length != 0) LEASE.rule(agreement, _award(agreement, landlordBps));
    }

    function _holder() internal view override returns (address) {
        return address(LEASE);
    }
}
