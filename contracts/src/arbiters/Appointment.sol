// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IAppointment} from "../interfaces/IAppointment.sol";
import {Ledger} from "../Ledger.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {AgreementId} from "../types/AgreementId.sol";

/// @title What arbiters that are contracts share: consent to their terms, and the appointment that follows from it.
/// @dev An agreement has one appointment at most (A-1). Whether it may be made is for the heirs to say.
abstract contract Appointment is IAppointment, Ledger, EIP712 {
    mapping(AgreementId id => mapping(address party => bool agreed)) private _agreed;
    mapping(AgreementId agreement => AgreementId id) private _appointments;

    // ------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IERC1271
    /// @dev The agreement's id is the digest that its contract asks about. Nobody else's questions get a yes.
    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return _isSet(_appointments[AgreementId.wrap(digest)]) ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    /// @inheritdoc IAppointment
    function appointmentOf(AgreementId agreement) external view returns (AgreementId) {
        return _appointments[agreement];
    }

    /// @inheritdoc IAppointment
    function hasAgreed(AgreementId id, address party) external view returns (bool) {
        return _agreed[id][party];
    }

    // ----------------------------------------------------------------------------------------------------- effects

    function _recordAgreement(AgreementId id, address party) internal {
        if (_agreed[id][party]) revert Appointment_AlreadyAgreed(party);
        _agreed[id][party] = true;
        emit Agreed(id, party);
    }

    function _recordAppointment(AgreementId id, AgreementId agreement) internal {
        if (_isSet(_appointments[agreement])) revert Appointment_AlreadyAppointed(agreement);
        _appointments[agreement] = id;
        emit Appointed(id, agreement);
    }

    // ------------------------------------------------------------------------------------------------------ checks

    function _requireAgreed(AgreementId id, address party) internal view {
        if (!_agreed[id][party]) revert Appointment_NotAgreed(party);
    }

    function _requireSignature(address signer, AgreementId digest, bytes calldata signature) internal view {
        if (!Signatures.isValid(signer, AgreementId.unwrap(digest), signature)) {
            revert Appointment_InvalidSignature(signer);
        }
    }

    function _requireBefore(uint256 deadline) internal view {
        if (block.timestamp >= deadline) revert Appointment_TooLate(block.timestamp, deadline);
    }

    function _requireReached(uint256 instant) internal view {
        if (block.timestamp < instant) revert Appointment_TooEarly(block.timestamp, instant);
    }

    function _requireSame(AgreementId actual, AgreementId expected) internal pure {
        if (AgreementId.unwrap(actual) != AgreementId.unwrap(expected)) {
            revert Appointment_WrongAgreement(actual, expected);
        }
    }

    function _isSet(AgreementId id) internal pure returns (bool) {
        return AgreementId.unwrap(id) != bytes32(0);
    }
}
