// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {ILedger} from "../../interfaces/ILedger.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {ILeaseExtension} from "./ILeaseExtension.sol";

/// @title Guarantees: somebody's money stands behind the rent, up to a cap, and is called only after notice.
/// @notice The cap is paid in when the guarantee is given, so it is there. When enough instalments of the lease are
/// late, the landlord calls an amount. The guarantor then has time to see to it that the tenant pays, or, where there
/// is an arbiter, to object. After that anybody has the amount paid into the lease, as far as the lease is still in
/// arrears; the tenant's debt falls by it. What is never called goes back.
///
/// Trust assumptions:
/// - The arbiter, where there is one, decides a disputed call between nothing and what was called.
/// - The landlord can have no more than the arrears that the lease shows, nor more than the cap.
/// - About tokens, see {ILedger}.
interface IGuarantee is ILeaseExtension, ILedger {
    /// @notice Where a guarantee stands. `Due` follows from the clock, or from a ruling. `Closed` is final.
    enum Status {
        None,
        Funded,
        Called,
        Disputed,
        Due,
        Closed
    }

    /// @notice Everything that is agreed.
    /// @dev Also an EIP-712 type: the guarantee's id is its digest.
    struct Terms {
        /// The lease whose rent is guaranteed.
        AgreementId leaseId;
        /// Gets back what is not needed.
        address guarantor;
        /// Calls; is paid directly where the lease takes no payment any more.
        address landlord;
        /// Rules on calls that the guarantor objects to; neither of the two. Zero: it cannot object.
        address arbiter;
        /// The lease's asset.
        address asset;
        /// What is paid in, and the most that can be called.
        uint128 cap;
        /// The landlord may call when this many instalments are late and not fully paid; at least one.
        uint16 callAfter;
        /// How long after a call the guarantor has time.
        uint40 noticePeriod;
        /// How long after an objection the arbiter may rule.
        uint40 rulingWindow;
        /// The share of the call that is paid if the arbiter does not.
        uint16 timeoutBps;
        /// No call from here on: the end of the lease and a while. What is not called then goes back.
        uint40 expiresAt;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart guarantees that are otherwise equal.
        bytes32 salt;
    }

    /// @notice What is stored for a guarantee.
    struct Agreement {
        // slot 0: 8 + 40 + 128 = 176 bits
        /// None, Funded, Called, Disputed, Due or Closed.
        Status stage;
        /// When the present stage began.
        uint40 since;
        uint128 held;
        // slot 1
        /// What the landlord called, or was awarded.
        uint128 called;
        /// What was paid to the landlord directly, beside the lease's account.
        uint128 paidDirectly;
    }

    /// @notice The guarantee is on record, with these terms, and paid in.
    event Guaranteed(AgreementId indexed id, address indexed payer, Terms terms);
    /// @notice The landlord calls `amount`. From `dueAt` on it is paid unless the guarantor objects.
    event Called(AgreementId indexed id, uint256 amount, bytes32 evidence, uint256 dueAt);
    /// @notice The landlord takes its call back.
    event CallWithdrawn(AgreementId indexed id);
    /// @notice The guarantor objects; the arbiter has until `ruleBy`.
    event Disputed(AgreementId indexed id, bytes32 evidence, uint256 ruleBy);
    /// @notice The arbiter lets `award` of the call be paid.
    event Ruled(AgreementId indexed id, address indexed arbiter, uint256 award);
    /// @notice A call was settled: `intoLease` was paid on the lease's account, `directly` to the landlord.
    event CallSettled(AgreementId indexed id, uint256 intoLease, uint256 directly);
    /// @notice Over; `returned` went back to the guarantor.
    event Closed(AgreementId indexed id, uint256 returned);

    error Guarantee_WrongState(Status actual, Status expected);
    error Guarantee_NotLate(uint256 actual, uint256 expected);
    error Guarantee_NoArbiter(AgreementId id);

    /// @notice Gives the guarantee by paying in the cap. Anyone; it is the guarantor's. Strictly before `expiresAt`.
    function fund(Terms calldata terms, ILease.Terms calldata leaseTerms) external payable returns (AgreementId id);

    /// @notice Calls `amount`: at most what is held and what the lease is in arrears. Landlord, when `callAfter`
    /// instalments are late, strictly before `expiresAt`, one call at a time.
    function call(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount, bytes32 evidence) external;

    /// @notice Takes a call back that was not settled. Landlord.
    function withdrawCall(Terms calldata terms) external;

    /// @notice Objects to a call. Guarantor, if there is an arbiter, strictly before the notice period is over.
    function object(Terms calldata terms, bytes32 evidence) external;

    /// @notice Lets `award` of the call be paid, and no more. Arbiter, strictly before the ruling window is over.
    function rule(Terms calldata terms, uint128 award) external;

    /// @notice Gives up the guarantee: what is held goes back. Landlord.
    function release(Terms calldata terms) external;

    /// @notice Applies what the terms say about silence, once {deadlineOf} has come. Anyone. A call that is due is paid
    /// into the lease as far as the lease is in arrears, and to the landlord directly if the lease is closed or took no
    /// payment for {PAYMENT_WINDOW}. A guarantee that has expired goes back.
    function settle(Terms calldata terms, ILease.Terms calldata leaseTerms) external;

    /// @notice How long a call that is due is tried on the lease before it is paid directly.
    function PAYMENT_WINDOW() external view returns (uint256);

    /// @notice The id of a guarantee with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the guarantee stands now.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the guarantee.
    function agreementOf(Terms calldata terms) external view returns (Agreement memory);

    /// @notice From when on {settle} works, as things stand; zero when it never will.
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What is `party`'s of what is held if nobody does anything any more and the lease stays in arrears. The
    /// landlord's part is paid into the lease. Summed over guarantor and landlord it is exactly what is held.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);
}
