// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice The payer put money into it, and signs slips; whoever has one takes what it says.
contract Box {
    struct Slip {
        address payee;
        uint256 amount;
        uint256 nonce;
        uint256 deadline;
    }

    address public immutable payer;
    mapping(bytes32 => bool) public used;
    mapping(uint256 => bool) public cancelled;
    uint256 public status;

    constructor(address payer_) payable {
        payer = payer_;
    }

    function redeem(Slip calldata slip, bytes calldata signature) external {
        require(slip.payee == msg.sender && slip.amount == 2, "not yours");
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", _domain(), _hash(slip)));
        _inTime(slip);
        require(_isSigned(digest, signature), "not signed");
        _use(slip, signature);
        ++status;
        (bool ok,) = slip.payee.call{value: slip.amount}("");
        require(ok, "not paid");
    }

    function cancel(uint256 nonce) external {
        require(msg.sender == payer && !used[bytes32(nonce)], "not now");
        cancelled[nonce] = true;
    }

    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (0x0f, "Box", "1", block.chainid, _self(), 0, new uint256[](0));
    }

    function _inTime(Slip calldata slip) internal view virtual {
        require(block.timestamp <= slip.deadline, "too late");
        require(!cancelled[slip.nonce], "cancelled");
    }

    function _use(Slip calldata slip, bytes calldata) internal virtual {
        require(!used[bytes32(slip.nonce)], "used");
        used[bytes32(slip.nonce)] = true;
    }

    function _isSigned(bytes32 digest, bytes calldata signature) internal view virtual returns (bool) {
        address signer = _signer(digest, signature);
        return signer != address(0) && signer == payer;
    }

    function _self() internal view virtual returns (address) {
        return address(this);
    }

    function _signer(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        require(signature.length == 65, "no signature");
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        return ecrecover(digest, uint8(signature[64]), r, s);
    }

    function _hash(Slip calldata slip) internal pure returns (bytes32) {
        bytes32 kind = keccak256("Slip(address payee,uint256 amount,uint256 nonce,uint256 deadline)");
        return keccak256(abi.encode(kind, slip.payee, slip.amount, slip.nonce, slip.deadline));
    }

    function _domain() internal view returns (bytes32) {
        bytes32 kind = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        return keccak256(abi.encode(kind, keccak256("Box"), keccak256("1"), block.chainid, _self()));
    }
}

/// @notice Nobody notes what was used.
contract BoxReplay is Box {
    constructor(address payer_) payable Box(payer_) {}

    function _use(Slip calldata, bytes calldata) internal override {}
}

/// @notice What is signed for one box is good for every other.
contract BoxDomain is Box {
    constructor(address payer_) payable Box(payer_) {}

    function _self() internal pure override returns (address) {
        return address(0);
    }
}

/// @notice Nobody's signature is by address zero, and so is that of a payer who was never named.
contract BoxZero is Box {
    constructor(address payer_) payable Box(payer_) {}

    function _isSigned(bytes32 digest, bytes calldata signature) internal view override returns (bool) {
        return _signer(digest, signature) == payer;
    }
}

/// @notice A signature is used up, but it has a twin.
contract BoxTwin is Box {
    constructor(address payer_) payable Box(payer_) {}

    function _use(Slip calldata, bytes calldata signature) internal override {
        require(!used[keccak256(signature)], "used");
        used[keccak256(signature)] = true;
    }
}

/// @notice Anybody's signature will do.
contract BoxAnybody is Box {
    constructor(address payer_) payable Box(payer_) {}

    function _isSigned(bytes32 digest, bytes calldata signature) internal pure override returns (bool) {
        return _signer(digest, signature) != address(0);
    }
}

/// @notice A slip is good for ever.
contract BoxLate is Box {
    constructor(address payer_) payable Box(payer_) {}

    function _inTime(Slip calldata slip) internal view override {
        require(!cancelled[slip.nonce], "cancelled");
    }
}

/// @notice It does not matter that it was cancelled.
contract BoxCancelled is Box {
    constructor(address payer_) payable Box(payer_) {}

    function _inTime(Slip calldata slip) internal view override {
        require(block.timestamp <= slip.deadline, "too late");
    }
}
