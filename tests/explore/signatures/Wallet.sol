// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

interface ISigner {
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4);
}

/// @notice A wallet that says yes to what its owner signed for it.
contract Wallet is ISigner {
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        require(signature.length == 65, "no signature");
        bytes32 own = keccak256(abi.encode(address(this), digest));
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        address signer = ecrecover(own, uint8(signature[64]), r, s);
        return signer == owner ? ISigner.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice Two who agree open it: one by himself, one by his wallet.
contract Lock {
    address public immutable person;
    ISigner public immutable wallet;
    bool public isOpen;

    constructor(address person_, ISigner wallet_) {
        person = person_;
        wallet = wallet_;
    }

    function open(bytes calldata one, bytes calldata other) external {
        bytes32 digest = keccak256(abi.encode(address(this), block.chainid, "open"));
        require(one.length == 65, "no signature");
        (bytes32 r, bytes32 s) = abi.decode(one[:64], (bytes32, bytes32));
        require(ecrecover(digest, uint8(one[64]), r, s) == person, "not signed");
        require(wallet.isValidSignature(digest, other) == ISigner.isValidSignature.selector, "not by the wallet");
        isOpen = true;
    }
}
