// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Everybody has three, and whoever has somebody's signature moves what is his.
contract Ledger {
    uint256 internal constant HALF = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    mapping(address => uint256) public held;
    mapping(address => uint256) public nonces;

    constructor(address[] memory who) {
        for (uint256 i = 0; i < who.length; ++i) {
            held[who[i]] = 3;
        }
    }

    /// @notice In parts.
    function move(address from, uint256 amount, uint8 v, bytes32 r, bytes32 s) external {
        require(v == 27 || v == 28, "neither");
        _move(from, amount, v, r, s);
    }

    /// @notice In the short form of EIP-2098.
    function moveShort(address from, uint256 amount, bytes32 r, bytes32 vs) external {
        bytes32 s = vs & bytes32(type(uint256).max >> 1);
        _move(from, amount, uint8(uint256(vs) >> 255) + 27, r, s);
    }

    function _move(address from, uint256 amount, uint8 v, bytes32 r, bytes32 s) internal {
        require(amount == 1 || amount == 2, "not so much");
        require(uint256(s) <= HALF, "the other one");
        bytes32 digest = keccak256(abi.encode(address(this), block.chainid, msg.sender, from, amount, _nonce(from)));
        address signer = ecrecover(digest, v, r, s);
        require(signer != address(0) && _speaksFor(signer, from), "not signed");
        held[from] -= amount;
        held[msg.sender] += amount;
    }

    function _nonce(address from) internal virtual returns (uint256) {
        return nonces[from]++;
    }

    function _speaksFor(address signer, address from) internal pure virtual returns (bool) {
        return signer == from;
    }
}

/// @notice Whoever signs, signs for everybody.
contract LedgerBroken is Ledger {
    constructor(address[] memory who) Ledger(who) {}

    function _speaksFor(address, address) internal pure override returns (bool) {
        return true;
    }
}
