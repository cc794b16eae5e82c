// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {Claims} from "../../libraries/Claims.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {LeaseBase} from "./LeaseBase.sol";

/// @title What becomes of the deposit after the end, as the parties and the arbiter will have it.
/// @dev {Claims} checks and writes down; here the money is divided.
abstract contract LeaseDeposit is LeaseBase {
    /// @inheritdoc ILease
    function claimDeposit(Terms calldata terms, uint128 amount, bytes32 evidence) external nonReentrant {
        AgreementId id = _idOf(terms);
        uint256 held = Claims.claim(_store, id, terms, amount, evidence);
        _giveBack(id, terms, held, amount);
    }

    /// @inheritdoc ILease
    function claimDeposit(Terms calldata terms, Deduction[] calldata items) external nonReentrant {
        AgreementId id = _idOf(terms);
        (uint256 held, uint256 amount) = Claims.claimItems(_store, id, terms, items);
        _giveBack(id, terms, held, amount);
    }

    /// @inheritdoc ILease
    function reduceClaim(Terms calldata terms, uint128 amount) external nonReentrant {
        AgreementId id = _idOf(terms);
        _giveBack(id, terms, Claims.reduce(_store, id, terms, amount), amount);
    }

    /// @inheritdoc ILease
    function acceptClaim(Terms calldata terms) external nonReentrant {
        AgreementId id = _idOf(terms);
        uint256 claimed = Claims.accept(_store, id, terms);
        _divide(id, terms, claimed, claimed);
    }

    /// @inheritdoc ILease
    function objectToClaim(Terms calldata terms, bytes32 evidence) external nonReentrant {
        Claims.object(_store, _idOf(terms), terms, evidence);
    }

    /// @inheritdoc ILease
    function rule(Terms calldata terms, uint128 award) external nonReentrant {
        AgreementId id = _idOf(terms);
        _divide(id, terms, Claims.rule(_store, id, terms, award), award);
    }
}
