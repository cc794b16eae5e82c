// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Something that is agreed on.
struct Deal {
    address buyer;
    uint96 price;
    bool isSecret;
}

/// @notice Inputs of every kind.
contract Lists {
    bytes32 public immutable known;
    uint256 public status;

    constructor(Deal memory deal) {
        known = keccak256(abi.encode(deal));
    }

    function many(address[] calldata who) external {
        if (who.length == 2) status = 1;
    }

    function dealt(Deal calldata deal) external {
        require(keccak256(abi.encode(deal)) != known, "that one");
        if (deal.isSecret) status = 2;
    }

    function signed(bytes calldata signature) external {
        if (signature.length == 0) status = 4;
        if (signature.length == 65) status = 8;
    }

    function pair(uint8[2] calldata two) external {
        if (two[0] != two[1]) status = 16;
    }

    function toNobody(address to) external {
        if (to != address(this) && to != msg.sender && to != address(0)) status = 32;
    }

    function far(uint256 number) external {
        if (number == type(uint256).max) status = 64;
    }

    function hashed(bytes32 hash) external {
        if (hash != bytes32(0) && hash != known) status = 128;
    }

    receive() external payable {
        if (msg.value == 3) status = 256;
    }
}
