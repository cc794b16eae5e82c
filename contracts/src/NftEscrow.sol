// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IERC6551Account} from "./interfaces/IERC6551Account.sol";
import {INftEscrow} from "./interfaces/INftEscrow.sol";
import {ItemLedger} from "./ItemLedger.sol";
import {Bps} from "./libraries/Bps.sol";
import {NftTerms} from "./libraries/NftTerms.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title Delivery against payment.
/// @dev See {INftEscrow} for what each function promises and INVARIANTS.md (N-) for what always holds. Tokens are
/// called in the middle of {deposit} and {fund}, which is sound because the guard closes every entry point and view
/// meanwhile.
contract NftEscrow is ItemLedger, EIP712 {
    using NftTerms for Terms;

    mapping(AgreementId id => Status status) private _statuses;

    /// @dev Sets the EIP-712 domain. Nothing can be configured.
    constructor() EIP712("Covenant NftEscrow", "1") {}

    /// @inheritdoc INftEscrow
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function deposit(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _idOf(terms);
        Status status = _statuses[id];
        // Check: by the seller, once, in time.
        if (msg.sender != terms.seller) revert NftEscrow_WrongCaller(msg.sender, terms.seller);
        if (status != Status.Funded) _requireState(status, Status.None);
        _requireBefore(terms.expiresAt);
        if (status == Status.None) _create(id, terms);

        // Effect
        bool complete = status == Status.Funded;
        _statuses[id] = complete ? Status.Exchanged : Status.Deposited;
        if (complete) _discharge(terms.asset, terms.price);
        emit Deposited(id, msg.sender);

        // Interaction: exactly the items arrive, or all of this is undone.
        _takeItems(terms.items, msg.sender);
        if (complete) _exchange(id, terms);
    }

    /// @inheritdoc INftEscrow
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function fund(Terms calldata terms) external payable nonReentrant returns (AgreementId id) {
        id = _idOf(terms);
        Status status = _statuses[id];
        // Check: by the buyer or, with nothing but its own money, anybody; once, in time.
        if (terms.inExchange.length != 0 && msg.sender != terms.buyer) {
            revert NftEscrow_WrongCaller(msg.sender, terms.buyer);
        }
        if (status != Status.Deposited) _requireState(status, Status.None);
        _requireBefore(terms.expiresAt);
        if (status == Status.None) _create(id, terms);

        // Effect
        bool complete = status == Status.Deposited;
        _statuses[id] = complete ? Status.Exchanged : Status.Funded;
        emit Funded(id, msg.sender, terms.price);

        // Interaction: exactly the price and the items arrive, or all of this is undone.
        if (complete) _pull(terms.asset, terms.price);
        else _take(terms.asset, terms.price);
        _takeItems(terms.inExchange, msg.sender);
        if (complete) _exchange(id, terms);
    }

    /// @inheritdoc INftEscrow
    function cancel(Terms calldata terms) external nonReentrant {
        AgreementId id = _idOf(terms);
        Status status = _statuses[id];
        // Check: by one who would be bound, before it completes.
        if (msg.sender != terms.seller && msg.sender != terms.buyer) revert NftEscrow_NotAParty(msg.sender);
        if (status > Status.Funded) revert NftEscrow_WrongState(status, Status.Funded);

        // Effect and interaction
        emit Cancelled(id, msg.sender);
        if (status == Status.None) _close(id, Status.Cancelled);
        else _return(id, terms, status);
    }

    /// @inheritdoc INftEscrow
    function settle(Terms calldata terms) external nonReentrant {
        AgreementId id = _idOf(terms);
        Status status = _statuses[id];
        // Check: something is in, and its time is over.
        if (status == Status.None) revert NftEscrow_UnknownAgreement(id);
        if (status > Status.Funded) revert NftEscrow_WrongState(status, Status.Deposited);
        if (block.timestamp < terms.expiresAt) revert NftEscrow_TooEarly(block.timestamp, terms.expiresAt);

        // Effect and interaction: depends on nothing but the terms and the clock (I-5).
        _return(id, terms, status);
    }

    /// @inheritdoc INftEscrow
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc INftEscrow
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _statuses[_idOf(terms)];
    }

    /// @inheritdoc INftEscrow
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        Status status = _statuses[_idOf(terms)];
        return status == Status.Deposited || status == Status.Funded ? terms.expiresAt : 0;
    }

    /// @inheritdoc INftEscrow
    function claimOf(Terms calldata terms, address party) external view nonReentrantView returns (uint256) {
        return party == terms.buyer && _statuses[_idOf(terms)] == Status.Funded ? terms.price : 0;
    }

    function _create(AgreementId id, Terms calldata terms) private {
        terms.check();
        emit Proposed(id, msg.sender, terms);
    }

    /// @dev Everything is in, and nothing is owed any more: money and items go to their new owners.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _exchange(AgreementId id, Terms calldata terms) private {
        // Check: what belongs to the items is still there. Only here: no exit asks anybody anything.
        _requireAccounts(terms.items);
        _requireAccounts(terms.inExchange);

        uint256 fee = Bps.share(terms.price, terms.feeBps);
        emit Exchanged(id, terms.price - fee, fee);
        emit Closed(id, Status.Exchanged);

        // Interaction: what is refused becomes a credit or is parked, so the order does not matter.
        _forward(terms.asset, terms.seller, terms.price - fee);
        _forward(terms.asset, terms.feeReceiver, fee);
        uint256 gas = _handOver(terms.items, terms.buyer, ITEMS_GAS);
        _handOver(terms.inExchange, terms.seller, gas);
    }

    /// @dev Gives the one side that is in its part back.
    function _return(AgreementId id, Terms calldata terms, Status status) private {
        // Effect
        _close(id, Status.Returned);
        if (status == Status.Deposited) {
            emit Returned(id, terms.seller);

            // Interaction
            _handOver(terms.items, terms.seller, ITEMS_GAS);
        } else {
            emit Returned(id, terms.buyer);
            _discharge(terms.asset, terms.price);

            // Interaction
            _forward(terms.asset, terms.buyer, terms.price);
            _handOver(terms.inExchange, terms.buyer, ITEMS_GAS);
        }
    }

    function _close(AgreementId id, Status status) private {
        _statuses[id] = status;
        emit Closed(id, status);
    }

    function _requireAccounts(Item[] calldata items) private view {
        for (uint256 i = 0; i < items.length; ++i) {
            Item calldata item = items[i];
            if (item.account == address(0)) continue;
            IERC6551Account account = IERC6551Account(item.account);
            (uint256 chainId, address token, uint256 tokenId) = account.token();
            bool own = chainId == block.chainid && token == item.token && tokenId == item.id;
            if (!own) revert NftEscrow_WrongAccount(item.account);
            uint256 state = account.state();
            if (state != item.state) revert NftEscrow_AccountChanged(item.account, state, item.state);
        }
    }

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(terms.structHash()));
    }

    function _requireState(Status actual, Status expected) private pure {
        if (actual != expected) revert NftEscrow_WrongState(actual, expected);
    }

    function _requireBefore(uint256 deadline) private view {
        if (block.timestamp >= deadline) revert NftEscrow_TooLate(block.timestamp, deadline);
    }
}
