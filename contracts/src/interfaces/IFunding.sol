// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";

/// @title Paying into an agreement with a token, by one transaction and a signature instead of an approval.
/// @notice What the routers have in common. A router takes the amount that an agreement wants from the token's owner,
/// pays it in, and is done: it holds nothing and has approved nobody before and after (F-2, F-3). What is paid in is
/// the payer's (the tenant's), whoever paid.
///
/// Trust assumptions:
/// - Whoever hands in a signature can do with it what it says, or nothing: it names the contract and the agreement, so
///   the money goes there or stays where it is (F-1).
/// - The contract that holds agreements is the one that the owner named. A router does not know which ones are good.
/// - About tokens, see {ILedger}. What somebody sends to a router by mistake is lost; there is nobody to return it.
interface IFunding {
    /// @notice What a signed payment is for. An EIP-712 type.
    struct Purpose {
        /// The escrow or lease contract.
        address agreements;
        /// The agreement's id there.
        AgreementId id;
    }

    /// @notice `amount` of `owner`'s tokens went into the agreement `id` of `agreements`.
    event PaidIn(AgreementId indexed id, address indexed agreements, address indexed owner, uint256 amount);

    /// @notice The token has no code; ether needs no router.
    error Funding_NoCode(address token);

    /// @notice The owner's tokens did not arrive as they should have.
    error Funding_BadDelta(uint256 actual, uint256 expected);

    /// @notice The contract that was to take the tokens left some.
    error Funding_NotTaken(uint256 actual, uint256 expected);

    /// @notice The EIP-712 struct hash of a {Purpose}.
    function purposeHash(address agreements, AgreementId id) external pure returns (bytes32);
}
