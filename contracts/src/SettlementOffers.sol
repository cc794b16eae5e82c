// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

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
    bytes32 private constant _TYPEHASH = keccak256("Terms(address arbiter,uint40 offerWindow,bytes32 salt)");

    /// @inheritdoc ISettlementOffers
    // forge-lint: disable-next-line(screaming-snake-case-immutable)
    IEscrow public immutable ESCROW;

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
    function accept(IEscrow.Terms calldata agreement, Terms calldata terms) external nonReentrant {
        // Check: by the inner arbiter.
        _requireTerms(agreement, terms);
        if (msg.sender != terms.arbiter) revert SettlementOffers_WrongCaller(msg.sender, terms.arbiter);

        // Interaction
        _accept(ESCROW.idOf(agreement), agreement, terms);
    }

    /// @inheritdoc ISettlementOffers
    function acceptFor(IEscrow.Terms calldata agreement, Terms calldata terms, bytes calldata signature)
        external
        nonReentrant
    {
        // Check: the inner arbiter signed the agreement's id, which binds these terms, counts once, and lapses.
        _requireTerms(agreement, terms);
        AgreementId id = ESCROW.idOf(agreement);
        if (!Signatures.isValid(terms.arbiter, AgreementId.unwrap(id), signature)) {
            revert SettlementOffers_InvalidSignature(terms.arbiter);
        }

        // Interaction
        _accept(id, agreement, terms);
    }

    /// @inheritdoc ISettlementOffers
    function decline(IEscrow.Terms calldata agreement, Terms calldata terms) external nonReentrant {
        // Check: by the inner arbiter. The escrow refuses once the agreement binds.
        _requireTerms(agreement, terms);
        if (msg.sender != terms.arbiter) revert SettlementOffers_WrongCaller(msg.sender, terms.arbiter);

        // Interaction
        ESCROW.cancel(agreement);
    }

    /// @inheritdoc ISettlementOffers
    function propose(IEscrow.Terms calldata agreement, Terms calldata terms, uint16 payeeBps) external nonReentrant {
        // Check
        _requireTerms(agreement, terms);
        _requireParty(agreement, msg.sender);
        uint256 offersEnd = _offersEnd(agreement, terms);
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
    function acceptProposal(IEscrow.Terms calldata agreement, Terms calldata terms, uint16 payeeBps)
        external
        nonReentrant
    {
        // Check: the other side has proposed this. The escrow checks state and time.
        _requireTerms(agreement, terms);
        _requireParty(agreement, msg.sender);
        AgreementId id = ESCROW.idOf(agreement);
        uint16 proposed = _proposalOf(id, agreement, msg.sender == agreement.payer ? agreement.payee : agreement.payer);
        if (proposed != payeeBps) revert SettlementOffers_DifferentProposal(proposed, payeeBps);

        // Interaction
        emit ProposalAccepted(id, msg.sender, payeeBps);
        _rule(id, agreement, terms, payeeBps);
    }

    /// @inheritdoc ISettlementOffers
    function choose(IEscrow.Terms calldata agreement, Terms calldata terms, address party) external nonReentrant {
        // Check: by the inner arbiter, one of two proposals that cannot change any more.
        _requireTerms(agreement, terms);
        if (msg.sender != terms.arbiter) revert SettlementOffers_WrongCaller(msg.sender, terms.arbiter);
        _requireParty(agreement, party);
        _requireFinal(agreement, terms);
        AgreementId id = ESCROW.idOf(agreement);
        uint16 payeeBps = _proposalOf(id, agreement, party);
        _proposalOf(id, agreement, party == agreement.payer ? agreement.payee : agreement.payer);

        // Interaction
        emit ProposalChosen(id, party, payeeBps);
        _rule(id, agreement, terms, payeeBps);
    }

    /// @inheritdoc ISettlementOffers
    function settle(IEscrow.Terms calldata agreement, Terms calldata terms) external nonReentrant {
        // Check: there is one proposal, and the other side's time for one is over.
        _requireTerms(agreement, terms);
        _requireFinal(agreement, terms);
        AgreementId id = ESCROW.idOf(agreement);
        Proposals memory proposals = _proposals[id];
        if (proposals.payerProposed && proposals.payeeProposed) revert SettlementOffers_Contested();
        address party = proposals.payerProposed ? agreement.payer : agreement.payee;
        uint16 payeeBps = _proposalOf(id, agreement, party);

        // Interaction
        emit ProposalUncontested(id, party, payeeBps);
        _rule(id, agreement, terms, payeeBps);
    }

    /// @inheritdoc ISettlementOffers
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
    function idOf(Terms calldata terms) external view returns (bytes32) {
        return _idOf(terms);
    }

    /// @inheritdoc ISettlementOffers
    function proposalsOf(IEscrow.Terms calldata agreement) external view nonReentrantView returns (Proposals memory) {
        return _proposals[ESCROW.idOf(agreement)];
    }

    /// @inheritdoc ISettlementOffers
    function deadlineOf(IEscrow.Terms calldata agreement, Terms calldata terms)
        external
        view
        nonReentrantView
        returns (uint256)
    {
        _requireTerms(agreement, terms);
        IEscrow.Agreement memory state = ESCROW.agreementOf(agreement);
        Proposals memory proposals = _proposals[ESCROW.idOf(agreement)];
        bool uncontested = proposals.payerProposed != proposals.payeeProposed;
        if (state.status != IEscrow.Status.Disputed || !uncontested) return ESCROW.deadlineOf(agreement);
        uint256 offersEnd = uint256(state.since) + terms.offerWindow;
        uint256 rulingEnds = uint256(state.since) + agreement.rulingWindow;
        // When the time for rulings is over, so is that for proposals.
        return block.timestamp < rulingEnds ? offersEnd : rulingEnds;
    }

    /// @inheritdoc ISettlementOffers
    function pendingOf(address asset, address arbiter) external view nonReentrantView returns (uint256) {
        return _pending[asset][arbiter];
    }

    /// @dev The escrow refuses if it is not the time, or if it was done before.
    function _accept(AgreementId id, IEscrow.Terms calldata agreement, Terms calldata terms) private {
        // Check: what the inner arbiter agrees to can be carried out.
        bool independent = terms.arbiter != agreement.payer && terms.arbiter != agreement.payee;
        _require(independent && terms.arbiter != address(0) && terms.arbiter != address(this), "arbiter");
        _require(terms.offerWindow != 0 && terms.offerWindow < agreement.rulingWindow, "offerWindow");

        emit Appointed(id, terms.arbiter, terms.offerWindow, terms.salt);
        ESCROW.accept(agreement);
    }

    /// @dev Rules, and passes on what the escrow pays for it. The escrow refuses if the agreement is not in dispute, or
    /// its ruling window is over.
    function _rule(AgreementId id, IEscrow.Terms calldata agreement, Terms calldata terms, uint16 payeeBps) private {
        uint256 owedBefore = ESCROW.creditOf(agreement.asset, address(this));
        uint256 heldBefore = _balance(agreement.asset);
        ESCROW.rule(agreement, payeeBps);
        uint256 owed = ESCROW.creditOf(agreement.asset, address(this)) - owedBefore;
        uint256 held = _balance(agreement.asset);

        // A fee that could not be pushed waits in the escrow (S-4); one that could goes on at once.
        if (owed != 0) {
            _pending[agreement.asset][terms.arbiter] += owed;
            emit FeePending(id, terms.arbiter, agreement.asset, owed);
        } else if (held > heldBefore) {
            _forward(agreement.asset, terms.arbiter, held - heldBefore);
        }
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
    function _offersEnd(IEscrow.Terms calldata agreement, Terms calldata terms) private view returns (uint256) {
        IEscrow.Agreement memory state = ESCROW.agreementOf(agreement);
        if (state.status != IEscrow.Status.Disputed) {
            revert SettlementOffers_WrongState(state.status, IEscrow.Status.Disputed);
        }
        return uint256(state.since) + terms.offerWindow;
    }

    function _requireFinal(IEscrow.Terms calldata agreement, Terms calldata terms) private view {
        uint256 offersEnd = _offersEnd(agreement, terms);
        if (block.timestamp < offersEnd) revert SettlementOffers_TooEarly(block.timestamp, offersEnd);
    }

    /// @dev The agreement names this contract as its arbiter, and these terms by its salt (S-1).
    function _requireTerms(IEscrow.Terms calldata agreement, Terms calldata terms) private view {
        if (agreement.arbiter != address(this)) revert SettlementOffers_NotAppointed(agreement.arbiter, address(this));
        bytes32 id = _idOf(terms);
        if (agreement.salt != id) revert SettlementOffers_OtherTerms(agreement.salt, id);
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

    function _idOf(Terms calldata terms) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(_TYPEHASH, terms)));
    }

    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert SettlementOffers_InvalidTerms(Text.from(field));
    }
}
