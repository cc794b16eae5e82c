// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {IAgentPrincipal} from "./IAgentPrincipal.sol";

/// @title Rent withheld for repairs: the tenant pays in full, and part of it waits until what is broken is mended.
/// @notice The landlord of the lease is an agent at an address that commits to these terms. Rent that is paid to it
/// counts on the lease like any other, so that what is withheld can never put the tenant in arrears. In normal times
/// everything is passed on to the landlord. While a defect that the tenant gave notice of is not settled, the agreed
/// share of what comes in is withheld here, up to the agreed most.
///
/// The landlord acts on the lease through this contract. A tenant agrees to these terms by signing a lease whose
/// landlord is {agentOf} them.
///
/// Trust assumptions:
/// - The arbiter divides what is withheld as it likes, and nothing else.
/// - What the agent receives while nothing is open, and what a closed lease pays (the deposit), is never withheld.
/// - About tokens, see {ILedger}.
interface IRepairEscrow is IAgentPrincipal {
    /// @notice Whether a defect is open, and how far it has come. There is no final state: a lease can have a second
    /// defect. Every state in which something is withheld ends by time alone.
    enum Status {
        None,
        /// Everything is passed on.
        Quiet,
        /// The tenant gave notice of a defect.
        Notified,
        /// The landlord says it is mended, or was none.
        Reported,
        /// The tenant says it is not.
        Disputed
    }

    /// @notice Everything that is agreed.
    /// @dev Also an EIP-712 type: the id is its digest.
    struct Terms {
        /// Gets the rent.
        address landlord;
        /// May give notice of defects, and gets what is abated.
        address tenant;
        /// Rules on disputes; neither of the two. Zero: `timeoutBps` decides.
        address arbiter;
        /// The lease's asset.
        address asset;
        /// The share of what comes in that is withheld while a defect is open.
        uint16 withholdBps;
        /// The most that is withheld at a time.
        uint128 cap;
        /// How long after a notice the landlord may report.
        uint40 repairWindow;
        /// How long after a report the tenant may object.
        uint40 confirmWindow;
        /// How long after an objection the arbiter may rule.
        uint40 rulingWindow;
        /// The tenant's share of what is withheld if the landlord does not report.
        uint16 silenceBps;
        /// The tenant's share if the arbiter does not rule.
        uint16 timeoutBps;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart agreements that are otherwise equal.
        bytes32 salt;
    }

    /// @notice What is stored for an agreement.
    struct Agreement {
        // slot 0: 8 + 40 + 128 = 176 bits
        Status stage;
        /// When the present stage began.
        uint40 since;
        uint128 withheld;
        // slot 1
        /// The lease that the agent signed; zero before.
        AgreementId leaseId;
    }

    /// @notice The agreement is on record, with these terms, and its agent exists.
    event Opened(AgreementId indexed id, address agent, Terms terms);
    /// @notice The landlord signed a lease through the agent.
    event LeaseSigned(AgreementId indexed id, AgreementId indexed leaseId);
    /// @notice `withheld` of what came in was kept, `passedOn` went to the landlord.
    event Received(AgreementId indexed id, uint256 passedOn, uint256 withheld);
    /// @notice The tenant gave notice of a defect; the landlord may report before `reportBy`.
    event DefectNotified(AgreementId indexed id, bytes32 defect, uint256 reportBy);
    /// @notice The landlord says that it is mended, or was none; the tenant may object before `objectBy`.
    event RepairReported(AgreementId indexed id, bytes32 evidence, uint256 objectBy);
    /// @notice The tenant confirms, or drops, the matter.
    event RepairConfirmed(AgreementId indexed id);
    /// @notice The tenant objects; the arbiter has until `ruleBy`.
    event Disputed(AgreementId indexed id, bytes32 evidence, uint256 ruleBy);
    /// @notice The arbiter gives the tenant `tenantBps` of what is withheld.
    event Ruled(AgreementId indexed id, address indexed arbiter, uint256 tenantBps);
    /// @notice Nobody acted in time: the terms decide.
    event TimedOut(AgreementId indexed id, Status stage);
    /// @notice The matter is closed and what was withheld divided.
    event Divided(AgreementId indexed id, uint256 toLandlord, uint256 toTenant);

    error RepairEscrow_WrongState(Status actual, Status expected);
    /// @notice There is a lease already, or none yet.
    error RepairEscrow_WrongLeaseState(AgreementId leaseId);

    /// @notice Puts the agreement on record and creates its agent. Anyone.
    function open(Terms calldata terms) external returns (AgreementId id);

    // What the landlord does on the lease: see {ILease}.

    /// @notice Signs a lease whose landlord is the agent, in the agreed asset. Landlord, once.
    function sign(Terms calldata terms, ILease.Terms calldata leaseTerms) external;
    /// @notice Calls the lease off before it binds. Landlord.
    function cancel(Terms calldata terms, ILease.Terms calldata leaseTerms) external;
    /// @notice Ends the lease early. Landlord.
    function giveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms) external;
    /// @notice Starts the tenant's time to cure. Landlord.
    function declareDefault(Terms calldata terms, ILease.Terms calldata leaseTerms) external;
    /// @notice Claims `amount` of the deposit. Landlord.
    function claimDeposit(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount, bytes32 evidence)
        external;
    /// @notice Claims what the items add up to. Landlord.
    function claimDeposit(Terms calldata terms, ILease.Terms calldata leaseTerms, ILease.Deduction[] calldata items)
        external;
    /// @notice Breaks the lease; the fee is sent along, or the token's allowance for this contract. Landlord.
    function breakLease(Terms calldata terms, ILease.Terms calldata leaseTerms) external payable;
    /// @notice Records what the landlord found. Landlord.
    function recordInspection(
        Terms calldata terms,
        ILease.Terms calldata leaseTerms,
        ILease.Inspection inspection,
        bytes32 report_
    ) external;
    /// @notice Leaves a record of a notice to the tenant. Landlord.
    function serveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 kind, bytes32 document)
        external;
    /// @notice Lowers that claim. Landlord.
    function reduceClaim(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external;

    /// @notice Pays up to `amount` of the lease's arrears and passes on what arrives. Anyone. Ether beyond the arrears
    /// goes back.
    function pay(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external payable;

    /// @notice Passes on what has arrived at the agent, less what is withheld. Anyone.
    function forward(Terms calldata terms, ILease.Terms calldata leaseTerms) external;

    /// @notice Gives notice of a defect. What arrived before is passed on in full; from now on part is withheld.
    /// Tenant, when nothing is open.
    function notify(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 defect) external;

    /// @notice Says that it is mended, or was none. Landlord, strictly before the repair window is over.
    function report(Terms calldata terms, bytes32 evidence) external;

    /// @notice Confirms it, or drops the matter: what is withheld goes to the landlord. Tenant.
    function confirm(Terms calldata terms) external;

    /// @notice Says that it is not mended. Tenant, strictly before the confirmation window is over.
    function object(Terms calldata terms, bytes32 evidence) external;

    /// @notice Gives the tenant `tenantBps` of what is withheld, rounded down, and the landlord the rest. Arbiter,
    /// strictly before the ruling window is over.
    function rule(Terms calldata terms, uint16 tenantBps) external;

    /// @notice Applies what the terms say about silence, once {deadlineOf} has come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice The id of an agreement with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice The address that is to be the landlord of the lease, whether it exists or not.
    function agentOf(Terms calldata terms) external view returns (address);

    /// @notice Where the agreement stands now.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the agreement.
    function agreementOf(Terms calldata terms) external view returns (Agreement memory);

    /// @notice From when on {settle} works, as things stand; zero while nothing is open.
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What `party` gets of what is withheld if nobody does anything any more. Summed over landlord and tenant
    /// it is exactly what is withheld.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);
}
