// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Accrual} from "../libraries/Accrual.sol";
import {LeaseStore} from "../libraries/LeaseStore.sol";
import {LeaseTerms} from "../libraries/LeaseTerms.sol";
import {Relations} from "../libraries/Relations.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {LeaseBase} from "./LeaseBase.sol";

/// @title What becomes of the deposit after the end: claim and ruling.
abstract contract LeaseDeposit is LeaseBase {
    using LeaseTerms for Terms;
    using LeaseStore for LeaseStore.Store;
    using Accrual for Account;
    using SafeCast for uint256;

    /// @inheritdoc ILease
    function claimDeposit(Terms calldata terms, uint128 amount, bytes32 evidence) external nonReentrant {
        (AgreementId id, uint256 held) = _openClaim(terms, amount);
        if (terms.itemised && amount != 0) revert Lease_NotItemised(amount);
        _claim(id, terms, held, amount, evidence);
    }

    /// @inheritdoc ILease
    function claimDeposit(Terms calldata terms, Deduction[] calldata items) external nonReentrant {
        (uint256 amount, bytes32 evidence) = Relations.itemise(_idOf(terms), items);
        (AgreementId id, uint256 held) = _openClaim(terms, amount);
        _claim(id, terms, held, amount, evidence);
    }

    /// @inheritdoc ILease
    function reduceClaim(Terms calldata terms, uint128 amount) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        LeaseStore.requireCaller(_store.landlord(id, terms));
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
        LeaseStore.requireCaller(terms.tenant);
        _requireClaim(id);

        // Effect and interaction
        emit ClaimAccepted(id);
        _divide(id, terms, agreement.claimed, agreement.claimed);
    }

    /// @inheritdoc ILease
    function rule(Terms calldata terms, uint128 award) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        LeaseStore.requireCaller(terms.arbiter);
        LeaseStore.requireStatus(id, _store.status(id), Status.Disputed);
        LeaseStore.requireBefore(terms.deadline(_store.load(id)));
        uint128 claimed = agreement.claimed;
        if (award > claimed) revert Lease_InvalidAmount(award, claimed);

        // Effect and interaction
        emit Ruled(id, msg.sender, award);
        _divide(id, terms, claimed, award);
    }

    /// @dev Checks that the landlord may claim so much now, and returns what is held.
    function _openClaim(Terms calldata terms, uint256 amount) private view returns (AgreementId id, uint256 held) {
        id = _idOf(terms);
        LeaseStore.requireCaller(_store.landlord(id, terms));
        _store.requireClaimable(id, terms);
        Agreement memory agreement = _store.load(id);
        held = terms.held(agreement);
        uint256 most = agreement.unchanged ? Math.min(held, _store.account(id, terms).arrears()) : held;
        if (amount > most) revert Lease_InvalidAmount(amount, most);
    }

    function _claim(AgreementId id, Terms calldata terms, uint256 held, uint256 amount, bytes32 evidence) private {
        // Effect
        Agreement storage agreement = _store.agreements[id];
        agreement.stage = Status.Claimed;
        agreement.since = block.timestamp.toUint40();
        agreement.claimed = amount.toUint128();
        emit DepositClaimed(id, amount, evidence, terms.deadline(_store.load(id)));

        // Effect and interaction: what is not claimed goes back at once.
        _giveBack(id, terms, held, amount);
    }

    function _requireClaim(AgreementId id) private view {
        Status stage = _store.agreements[id].stage;
        if (stage != Status.Disputed) LeaseStore.requireStatus(id, _store.status(id), Status.Claimed);
    }
}
