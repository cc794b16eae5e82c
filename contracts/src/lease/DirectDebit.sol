// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {IDirectDebit} from "./interfaces/IDirectDebit.sol";
import {LeaseExtension} from "./LeaseExtension.sol";

/// @title Direct debit of rent.
/// @dev See {IDirectDebit} for what each function promises, and section D of INVARIANTS.md. It holds nothing, so it is
/// no {Ledger}.
contract DirectDebit is IDirectDebit, LeaseExtension {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev EIP-712 type of {IDirectDebit.Mandate}.
    bytes32 private constant _TYPEHASH = keccak256(
        "Mandate(bytes32 leaseId,address payer,address collector,uint128 maxPerPeriod,uint128 maxArrears,"
        "uint128 maxTotal,uint40 expiresAt,bytes32 salt)"
    );

    // Written through references to storage.
    // slither-disable-next-line uninitialized-state
    mapping(AgreementId id => Progress progress) private _mandates;

    /// @dev Binds to the lease contract and sets the EIP-712 domain.
    constructor(ILease lease_) LeaseExtension(lease_) EIP712("Covenant DirectDebit", "1") {}

    // ---------------------------------------------------------------------------------------------------- authority

    /// @inheritdoc IDirectDebit
    function authorise(Mandate calldata mandate) external nonReentrant returns (AgreementId id) {
        _requireCaller(mandate.payer);
        id = _authorise(mandate);
    }

    /// @inheritdoc IDirectDebit
    function authoriseFor(Mandate calldata mandate, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        id = _authorise(mandate);
        // Check: the id binds chain, contract and every limit, counts once, and lapses with the mandate: no nonce.
        if (!Signatures.isValid(mandate.payer, AgreementId.unwrap(id), signature)) {
            revert DirectDebit_InvalidSignature(mandate.payer);
        }
    }

    /// @inheritdoc IDirectDebit
    function cancel(Mandate calldata mandate) external nonReentrant {
        AgreementId id = _idOf(mandate);
        Progress storage progress = _mandates[id];
        // Check
        _requireCaller(mandate.payer);
        if (progress.stage == Status.Cancelled) revert DirectDebit_WrongState(Status.Cancelled, Status.Authorised);

        // Effect: D-4.
        progress.stage = Status.Cancelled;
        emit Cancelled(id);
    }

    // ------------------------------------------------------------------------------------------------------- debits

    /// @inheritdoc IDirectDebit
    function collect(Mandate calldata mandate, ILease.Terms calldata leaseTerms)
        external
        nonReentrant
        returns (uint256 amount)
    {
        AgreementId id = _idOf(mandate);
        Progress storage progress = _mandates[id];
        // Check: by whom, while it stands, for this lease, and something further is due (D-1, D-2).
        if (msg.sender != mandate.payer) _requireCaller(mandate.collector);
        if (progress.stage == Status.None) revert Extension_UnknownAgreement(id);
        if (progress.stage != Status.Authorised) revert DirectDebit_WrongState(progress.stage, Status.Authorised);
        _requireBefore(mandate.expiresAt);
        _requireLease(leaseTerms, mandate.leaseId);
        if (leaseTerms.asset == address(0)) revert DirectDebit_NotAToken(address(0));
        uint256 due = _LEASE.accountOf(leaseTerms).instalmentsDue;
        if (due <= progress.instalments) revert DirectDebit_AlreadyCollected(due, uint256(progress.instalments) + 1);
        uint256 arrears = _LEASE.arrears(leaseTerms);
        amount = _limit(mandate, leaseTerms, due, arrears, progress.drawn);
        if (amount == 0) revert Extension_InvalidAmount(0, arrears);

        // Effect
        progress.instalments = due.toUint32();
        progress.drawn += amount.toUint128();
        emit Collected(id, msg.sender, amount, due);

        // Interaction: from the payer into the lease, all or nothing (D-3).
        _draw(IERC20(leaseTerms.asset), mandate.payer, amount);
        _payRent(leaseTerms, amount);
    }

    // -------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IDirectDebit
    function idOf(Mandate calldata mandate) external view returns (AgreementId) {
        return _idOf(mandate);
    }

    /// @inheritdoc IDirectDebit
    function statusOf(Mandate calldata mandate) external view nonReentrantView returns (Status) {
        return _statusNow(mandate);
    }

    /// @inheritdoc IDirectDebit
    function progressOf(Mandate calldata mandate) external view nonReentrantView returns (Progress memory) {
        return _mandates[_idOf(mandate)];
    }

    /// @inheritdoc IDirectDebit
    function deadlineOf(Mandate calldata mandate) external view nonReentrantView returns (uint256) {
        return _statusNow(mandate) == Status.Authorised ? mandate.expiresAt : 0;
    }

    /// @inheritdoc IDirectDebit
    function collectable(Mandate calldata mandate, ILease.Terms calldata leaseTerms)
        external
        view
        nonReentrantView
        returns (uint256)
    {
        _requireLease(leaseTerms, mandate.leaseId);
        if (_statusNow(mandate) != Status.Authorised || leaseTerms.asset == address(0)) return 0;
        Progress storage progress = _mandates[_idOf(mandate)];
        uint256 due = _LEASE.accountOf(leaseTerms).instalmentsDue;
        if (due <= progress.instalments) return 0;
        return _limit(mandate, leaseTerms, due, _LEASE.arrears(leaseTerms), progress.drawn);
    }

    // ------------------------------------------------------------------------------------------------------ helpers

    function _authorise(Mandate calldata mandate) private returns (AgreementId id) {
        id = _idOf(mandate);
        // Check: once, in time, on limits that mean something.
        Progress storage progress = _mandates[id];
        if (progress.stage != Status.None) revert DirectDebit_WrongState(progress.stage, Status.None);
        _requireBefore(mandate.expiresAt);
        _require(mandate.maxPerPeriod != 0, "maxPerPeriod");
        _require(mandate.maxTotal != 0, "maxTotal");

        // Effect
        progress.stage = Status.Authorised;
        emit Authorised(id, mandate.payer, mandate);
    }

    /// @dev Exactly `amount` arrives, or all of it is undone.
    // Only the mandate of this payer leads here.
    // slither-disable-next-line arbitrary-send-erc20
    function _draw(IERC20 token, address payer, uint256 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(payer, address(this), amount);
        uint256 held = token.balanceOf(address(this));
        uint256 received = held > before ? held - before : 0;
        if (received != amount) revert Extension_BadDelta(received, amount);
    }

    /// @dev The latest of the `due` instalments (there is one, for more are due than were before) and older debts, each
    /// limit applied.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function _limit(
        Mandate calldata mandate,
        ILease.Terms calldata leaseTerms,
        uint256 due,
        uint256 arrears,
        uint256 drawn
    ) private view returns (uint256) {
        (, uint256 latest) = _LEASE.instalmentOf(leaseTerms, due - 1);
        uint256 most = Math.min(latest + mandate.maxArrears, mandate.maxPerPeriod);
        return Math.min(arrears, Math.min(most, mandate.maxTotal - drawn));
    }

    function _idOf(Mandate calldata mandate) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(keccak256(abi.encode(_TYPEHASH, mandate))));
    }

    function _statusNow(Mandate calldata mandate) private view returns (Status stage) {
        stage = _mandates[_idOf(mandate)].stage;
        if (stage == Status.Authorised && block.timestamp >= mandate.expiresAt) return Status.Expired;
    }
}
