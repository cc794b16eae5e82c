// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A behaviour for a forwarder: a wallet that accepts ether and signs by ERC-1271 what it was told to.
contract ContractWallet is IERC1271 {
    /// @notice Which digests it has signed.
    mapping(bytes32 digest => bool approved) public isApproved;

    receive() external payable {}

    /// @notice Signs a digest, or takes the signature back. Anyone: this is a simulation's wallet.
    function setApproved(bytes32 digest, bool approved) external {
        isApproved[digest] = approved;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return isApproved[digest] ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
