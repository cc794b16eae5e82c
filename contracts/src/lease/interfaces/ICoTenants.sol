// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {IAgentPrincipal} from "./IAgentPrincipal.sol";

/// @title Co-tenants: several people rent together, each liable for all of it.
/// @notice The tenant of the lease is an agent at an address that commits to who the members are and how they share.
/// Joint and several: the lease knows one tenant and one debt, any member pays any part of it, and whoever paid more
/// than its share sees here what the others owe it. Shares are between the members; the landlord need not know them.
///
/// Acts that end or concede something for all (signing, notice, accepting a claim, calling the lease off) need the
/// members' approval: signing that of all, the others that of `quorum`. Objecting to a claim needs one.
///
/// Trust assumptions:
/// - No member can bind, or pay out, another; members who do not answer can hold up what needs their approval, and
///   nothing else.
/// - Whatever reaches the agent is the members', in the shares of the deposit. About tokens, see {ILedger}.
interface ICoTenants is IAgentPrincipal {
    /// @notice Where a group stands. `Dissolved` follows from the clock.
    enum Status {
        None,
        /// Members pay their parts of the deposit and approve the lease.
        Forming,
        /// The agent has signed the lease.
        Signed,
        /// It did not come to that in time; everybody gets back what it paid.
        Dissolved
    }

    /// @notice What needs approval, and what the limit of an approval means.
    enum Act {
        /// Signing the lease whose id is `limit`. All members.
        Sign,
        /// Giving notice strictly before `limit`.
        GiveNotice,
        /// Accepting a claim of at most `limit`.
        AcceptClaim,
        /// Calling the lease off before it binds; `limit` is zero.
        Cancel,
        /// Breaking the lease for a fee of at most `limit`.
        Break,
        /// Recording the report `limit` of the inspection at moving in.
        RecordMoveIn,
        /// Recording the report `limit` of the inspection at moving out.
        RecordMoveOut
    }

    /// @notice One of those who rent.
    struct Member {
        address account;
        /// Its share of rent and fees, among the members.
        uint16 rentBps;
        /// Its share of the deposit: of what is paid in, and of what comes back.
        uint16 depositBps;
    }

    /// @notice Everything that the members agree.
    /// @dev The group's id is a hash of it, of the chain and of the contract.
    struct Terms {
        /// The lease's asset and deposit.
        address asset;
        uint128 deposit;
        /// Before this the lease is signed, or the group dissolves.
        uint40 formBy;
        /// How many members must approve what ends or concedes something; at least two.
        uint8 quorum;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart groups that are otherwise equal.
        bytes32 salt;
        /// Two to {MAX_MEMBERS}, all different. The first bears, and gets, what rounding leaves.
        Member[] members;
    }

    /// @notice What is stored for a group.
    struct Group {
        // slot 0: 8 + 16 + 128 = 152 bits
        Status stage;
        /// Bit `i`: member `i` has paid its part of the deposit, and it is here.
        uint16 contributed;
        /// What the members paid into the lease through this contract.
        uint128 rentPaid;
        // slot 1
        /// The lease that the agent signed; zero before.
        AgreementId leaseId;
    }

    /// @notice What is stored for a member.
    struct Account {
        /// What it paid into the lease, and to other members for it, less what others paid it.
        uint128 rentPaid;
        /// What is its of what came back, and was not paid out.
        uint128 owed;
    }

    /// @notice The group is on record, with these terms, and its agent exists.
    event Opened(AgreementId indexed id, address agent, Terms terms);
    /// @notice `member`'s part of the deposit is in.
    event Contributed(AgreementId indexed id, address indexed member, address payer, uint256 amount);
    /// @notice `member` approves an act, or takes its approval back.
    event Approved(AgreementId indexed id, address indexed member, Act act, uint256 limit, bool approved);
    /// @notice The agent signed the lease.
    event LeaseSigned(AgreementId indexed id, AgreementId indexed leaseId);
    /// @notice `member` paid `amount` into the lease.
    event RentPaid(AgreementId indexed id, address indexed member, uint256 amount);
    /// @notice `from` paid `to` what it owed it.
    event Reimbursed(AgreementId indexed id, address indexed from, address indexed to, uint256 amount);
    /// @notice An act that the members approved, or one member's objection, went to the lease.
    event Acted(AgreementId indexed id, Act act, address indexed by);
    /// @notice `member` objected to the landlord's claim, for all.
    event ObjectedFor(AgreementId indexed id, address indexed member);
    /// @notice `amount` came back through the agent.
    event Returned(AgreementId indexed id, uint256 amount);
    /// @notice `member` was paid `amount`.
    event PaidOut(AgreementId indexed id, address indexed member, uint256 amount);
    /// @notice The lease was not signed in time.
    event GroupDissolved(AgreementId indexed id);

    error CoTenants_WrongState(Status actual, Status expected);
    error CoTenants_AlreadyContributed(address member);
    error CoTenants_NotContributed(address member);
    error CoTenants_NotApproved(uint256 actual, uint256 expected);
    error CoTenants_NothingToPay(address member);

    /// @notice Puts the group on record and creates its agent. Anyone, strictly before `formBy`.
    function open(Terms calldata terms) external returns (AgreementId id);

    /// @notice Pays the part of the deposit of member number `index`. Anyone; it is that member's.
    function contribute(Terms calldata terms, uint256 index) external payable;

    /// @notice Takes one's part of the deposit back. Member, while the group is forming.
    function takeBack(Terms calldata terms) external;

    /// @notice Approves an act within a limit, or takes the approval back. Member.
    function approve(Terms calldata terms, Act act, uint256 limit, bool approved) external;

    /// @notice Signs the lease and pays its deposit. Member, when all have approved its id and paid their parts,
    /// strictly before `formBy`.
    function sign(Terms calldata terms, ILease.Terms calldata leaseTerms) external;

    /// @notice Pays up to `amount` of the lease's arrears. Member. Ether beyond the arrears goes back.
    function pay(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external payable;

    /// @notice Pays member number `index` up to `amount`, as far as that one has paid more than its share and the
    /// caller less. Member.
    function reimburse(Terms calldata terms, uint256 index, uint128 amount) external payable;

    /// @notice Gives notice on the lease. Member, with the quorum's approval of a `limit` that has not passed.
    function giveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms, uint256 limit) external;

    /// @notice Accepts the landlord's claim. Member, with the quorum's approval of a `limit` that it does not exceed.
    function acceptClaim(Terms calldata terms, ILease.Terms calldata leaseTerms, uint256 limit) external;

    /// @notice Calls the lease off before it binds. Member, with the quorum's approval.
    function cancel(Terms calldata terms, ILease.Terms calldata leaseTerms) external;

    /// @notice Breaks the lease and pays the fee for it, which counts like rent. Member, with the quorum's approval of
    /// a `limit` that the fee does not exceed.
    function breakLease(Terms calldata terms, ILease.Terms calldata leaseTerms, uint256 limit) external payable;

    /// @notice Records what the tenants found. Member, with the quorum's approval of the report's hash.
    function recordInspection(
        Terms calldata terms,
        ILease.Terms calldata leaseTerms,
        ILease.Inspection inspection,
        bytes32 report
    ) external;

    /// @notice Leaves a record of a notice to the landlord. Any member.
    function serveNotice(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 kind, bytes32 document)
        external;

    /// @notice Objects to the landlord's claim. Any member.
    function objectToClaim(Terms calldata terms, ILease.Terms calldata leaseTerms, bytes32 evidence) external;

    /// @notice Dissolves a group that has not signed, once {deadlineOf} has come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice Takes in what the lease has sent to the agent, or keeps for it. Anyone.
    function collect(Terms calldata terms) external returns (uint256 amount);

    /// @notice Pays member number `index` what is its: its part of what came back, and of a group that dissolved what
    /// it paid in. Anyone.
    function payOut(Terms calldata terms, uint256 index) external;

    /// @notice The most members that a group can have.
    function MAX_MEMBERS() external view returns (uint256);

    /// @notice The id of a group with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice The address that is to be the tenant of the lease, whether it exists or not.
    function agentOf(Terms calldata terms) external view returns (address);

    /// @notice Where the group stands now.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the group.
    function groupOf(Terms calldata terms) external view returns (Group memory);

    /// @notice Everything that is stored about member number `index`.
    function accountOf(Terms calldata terms, uint256 index) external view returns (Account memory);

    /// @notice From when on {settle} works, as things stand; zero when it never will.
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice How many members approve an act with this limit.
    function approvalsOf(Terms calldata terms, Act act, uint256 limit) external view returns (uint256);

    /// @notice Member number `index`'s part of the deposit that is to be paid in.
    function contributionOf(Terms calldata terms, uint256 index) external view returns (uint256);

    /// @notice What member number `index` paid on the rent beyond its share of what all paid; negative if it paid less.
    /// Summed over the members it is zero.
    function balanceOf(Terms calldata terms, uint256 index) external view returns (int256);

    /// @notice What this contract holds that is `party`'s. Summed over the members it is all that is held for the
    /// group.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);
}
