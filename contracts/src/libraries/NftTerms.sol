// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {INftEscrow} from "../interfaces/INftEscrow.sol";
import {Bps} from "./Bps.sol";
import {Text} from "./Text.sol";

/// @title What terms of an exchange are acceptable, and how they are hashed.
library NftTerms {
    /// @dev The most items on both sides together: with this many every exit costs less than 2 million gas.
    uint256 internal constant MAX_ITEMS = 12;

    /// @dev EIP-712 type of {INftEscrow.Item}.
    bytes32 internal constant ITEM_TYPEHASH =
        keccak256("Item(uint8 kind,address token,uint256 id,uint256 amount,address account,uint256 state)");

    /// @dev EIP-712 type of {INftEscrow.Terms}.
    bytes32 internal constant TYPEHASH = keccak256(
        "Terms(address seller,address buyer,address feeReceiver,address asset,uint128 price,uint16 feeBps,"
        "uint40 expiresAt,bytes32 documentHash,bytes32 salt,Item[] items,Item[] inExchange)"
        "Item(uint8 kind,address token,uint256 id,uint256 amount,address account,uint256 state)"
    );

    /// @dev The EIP-712 struct hash. Each side's items are hashed by themselves: what one side gives cannot be mistaken
    /// for what the other gives, nor two lists for one.
    function structHash(INftEscrow.Terms calldata terms) internal pure returns (bytes32) {
        return keccak256(
            bytes.concat(
                abi.encode(TYPEHASH, terms.seller, terms.buyer, terms.feeReceiver, terms.asset, terms.price),
                abi.encode(terms.feeBps, terms.expiresAt, terms.documentHash, terms.salt),
                abi.encode(_hash(terms.items), _hash(terms.inExchange))
            )
        );
    }

    function _hash(INftEscrow.Item[] calldata items) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](items.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(ITEM_TYPEHASH, items[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @dev Reverts unless an agreement with these terms can complete. Whether tokens have code is found out when they
    /// are put in.
    function check(INftEscrow.Terms calldata terms) internal view {
        _require(_canBePaid(terms.seller), "seller");
        _require(_canBePaid(terms.buyer) && terms.buyer != terms.seller, "buyer");
        _require(
            (terms.feeReceiver == address(0)) == (terms.feeBps == 0) && terms.feeReceiver != address(this),
            "feeReceiver"
        );
        _require(terms.feeBps <= Bps.ONE, "feeBps");
        _require(terms.asset != address(this), "asset");
        if (terms.price == 0) {
            _require(terms.inExchange.length != 0, "price");
            _require(terms.asset == address(0), "asset");
            _require(terms.feeBps == 0, "feeBps");
        }
        _require(terms.items.length != 0 && terms.items.length + terms.inExchange.length <= MAX_ITEMS, "items");
        _checkItems(terms.items, terms.asset, "items");
        _checkItems(terms.inExchange, terms.asset, "inExchange");
    }

    function _checkItems(INftEscrow.Item[] calldata items, address asset, bytes32 field) private view {
        for (uint256 i = 0; i < items.length; ++i) {
            INftEscrow.Item calldata item = items[i];
            bool single = item.kind == INftEscrow.Kind.ERC721;
            _require(item.token != address(0) && item.token != address(this) && item.token != asset, field);
            _require(single ? item.amount == 1 : item.amount != 0, field);
            _require(item.account != address(0) || item.state == 0, field);
        }
    }

    function _canBePaid(address party) private view returns (bool) {
        return party != address(0) && party != address(this);
    }

    /// @dev Names the member that is not acceptable. One word per call instead of a string keeps the code small.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert INftEscrow.NftEscrow_InvalidTerms(Text.from(field));
    }
}
