// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {AgentPrincipal} from "./AgentPrincipal.sol";
import {ICoTenants} from "./interfaces/ICoTenants.sol";
import {LeaseAgent} from "./LeaseAgent.sol";
import {Members} from "./Members.sol";

/// @title Several tenants of one lease.
/// @dev See {ICoTenants} for what each function promises, and section T of INVARIANTS.md.
contract CoTenants is ICoTenants, AgentPrincipal {
    using Members for Member[];
    using SafeCast for uint256;

    /// @inheritdoc ICoTenants
    uint256 public constant MAX_MEMBERS = 16;

    mapping(AgreementId id => Group group) private _groups;
    mapping(AgreementId id => mapping(uint256 index => Account account)) private _accounts;
    /// @dev Bit `i`: member `i` approves the matter.
    mapping(AgreementId id => mapping(bytes32 matter => uint256 members)) private _approvals;

    /// @dev Binds to the lease contract and sets the EIP-712 domain.
    constructor(ILease lease_) AgentPrincipal(lease_) EIP712("Covenant CoTenants", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc ICoTenants
    function open(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _idOf(terms);
        Group storage group = _groups[id];
        // Check: once, in time, on acceptable terms.
        if (group.stage != Status.None) revert CoTenants_WrongState(_statusNow(terms, group), Status.None);
        _requireBefore(terms.formBy);
        _check(terms);

        // Effect
        group.stage = Status.Forming;
        emit Opened(id, address(_createAgent(id)), terms);
    }

    /// @inheritdoc ICoTenants
    function contribute(Terms calldata terms, uint256 index) external payable nonReentrant {
        (AgreementId id, Group storage group) = _forming(terms);
        // Check: once, and there is something to contribute.
        address member = terms.members[index].account;
        if (_has(group.contributed, index)) revert CoTenants_AlreadyContributed(member);
        uint256 amount = terms.members.depositPart(terms.deposit, index);

        // Effect
        group.contributed |= uint16(1 << index);
        emit Contributed(id, member, msg.sender, amount);

        // Interaction: exactly that arrives, or all of this is undone.
        _take(terms.asset, amount);
    }

    /// @inheritdoc ICoTenants
    function takeBack(Terms calldata terms) external nonReentrant {
        (AgreementId id, Group storage group) = _forming(terms);
        uint256 index = terms.members.indexOf(msg.sender);
        // Check
        if (!_has(group.contributed, index)) revert CoTenants_NotContributed(msg.sender);

        // Effect and interaction
        _payOut(id, terms, index, _uncontribute(group, terms, index));
    }

    /// @inheritdoc ICoTenants
    function approve(Terms calldata terms, Act act, uint256 limit, bool approved) external nonReentrant {
        (AgreementId id,) = _find(terms);
        uint256 bit = 1 << terms.members.indexOf(msg.sender);

        // Effect
        bytes32 matter = _matter(act, limit);
        if (approved) _approvals[id][matter] |= bit;
        else _approvals[id][matter] &= ~bit;
        emit Approved(id, msg.sender, act, limit, approved);
    }

    /// @inheritdoc ICoTenants
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function sign(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        (AgreementId id, Group storage group) = _forming(terms);
        AgreementId leaseId = _LEASE.idOf(leaseTerms);
        LeaseAgent agent = _agentOf(id);
        // Check: by a member, for all of them, this very lease, with every part of the deposit here.
        terms.members.indexOf(msg.sender);
        _require(leaseTerms.tenant == address(agent), "tenant");
        _require(leaseTerms.asset == terms.asset, "asset");
        _require(leaseTerms.deposit == terms.deposit, "deposit");
        _require(leaseTerms.depositParts <= 1, "depositParts");
        _useApproval(id, Act.Sign, uint256(AgreementId.unwrap(leaseId)), terms.members.length);
        for (uint256 i = 0; terms.deposit != 0 && i < terms.members.length; ++i) {
            if (!_has(group.contributed, i)) revert CoTenants_NotContributed(terms.members[i].account);
        }

        // Effect. If somebody else has paid the lease's deposit, what is here comes back to the members.
        bool isPaid = _LEASE.claimOf(leaseTerms, address(agent)) != 0;
        group.stage = Status.Signed;
        group.contributed = 0;
        group.leaseId = leaseId;
        emit LeaseSigned(id, leaseId);
        if (isPaid) _divide(id, terms, terms.deposit);

        // Interaction
        uint256 deposit = isPaid ? 0 : terms.deposit;
        _discharge(terms.asset, deposit);
        _actWith(id, terms.asset, deposit, abi.encodeCall(ILease.sign, (leaseTerms)));
    }

    // --------------------------------------------------------------------------------------------------------- rent

    /// @inheritdoc ICoTenants
    function pay(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external payable nonReentrant {
        (AgreementId id, Group storage group) = _find(terms);
        uint256 index = terms.members.indexOf(msg.sender);
        // Check: there is something to pay. The rest is not taken, or goes back.
        _requireLease(leaseTerms, group.leaseId);
        uint256 owed = _LEASE.arrears(leaseTerms);
        uint256 paid = Math.min(amount, owed);
        if (paid == 0) revert Extension_InvalidAmount(amount, owed);

        // Effect
        _countRent(id, index, paid);

        // Interaction: from the member into the lease.
        bool isEther = terms.asset == address(0);
        _pull(terms.asset, isEther ? amount : paid);
        _payRent(leaseTerms, paid);
        if (isEther) _forward(address(0), msg.sender, amount - paid);
    }

    /// @inheritdoc ICoTenants
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function reimburse(Terms calldata terms, uint256 index, uint128 amount) external payable nonReentrant {
        (AgreementId id, Group storage group) = _find(terms);
        uint256 from = terms.members.indexOf(msg.sender);
        // Check: the one owes it, and the other is owed it. The rest is not taken, or goes back.
        int256 owes = -_balance(id, group, terms, from);
        int256 isOwed = _balance(id, group, terms, index);
        uint256 most = owes > 0 && isOwed > 0 ? Math.min(uint256(owes), uint256(isOwed)) : 0;
        uint256 paid = Math.min(amount, most);
        if (paid == 0) revert Extension_InvalidAmount(amount, most);

        // Effect
        address to = terms.members[index].account;
        _accounts[id][from].rentPaid += paid.toUint128();
        _accounts[id][index].rentPaid -= paid.toUint128();
        emit Reimbursed(id, msg.sender, to, paid);

        // Interaction: a payment that is refused becomes a credit.
        uint256 excess = terms.asset == address(0) ? amount - paid : 0;
        _pull(terms.asset, paid + excess);
        _forward(terms.asset, to, paid);
        _forward(terms.asset, msg.sender, excess);
    }

    // ------------------------------------------------------------------------------------- the tenant, on the lease

    /// @inheritdoc ICoTenants
    function giveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms, uint256 limit) external nonReentrant {
        AgreementId id = _beginAct(terms, leaseTerms, Act.GiveNotice, limit);
        _requireBefore(limit);
        _agentOf(id).act(abi.encodeCall(ILease.giveNotice, (leaseTerms)));
    }

    /// @inheritdoc ICoTenants
    function acceptClaim(Terms calldata terms, ILease.Terms calldata leaseTerms, uint256 limit) external nonReentrant {
        AgreementId id = _beginAct(terms, leaseTerms, Act.AcceptClaim, limit);
        uint256 claimed = _LEASE.agreementOf(leaseTerms).claimed;
        if (claimed > limit) revert Extension_InvalidAmount(claimed, limit);
        _agentOf(id).act(abi.encodeCall(ILease.acceptClaim, (leaseTerms)));
    }

    /// @inheritdoc ICoTenants
    function cancel(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        AgreementId id = _beginAct(terms, leaseTerms, Act.Cancel, 0);
        _agentOf(id).act(abi.encodeCall(ILease.cancel, (leaseTerms)));
    }

    /// @inheritdoc ICoTenants
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function breakLease(Terms calldata terms, ILease.Terms calldata leaseTerms, uint256 limit)
        external
        payable
        nonReentrant
    {
        AgreementId id = _beginAct(terms, leaseTerms, Act.Break, limit);
        // Check: what it costs is within what was approved.
        (, uint256 fee) = _LEASE.breakOf(leaseTerms, address(_agentOf(id)));
        if (fee > limit) revert Extension_InvalidAmount(fee, limit);

        // Effect: like rent, the caller has paid it for all.
        _countRent(id, terms.members.indexOf(msg.sender), fee);

        // Interaction
        _pull(terms.asset, fee);
        _actWith(id, terms.asset, fee, abi.encodeCall(ILease.breakLease, (leaseTerms)));
    }

    /// @inheritdoc ICoTenants
    function recordInspection(
        Terms calldata terms,
        ILease.Terms calldata leaseTerms,
        ILease.Inspection inspection,
        bytes32 report
    ) external nonReentrant {
        Act act = inspection == ILease.Inspection.MoveIn ? Act.RecordMoveIn : Act.RecordMoveOut;
        AgreementId id = _beginAct(terms, leaseTerms, act, uint256(report));
        _agentOf(id).act(abi.encodeCall(ILease.recordInspection, (leaseTerms, inspection, report)));
    }

    /// @inheritdoc ICoTenants
    function serveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 kind, bytes32 document)
        external
        nonReentrant
    {
        _agentOf(_beginAlone(terms, leaseTerms)).act(abi.encodeCall(ILease.serveNotice, (leaseTerms, kind, document)));
    }

    /// @inheritdoc ICoTenants
    function objectToClaim(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 evidence)
        external
        nonReentrant
    {
        AgreementId id = _beginAlone(terms, leaseTerms);
        emit ObjectedFor(id, msg.sender);
        _agentOf(id).act(abi.encodeCall(ILease.objectToClaim, (leaseTerms, evidence)));
    }

    // ---------------------------------------------------------------------------------------------------- the exits

    /// @inheritdoc ICoTenants
    function settle(Terms calldata terms) external nonReentrant {
        (AgreementId id, Group storage group) = _find(terms);
        // Check
        if (group.stage != Status.Forming) revert CoTenants_WrongState(group.stage, Status.Forming);
        _requireFrom(terms.formBy);

        // Effect
        group.stage = Status.Dissolved;
        emit GroupDissolved(id);
    }

    /// @inheritdoc ICoTenants
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign
    function collect(Terms calldata terms) external nonReentrant returns (uint256 amount) {
        (AgreementId id,) = _find(terms);
        // Interaction: only the agent, the lease and the token are called, and every entry point is closed.
        amount = _collect(id, terms.asset);
        // Effect
        if (amount != 0) _divide(id, terms, amount);
    }

    /// @inheritdoc ICoTenants
    function payOut(Terms calldata terms, uint256 index) external nonReentrant {
        (AgreementId id, Group storage group) = _find(terms);
        Account storage account = _accounts[id][index];
        // Check
        uint256 amount = account.owed;
        bool refunds = _statusNow(terms, group) == Status.Dissolved && _has(group.contributed, index);
        if (amount == 0 && !refunds) revert CoTenants_NothingToPay(terms.members[index].account);

        // Effect and interaction
        account.owed = 0;
        if (refunds) amount += _uncontribute(group, terms, index);
        _payOut(id, terms, index, amount);
    }

    // -------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ICoTenants
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc ICoTenants
    function agentOf(Terms calldata terms) external view returns (address) {
        return address(_agentOf(_idOf(terms)));
    }

    /// @inheritdoc ICoTenants
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _statusNow(terms, _groups[_idOf(terms)]);
    }

    /// @inheritdoc ICoTenants
    function groupOf(Terms calldata terms) external view nonReentrantView returns (Group memory) {
        return _groups[_idOf(terms)];
    }

    /// @inheritdoc ICoTenants
    function accountOf(Terms calldata terms, uint256 index) external view nonReentrantView returns (Account memory) {
        return _accounts[_idOf(terms)][index];
    }

    /// @inheritdoc ICoTenants
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _groups[_idOf(terms)].stage == Status.Forming ? terms.formBy : 0;
    }

    /// @inheritdoc ICoTenants
    function approvalsOf(Terms calldata terms, Act act, uint256 limit)
        external
        view
        nonReentrantView
        returns (uint256)
    {
        return Members.count(_approvals[_idOf(terms)][_matter(act, limit)]);
    }

    /// @inheritdoc ICoTenants
    function contributionOf(Terms calldata terms, uint256 index) external pure returns (uint256) {
        return terms.members.depositPart(terms.deposit, index);
    }

    /// @inheritdoc ICoTenants
    function balanceOf(Terms calldata terms, uint256 index) external view nonReentrantView returns (int256) {
        AgreementId id = _idOf(terms);
        return _balance(id, _groups[id], terms, index);
    }

    /// @inheritdoc ICoTenants
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256 amount) {
        AgreementId id = _idOf(terms);
        Group storage group = _groups[id];
        for (uint256 i = 0; i < terms.members.length; ++i) {
            if (terms.members[i].account != party) continue;
            amount = _accounts[id][i].owed;
            if (_has(group.contributed, i)) amount += terms.members.depositPart(terms.deposit, i);
        }
    }

    // ------------------------------------------------------------------------------------------------------ effects

    /// @dev Checks that a member acts for enough of them on the group's lease, and uses their approval up.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function _beginAct(Terms calldata terms, ILease.Terms calldata leaseTerms, Act act, uint256 limit)
        private
        returns (AgreementId id)
    {
        Group storage group;
        (id, group) = _find(terms);
        terms.members.indexOf(msg.sender);
        _requireLease(leaseTerms, group.leaseId);
        _useApproval(id, act, limit, terms.quorum);
        emit Acted(id, act, msg.sender);
    }

    /// @dev Checks that a member acts on the group's lease. For what changes nothing, or needs one only (T-4).
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function _beginAlone(Terms calldata terms, ILease.Terms calldata leaseTerms) private view returns (AgreementId id) {
        Group storage group;
        (id, group) = _find(terms);
        terms.members.indexOf(msg.sender);
        _requireLease(leaseTerms, group.leaseId);
    }

    function _countRent(AgreementId id, uint256 index, uint256 amount) private {
        _groups[id].rentPaid += amount.toUint128();
        _accounts[id][index].rentPaid += amount.toUint128();
        emit RentPaid(id, msg.sender, amount);
    }

    function _useApproval(AgreementId id, Act act, uint256 limit, uint256 needed) private {
        bytes32 matter = _matter(act, limit);
        uint256 given = Members.count(_approvals[id][matter]);
        if (given < needed) revert CoTenants_NotApproved(given, needed);
        _approvals[id][matter] = 0;
    }

    /// @dev Divides what came back: every part rounded down, the rest to the first member (T-2). It is paid out member
    /// by member.
    function _divide(AgreementId id, Terms calldata terms, uint256 amount) private {
        emit Returned(id, amount);
        for (uint256 i = 0; i < terms.members.length; ++i) {
            _accounts[id][i].owed += terms.members.depositPart(amount, i).toUint128();
        }
    }

    function _uncontribute(Group storage group, Terms calldata terms, uint256 index) private returns (uint256) {
        group.contributed &= ~uint16(1 << index);
        return terms.members.depositPart(terms.deposit, index);
    }

    function _payOut(AgreementId id, Terms calldata terms, uint256 index, uint256 amount) private {
        // Effect
        address member = terms.members[index].account;
        emit PaidOut(id, member, amount);

        // Interaction: each member on its own, so that none can hold up another.
        _discharge(terms.asset, amount);
        _forward(terms.asset, member, amount);
    }

    // ------------------------------------------------------------------------------------------------------- checks

    /// @dev Reverts unless the members and their shares make sense.
    function _check(Terms calldata terms) private view {
        uint256 count = terms.members.length;
        _require(count >= 2 && count <= MAX_MEMBERS, "members");
        for (uint256 i = 0; i < count; ++i) {
            _require(_canBePaid(terms.members[i].account), "members");
        }
        _require(terms.members.areDistinct(), "members");
        _require(terms.members.sharesAddUp(), "shares");
        _require(terms.quorum >= 2 && terms.quorum <= count, "quorum");
        _require(terms.asset != address(this), "asset");
    }

    function _balance(AgreementId id, Group storage group, Terms calldata terms, uint256 index)
        private
        view
        returns (int256)
    {
        uint256 share = terms.members.rentPart(group.rentPaid, index);
        return int256(uint256(_accounts[id][index].rentPaid)) - int256(share);
    }

    function _statusNow(Terms calldata terms, Group storage group) private view returns (Status stage) {
        stage = group.stage;
        if (stage == Status.Forming && block.timestamp >= terms.formBy) return Status.Dissolved;
    }

    /// @dev The members are an array, so the terms are hashed as a whole.
    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(keccak256(abi.encode(terms))));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Group storage group) {
        id = _idOf(terms);
        group = _groups[id];
        if (group.stage == Status.None) revert Extension_UnknownAgreement(id);
    }

    function _forming(Terms calldata terms) private view returns (AgreementId id, Group storage group) {
        (id, group) = _find(terms);
        if (group.stage != Status.Forming) revert CoTenants_WrongState(_statusNow(terms, group), Status.Forming);
        _requireBefore(terms.formBy);
    }

    function _has(uint256 bits, uint256 index) private pure returns (bool) {
        return (bits >> index) & 1 == 1;
    }

    function _matter(Act act, uint256 limit) private pure returns (bytes32) {
        return keccak256(abi.encode(act, limit));
    }
}
