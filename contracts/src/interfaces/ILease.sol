// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";
import {ILedger} from "./ILedger.sol";

/// @title Leases: rent on a calendar, a deposit in safe keeping, and what happens when either goes wrong.
/// @notice One contract holds many leases. Every function takes the full terms; what is stored is keyed by their hash.
/// The terms are emitted in full when a lease is put on record.
///
/// Time: an act is allowed strictly before its deadline (`now < deadline`); what follows from silence is so from the
/// deadline on (`now >= deadline`). Rent is due, and an instalment late, from its instant on (`now >= due`). What is
/// due follows from the terms, the clock and what was paid: nobody needs to call anything for it.
///
/// Trust assumptions:
/// - The arbiter decides a disputed claim freely, between nothing and what the landlord claimed. It cannot pay anybody
///   else, nor act after its window.
/// - The attester, if there is one, says when a court has ended the lease. It can bring the end forward to an instant
/// to come, and nothing else.
/// - Nobody else is trusted. There is no owner, no pause, and no upgrade. The contract knows nothing of keys, doors and
///   courts: the end of a lease here is an accounting fact.
/// - About tokens, see {ILedger}.
interface ILease is ILedger {
    /// @notice Where a lease stands. `InDefault` and `Ended` follow from the clock alone. `Closed` is final.
    enum Status {
        None,
        Draft,
        Active,
        InDefault,
        Ended,
        Claimed,
        Disputed,
        Closed
    }

    /// @notice What a first period that is shorter than a month costs, for a rent per month and a number of days.
    enum Proration {
        /// rent × days / days of the month that it is part of
        ActualMonth,
        /// rent × days / 30
        ThirtyDays,
        /// rent × 12 × days / 365
        Year365,
        /// rent × days / 30.42
        MeanMonth
    }

    /// @notice What a payment covers first. What is left over is rent paid ahead.
    enum Waterfall {
        RentFirst,
        FeesFirst
    }

    /// @notice What lengths of notice are counted in. Either way a notice ends the lease at the end of a period.
    enum NoticeUnit {
        Days,
        Periods
    }

    /// @notice What an item of a claim on the deposit is for.
    enum Category {
        Rent,
        LateFees,
        Damage,
        Cleaning,
        Utilities,
        Other
    }

    /// @notice When a home is inspected.
    enum Inspection {
        MoveIn,
        MoveOut
    }

    /// @notice Everything that is agreed. Amounts are in the asset's smallest unit, times in seconds since the epoch,
    /// windows in seconds, shares in basis points (1/10,000).
    /// @dev Also an EIP-712 type: the lease's id is the digest that a wallet signs for it. Keep {LeaseTerms.TYPEHASH}
    /// equal. Later versions append members.
    struct Terms {
        /// Gets the rent and the fees; may claim on the deposit.
        address landlord;
        /// Owes the rent; gets the deposit back.
        address tenant;
        /// Rules on disputed claims; neither landlord nor tenant. Zero: `timeoutBps` decides.
        address arbiter;
        /// Says when a court has ended the lease; neither landlord nor tenant. Zero: nobody does.
        address attester;
        /// The token, or zero for ether.
        address asset;
        /// For one full period, due at its beginning.
        uint128 rent;
        /// Held by the contract until the lease has ended. May be zero.
        uint128 deposit;
        /// The deposit is at most this share of one period's rent (10,000 is one rent). Zero: no cap.
        uint32 maxDepositBps;
        /// The deposit is paid in this many equal parts: the first to sign, the others with the instalments after the
        /// first. Zero is one.
        uint8 depositParts;
        /// Before this both sign and the first part of the deposit is paid in; at most `start + grace`.
        uint40 signBy;
        /// When the first period begins and the first instalment is due.
        uint40 start;
        /// Length of a period, or zero for calendar months.
        uint32 periodSeconds;
        /// Calendar months: the day of the month on which rent is due (the last day of shorter months). Zero: that of
        /// `start`. If it is another day, a prorated first period comes before the full ones.
        uint8 dueDay;
        /// The lease's local time: seconds east of Greenwich, the year round.
        int32 utcOffset;
        /// Number of full periods.
        uint16 periods;
        /// For how many full periods at most the lease rolls on after that, unless notice ends it.
        uint16 holdover;
        /// The price of a first period that is not a full one.
        Proration proration;
        /// How long after it was due an unpaid instalment becomes late.
        uint32 grace;
        /// The fee for a late instalment is this amount or
        uint128 lateFeeFlat;
        /// this share of the instalment, whichever is less.
        uint16 lateFeeBps;
        /// All late fees together are at most this.
        uint128 lateFeeCap;
        /// What a payment covers first.
        Waterfall waterfall;
        /// How many instalments may be paid ahead.
        uint16 maxPrepaid;
        /// What lengths of notice are counted in.
        NoticeUnit noticeUnit;
        /// Notice ends the lease after this many full periods at the earliest.
        uint16 minPeriods;
        /// Notice that the tenant must give to end early; zero: the tenant cannot.
        uint16 tenantNotice;
        /// Notice that the landlord must give to end early; zero: the landlord cannot.
        uint16 landlordNotice;
        /// Notice with which the tenant may break the lease for the fee; zero: the tenant cannot.
        uint16 tenantBreak;
        /// Notice with which the landlord may break the lease for the fee; zero: the landlord cannot.
        uint16 landlordBreak;
        /// A break ends the lease after this many full periods at the earliest.
        uint16 breakFrom;
        /// The fee for a break is this amount and
        uint128 breakFee;
        /// so many times the rent of the last period before the end.
        uint16 breakRents;
        /// How long after it was given a notice counts as served.
        uint40 serviceDelay;
        /// The landlord may declare default when this many instalments are late and not fully paid (zero: never) and
        uint16 defaultAfter;
        /// what is late comes to this many rents.
        uint16 defaultRents;
        /// How long the tenant then has to pay everything.
        uint40 cureWindow;
        /// The landlord must itemise what it claims.
        bool itemised;
        /// Takes the place of `claimWindow` where both found the home unchanged; at most as long.
        uint40 returnWindow;
        /// How long after the end the landlord may claim on the deposit.
        uint40 claimWindow;
        /// How long after a claim the tenant may object to it.
        uint40 objectionWindow;
        /// How long after an objection the arbiter may rule.
        uint40 rulingWindow;
        /// The landlord's share of the claim if the arbiter does not.
        uint16 timeoutBps;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart leases that are otherwise equal.
        bytes32 salt;
        /// How the rent changes, in order of time.
        RentStep[] steps;
    }

    /// @notice The rent of full period `period` (counted from zero) and of those after it, up to the next step.
    struct RentStep {
        uint16 period;
        uint128 rent;
    }

    /// @notice One item of a claim on the deposit; `evidence` is the hash of what proves it.
    struct Deduction {
        Category category;
        uint128 amount;
        bytes32 evidence;
    }

    /// @notice The hashes of both parties' reports of one inspection; zero where there is none.
    struct Reports {
        bytes32 landlord;
        bytes32 tenant;
    }

    /// @notice The landlord's place after the first landlord, and who it was offered to.
    struct Succession {
        address landlord;
        address offered;
    }

    /// @notice What is stored for a lease.
    struct Agreement {
        // slot 0: 5 × 8 + 8 + 16 + 40 + 40 + 40 = 184 bits
        /// None, Draft, Active, Claimed, Disputed or Closed; the others are derived by {statusOf}.
        Status stage;
        bool landlordSigned;
        bool tenantSigned;
        /// The landlord's place has passed to a successor.
        bool succeeded;
        /// Both agree that the home was left as it was received.
        bool unchanged;
        /// How many parts of the deposit are in.
        uint8 depositParts;
        /// How many instalments have passed their grace and were looked at for a late fee.
        uint16 assessed;
        /// When the lease ends, unless a default ends it before.
        uint40 endsAt;
        /// When an uncured default ends the lease. Zero: no default was declared, or it was cured.
        uint40 cureBy;
        /// When the present stage began.
        uint40 since;
        // slot 1
        uint128 rentPaid;
        uint128 feesAssessed;
        // slot 2
        uint128 feesPaid;
        uint128 claimed;
    }

    /// @notice The tenant's account at an instant.
    struct Account {
        /// Instalments that are due, and their sum.
        uint256 instalmentsDue;
        uint256 rentDue;
        uint256 rentPaid;
        /// Instalments whose grace is over, and how many of them are not fully paid.
        uint256 instalmentsAssessed;
        uint256 instalmentsLate;
        /// Instalments that are due and not fully paid, in grace or not.
        uint256 instalmentsUnpaid;
        uint256 feesDue;
        uint256 feesPaid;
    }

    /// @notice The lease is on record, with these terms.
    event Proposed(AgreementId indexed id, address indexed proposer, Terms terms);
    /// @notice `party` (landlord or tenant) agrees to the terms.
    event Signed(AgreementId indexed id, address indexed party);
    /// @notice A part of the deposit is in.
    event DepositPaid(AgreementId indexed id, address indexed payer, uint256 amount);
    /// @notice Signed by both, first part of the deposit paid: the lease binds, and ends at `endsAt` if nothing
    /// happens.
    event Activated(AgreementId indexed id, uint256 endsAt);
    /// @notice Called off before it was binding.
    event Cancelled(AgreementId indexed id, address indexed party);
    /// @notice A payment on rent and fees; `instalmentsPaid` instalments are now paid in full.
    event RentPaid(AgreementId indexed id, address indexed payer, uint256 rent, uint256 fees, uint256 instalmentsPaid);
    /// @notice Late fees were added since the account was last written. They were due from their own instants on.
    event LateFeesAssessed(AgreementId indexed id, uint256 amount, uint256 instalmentsAssessed);
    /// @notice The lease will end at `endsAt`, by notice of `party`.
    event NoticeGiven(AgreementId indexed id, address indexed party, uint256 endsAt);
    /// @notice The lease will end at `endsAt`, broken by `party`, who has paid the other `fee` for it.
    event BreakExercised(AgreementId indexed id, address indexed party, uint256 endsAt, uint256 fee);
    /// @notice The lease will end at `endsAt`, by a court's order with this hash.
    event EndAttested(AgreementId indexed id, address indexed attester, uint256 endsAt, bytes32 order);
    /// @notice `party` gives notice of something to the other, which counts as served at `servedAt`.
    event NoticeServed(
        AgreementId indexed id, address indexed party, bytes32 indexed kind, bytes32 document, uint256 servedAt
    );
    /// @notice The landlord offers its place to `successor`; zero: to nobody any more.
    event SuccessionOffered(AgreementId indexed id, address indexed successor);
    /// @notice `successor` is the landlord from now on.
    event LandlordChanged(AgreementId indexed id, address indexed predecessor, address indexed successor);
    /// @notice `party` reports what it found.
    event InspectionRecorded(AgreementId indexed id, address indexed party, Inspection inspection, bytes32 report);
    /// @notice Both found the home as it was received: the landlord can claim no more than the arrears.
    event HomeUnchanged(AgreementId indexed id, bytes32 report);
    /// @notice The tenant is in default and must pay everything before `cureBy`.
    event DefaultDeclared(AgreementId indexed id, uint256 instalmentsLate, uint256 cureBy);
    /// @notice The tenant has paid everything in time.
    event Cured(AgreementId indexed id);
    /// @notice The landlord wants `amount` of the deposit, for the reasons with this hash.
    event DepositClaimed(AgreementId indexed id, uint256 amount, bytes32 evidence, uint256 objectBy);
    /// @notice What the claim is made up of; `evidence` of the claim is the hash of this list.
    event DepositItemised(AgreementId indexed id, Deduction[] items);
    /// @notice The landlord now wants only `amount`.
    event ClaimReduced(AgreementId indexed id, uint256 amount);
    /// @notice The tenant gives in to the claim.
    event ClaimAccepted(AgreementId indexed id);
    /// @notice The tenant objects to the claim.
    event Disputed(AgreementId indexed id, bytes32 evidence, uint256 ruleBy);
    /// @notice The arbiter gives the landlord `award` of what was claimed.
    event Ruled(AgreementId indexed id, address indexed arbiter, uint256 award);
    /// @notice Nobody acted in time in the state `from`; the agreed outcome applies.
    event TimedOut(AgreementId indexed id, Status from);
    /// @notice Deposit money goes out.
    event DepositDivided(AgreementId indexed id, uint256 toLandlord, uint256 toTenant);
    /// @notice Nothing is held any more, and nothing can be paid any more.
    event Closed(AgreementId indexed id);

    error Lease_InvalidTerms(string field);
    error Lease_UnknownAgreement(AgreementId id);
    error Lease_WrongState(Status actual, Status expected);
    error Lease_WrongCaller(address actual, address expected);
    error Lease_NotAParty(address actual);
    error Lease_AlreadySigned(address party);
    error Lease_DepositAlreadyPaid(AgreementId id);
    error Lease_TooLate(uint256 actual, uint256 expected);
    error Lease_TooEarly(uint256 actual, uint256 expected);
    error Lease_InvalidAmount(uint256 actual, uint256 expected);
    error Lease_InvalidSignature(address signer);
    error Lease_NoticeNotAgreed(address party);
    error Lease_NoticeWithoutEffect(uint256 actual, uint256 expected);
    error Lease_InArrears(uint256 arrears);
    error Lease_NotInDefault(uint256 actual, uint256 expected);
    error Lease_ArrearsTooLow(uint256 actual, uint256 expected);
    error Lease_NotItemised(uint256 amount);
    error Lease_TooManyItems(uint256 actual, uint256 expected);
    error Lease_InspectionAgreed(bytes32 report);
    error Lease_InvalidSuccessor(address actual);
    error Lease_UnknownInstalment(uint256 actual, uint256 expected);

    /// @notice Signs the lease. Landlord or tenant, strictly before `signBy`; puts the terms on record if nobody has.
    /// The tenant pays the (first part of the) deposit with it, unless that is in already.
    /// @return id The lease's id.
    function sign(Terms calldata terms) external payable returns (AgreementId id);

    /// @notice The same without the deposit, by the party's signature over the lease's id (which is the EIP-712 digest
    /// of the terms). Anyone may hand it in. A signature is taken back by {cancel}.
    function signFor(Terms calldata terms, address party, bytes calldata signature) external returns (AgreementId id);

    /// @notice Pays the next part of the deposit: the first while the lease is being signed, the others until it ends,
    /// also ahead of time. Anyone; whoever pays, it is the tenant's.
    function payDeposit(Terms calldata terms) external payable;

    /// @notice Calls the lease off before it binds. Landlord or tenant. A deposit goes back to the tenant. Also for
    /// terms that are not on record yet: they never can be afterwards.
    function cancel(Terms calldata terms) external;

    /// @notice Pays the landlord: in ether up to what is sent along, in a token everything that is due. Anyone.
    function pay(Terms calldata terms) external payable;

    /// @notice Pays the landlord up to `amount` (which in ether is what is sent along). Anyone.
    /// @dev Takes at most what is due, and from the tenant also what may be paid ahead: see {payableNow}. The rest of
    /// the ether goes back to the caller.
    function pay(Terms calldata terms, uint128 amount) external payable;

    /// @notice Ends the lease at the first end of a period that respects the agreed notice and what is already paid.
    /// Tenant or landlord, if the terms let them; only if that is sooner than it ends anyway. Cannot be taken back.
    function giveNotice(Terms calldata terms) external;

    /// @notice Ends the lease like {giveNotice}, by the terms of a break: the caller pays the other party the fee.
    /// Tenant, if nothing is due, or landlord, if the terms let them.
    function breakLease(Terms calldata terms) external payable;

    /// @notice Ends the lease at `endsAt`, which is to come, if that is sooner than it ends anyway. Attester.
    function attestEnd(Terms calldata terms, uint40 endsAt, bytes32 order) external;

    /// @notice Leaves a record that the caller gave notice, of a `kind` and by a `document` (hashes that the parties
    /// understand), and of when it counts as served. Landlord or tenant. Changes nothing.
    function serveNotice(Terms calldata terms, bytes32 kind, bytes32 document) external;

    /// @notice Offers the landlord's place to `successor`, who takes it by {acceptSuccession}; zero withdraws the
    /// offer. Landlord.
    function offerSuccession(Terms calldata terms, address successor) external;

    /// @notice Takes the landlord's place, with all that goes with it from now on. Who it was offered to.
    function acceptSuccession(Terms calldata terms) external;

    /// @notice Starts the tenant's time to cure. Landlord, when `defaultAfter` instalments are late and what is late
    /// comes to `defaultRents` rents.
    function declareDefault(Terms calldata terms) external;

    /// @notice Records the hash of what the caller found, or with zero takes it back. Landlord or tenant: of move-in
    /// while the lease runs, of move-out until the claim window is over; until both have recorded the same.
    function recordInspection(Terms calldata terms, Inspection inspection, bytes32 report) external;

    /// @notice Claims `amount` of the deposit, once, and returns the rest. Landlord, after the end and strictly before
    /// the claim window ends. Zero returns everything.
    function claimDeposit(Terms calldata terms, uint128 amount, bytes32 evidence) external;

    /// @notice The same with a list of items, whose sum is claimed.
    function claimDeposit(Terms calldata terms, Deduction[] calldata items) external;

    /// @notice Lowers the claim to `amount` and returns the difference. Landlord, while there is a claim.
    function reduceClaim(Terms calldata terms, uint128 amount) external;

    /// @notice Lets the landlord have what it claims. Tenant, while there is a claim.
    function acceptClaim(Terms calldata terms) external;

    /// @notice Objects to the claim. Tenant, strictly before the objection window ends.
    function objectToClaim(Terms calldata terms, bytes32 evidence) external;

    /// @notice Gives the landlord `award` of what is claimed and the tenant the rest. Arbiter, strictly before the
    /// ruling window ends.
    function rule(Terms calldata terms, uint128 award) external;

    /// @notice Applies what the terms say about silence, once {deadlineOf} has come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice The id of a lease with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the lease stands now.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the lease.
    function agreementOf(Terms calldata terms) external view returns (Agreement memory);

    /// @notice From when on {settle} works, as things stand; zero when it never will.
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice When the lease ends or ended, as things stand; zero before it binds.
    function endOf(Terms calldata terms) external view returns (uint256);

    /// @notice Who is the landlord now.
    function landlordOf(Terms calldata terms) external view returns (address);

    /// @notice Who was offered the landlord's place; zero: nobody.
    function successorOf(Terms calldata terms) external view returns (address);

    /// @notice The reports of both about an inspection.
    function reportsOf(Terms calldata terms, Inspection inspection) external view returns (Reports memory);

    /// @notice The end that notice of `party` would bring now; zero: it cannot give notice. Says nothing about whether
    /// that is sooner than the end there is, nor whether the lease still runs.
    function noticeOf(Terms calldata terms, address party) external view returns (uint256 endsAt);

    /// @notice The end that a break by `party` would bring now, and what it costs; zero: it cannot break the lease.
    /// With the same reservation.
    function breakOf(Terms calldata terms, address party) external view returns (uint256 endsAt, uint256 fee);

    /// @notice What of the deposit is due now, parts that were paid ahead included, and what is paid. Of a closed
    /// lease: when it was closed.
    function depositOf(Terms calldata terms) external view returns (uint256 due, uint256 paid);

    /// @notice What `party` gets of the deposit if nobody does anything any more. Summed over landlord and tenant it is
    /// exactly what is held. Credits are not in it: see {creditOf}.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);

    /// @notice Rent and fees that are due now and not paid. Of a closed lease: when it was closed.
    function arrears(Terms calldata terms) external view returns (uint256);

    /// @notice The tenant's account now. Of a closed lease: when it was closed.
    function accountOf(Terms calldata terms) external view returns (Account memory);

    /// @notice For how many whole days instalment `k` has been due; zero once it is paid in full.
    function daysLate(Terms calldata terms, uint256 k) external view returns (uint256);

    /// @notice The most that {pay} takes from the tenant now: what is due, and what may be paid ahead.
    function payableNow(Terms calldata terms) external view returns (uint256);

    /// @notice Number of instalments in the whole schedule: a prorated first one, and the full periods, holdover
    /// included.
    function instalments(Terms calldata terms) external view returns (uint256);

    /// @notice When instalment `k` (from zero) of the schedule is due, and its amount. `k = instalments(terms)` tells
    /// the scheduled end, with no amount.
    function instalmentOf(Terms calldata terms, uint256 k) external view returns (uint256 due, uint256 amount);
}
