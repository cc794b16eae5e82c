// SPDX-License-Identifier: MIT OR Apache-2.0
// What the unit tests of the evaluator run against. contracts.json holds ABI and init code of each contract, from solc
// 0.8.37 with the optimizer (200 runs), EVM version prague, no metadata, OpenZeppelin 5.
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// Answers, fails and emits in every way that an expression can meet.
contract Probe is EIP712("Probe", "1") {
    enum Status {
        Open,
        Closed
    }

    struct Item {
        bytes32 id;
        uint8[] counts;
    }

    struct Terms {
        address party;
        Status status;
        Item[] items;
        int64 delta;
        string note;
        bytes data;
        bool[2] flags;
    }

    event Done(address indexed who, string indexed note, Item item, uint8[] indexed counts, int64 delta);

    error Wrong(address who, uint256 have, Status status);

    bytes32 private constant ITEM = keccak256("Item(bytes32 id,uint8[] counts)");
    bytes32 private constant TERMS = keccak256(
        "Terms(address party,uint8 status,Item[] items,int64 delta,string note,bytes data,bool[2] flags)Item(bytes32 id,uint8[] counts)"
    );

    function echo(Terms calldata terms) external pure returns (Terms memory) {
        return terms;
    }

    function pair() external view returns (uint256 left, address right) {
        return (7, address(this));
    }

    function small(uint8 x) external pure returns (uint8) {
        return x;
    }

    function wrong(address who) external pure {
        revert Wrong(who, 3, Status.Closed);
    }

    function say(string calldata words) external pure {
        revert(words);
    }

    function overflow(uint8 x) external pure returns (uint8) {
        return x + 200;
    }

    function halt() external pure {
        assembly {
            invalid()
        }
    }

    /// Returns the data as it is, whatever its caller expects.
    function raw(bytes calldata data) external pure returns (uint8) {
        bytes memory copy = data;
        assembly {
            return(add(copy, 32), mload(copy))
        }
    }

    function done(address who, string calldata note, Item calldata item, uint8[] calldata counts) external {
        emit Done(who, note, item, counts, -5);
    }

    function encoded(Terms calldata terms) external pure returns (bytes memory) {
        return abi.encode(terms, uint8(3));
    }

    function packed(int8[] calldata a, bytes4[] calldata b, uint16 c, bool d, address e, string calldata f)
        external
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(a, b, c, d, e, f);
    }

    function signer(Terms calldata terms, bytes calldata signature) external view returns (address) {
        bytes memory items;
        for (uint256 i; i < terms.items.length; ++i) {
            Item calldata item = terms.items[i];
            bytes memory counts;
            for (uint256 j; j < item.counts.length; ++j) {
                counts = bytes.concat(counts, abi.encode(item.counts[j]));
            }
            items = bytes.concat(items, keccak256(abi.encode(ITEM, item.id, keccak256(counts))));
        }
        bytes32 hash = keccak256(
            abi.encode(
                TERMS,
                terms.party,
                terms.status,
                keccak256(items),
                terms.delta,
                keccak256(bytes(terms.note)),
                keccak256(terms.data),
                keccak256(abi.encode(terms.flags))
            )
        );
        return ECDSA.recover(_hashTypedDataV4(hash), signature);
    }
}

/// A token with ERC-2612 and ERC-5267.
contract Coin is ERC20("Coin", "COIN"), ERC20Permit("Coin") {
    constructor(address owner, uint256 supply) {
        _mint(owner, supply);
    }
}

/// A domain of whatever shape.
contract Domains {
    bytes1 private immutable fields;
    uint256 private immutable extensions;

    constructor(bytes1 fields_, uint256 extensions_) {
        (fields, extensions) = (fields_, extensions_);
    }

    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (fields, "Domains", "2", block.chainid, address(this), bytes32(uint256(9)), new uint256[](extensions));
    }
}

/// A token of before ERC-5267: its domain is known by its hash alone.
contract OldCoin {
    bytes32 public constant DOMAIN_SEPARATOR = keccak256("old");

    function nonces(address) external pure returns (uint256) {
        return 4;
    }

    function recover(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature)
        external
        pure
        returns (address)
    {
        bytes32 hash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                owner,
                spender,
                value,
                4,
                deadline
            )
        );
        return ECDSA.recover(keccak256(abi.encodePacked("\x19\x01", DOMAIN_SEPARATOR, hash)), signature);
    }
}
