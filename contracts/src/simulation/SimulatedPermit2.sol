// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ISignatureTransfer} from "../interfaces/ISignatureTransfer.sol";

/// @title Stands in for Permit2 where there is none. For simulations.
/// @notice Behaves as Permit2's signature transfers with a witness are published to: the same domain (a name, no
/// version), the same typed data, unordered nonces, the same errors. In addition it tells its domain, by ERC-5267.
contract SimulatedPermit2 is ISignatureTransfer, IERC5267 {
    using SafeERC20 for IERC20;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
    bytes32 private constant TOKEN_TYPEHASH = keccak256("TokenPermissions(address token,uint256 amount)");
    string private constant TYPE_START = "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,"
        "uint256 nonce,uint256 deadline,";

    /// @notice Which nonces are used up: 256 of them in a word.
    mapping(address owner => mapping(uint256 word => uint256 bits)) public nonceBitmap;

    /// @notice Nonces were used up without anything being moved.
    event UnorderedNonceInvalidation(address indexed owner, uint256 word, uint256 mask);

    error SignatureExpired(uint256 signatureDeadline);
    error InvalidAmount(uint256 maxAmount);
    error InvalidNonce();
    error InvalidSigner();

    /// @inheritdoc ISignatureTransfer
    function permitWitnessTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes32 witness,
        string calldata witnessTypeString,
        bytes calldata signature
    ) external {
        uint256 requested = transferDetails.requestedAmount;
        if (block.timestamp > permit.deadline) revert SignatureExpired(permit.deadline);
        if (requested > permit.permitted.amount) revert InvalidAmount(permit.permitted.amount);
        _useNonce(owner, permit.nonce);
        bytes32 digest = MessageHashUtils.toTypedDataHash(_domain(), _structHash(permit, witness, witnessTypeString));
        if (!SignatureChecker.isValidSignatureNowCalldata(owner, digest, signature)) revert InvalidSigner();
        IERC20(permit.permitted.token).safeTransferFrom(owner, transferDetails.to, requested);
    }

    /// @notice Uses up the caller's nonces of one word that are set in `mask`.
    function invalidateUnorderedNonces(uint256 word, uint256 mask) external {
        nonceBitmap[msg.sender][word] |= mask;
        emit UnorderedNonceInvalidation(msg.sender, word, mask);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (hex"0d", "Permit2", "", block.chainid, address(this), bytes32(0), new uint256[](0));
    }

    function _useNonce(address owner, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 bits = nonceBitmap[owner][nonce >> 8];
        if (bits & bit != 0) revert InvalidNonce();
        nonceBitmap[owner][nonce >> 8] = bits | bit;
    }

    function _structHash(PermitTransferFrom calldata permit, bytes32 witness, string calldata witnessTypeString)
        private
        view
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(abi.encodePacked(TYPE_START, witnessTypeString));
        bytes32 permitted = keccak256(abi.encode(TOKEN_TYPEHASH, permit.permitted));
        return keccak256(abi.encode(typeHash, permitted, msg.sender, permit.nonce, permit.deadline, witness));
    }

    function _domain() private view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Permit2"), block.chainid, address(this)));
    }
}
