// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice The payer signs vouchers, the payee redeems each of them once.
contract Voucher {
    struct Slip {
        address payee;
        uint256 amount;
        uint256 nonce;
    }

    address internal immutable payer;
    mapping(uint256 => bool) public used;
    uint256 public status;

    constructor(address payer_) payable {
        payer = payer_;
    }

    function redeem(Slip calldata slip, bytes calldata signature) external {
        require(!used[slip.nonce], "used");
        _use(slip.nonce);
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", _domain(), _hash(slip)));
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        require(ecrecover(digest, uint8(signature[64]), r, s) == payer, "not signed");
        ++status;
        (bool ok,) = slip.payee.call{value: slip.amount}("");
        require(ok, "not paid");
    }

    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (0x0f, "Voucher", "1", block.chainid, address(this), 0, new uint256[](0));
    }

    function _use(uint256 nonce) internal virtual {
        used[nonce] = true;
    }

    function _hash(Slip calldata slip) internal pure returns (bytes32) {
        bytes32 kind = keccak256("Slip(address payee,uint256 amount,uint256 nonce)");
        return keccak256(abi.encode(kind, slip.payee, slip.amount, slip.nonce));
    }

    function _domain() internal view returns (bytes32) {
        bytes32 kind = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 name = keccak256("Voucher");
        return keccak256(abi.encode(kind, name, keccak256("1"), block.chainid, address(this)));
    }
}

/// @notice Nobody notes which vouchers were used.
contract VoucherBroken is Voucher {
    constructor(address payer_) payable Voucher(payer_) {}

    function _use(uint256) internal override {}
}
