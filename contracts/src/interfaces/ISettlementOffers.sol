// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";
import {IEscrow} from "./IEscrow.sol";
import {ILedger} from "./ILedger.sol";

/// @title Settlement by last offers: an arbiter of an escrow that lets the parties propose, and has somebody choose.
/// @notice Once a dispute is open, payer and payee each propose a division. Either may accept the other's at any time
/// while the arbiter may rule. After the offer window proposals are final: if there are two, the inner arbiter chooses
/// one of them and cannot choose anything between; if there is one, it holds; if there is none, or the inner arbiter
/// stays silent, the escrow's own terms about a silent arbiter apply.
///
/// An agreement uses this by naming this contract as its `arbiter` and the id of an {Appointment} as its
/// `documentHash`; the hash of the document itself is in the appointment. So both parties agree to the inner arbiter
/// and the window by agreeing to the escrow's terms, and nothing has to be stored about them.
///
/// Time: an act is allowed strictly before its deadline (`now < deadline`); what follows from silence is allowed from
/// the deadline on (`now >= deadline`). The two never overlap.
///
/// Trust assumptions:
/// - The inner arbiter may choose either of two proposals, and nothing else. It does not act before it has accepted.
/// - The one escrow that this contract serves is fixed in its code. It is trusted to pay what it says it pays.
/// - Nobody else is trusted. There is no owner, no pause, and no upgrade. About tokens, see {ILedger}.
interface ISettlementOffers is ILedger {
    /// @notice What is agreed about how a dispute is ended.
    /// @dev Also an EIP-712 type. Its digest, with chain and contract, is the `documentHash` of the escrow's terms.
    struct Appointment {
        /// Chooses between two proposals; neither payer nor payee. Gets what the escrow pays its arbiter.
        address arbiter;
        /// How long after a dispute was opened proposals can be made. Shorter than the escrow's `rulingWindow`.
        uint40 offerWindow;
        /// Hash of the document that says in prose what the agreement is about.
        bytes32 documentHash;
    }

    /// @notice What payer and payee have proposed about one agreement.
    struct Proposals {
        // slot 0: 8 + 16 + 8 + 16 = 48 bits
        bool payerProposed;
        /// The share that the payer would give to the payee; counts only if `payerProposed`, for it may be zero.
        uint16 byPayer;
        bool payeeProposed;
        /// The share that the payee would take; counts only if `payeeProposed`.
        uint16 byPayee;
    }

    /// @notice The inner arbiter agrees to choose, and this contract has accepted to be the agreement's arbiter.
    event Appointed(AgreementId indexed id, address indexed arbiter, uint40 offerWindow, bytes32 documentHash);
    /// @notice `party` proposes that the payee gets `payeeBps`.
    event Proposed(AgreementId indexed id, address indexed party, uint16 payeeBps);
    /// @notice `party` accepts what the other has proposed.
    event ProposalAccepted(AgreementId indexed id, address indexed party, uint16 payeeBps);
    /// @notice The inner arbiter chose what `party` has proposed.
    event ProposalChosen(AgreementId indexed id, address indexed party, uint16 payeeBps);
    /// @notice Only `party` has proposed anything in time: it holds.
    event ProposalUncontested(AgreementId indexed id, address indexed party, uint16 payeeBps);
    /// @notice The escrow owes `amount` to this contract, which owes it to `arbiter`. See {collect}.
    event FeePending(AgreementId indexed id, address indexed arbiter, address indexed asset, uint256 amount);
    /// @notice `amount` of pending fees went out to `arbiter`.
    event FeeCollected(address indexed asset, address indexed arbiter, uint256 amount);

    error SettlementOffers_NotAppointed(address actual, address expected);
    error SettlementOffers_OtherAppointment(bytes32 actual, bytes32 expected);
    error SettlementOffers_InvalidAppointment(string field);
    error SettlementOffers_InvalidSignature(address signer);
    error SettlementOffers_WrongCaller(address actual, address expected);
    error SettlementOffers_NotAParty(address actual);
    error SettlementOffers_WrongState(IEscrow.Status actual, IEscrow.Status expected);
    error SettlementOffers_TooLate(uint256 actual, uint256 expected);
    error SettlementOffers_TooEarly(uint256 actual, uint256 expected);
    error SettlementOffers_InvalidShare(uint256 actual, uint256 expected);
    error SettlementOffers_NoProposal(address party);
    error SettlementOffers_DifferentProposal(uint256 actual, uint256 expected);
    error SettlementOffers_Contested();
    error SettlementOffers_NothingPending(address asset, address arbiter);

    /// @notice The escrow whose agreements this contract can be the arbiter of.
    function ESCROW() external view returns (IEscrow);

    /// @notice The inner arbiter agrees to choose if it comes to that. This contract then accepts to be the arbiter.
    function accept(IEscrow.Terms calldata agreement, Appointment calldata appointment) external;

    /// @notice The same, by the inner arbiter's signature over the escrow's id of the agreement. Anyone may hand it in.
    function acceptFor(IEscrow.Terms calldata agreement, Appointment calldata appointment, bytes calldata signature)
        external;

    /// @notice The inner arbiter will have nothing to do with it: calls the agreement off, before it binds. Takes a
    /// signature back, too.
    function decline(IEscrow.Terms calldata agreement, Appointment calldata appointment) external;

    /// @notice Proposes that the payee gets `payeeBps` of what is held. Payer or payee, while the agreement is in
    /// dispute, strictly before the offer window ends. Replaces the caller's earlier proposal.
    function propose(IEscrow.Terms calldata agreement, Appointment calldata appointment, uint16 payeeBps) external;

    /// @notice Accepts the other side's proposal, which must be `payeeBps`. Payer or payee, strictly before the
    /// escrow's ruling window ends.
    function acceptProposal(IEscrow.Terms calldata agreement, Appointment calldata appointment, uint16 payeeBps)
        external;

    /// @notice Chooses the proposal of `party`. Inner arbiter only, when both have proposed, from the end of the offer
    /// window on and strictly before the escrow's ruling window ends.
    function choose(IEscrow.Terms calldata agreement, Appointment calldata appointment, address party) external;

    /// @notice Applies the only proposal there is, from the end of the offer window on and strictly before the escrow's
    /// ruling window ends. Anyone. After that the escrow's own `settle` is the way.
    function settle(IEscrow.Terms calldata agreement, Appointment calldata appointment) external;

    /// @notice Fetches what the escrow owes this contract in `asset`, and pays `arbiter` its part. Anyone.
    /// @return amount What was paid, or credited if it was refused.
    function collect(address asset, address arbiter) external returns (uint256 amount);

    /// @notice The id of the appointment, which the escrow's terms carry as their `documentHash`.
    function idOf(Appointment calldata appointment) external view returns (bytes32);

    /// @notice What has been proposed.
    function proposalsOf(IEscrow.Terms calldata agreement) external view returns (Proposals memory);

    /// @notice From when on silence decides: the end of the offer window if there is one proposal only, else what the
    /// escrow says; zero when the agreement is over.
    function deadlineOf(IEscrow.Terms calldata agreement, Appointment calldata appointment)
        external
        view
        returns (uint256);

    /// @notice What `arbiter` has earned in `asset` and the escrow could not pay out. Credits are not in it: see
    /// {creditOf}.
    function pendingOf(address asset, address arbiter) external view returns (uint256);
}
