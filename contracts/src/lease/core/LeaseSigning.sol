// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {LeaseStore} from "../../libraries/LeaseStore.sol";
import {LeaseTerms} from "../../libraries/LeaseTerms.sol";
import {Signing} from "../../libraries/Signing.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {LeaseBase} from "./LeaseBase.sol";

/// @title How a lease comes into force, or does not.
abstract contract LeaseSigning is LeaseBase {
    using LeaseTerms for Terms;
    using LeaseStore for LeaseStore.Store;

    /// @inheritdoc ILease
    function sign(Terms calldata terms) external payable nonReentrant returns (AgreementId id) {
        // Check and effect
        id = _idOf(terms);
        (bool paysPart, uint256 part) = Signing.sign(_store, id, terms);

        // Interaction: exactly the deposit arrives, or nothing where none is due, or all of this is undone.
        if (paysPart) _take(terms.asset, part);
        else if (msg.value != 0) revert Ledger_WrongValue(msg.value, 0);
    }

    /// @inheritdoc ILease
    function signFor(Terms calldata terms, address party, bytes calldata signature)
        external
        nonReentrant
        returns (AgreementId id)
    {
        id = _idOf(terms);
        Signing.signFor(_store, id, terms, party, signature);
    }

    /// @inheritdoc ILease
    function payDeposit(Terms calldata terms) external payable nonReentrant {
        // Check and effect
        uint256 part = Signing.payDeposit(_store, _idOf(terms), terms);

        // Interaction
        _take(terms.asset, part);
    }

    /// @inheritdoc ILease
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by one who would be bound, before it binds.
        _store.requireParty(id, terms, msg.sender);
        if (agreement.stage > Status.Draft) revert Lease_WrongState(_store.status(id), Status.Draft);

        // Effect and interaction
        emit Cancelled(id, msg.sender);
        _divide(id, terms, terms.held(_store.load(id)), 0);
    }
}
