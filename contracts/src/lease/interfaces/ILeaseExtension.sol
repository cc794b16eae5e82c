// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {AgreementId} from "../../types/AgreementId.sol";

/// @title What the contracts beside the lease have in common.
/// @notice Each is bound, when it is deployed, to one {ILease} contract, which knows nothing of it. A party never
/// chooses what is called: the lease contract is fixed, the calls are written out, and only the terms are data.
///
/// Time is as in the lease: an act is allowed strictly before its deadline, silence decides from the deadline on.
///
/// Whoever relies on an extension checks {lease} once: it is the only address that the deployer chose.
interface ILeaseExtension {
    error Extension_NoCode(address lease);
    error Extension_InvalidTerms(string field);
    error Extension_UnknownAgreement(AgreementId id);
    error Extension_WrongLease(AgreementId actual, AgreementId expected);
    error Extension_WrongCaller(address actual, address expected);
    error Extension_NotAParty(address actual);
    error Extension_TooLate(uint256 actual, uint256 expected);
    error Extension_TooEarly(uint256 actual, uint256 expected);
    error Extension_InvalidAmount(uint256 actual, uint256 expected);
    /// @notice A token moved another amount than it was told to.
    error Extension_BadDelta(uint256 actual, uint256 expected);

    /// @notice The lease contract that this one is bound to.
    function lease() external view returns (ILease);
}
