// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Ledger} from "../Ledger.sol";
import {Bps} from "../libraries/Bps.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {IGuarantee} from "./interfaces/IGuarantee.sol";
import {LeaseExtension} from "./LeaseExtension.sol";

/// @title Guarantees of rent.
/// @dev See {IGuarantee} for what each function promises, and section G of INVARIANTS.md.
contract Guarantee is IGuarantee, LeaseExtension, Ledger {
    using SafeCast for uint256;

    /// @inheritdoc IGuarantee
    uint256 public constant PAYMENT_WINDOW = 30 days;

    /// @dev EIP-712 type of {IGuarantee.Terms}.
    bytes32 private constant _TYPEHASH = keccak256(
        "Terms(bytes32 leaseId,address guarantor,address landlord,address arbiter,address asset,uint128 cap,"
        "uint16 callAfter,uint40 noticePeriod,uint40 rulingWindow,uint16 timeoutBps,uint40 expiresAt,"
        "bytes32 documentHash,bytes32 salt)"
    );

    mapping(AgreementId id => Agreement agreement) private _agreements;

    /// @dev Binds to the lease contract and sets the EIP-712 domain.
    constructor(ILease lease_) LeaseExtension(lease_) EIP712("Covenant Guarantee", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IGuarantee
    function fund(Terms calldata terms, ILease.Terms calldata leaseTerms)
        external
        payable
        nonReentrant
        returns (AgreementId id)
    {
        id = _idOf(terms);
        Agreement storage agreement = _agreements[id];
        // Check: once, in time, on acceptable terms, for this lease and its money.
        if (agreement.stage != Status.None) revert Guarantee_WrongState(_statusNow(terms, agreement), Status.None);
        _requireBefore(terms.expiresAt);
        _check(terms);
        _requireLease(leaseTerms, terms.leaseId);
        _require(terms.asset == leaseTerms.asset, "asset");

        // Effect
        agreement.stage = Status.Funded;
        agreement.held = terms.cap;
        emit Guaranteed(id, msg.sender, terms);

        // Interaction: exactly the cap arrives, or all of this is undone.
        _take(terms.asset, terms.cap);
    }

    // -------------------------------------------------------------------------------------------------------- calls

    /// @inheritdoc IGuarantee
    function call(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount, bytes32 evidence)
        external
        nonReentrant
    {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by the landlord, in time, after enough instalments are late, for no more than there is and is owed.
        _requireCaller(terms.landlord);
        _requireState(agreement.stage, Status.Funded);
        _requireBefore(terms.expiresAt);
        _requireLease(leaseTerms, terms.leaseId);
        uint256 late = _LEASE.accountOf(leaseTerms).instalmentsLate;
        if (late < terms.callAfter) revert Guarantee_NotLate(late, terms.callAfter);
        uint256 most = _callable(agreement, leaseTerms);
        if (amount == 0 || amount > most) revert Extension_InvalidAmount(amount, most);

        // Effect
        _enter(agreement, Status.Called);
        agreement.called = amount;
        emit Called(id, amount, evidence, block.timestamp + terms.noticePeriod);
    }

    /// @inheritdoc IGuarantee
    function withdrawCall(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.landlord);
        Status stage = agreement.stage;
        if (stage != Status.Disputed && stage != Status.Due) _requireState(stage, Status.Called);

        // Effect
        _endCall(agreement);
        emit CallWithdrawn(id);
    }

    /// @inheritdoc IGuarantee
    function object(Terms calldata terms, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.guarantor);
        if (terms.arbiter == address(0)) revert Guarantee_NoArbiter(id);
        _requireState(agreement.stage, Status.Called);
        _requireBefore(_deadline(terms, agreement));

        // Effect
        _enter(agreement, Status.Disputed);
        emit Disputed(id, evidence, block.timestamp + terms.rulingWindow);
    }

    /// @inheritdoc IGuarantee
    function rule(Terms calldata terms, uint128 award) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.arbiter);
        _requireState(agreement.stage, Status.Disputed);
        _requireBefore(_deadline(terms, agreement));
        if (award > agreement.called) revert Extension_InvalidAmount(award, agreement.called);

        // Effect
        emit Ruled(id, msg.sender, award);
        if (award == 0) return _endCall(agreement);
        _enter(agreement, Status.Due);
        agreement.called = award;
    }

    // ---------------------------------------------------------------------------------------------------- the exits

    /// @inheritdoc IGuarantee
    function release(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.landlord);
        if (agreement.stage == Status.Closed) revert Guarantee_WrongState(Status.Closed, Status.Funded);

        // Effect and interaction
        _close(id, agreement, terms);
    }

    /// @inheritdoc IGuarantee
    function settle(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is a deadline, and it has come.
        uint256 deadline = _deadline(terms, agreement);
        if (deadline == 0) revert Guarantee_WrongState(Status.Closed, Status.Funded);
        _requireFrom(deadline);

        // Effect and interaction
        if (agreement.stage == Status.Funded) return _close(id, agreement, terms);
        _requireLease(leaseTerms, terms.leaseId);
        _settleCall(id, agreement, terms, leaseTerms, deadline);
    }

    // -------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IGuarantee
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IGuarantee
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _statusNow(terms, _agreements[_idOf(terms)]);
    }

    /// @inheritdoc IGuarantee
    function agreementOf(Terms calldata terms) external view nonReentrantView returns (Agreement memory) {
        return _agreements[_idOf(terms)];
    }

    /// @inheritdoc IGuarantee
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _deadline(terms, _agreements[_idOf(terms)]);
    }

    /// @inheritdoc IGuarantee
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256) {
        Agreement storage agreement = _agreements[_idOf(terms)];
        uint256 award = _silentAward(terms, agreement);
        if (party == terms.landlord) return award;
        return party == terms.guarantor ? agreement.held - award : 0;
    }

    // ------------------------------------------------------------------------------------------------------ effects

    /// @dev Pays what silence or a ruling grants, as far as the lease is in arrears (G-2), and ends the call.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _settleCall(
        AgreementId id,
        Agreement storage agreement,
        Terms calldata terms,
        ILease.Terms calldata leaseTerms,
        uint256 dueAt
    ) private {
        uint256 amount = Math.min(_silentAward(terms, agreement), _callable(agreement, leaseTerms));
        // A closed lease takes no payment; nor does one whose token is stuck, which must not hold this up for ever.
        bool directly = block.timestamp >= dueAt + PAYMENT_WINDOW || _LEASE.statusOf(leaseTerms) == ILease.Status.Closed;

        // Effect
        _endCall(agreement);
        agreement.held -= amount.toUint128();
        if (directly) agreement.paidDirectly += amount.toUint128();
        emit CallSettled(id, directly ? 0 : amount, directly ? amount : 0);
        if (agreement.held == 0) _close(id, agreement, terms);

        // Interaction
        _discharge(terms.asset, amount);
        if (directly) _forward(terms.asset, terms.landlord, amount);
        else if (amount != 0) _payRent(leaseTerms, amount);
    }

    function _close(AgreementId id, Agreement storage agreement, Terms calldata terms) private {
        // Effect
        uint256 held = agreement.held;
        agreement.held = 0;
        agreement.called = 0;
        _enter(agreement, Status.Closed);
        emit Closed(id, held);

        // Interaction
        _discharge(terms.asset, held);
        _forward(terms.asset, terms.guarantor, held);
    }

    function _endCall(Agreement storage agreement) private {
        agreement.called = 0;
        _enter(agreement, Status.Funded);
    }

    function _enter(Agreement storage agreement, Status stage) private {
        agreement.stage = stage;
        agreement.since = block.timestamp.toUint40();
    }

    // ------------------------------------------------------------------------------------------------------- checks

    /// @dev Reverts unless a guarantee with these terms can run to its end.
    function _check(Terms calldata terms) private view {
        _require(_canBePaid(terms.guarantor), "guarantor");
        _require(_canBePaid(terms.landlord) && terms.landlord != terms.guarantor, "landlord");
        _require(
            terms.arbiter != terms.landlord && terms.arbiter != terms.guarantor && terms.arbiter != address(this),
            "arbiter"
        );
        _require(terms.asset != address(this), "asset");
        _require(terms.cap != 0, "cap");
        _require(terms.callAfter != 0, "callAfter");
        _require(_isWindow(terms.noticePeriod), "noticePeriod");
        _require(terms.arbiter == address(0) || _isWindow(terms.rulingWindow), "rulingWindow");
        _require(terms.timeoutBps <= Bps.ONE, "timeoutBps");
    }

    /// @dev No more than is held, and no more than the lease is in arrears and was not paid beside it.
    function _callable(Agreement storage agreement, ILease.Terms calldata leaseTerms) private view returns (uint256) {
        return Math.min(agreement.held, Math.saturatingSub(_LEASE.arrears(leaseTerms), agreement.paidDirectly));
    }

    /// @dev What of the held is paid on the rent if nobody acts any more.
    function _silentAward(Terms calldata terms, Agreement storage agreement) private view returns (uint256) {
        if (agreement.stage == Status.Disputed) return Bps.share(agreement.called, terms.timeoutBps);
        return agreement.called;
    }

    function _deadline(Terms calldata terms, Agreement storage agreement) private view returns (uint256) {
        Status stage = agreement.stage;
        if (stage == Status.Funded) return terms.expiresAt;
        if (stage == Status.Called) return uint256(agreement.since) + terms.noticePeriod;
        if (stage == Status.Disputed) return uint256(agreement.since) + terms.rulingWindow;
        return stage == Status.Due ? agreement.since : 0;
    }

    function _statusNow(Terms calldata terms, Agreement storage agreement) private view returns (Status stage) {
        stage = agreement.stage;
        bool pending = stage == Status.Called || stage == Status.Disputed;
        if (pending && block.timestamp >= _deadline(terms, agreement)) return Status.Due;
    }

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(keccak256(abi.encode(_TYPEHASH, terms))));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _agreements[id];
        if (agreement.stage == Status.None) revert Extension_UnknownAgreement(id);
    }

    function _requireState(Status actual, Status expected) private pure {
        if (actual != expected) revert Guarantee_WrongState(actual, expected);
    }
}
