// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC5192} from "./interfaces/IERC5192.sol";
import {INftEscrow} from "./interfaces/INftEscrow.sol";
import {Ledger} from "./Ledger.sol";

/// @title Items in, items out, and what is parked: for items what {Ledger} is for money.
abstract contract ItemLedger is INftEscrow, Ledger, IERC1155Receiver {
    /// @dev Gas for all pushes of items in one transaction together. When it is used up, the rest is parked without a
    /// try: whoever made a push expensive has made its own side inconvenient, and nothing else.
    uint256 internal constant ITEMS_GAS = 750_000;

    /// @dev With less than this left of {ITEMS_GAS} a push is not tried.
    uint256 private constant LEAST_PUSH_GAS = 60_000;

    mapping(address party => mapping(bytes32 key => uint256 amount)) private _parked;

    /// @inheritdoc INftEscrow
    // An item of this contract's own, or of whoever has called.
    // slither-disable-next-line arbitrary-send-erc20
    function withdrawItem(Kind kind, address token, uint256 tokenId, address to)
        external
        nonReentrant
        returns (uint256 amount)
    {
        // Check: there is something to take.
        bytes32 key = _key(kind, token, tokenId);
        amount = _parked[msg.sender][key];
        if (amount == 0) revert NftEscrow_NothingParked(token, tokenId, msg.sender);
        if (to == address(0) || to == address(this)) revert Ledger_InvalidReceiver(to);

        // Effect: it is no longer claimed.
        _parked[msg.sender][key] = 0;
        emit ItemWithdrawn(msg.sender, token, tokenId, kind, amount, to);

        // Interaction: hand it over, or revert.
        if (kind == Kind.ERC721) {
            IERC721(token).transferFrom(address(this), to, tokenId);
            _requireGone(token, tokenId);
        } else {
            _moveMany(token, tokenId, amount, to);
        }
    }

    /// @inheritdoc INftEscrow
    function pushItem(Item calldata item, address to) external {
        // Check: nobody else may move items. Not guarded against re-entrancy, because the caller holds the guard.
        if (msg.sender != address(this)) revert Ledger_NotSelf(msg.sender, address(this));

        // Interaction: all or nothing.
        if (item.kind == Kind.ERC721) {
            IERC721(item.token).safeTransferFrom(address(this), to, item.id);
            _requireGone(item.token, item.id);
        } else {
            _moveMany(item.token, item.id, item.amount, to);
        }
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155Received(address operator, address, uint256, uint256, bytes calldata)
        external
        view
        returns (bytes4)
    {
        // What this contract asks for while it puts items in; nothing else could be given back.
        if (operator != address(this)) revert NftEscrow_Unsolicited(operator);
        return IERC1155Receiver.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155BatchReceived(address operator, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        revert NftEscrow_Unsolicited(operator);
    }

    /// @inheritdoc INftEscrow
    function parkedOf(Kind kind, address token, uint256 tokenId, address party)
        external
        view
        nonReentrantView
        returns (uint256)
    {
        return _parked[party][_key(kind, token, tokenId)];
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC1155Receiver).interfaceId;
    }

    /// @dev Takes exactly these items from `giver` (N-2).
    function _takeItems(Item[] calldata items, address giver) internal {
        for (uint256 i = 0; i < items.length; ++i) {
            Item calldata item = items[i];
            if (item.token.code.length == 0) revert Ledger_NoCode(item.token);
            _requireFree(item.token, item.id);
            if (item.kind == Kind.ERC721) _takeOne(item.token, item.id, giver);
            else _takeMany(item.token, item.id, item.amount, giver);
            // Some are bound by their first transfer.
            _requireFree(item.token, item.id);
        }
    }

    /// @dev Hands these items to `to`, or parks them for it, item by item (N-3). Returns what is left of `gas`.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _handOver(Item[] calldata items, address to, uint256 gas) internal returns (uint256) {
        for (uint256 i = 0; i < items.length; ++i) {
            uint256 limit = gas < PUSH_GAS ? gas : PUSH_GAS;
            if (limit < LEAST_PUSH_GAS) {
                _park(items[i], to);
                continue;
            }
            // As for money: all of the limit gets there, so the result does not depend on the sender's gas limit (I-8).
            uint256 floor = (limit * 64) / 63 + 5000;
            uint256 before = gasleft();
            if (before < floor) revert Ledger_InsufficientGas(before, floor);
            if (!_tryPush(items[i], to, limit)) _park(items[i], to);
            uint256 spent = before - gasleft();
            gas = spent < gas ? gas - spent : 0;
        }
        return gas;
    }

    /// @dev Neither branch copies return data, so a receiver cannot make it expensive.
    function _tryPush(Item calldata item, address to, uint256 limit) private returns (bool) {
        try this.pushItem{gas: limit}(item, to) {
            return true;
        } catch {
            return false;
        }
    }

    function _park(Item calldata item, address party) private {
        _parked[party][_key(item.kind, item.token, item.id)] += item.amount;
        emit ItemParked(party, item.token, item.id, item.kind, item.amount);
    }

    /// @dev Who owns it is asked before, too: a contract that moves nothing must not pass off an item that is here for
    /// another agreement.
    // An item of this contract's own, or of whoever has called.
    // slither-disable-next-line arbitrary-send-erc20
    function _takeOne(address token, uint256 tokenId, address giver) private {
        if (IERC721(token).ownerOf(tokenId) == address(this)) revert NftEscrow_AlreadyHeld(token, tokenId);
        IERC721(token).transferFrom(giver, address(this), tokenId);
        if (IERC721(token).ownerOf(tokenId) != address(this)) revert NftEscrow_BadDelta(token, tokenId, 0, 1);
    }

    function _takeMany(address token, uint256 tokenId, uint256 amount, address giver) private {
        uint256 before = IERC1155(token).balanceOf(address(this), tokenId);
        IERC1155(token).safeTransferFrom(giver, address(this), tokenId, amount, "");
        uint256 held = IERC1155(token).balanceOf(address(this), tokenId);
        uint256 received = held > before ? held - before : 0;
        if (received != amount) revert NftEscrow_BadDelta(token, tokenId, received, amount);
    }

    function _moveMany(address token, uint256 tokenId, uint256 amount, address to) private {
        uint256 before = IERC1155(token).balanceOf(address(this), tokenId);
        IERC1155(token).safeTransferFrom(address(this), to, tokenId, amount, "");
        uint256 held = IERC1155(token).balanceOf(address(this), tokenId);
        uint256 spent = before > held ? before - held : 0;
        if (spent != amount) revert NftEscrow_BadDelta(token, tokenId, spent, amount);
    }

    /// @dev Whoever owns it now: a receiver may pass it on at once.
    function _requireGone(address token, uint256 tokenId) private view {
        if (IERC721(token).ownerOf(tokenId) == address(this)) revert NftEscrow_BadDelta(token, tokenId, 0, 1);
    }

    function _requireFree(address token, uint256 tokenId) private view {
        if (!ERC165Checker.supportsInterface(token, type(IERC5192).interfaceId)) return;
        if (IERC5192(token).locked(tokenId)) revert NftEscrow_Soulbound(token, tokenId);
    }

    function _key(Kind kind, address token, uint256 tokenId) private pure returns (bytes32) {
        return keccak256(abi.encode(kind, token, tokenId));
    }
}
