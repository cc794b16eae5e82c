// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {AgreementId} from "../types/AgreementId.sol";
import {ILedger} from "./ILedger.sol";

/// @title How a contract comes to be the arbiter of an agreement.
/// @notice The agreement names the contract as its arbiter. How that arbiter works is said by terms of its own, which
/// name the agreement; whoever has a say in them agrees first. Then {appointmentOf} the agreement is set, once and for
/// good, and the contract says yes to its appointment, by calling the agreement's contract or by ERC-1271.
interface IAppointment is ILedger, IERC1271 {
    /// @notice `party` agrees to the arbiter's terms.
    event Agreed(AgreementId indexed id, address indexed party);
    /// @notice The arbiter's terms `id` apply to `agreement`, and no others ever will.
    event Appointed(AgreementId indexed id, AgreementId indexed agreement);
    /// @notice Called off before it was binding.
    event Cancelled(AgreementId indexed id, address indexed party);
    /// @notice Nothing is held any more, and nothing can happen any more.
    event Closed(AgreementId indexed id);

    error Appointment_InvalidTerms(string field);
    error Appointment_UnknownAgreement(AgreementId id);
    error Appointment_NotAParty(address actual);
    error Appointment_AlreadyAgreed(address party);
    error Appointment_NotAgreed(address party);
    error Appointment_AlreadyAppointed(AgreementId agreement);
    error Appointment_WrongAgreement(AgreementId actual, AgreementId expected);
    error Appointment_NotDisputed(AgreementId agreement);
    error Appointment_TooLate(uint256 actual, uint256 expected);
    error Appointment_TooEarly(uint256 actual, uint256 expected);
    error Appointment_InvalidSignature(address signer);

    /// @notice The arbiter's terms that apply to an agreement; zero if none do yet.
    function appointmentOf(AgreementId agreement) external view returns (AgreementId);

    /// @notice Whether `party` has agreed to the arbiter's terms with this id.
    function hasAgreed(AgreementId id, address party) external view returns (bool);
}
