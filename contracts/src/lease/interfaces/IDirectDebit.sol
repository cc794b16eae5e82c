// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {ILeaseExtension} from "./ILeaseExtension.sol";

/// @title Direct debit: rent is drawn from the payer's tokens, one instalment at a time, within agreed limits.
/// @notice The payer authorises, for one lease, one collector to start debits; besides the collector only the payer
/// can. What is drawn goes into {ILease.pay} in the same transaction; this contract never holds anything.
///
/// After a debit the next is possible only when a further instalment has fallen due. If the collector was away for five
/// months, it has one debit, not five, and of older debts it draws at most `maxArrears` with it.
///
/// Trust assumptions:
/// - The collector can choose when, after a due date, to draw, and nothing else: not how much, and not for whom.
/// - The payer can end it at any moment, by {cancel} or by the token's allowance.
/// - The asset must be a token; ether cannot be drawn.
interface IDirectDebit is ILeaseExtension {
    /// @notice `Expired` follows from the clock.
    enum Status {
        None,
        Authorised,
        Expired,
        Cancelled
    }

    /// @notice What the payer authorises.
    /// @dev Also an EIP-712 type: the mandate's id is the digest that a wallet signs for it.
    struct Mandate {
        /// The lease that is paid. It says which token.
        AgreementId leaseId;
        /// Whose tokens are drawn: the tenant, or whoever pays for it.
        address payer;
        /// Who may start a debit, besides the payer: the landlord, a keeper, or zero for nobody.
        address collector;
        /// The most that one debit draws.
        uint128 maxPerPeriod;
        /// The most that one debit draws beyond the latest instalment: of older rent, and fees.
        uint128 maxArrears;
        /// The most that all debits draw together.
        uint128 maxTotal;
        /// No debit from here on.
        uint40 expiresAt;
        /// Tells apart mandates that are otherwise equal.
        bytes32 salt;
    }

    /// @notice What is stored for a mandate.
    struct Progress {
        // slot 0: 8 + 32 + 128 = 168 bits
        Status stage;
        /// How many instalments were due at the last debit.
        uint32 instalments;
        /// What all debits drew together.
        uint128 drawn;
    }

    /// @notice The payer authorises the mandate.
    event Authorised(AgreementId indexed id, address indexed payer, Mandate mandate);
    /// @notice `amount` went from the payer into the lease, of which `instalments` instalments were due.
    event Collected(AgreementId indexed id, address indexed by, uint256 amount, uint256 instalments);
    /// @notice The payer ended the mandate.
    event Cancelled(AgreementId indexed id);

    error DirectDebit_WrongState(Status actual, Status expected);
    error DirectDebit_InvalidSignature(address signer);
    /// @notice Ether cannot be drawn.
    error DirectDebit_NotAToken(address asset);
    /// @notice No further instalment has fallen due since the last debit.
    error DirectDebit_AlreadyCollected(uint256 actual, uint256 expected);

    /// @notice Authorises the mandate. Payer. It also needs the token's allowance for this contract.
    function authorise(Mandate calldata mandate) external returns (AgreementId id);

    /// @notice The same by the payer's signature over the id. Anyone may hand it in; {cancel} takes it back.
    function authoriseFor(Mandate calldata mandate, bytes calldata signature) external returns (AgreementId id);

    /// @notice Ends the mandate for good. Payer, at any time, also before it was handed in.
    function cancel(Mandate calldata mandate) external;

    /// @notice Draws what {collectable} says and pays it into the lease. Collector or payer, strictly before
    /// `expiresAt`, once for every instalment that falls due.
    /// @return amount What was drawn.
    function collect(Mandate calldata mandate, ILease.Terms calldata leaseTerms) external returns (uint256 amount);

    /// @notice The id of a mandate, whether it exists or not.
    function idOf(Mandate calldata mandate) external view returns (AgreementId);

    /// @notice Where the mandate stands now.
    function statusOf(Mandate calldata mandate) external view returns (Status);

    /// @notice Everything that is stored about the mandate.
    function progressOf(Mandate calldata mandate) external view returns (Progress memory);

    /// @notice When the mandate lapses; zero if it does not stand.
    function deadlineOf(Mandate calldata mandate) external view returns (uint256);

    /// @notice What a debit would draw now: the least of the lease's arrears, the latest instalment with `maxArrears`,
    /// `maxPerPeriod`, and what is left of `maxTotal`. Zero where no debit is possible.
    function collectable(Mandate calldata mandate, ILease.Terms calldata leaseTerms) external view returns (uint256);
}
