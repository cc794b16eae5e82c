// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Whether an account signed a digest.
library Signatures {
    /// @dev True if the account's own key signed, or if the account is a contract that says so by ERC-1271. The key
    /// comes first whether the account has code or not: an account that delegates its code by EIP-7702 is still
    /// controlled by its key, and its delegate may know nothing of signatures. Nobody has the key of any other
    /// contract. Signatures with a high `s` and those of the zero address are refused.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return signer.code.length != 0 && SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);
    }
}
