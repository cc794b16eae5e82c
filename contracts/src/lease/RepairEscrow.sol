// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Bps} from "../libraries/Bps.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {AgentPrincipal} from "./AgentPrincipal.sol";
import {IDepositClaim, IItemisedClaim} from "./interfaces/IDepositClaim.sol";
import {IRepairEscrow} from "./interfaces/IRepairEscrow.sol";

/// @title Rent withheld for repairs.
/// @dev See {IRepairEscrow} for what each function promises, and section R of INVARIANTS.md.
contract RepairEscrow is IRepairEscrow, AgentPrincipal {
    using SafeCast for uint256;

    /// @dev EIP-712 type of {IRepairEscrow.Terms}.
    bytes32 private constant _TYPEHASH = keccak256(
        "Terms(address landlord,address tenant,address arbiter,address asset,uint16 withholdBps,uint128 cap,"
        "uint40 repairWindow,uint40 confirmWindow,uint40 rulingWindow,uint16 silenceBps,uint16 timeoutBps,"
        "bytes32 documentHash,bytes32 salt)"
    );

    mapping(AgreementId id => Agreement agreement) private _agreements;

    /// @dev Binds to the lease contract and sets the EIP-712 domain.
    constructor(ILease lease_) AgentPrincipal(lease_) EIP712("Covenant RepairEscrow", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IRepairEscrow
    function open(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _idOf(terms);
        Agreement storage agreement = _agreements[id];
        // Check: once, on acceptable terms.
        if (agreement.stage != Status.None) revert RepairEscrow_WrongState(agreement.stage, Status.None);
        _check(terms);

        // Effect
        agreement.stage = Status.Quiet;
        emit Opened(id, address(_createAgent(id)), terms);
    }

    // ----------------------------------------------------------------------------------- the landlord, on the lease

    /// @inheritdoc IRepairEscrow
    function sign(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: once, a lease whose landlord is the agent, in the agreed asset.
        _requireCaller(terms.landlord);
        if (AgreementId.unwrap(agreement.leaseId) != 0) revert RepairEscrow_WrongLeaseState(agreement.leaseId);
        _require(leaseTerms.landlord == address(_agentOf(id)), "landlord");
        _require(leaseTerms.asset == terms.asset, "asset");

        // Effect
        AgreementId leaseId = _LEASE.idOf(leaseTerms);
        agreement.leaseId = leaseId;
        emit LeaseSigned(id, leaseId);

        // Interaction
        _agentOf(id).act(abi.encodeCall(ILease.sign, (leaseTerms)));
    }

    /// @inheritdoc IRepairEscrow
    function cancel(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        _act(terms, leaseTerms, abi.encodeCall(ILease.cancel, (leaseTerms)));
    }

    /// @inheritdoc IRepairEscrow
    function giveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        _act(terms, leaseTerms, abi.encodeCall(ILease.giveNotice, (leaseTerms)));
    }

    /// @inheritdoc IRepairEscrow
    function declareDefault(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        _act(terms, leaseTerms, abi.encodeCall(ILease.declareDefault, (leaseTerms)));
    }

    /// @inheritdoc IRepairEscrow
    function claimDeposit(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount, bytes32 evidence)
        external
        nonReentrant
    {
        _act(terms, leaseTerms, abi.encodeCall(IDepositClaim.claimDeposit, (leaseTerms, amount, evidence)));
    }

    /// @inheritdoc IRepairEscrow
    function claimDeposit(Terms calldata terms, ILease.Terms calldata leaseTerms, ILease.Deduction[] calldata items)
        external
        nonReentrant
    {
        _act(terms, leaseTerms, abi.encodeCall(IItemisedClaim.claimDeposit, (leaseTerms, items)));
    }

    /// @inheritdoc IRepairEscrow
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function breakLease(Terms calldata terms, ILease.Terms calldata leaseTerms) external payable nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.landlord);
        _requireLease(leaseTerms, agreement.leaseId);

        // Interaction: the landlord pays what the break costs.
        (, uint256 fee) = _LEASE.breakOf(leaseTerms, address(_agentOf(id)));
        _pull(terms.asset, fee);
        _actWith(id, terms.asset, fee, abi.encodeCall(ILease.breakLease, (leaseTerms)));
    }

    /// @inheritdoc IRepairEscrow
    function recordInspection(
        Terms calldata terms,
        ILease.Terms calldata leaseTerms,
        ILease.Inspection inspection,
        bytes32 report_
    ) external nonReentrant {
        _act(terms, leaseTerms, abi.encodeCall(ILease.recordInspection, (leaseTerms, inspection, report_)));
    }

    /// @inheritdoc IRepairEscrow
    function serveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 kind, bytes32 document)
        external
        nonReentrant
    {
        _act(terms, leaseTerms, abi.encodeCall(ILease.serveNotice, (leaseTerms, kind, document)));
    }

    /// @inheritdoc IRepairEscrow
    function reduceClaim(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external nonReentrant {
        _act(terms, leaseTerms, abi.encodeCall(ILease.reduceClaim, (leaseTerms, amount)));
    }

    // --------------------------------------------------------------------------------------------------------- rent

    /// @inheritdoc IRepairEscrow
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign,reentrancy-eth
    function pay(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external payable nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is something to pay. The rest is not taken, or goes back.
        _requireLease(leaseTerms, agreement.leaseId);
        uint256 owed = _LEASE.arrears(leaseTerms);
        uint256 paid = Math.min(amount, owed);
        if (paid == 0) revert Extension_InvalidAmount(amount, owed);

        // Interaction: from the caller into the lease, whence it comes back to the agent.
        bool isEther = terms.asset == address(0);
        _pull(terms.asset, isEther ? amount : paid);
        _payRent(leaseTerms, paid);
        if (isEther) _forward(address(0), msg.sender, amount - paid);

        // Effect and interaction
        _receive(id, agreement, terms, leaseTerms);
    }

    /// @inheritdoc IRepairEscrow
    function forward(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireLease(leaseTerms, agreement.leaseId);

        // Effect and interaction
        _receive(id, agreement, terms, leaseTerms);
    }

    // ------------------------------------------------------------------------------------------------------ defects

    /// @inheritdoc IRepairEscrow
    function notify(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 defect) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.tenant);
        _requireState(agreement, Status.Quiet);
        _requireLease(leaseTerms, agreement.leaseId);

        // Effect and interaction: what came before the notice is the landlord's (R-2).
        _receive(id, agreement, terms, leaseTerms);

        // Effect
        _enter(agreement, Status.Notified);
        emit DefectNotified(id, defect, block.timestamp + terms.repairWindow);
    }

    /// @inheritdoc IRepairEscrow
    function report(Terms calldata terms, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.landlord);
        _requireState(agreement, Status.Notified);
        _requireBefore(_deadline(terms, agreement));

        // Effect
        _enter(agreement, Status.Reported);
        emit RepairReported(id, evidence, block.timestamp + terms.confirmWindow);
    }

    /// @inheritdoc IRepairEscrow
    function confirm(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.tenant);
        if (agreement.stage == Status.Quiet) revert RepairEscrow_WrongState(Status.Quiet, Status.Notified);

        // Effect and interaction
        emit RepairConfirmed(id);
        _divide(id, agreement, terms, 0);
    }

    /// @inheritdoc IRepairEscrow
    function object(Terms calldata terms, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.tenant);
        _requireState(agreement, Status.Reported);
        _requireBefore(_deadline(terms, agreement));

        // Effect
        _enter(agreement, Status.Disputed);
        emit Disputed(id, evidence, block.timestamp + terms.rulingWindow);
    }

    /// @inheritdoc IRepairEscrow
    function rule(Terms calldata terms, uint16 tenantBps) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.arbiter);
        _requireState(agreement, Status.Disputed);
        _requireBefore(_deadline(terms, agreement));
        if (tenantBps > Bps.ONE) revert Extension_InvalidAmount(tenantBps, Bps.ONE);

        // Effect and interaction
        emit Ruled(id, msg.sender, tenantBps);
        _divide(id, agreement, terms, tenantBps);
    }

    /// @inheritdoc IRepairEscrow
    function settle(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is a deadline, and it has come.
        uint256 deadline = _deadline(terms, agreement);
        if (deadline == 0) revert RepairEscrow_WrongState(Status.Quiet, Status.Notified);
        _requireFrom(deadline);

        // Effect and interaction: depends on nothing but the terms and the clock (I-5).
        emit TimedOut(id, agreement.stage);
        _divide(id, agreement, terms, _silentBps(terms, agreement.stage));
    }

    // -------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IRepairEscrow
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IRepairEscrow
    function agentOf(Terms calldata terms) external view returns (address) {
        return address(_agentOf(_idOf(terms)));
    }

    /// @inheritdoc IRepairEscrow
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _agreements[_idOf(terms)].stage;
    }

    /// @inheritdoc IRepairEscrow
    function agreementOf(Terms calldata terms) external view nonReentrantView returns (Agreement memory) {
        return _agreements[_idOf(terms)];
    }

    /// @inheritdoc IRepairEscrow
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _deadline(terms, _agreements[_idOf(terms)]);
    }

    /// @inheritdoc IRepairEscrow
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256) {
        Agreement storage agreement = _agreements[_idOf(terms)];
        uint256 toTenant = Bps.share(agreement.withheld, _silentBps(terms, agreement.stage));
        if (party == terms.tenant) return toTenant;
        return party == terms.landlord ? agreement.withheld - toTenant : 0;
    }

    // ------------------------------------------------------------------------------------------------------ effects

    /// @dev Acts as the landlord of the agreement's lease. What is called is written out above; only the terms are
    /// data.
    function _act(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes memory data) private {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.landlord);
        _requireLease(leaseTerms, agreement.leaseId);

        // Interaction
        _agentOf(id).act(data);
    }

    /// @dev Takes in what the agent has, withholds the agreed part while a defect is open, passes the rest on. Of a
    /// closed lease comes the deposit, of which nothing is withheld.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign
    function _receive(
        AgreementId id,
        Agreement storage agreement,
        Terms calldata terms,
        ILease.Terms calldata leaseTerms
    ) private {
        uint256 amount = _collect(id, terms.asset);
        if (amount == 0) return;
        uint256 kept = 0;
        if (agreement.stage != Status.Quiet && _LEASE.statusOf(leaseTerms) != ILease.Status.Closed) {
            uint256 withheld = agreement.withheld;
            kept = Math.min(Bps.share(amount, terms.withholdBps), terms.cap - withheld);
            agreement.withheld = (withheld + kept).toUint128();
        }
        emit Received(id, amount - kept, kept);
        _discharge(terms.asset, amount - kept);
        _forward(terms.asset, terms.landlord, amount - kept);
    }

    /// @dev Closes the matter. The odd unit is the landlord's.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _divide(AgreementId id, Agreement storage agreement, Terms calldata terms, uint256 tenantBps) private {
        // Effect
        uint256 withheld = agreement.withheld;
        uint256 toTenant = Bps.share(withheld, tenantBps);
        agreement.withheld = 0;
        _enter(agreement, Status.Quiet);
        emit Divided(id, withheld - toTenant, toTenant);

        // Interaction: a refused payout becomes a credit, so the order does not matter.
        _discharge(terms.asset, withheld);
        _forward(terms.asset, terms.landlord, withheld - toTenant);
        _forward(terms.asset, terms.tenant, toTenant);
    }

    function _enter(Agreement storage agreement, Status stage) private {
        agreement.stage = stage;
        agreement.since = block.timestamp.toUint40();
    }

    // ------------------------------------------------------------------------------------------------------- checks

    /// @dev Reverts unless everything that can be withheld under these terms comes out again.
    function _check(Terms calldata terms) private view {
        _require(_canBePaid(terms.landlord), "landlord");
        _require(_canBePaid(terms.tenant) && terms.tenant != terms.landlord, "tenant");
        _require(
            terms.arbiter != terms.landlord && terms.arbiter != terms.tenant && terms.arbiter != address(this),
            "arbiter"
        );
        _require(terms.asset != address(this), "asset");
        _require(terms.withholdBps != 0 && terms.withholdBps <= Bps.ONE, "withholdBps");
        _require(_isWindow(terms.repairWindow), "repairWindow");
        _require(_isWindow(terms.confirmWindow), "confirmWindow");
        _require(_isWindow(terms.rulingWindow), "rulingWindow");
        _require(terms.silenceBps <= Bps.ONE, "silenceBps");
        _require(terms.timeoutBps <= Bps.ONE, "timeoutBps");
    }

    function _deadline(Terms calldata terms, Agreement storage agreement) private view returns (uint256) {
        Status stage = agreement.stage;
        if (stage == Status.Notified) return uint256(agreement.since) + terms.repairWindow;
        if (stage == Status.Reported) return uint256(agreement.since) + terms.confirmWindow;
        return stage == Status.Disputed ? uint256(agreement.since) + terms.rulingWindow : 0;
    }

    /// @dev The tenant's share if nobody acts any more. A report that is not objected to is true.
    function _silentBps(Terms calldata terms, Status stage) private pure returns (uint256) {
        if (stage == Status.Notified) return terms.silenceBps;
        return stage == Status.Disputed ? terms.timeoutBps : 0;
    }

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(keccak256(abi.encode(_TYPEHASH, terms))));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _agreements[id];
        if (agreement.stage == Status.None) revert Extension_UnknownAgreement(id);
    }

    function _requireState(Agreement storage agreement, Status expected) private view {
        if (agreement.stage != expected) revert RepairEscrow_WrongState(agreement.stage, expected);
    }
}
