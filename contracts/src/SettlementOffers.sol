// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IEscrow} from "./interfaces/IEscrow.sol";
import {ISettlementOffers} from "./interfaces/ISettlementOffers.sol";
import {Ledger} from "./Ledger.sol";
import {Bps} from "./libraries/Bps.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Text} from "./libraries/Text.sol";
import {AgreementId} from "./types/AgreementId.sol";

/// @title Settlement by last offers.
/// @dev See {ISettlementOffers} for what each function promises and INVARIANTS.md (S-) for what always holds. Holds
/// nothing but the arbiter's fee on its way: everything that is in dispute stays in the escrow.
contract SettlementOffers is ISettlementOffers, Ledger, EIP712 {
    bytes32 private constant _TYPEHASH =
        keccak256("Appointment(address arbiter,uint40 offerWindow,bytes32 documentHash)");

    /// @inheritdoc ISettlementOffers
    // forge-lint: disable-next-line(screaming-snake-case-immutable)
    IEscrow public immutable ESCROW;

    // Written through references to storage.
    // slither-disable-next-line uninitialized-state
    mapping(AgreementId id => Proposals proposals) private _proposals;
    mapping(address asset => mapping(address arbiter => uint256 amount)) private _pending;

    /// @dev Fixes the escrow. It is an argument because it is deployed first; nobody can change it, and whoever names
    /// this contract as arbiter reads it first. Were it a term, a false escrow could claim fees that another has paid.
    constructor(IEscrow escrow) EIP712("Covenant SettlementOffers", "1") {
        ESCROW = escrow;
    }

    /// @dev The escrow pays the arbiter's fee in ether. Nobody else has a reason to.
    receive() external payable {
        if (msg.sender != address(ESCROW)) revert SettlementOffers_WrongCaller(msg.sender, address(ESCROW));
    }

    /// @inheritdoc ISettlementOffers
    function accept(IEscrow.Terms calldata agreement, Appointment calldata appointment) external nonReentrant {
        // Check: by the inner arbiter.
        _requireAppointment(agreement, appointment);
        if (msg.sender != appointment.arbiter) revert SettlementOffers_WrongCaller(msg.sender, appointment.arbiter);

        // Interaction
        _accept(ESCROW.idOf(agreement), agreement, appointment);
    }

    /// @inheritdoc ISettlementOffers
    function acceptFor(IEscrow.Terms calldata agreement, Appointment calldata appointment, bytes calldata signature)
        external
        nonReentrant
    {
        // Check: the inner arbiter signed the agreement's id, which binds this appointment, counts once, and lapses.
        _requireAppointment(agreement, appointment);
        AgreementId id = ESCROW.idOf(agreement);
        if (!Signatures.isValid(appointment.arbiter, AgreementId.unwrap(id), signature)) {
            revert SettlementOffers_InvalidSignature(appointment.arbiter);
        }

        // Interaction
        _accept(id, agreement, appointment);
    }

    /// @inheritdoc ISettlementOffers
    function decline(IEscrow.Terms calldata agreement, Appointment calldata appointment) external nonReentrant {
        // Check: by the inner arbiter. The escrow refuses once the agreement binds.
        _requireAppointment(agreement, appointment);
        if (msg.sender != appointment.arbiter) revert SettlementOffers_WrongCaller(msg.sender, appointment.arbiter);

        // Interaction
        ESCROW.cancel(agreement);
    }

    /// @inheritdoc ISettlementOffers
    function propose(IEscrow.Terms calldata agreement, Appointment calldata appointment, uint16 payeeBps)
        external
        nonReentrant
    {
        // Check
        _requireAppointment(agreement, appointment);
        _requireParty(agreement, msg.sender);
        uint256 offersEnd = _offersEnd(agreement, appointment);
        if (block.timestamp >= offersEnd) revert SettlementOffers_TooLate(block.timestamp, offersEnd);
        if (payeeBps > Bps.ONE) revert SettlementOffers_InvalidShare(payeeBps, Bps.ONE);

        // Effect
        AgreementId id = ESCROW.idOf(agreement);
        Proposals storage proposals = _proposals[id];
        if (msg.sender == agreement.payer) (proposals.payerProposed, proposals.byPayer) = (true, payeeBps);
        else (proposals.payeeProposed, proposals.byPayee) = (true, payeeBps);
        emit Proposed(id, msg.sender, payeeBps);
    }

    /// @inheritdoc ISettlementOffers
    function acceptProposal(IEscrow.Terms calldata agreement, Appointment calldata appointment, uint16 payeeBps)
        external
        nonReentrant
    {
        // Check: the other side has proposed this. The escrow checks state and time.
        _requireAppointment(agreement, appointment);
        _requireParty(agreement, msg.sender);
        AgreementId id = ESCROW.idOf(agreement);
        uint16 proposed = _proposalOf(id, agreement, msg.sender == agreement.payer ? agreement.payee : agreement.payer);
        if (proposed != payeeBps) revert SettlementOffers_DifferentProposal(proposed, payeeBps);

        // Interaction
        emit ProposalAccepted(id, msg.sender, payeeBps);
        _rule(id, agreement, appointment, payeeBps);
    }

    /// @inheritdoc ISettlementOffers
    function choose(IEscrow.Terms calldata agreement, Appointment calldata appointment, address party)
        external
        nonReentrant
    {
        // Check: by the inner arbiter, one of two proposals that cannot change any more.
        _requireAppointment(agreement, appointment);
        if (msg.sender != appointment.arbiter) revert SettlementOffers_WrongCaller(msg.sender, appointment.arbiter);
        _requireParty(agreement, party);
        _requireFinal(agreement, appointment);
        AgreementId id = ESCROW.idOf(agreement);
        uint16 payeeBps = _proposalOf(id, agreement, party);
        _proposalOf(id, agreement, party == agreement.payer ? agreement.payee : agreement.payer);

        // Interaction
        emit ProposalChosen(id, party, payeeBps);
        _rule(id, agreement, appointment, payeeBps);
    }

    /// @inheritdoc ISettlementOffers
    function settle(IEscrow.Terms calldata agreement, Appointment calldata appointment) external nonReentrant {
        // Check: there is one proposal, and the other side's time for one is over.
        _requireAppointment(agreement, appointment);
        _requireFinal(agreement, appointment);
        AgreementId id = ESCROW.idOf(agreement);
        Proposals memory proposals = _proposals[id];
        if (proposals.payerProposed && proposals.payeeProposed) revert SettlementOffers_Contested();
        address party = proposals.payerProposed ? agreement.payer : agreement.payee;
        uint16 payeeBps = _proposalOf(id, agreement, party);

        // Interaction
        emit ProposalUncontested(id, party, payeeBps);
        _rule(id, agreement, appointment, payeeBps);
    }

    /// @inheritdoc ISettlementOffers
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function collect(address asset, address arbiter) external nonReentrant returns (uint256 amount) {
        // Check: there is something to pay.
        amount = _pending[asset][arbiter];
        if (amount == 0) revert SettlementOffers_NothingPending(asset, arbiter);

        // Effect
        _pending[asset][arbiter] = 0;
        emit FeeCollected(asset, arbiter, amount);

        // Interaction. Somebody else's collecting may have fetched this part already: the escrow keeps one credit for
        // all.
        if (ESCROW.creditOf(asset, address(this)) != 0) ESCROW.withdraw(asset, address(this));
        _forward(asset, arbiter, amount);
    }

    /// @inheritdoc ISettlementOffers
    function idOf(Appointment calldata appointment) external view returns (bytes32) {
        return _idOf(appointment);
    }

    /// @inheritdoc ISettlementOffers
    function proposalsOf(IEscrow.Terms calldata agreement) external view nonReentrantView returns (Proposals memory) {
        return _proposals[ESCROW.idOf(agreement)];
    }

    /// @inheritdoc ISettlementOffers
    function deadlineOf(IEscrow.Terms calldata agreement, Appointment calldata appointment)
        external
        view
        nonReentrantView
        returns (uint256)
    {
        _requireAppointment(agreement, appointment);
        IEscrow.Agreement memory state = ESCROW.agreementOf(agreement);
        Proposals memory proposals = _proposals[ESCROW.idOf(agreement)];
        bool uncontested = proposals.payerProposed != proposals.payeeProposed;
        if (state.status != IEscrow.Status.Disputed || !uncontested) return ESCROW.deadlineOf(agreement);
        uint256 offersEnd = uint256(state.since) + appointment.offerWindow;
        uint256 rulingEnds = uint256(state.since) + agreement.rulingWindow;
        // When the time for rulings is over, so is that for proposals.
        return block.timestamp < rulingEnds ? offersEnd : rulingEnds;
    }

    /// @inheritdoc ISettlementOffers
    function pendingOf(address asset, address arbiter) external view nonReentrantView returns (uint256) {
        return _pending[asset][arbiter];
    }

    /// @dev The escrow refuses if it is not the time, or if it was done before.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function _accept(AgreementId id, IEscrow.Terms calldata agreement, Appointment calldata appointment) private {
        // Check: what the inner arbiter agrees to can be carried out.
        bool independent = appointment.arbiter != agreement.payer && appointment.arbiter != agreement.payee;
        _require(independent && appointment.arbiter != address(0) && appointment.arbiter != address(this), "arbiter");
        _require(appointment.offerWindow != 0 && appointment.offerWindow < agreement.rulingWindow, "offerWindow");

        emit Appointed(id, appointment.arbiter, appointment.offerWindow, appointment.documentHash);
        ESCROW.accept(agreement);
    }

    /// @dev Rules, and passes on what the escrow pays for it. The escrow refuses if the agreement is not in dispute, or
    /// its ruling window is over.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign
    function _rule(AgreementId id, IEscrow.Terms calldata agreement, Appointment calldata appointment, uint16 payeeBps)
        private
    {
        uint256 owedBefore = ESCROW.creditOf(agreement.asset, address(this));
        uint256 heldBefore = _balance(agreement.asset);
        ESCROW.rule(agreement, payeeBps);
        uint256 owed = ESCROW.creditOf(agreement.asset, address(this)) - owedBefore;
        uint256 held = _balance(agreement.asset);

        // What could not be pushed waits in the escrow; what could goes on at once (S-4). Both, where the terms name
        // this contract among the shares, too.
        if (owed != 0) {
            _pending[agreement.asset][appointment.arbiter] += owed;
            emit FeePending(id, appointment.arbiter, agreement.asset, owed);
        }
        if (held > heldBefore) _forward(agreement.asset, appointment.arbiter, held - heldBefore);
    }

    function _proposalOf(AgreementId id, IEscrow.Terms calldata agreement, address party)
        private
        view
        returns (uint16 payeeBps)
    {
        Proposals memory proposals = _proposals[id];
        bool isPayer = party == agreement.payer;
        if (!(isPayer ? proposals.payerProposed : proposals.payeeProposed)) revert SettlementOffers_NoProposal(party);
        return isPayer ? proposals.byPayer : proposals.byPayee;
    }

    /// @dev Until when proposals can be made. Reverts unless the agreement is in dispute.
    function _offersEnd(IEscrow.Terms calldata agreement, Appointment calldata appointment)
        private
        view
        returns (uint256)
    {
        IEscrow.Agreement memory state = ESCROW.agreementOf(agreement);
        if (state.status != IEscrow.Status.Disputed) {
            revert SettlementOffers_WrongState(state.status, IEscrow.Status.Disputed);
        }
        return uint256(state.since) + appointment.offerWindow;
    }

    function _requireFinal(IEscrow.Terms calldata agreement, Appointment calldata appointment) private view {
        uint256 offersEnd = _offersEnd(agreement, appointment);
        if (block.timestamp < offersEnd) revert SettlementOffers_TooEarly(block.timestamp, offersEnd);
    }

    /// @dev The agreement names this contract as its arbiter, and this appointment by its document (S-1).
    function _requireAppointment(IEscrow.Terms calldata agreement, Appointment calldata appointment) private view {
        if (agreement.arbiter != address(this)) revert SettlementOffers_NotAppointed(agreement.arbiter, address(this));
        bytes32 id = _idOf(appointment);
        if (agreement.documentHash != id) revert SettlementOffers_OtherAppointment(agreement.documentHash, id);
    }

    function _requireParty(IEscrow.Terms calldata agreement, address party) private pure {
        if (party != agreement.payer && party != agreement.payee) revert SettlementOffers_NotAParty(party);
    }

    /// @dev A token that does not answer has paid nothing: that must not stop a ruling.
    function _balance(address asset) private view returns (uint256) {
        if (asset == address(0)) return address(this).balance;
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = asset.staticcall(abi.encodeCall(IERC20.balanceOf, (address(this))));
        return success && result.length == 32 ? abi.decode(result, (uint256)) : 0;
    }

    function _idOf(Appointment calldata appointment) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(_TYPEHASH, appointment)));
    }

    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert SettlementOffers_InvalidAppointment(Text.from(field));
    }
}
