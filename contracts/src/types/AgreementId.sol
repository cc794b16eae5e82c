// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Identifies one agreement: the EIP-712 digest of its terms, which binds chain id, contract and every term.
type AgreementId is bytes32;
