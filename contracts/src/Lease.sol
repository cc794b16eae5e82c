// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "./interfaces/ILease.sol";
import {Ledger} from "./Ledger.sol";
import {Accrual} from "./libraries/Accrual.sol";
import {LeaseTerms} from "./libraries/LeaseTerms.sol";
import {Schedule} from "./libraries/Schedule.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title Leases.
/// @dev See {ILease} for what each function promises and INVARIANTS.md for what always holds. States and deadlines are
/// drawn in README.md. Every entry point is guarded, so effects may be spread over the helpers below as long as no
/// payout comes before the last of them.
contract Lease is ILease, Ledger, EIP712 {
    using LeaseTerms for Terms;
    using LeaseTerms for Agreement;
    using Accrual for Terms;
    using Accrual for Account;
    using Schedule for Schedule.Plan;
    using SafeCast for uint256;

    /// @dev What a payment needs to know, read once.
    struct Payment {
        AgreementId id;
        Agreement before;
        Schedule.Plan plan;
        Account account;
        uint256 offered;
        uint256 amount;
    }

    mapping(AgreementId id => Agreement agreement) private _agreements;

    /// @dev Sets the EIP-712 domain. Nothing can be configured.
    constructor() EIP712("Covenant Lease", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc ILease
    function sign(Terms calldata terms) external payable nonReentrant returns (AgreementId id) {
        Agreement storage agreement;
        (id, agreement) = _recordSignature(terms, msg.sender);
        bool takesDeposit = msg.sender == terms.tenant && !agreement.depositPaid && terms.deposit != 0;
        if (takesDeposit) _recordDeposit(id, agreement, terms);
        _activateIfComplete(id, agreement, terms);

        // Interaction: exactly the deposit arrives, or nothing where none is due, or all of this is undone.
        if (takesDeposit) _take(terms.asset, terms.deposit);
        else if (msg.value != 0) revert Ledger_WrongValue(msg.value, 0);
    }

    /// @inheritdoc ILease
    function signFor(Terms calldata terms, address party, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        Agreement storage agreement;
        (id, agreement) = _recordSignature(terms, party);
        _activateIfComplete(id, agreement, terms);

        // Check: the id binds chain, contract and every term, counts once, and lapses with `signBy`: it needs no nonce.
        if (!SignatureChecker.isValidSignatureNowCalldata(party, AgreementId.unwrap(id), signature)) {
            revert Lease_InvalidSignature(party);
        }
    }

    /// @inheritdoc ILease
    function payDeposit(Terms calldata terms) external payable nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is one to be paid, in time.
        _requireStatus(id, agreement.stage, Status.Draft);
        _requireBefore(terms.signBy);
        if (terms.deposit == 0) revert Lease_InvalidAmount(0, 0);
        if (agreement.depositPaid) revert Lease_DepositAlreadyPaid(id);

        // Effect
        _recordDeposit(id, agreement, terms);
        _activateIfComplete(id, agreement, terms);

        // Interaction
        _take(terms.asset, terms.deposit);
    }

    /// @inheritdoc ILease
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by one who would be bound, before it binds.
        _requireParty(terms, msg.sender);
        if (agreement.stage > Status.Draft) revert Lease_WrongState(_statusNow(id), Status.Draft);

        // Effect and interaction
        emit Cancelled(id, msg.sender);
        _divide(id, terms, terms.held(_load(id)), 0);
    }

    // -------------------------------------------------------------------------------------------------------- rent

    /// @inheritdoc ILease
    function pay(Terms calldata terms) external payable nonReentrant {
        Payment memory payment = _openPayment(terms);
        payment.offered = terms.asset == address(0) ? msg.value : payment.account.arrears();
        _pay(payment, terms);
    }

    /// @inheritdoc ILease
    function pay(Terms calldata terms, uint128 amount) external payable nonReentrant {
        Payment memory payment = _openPayment(terms);
        payment.offered = amount;
        _pay(payment, terms);
    }

    // --------------------------------------------------------------------------------------------------- early end

    /// @inheritdoc ILease
    function giveNotice(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireParty(terms, msg.sender);
        Status status = _statusNow(id);
        if (status != Status.InDefault) _requireStatus(id, status, Status.Active);
        uint256 notice = msg.sender == terms.tenant ? terms.tenantNotice : terms.landlordNotice;
        if (notice == 0) revert Lease_NoticeNotAgreed(msg.sender);
        uint256 endsAt = terms.noticeEnd(_load(id), notice, block.timestamp);
        if (endsAt >= agreement.endsAt) revert Lease_NoticeWithoutEffect(endsAt, agreement.endsAt);

        // Effect
        agreement.endsAt = endsAt.toUint40();
        emit NoticeGiven(id, msg.sender, endsAt);
    }

    /// @inheritdoc ILease
    function declareDefault(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: enough instalments are late and not fully paid.
        _requireCaller(terms.landlord);
        _requireStatus(id, _statusNow(id), Status.Active);
        Account memory account = terms.accountAt(Schedule.plan(terms), _load(id), block.timestamp);
        if (terms.defaultAfter == 0 || account.instalmentsLate < terms.defaultAfter) {
            revert Lease_NotInDefault(account.instalmentsLate, terms.defaultAfter);
        }

        // Effect
        _writeFees(id, agreement, account);
        uint256 cureBy = block.timestamp + terms.cureWindow;
        agreement.cureBy = cureBy.toUint40();
        emit DefaultDeclared(id, account.instalmentsLate, cureBy);
    }

    // ----------------------------------------------------------------------------------------------------- deposit

    /// @inheritdoc ILease
    function claimDeposit(Terms calldata terms, uint128 amount, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.landlord);
        _requireStatus(id, _statusNow(id), Status.Ended);
        _requireBefore(terms.deadline(_load(id)));
        uint256 held = terms.held(_load(id));
        if (amount > held) revert Lease_InvalidAmount(amount, held);

        // Effect
        agreement.stage = Status.Claimed;
        agreement.since = block.timestamp.toUint40();
        agreement.claimed = amount;
        emit DepositClaimed(id, amount, evidence, block.timestamp + terms.objectionWindow);

        // Effect and interaction: what is not claimed goes back at once.
        _giveBack(id, terms, held, amount);
    }

    /// @inheritdoc ILease
    function reduceClaim(Terms calldata terms, uint128 amount) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.landlord);
        _requireClaim(id);
        uint128 claimed = agreement.claimed;
        if (amount >= claimed) revert Lease_InvalidAmount(amount, claimed);

        // Effect
        agreement.claimed = amount;
        emit ClaimReduced(id, amount);

        // Effect and interaction
        _giveBack(id, terms, claimed, amount);
    }

    /// @inheritdoc ILease
    function acceptClaim(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.tenant);
        _requireClaim(id);

        // Effect and interaction
        emit ClaimAccepted(id);
        _divide(id, terms, agreement.claimed, agreement.claimed);
    }

    /// @inheritdoc ILease
    function objectToClaim(Terms calldata terms, bytes32 evidence) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.tenant);
        _requireStatus(id, _statusNow(id), Status.Claimed);
        _requireBefore(terms.deadline(_load(id)));

        // Effect
        agreement.stage = Status.Disputed;
        agreement.since = block.timestamp.toUint40();
        emit Disputed(id, evidence, block.timestamp + terms.rulingWindow);
    }

    /// @inheritdoc ILease
    function rule(Terms calldata terms, uint128 award) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.arbiter);
        _requireStatus(id, _statusNow(id), Status.Disputed);
        _requireBefore(terms.deadline(_load(id)));
        uint128 claimed = agreement.claimed;
        if (award > claimed) revert Lease_InvalidAmount(award, claimed);

        // Effect and interaction
        emit Ruled(id, msg.sender, award);
        _divide(id, terms, claimed, award);
    }

    // ----------------------------------------------------------------------------------------------- by time alone

    /// @inheritdoc ILease
    function settle(Terms calldata terms) external nonReentrant {
        AgreementId id = _idOf(terms);
        // Check: there is a deadline, and it has come.
        Status status = _statusNow(id);
        if (status == Status.None) revert Lease_UnknownAgreement(id);
        uint256 deadline = terms.deadline(_load(id));
        if (deadline == 0) revert Lease_WrongState(status, Status.Ended);
        if (block.timestamp < deadline) revert Lease_TooEarly(block.timestamp, deadline);

        // Effect and interaction: depends on nothing but the terms and the clock (I-5).
        emit TimedOut(id, status);
        Agreement memory before = _load(id);
        _divide(id, terms, terms.held(before), terms.silentAward(before));
    }

    // ------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILease
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc ILease
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _statusNow(_idOf(terms));
    }

    /// @inheritdoc ILease
    function agreementOf(Terms calldata terms) external view nonReentrantView returns (Agreement memory) {
        return _load(_idOf(terms));
    }

    /// @inheritdoc ILease
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return terms.deadline(_load(_idOf(terms)));
    }

    /// @inheritdoc ILease
    function endOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return LeaseTerms.end(_load(_idOf(terms)));
    }

    /// @inheritdoc ILease
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256) {
        Agreement memory agreement = _load(_idOf(terms));
        uint256 award = terms.silentAward(agreement);
        if (party == terms.landlord) return award;
        return party == terms.tenant ? terms.held(agreement) - award : 0;
    }

    /// @inheritdoc ILease
    function arrears(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _accountNow(terms, _idOf(terms)).arrears();
    }

    /// @inheritdoc ILease
    function accountOf(Terms calldata terms) external view nonReentrantView returns (Account memory) {
        return _accountNow(terms, _idOf(terms));
    }

    /// @inheritdoc ILease
    function payableNow(Terms calldata terms) external view nonReentrantView returns (uint256) {
        AgreementId id = _idOf(terms);
        Agreement memory agreement = _load(id);
        if (!_isPayable(agreement.stage)) return 0;
        Account memory account = _accountNow(terms, id);
        return account.arrears() + terms.prepayable(Schedule.plan(terms), agreement, account);
    }

    /// @inheritdoc ILease
    function instalments(Terms calldata terms) external view returns (uint256) {
        terms.check();
        return Schedule.plan(terms).count;
    }

    /// @inheritdoc ILease
    function instalmentOf(Terms calldata terms, uint256 k) external view returns (uint256 due, uint256 amount) {
        terms.check();
        Schedule.Plan memory plan = Schedule.plan(terms);
        if (k > plan.count) revert Lease_UnknownInstalment(k, plan.count);
        return (plan.due(k), k < plan.count ? plan.instalment(k) : 0);
    }

    // ----------------------------------------------------------------------------------------------------- effects

    function _recordSignature(Terms calldata terms, address party)
        private
        returns (AgreementId id, Agreement storage agreement)
    {
        (id, agreement) = _find(terms);
        // Check: once, in time, by landlord or tenant.
        _requireParty(terms, party);
        _requireBefore(terms.signBy);
        if (agreement.stage == Status.None) {
            terms.check();
            agreement.stage = Status.Draft;
            emit Proposed(id, party, terms);
        }
        if (agreement.stage != Status.Draft) revert Lease_WrongState(_statusNow(id), Status.Draft);
        bool isTenant = party == terms.tenant;
        if (isTenant ? agreement.tenantSigned : agreement.landlordSigned) revert Lease_AlreadySigned(party);

        // Effect
        if (isTenant) agreement.tenantSigned = true;
        else agreement.landlordSigned = true;
        emit Signed(id, party);
    }

    function _recordDeposit(AgreementId id, Agreement storage agreement, Terms calldata terms) private {
        agreement.depositPaid = true;
        emit DepositPaid(id, msg.sender, terms.deposit);
    }

    function _activateIfComplete(AgreementId id, Agreement storage agreement, Terms calldata terms) private {
        bool complete =
            agreement.landlordSigned && agreement.tenantSigned && (agreement.depositPaid || terms.deposit == 0);
        if (!complete) return;
        Schedule.Plan memory plan = Schedule.plan(terms);
        uint256 endsAt = plan.due(plan.count);
        agreement.stage = Status.Active;
        agreement.endsAt = endsAt.toUint40();
        emit Activated(id, endsAt);
    }

    /// @dev Counts a payment and passes it on.
    function _pay(Payment memory payment, Terms calldata terms) private {
        // Check: something may be paid. What is offered beyond that is left or returned, not refused: else anybody
        // could spoil a payment in full by paying one unit just before it (L-6). Only the tenant pays ahead, because it
        // moves
        // the earliest end by notice (L-8).
        uint256 owed = payment.account.arrears();
        uint256 most = owed;
        if (payment.offered > owed && msg.sender == terms.tenant) {
            most += terms.prepayable(payment.plan, payment.before, payment.account);
        }
        uint256 amount = Math.min(payment.offered, most);
        if (amount == 0) revert Lease_InvalidAmount(payment.offered, most);
        payment.amount = amount;

        // Effect
        _recordPayment(payment, terms);
        if (amount >= owed && payment.before.statusAt(block.timestamp) == Status.InDefault) {
            _agreements[payment.id].cureBy = 0;
            emit Cured(payment.id);
        }

        // Interaction: in, and on to the landlord, whose refusal makes it his credit and leaves it paid (I-6).
        _relay(terms.asset, terms.landlord, amount, payment.offered);
    }

    function _recordPayment(Payment memory payment, Terms calldata terms) private {
        Agreement storage agreement = _agreements[payment.id];
        Account memory account = payment.account;
        (uint256 rent, uint256 fees) = terms.divide(account, payment.amount);
        _writeFees(payment.id, agreement, account);
        uint256 rentPaid = account.rentPaid + rent;
        agreement.rentPaid = rentPaid.toUint128();
        if (fees != 0) agreement.feesPaid = (account.feesPaid + fees).toUint128();
        emit RentPaid(payment.id, msg.sender, rent, fees, payment.plan.covered(rentPaid));
    }

    /// @dev Writes down the fees that have arisen until now, before anything changes what they depend on.
    function _writeFees(AgreementId id, Agreement storage agreement, Account memory account) private {
        uint256 fees = account.feesDue - agreement.feesAssessed;
        if (fees == 0) return;
        agreement.assessed = account.instalmentsAssessed.toUint16();
        agreement.feesAssessed = account.feesDue.toUint128();
        emit LateFeesAssessed(id, fees, account.instalmentsAssessed);
    }

    /// @dev Pays the tenant what is `held` beyond the `claim`. Closes the lease if nothing is claimed.
    function _giveBack(AgreementId id, Terms calldata terms, uint256 held, uint256 claim) private {
        if (claim == 0) return _divide(id, terms, held, 0);
        if (claim == held) return;
        emit DepositDivided(id, 0, held - claim);
        _discharge(terms.asset, held - claim);
        _forward(terms.asset, terms.tenant, held - claim);
    }

    /// @dev Closes the lease: of all that is `held` the landlord gets `toLandlord`, the tenant the rest.
    function _divide(AgreementId id, Terms calldata terms, uint256 held, uint256 toLandlord) private {
        // Effect
        Agreement storage agreement = _agreements[id];
        agreement.stage = Status.Closed;
        agreement.since = block.timestamp.toUint40();
        if (held != 0) emit DepositDivided(id, toLandlord, held - toLandlord);
        emit Closed(id);

        // Interaction: a refused payout becomes a credit, so the order does not matter.
        _discharge(terms.asset, held);
        _forward(terms.asset, terms.landlord, toLandlord);
        _forward(terms.asset, terms.tenant, held - toLandlord);
    }

    // ------------------------------------------------------------------------------------------------------ checks

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash()));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _agreements[id];
    }

    /// @dev The one place that copies: done at every use, the copying would double the size of the contract's code.
    function _load(AgreementId id) private view returns (Agreement memory) {
        return LeaseTerms.load(_agreements[id]);
    }

    function _statusNow(AgreementId id) private view returns (Status) {
        return _load(id).statusAt(block.timestamp);
    }

    /// @dev The account now; of a closed lease, when it was closed; empty before it binds.
    function _accountNow(Terms calldata terms, AgreementId id) private view returns (Account memory account) {
        Agreement memory agreement = _load(id);
        if (agreement.endsAt == 0) return account;
        uint256 time = agreement.stage == Status.Closed ? agreement.since : block.timestamp;
        return terms.accountAt(Schedule.plan(terms), agreement, time);
    }

    function _openPayment(Terms calldata terms) private view returns (Payment memory) {
        AgreementId id = _idOf(terms);
        Agreement memory before = _load(id);
        if (!_isPayable(before.stage)) _requireStatus(id, before.stage, Status.Active);
        Schedule.Plan memory plan = Schedule.plan(terms);
        return Payment(id, before, plan, terms.accountAt(plan, before, block.timestamp), 0, 0);
    }

    /// @dev From when it binds until it is closed.
    function _isPayable(Status stage) private pure returns (bool) {
        return stage == Status.Active || stage == Status.Claimed || stage == Status.Disputed;
    }

    function _requireClaim(AgreementId id) private view {
        Status stage = _agreements[id].stage;
        if (stage != Status.Disputed) _requireStatus(id, _statusNow(id), Status.Claimed);
    }

    function _requireParty(Terms calldata terms, address party) private pure {
        if (party != terms.landlord && party != terms.tenant) revert Lease_NotAParty(party);
    }

    function _requireCaller(address expected) private view {
        if (msg.sender != expected) revert Lease_WrongCaller(msg.sender, expected);
    }

    function _requireStatus(AgreementId id, Status actual, Status expected) private pure {
        if (actual == Status.None) revert Lease_UnknownAgreement(id);
        if (actual != expected) revert Lease_WrongState(actual, expected);
    }

    function _requireBefore(uint256 deadline) private view {
        if (block.timestamp >= deadline) revert Lease_TooLate(block.timestamp, deadline);
    }
}
