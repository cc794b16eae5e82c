// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IEscrow} from "../interfaces/IEscrow.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Panel} from "./Panel.sol";

/// @title A panel that rules on disputes of escrows.
/// @notice Named as the arbiter of agreements of one {IEscrow}. The arbiter's fee of the agreement is the members' pay.
contract EscrowPanel is Panel {
    /// @notice The escrow whose agreements it is the arbiter of.
    IEscrow public immutable ESCROW;

    /// @dev What a ruling has earned and could not be paid out yet, because the token refused to pay the panel.
    mapping(AgreementId id => uint256 amount) private _outstanding;
    mapping(AgreementId id => address[] carriers) private _creditors;

    /// @notice The token has refused to pay the panel: `amount` waits in the escrow until {collect}.
    event FeeOutstanding(AgreementId indexed id, address indexed asset, uint256 amount);

    error EscrowPanel_NothingOutstanding(AgreementId id);
    error EscrowPanel_NotPaidYet(uint256 actual, uint256 expected);

    /// @dev Sets the EIP-712 domain and the holder. Nothing can be configured afterwards.
    constructor(IEscrow escrow) EIP712("Covenant Escrow Panel", "1") {
        ESCROW = escrow;
    }

    /// @dev The arbiter's fee of agreements in ether.
    receive() external payable {
        if (msg.sender != address(ESCROW)) revert Appointment_NotAParty(msg.sender);
    }

    /// @notice Makes the appointment and accepts it in the escrow, once payer, payee and all members have agreed.
    /// Anyone, strictly before `agreeBy` and the agreement's `acceptBy`.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function appoint(Terms calldata terms, IEscrow.Terms calldata agreement) external nonReentrant {
        // Check: the very agreement, between the same two.
        _requireSame(ESCROW.idOf(agreement), terms.agreement);
        if (agreement.payer != terms.payer) revert Appointment_NotAParty(terms.payer);
        if (agreement.payee != terms.payee) revert Appointment_NotAParty(terms.payee);

        // Effect
        _appoint(terms, agreement.rulingWindow);

        // Interaction: fails unless the agreement names this contract as its arbiter, and waits for its acceptance.
        ESCROW.accept(agreement);
    }

    /// @notice Votes for the payee to get `payeeBps`. A member of the bench that sits now. The vote that completes the
    /// quorum rules.
    function vote(Terms calldata terms, IEscrow.Terms calldata agreement, uint8 bench, uint16 payeeBps)
        external
        nonReentrant
    {
        _vote(terms, agreement, msg.sender, bench, payeeBps);
    }

    /// @notice The same, by the member's signature over the {Vote}. Anyone may hand it in.
    function voteFor(
        Terms calldata terms,
        IEscrow.Terms calldata agreement,
        address member,
        Vote calldata signedVote,
        bytes calldata signature
    ) external nonReentrant {
        _requireVote(terms, member, signedVote, signature);
        _vote(terms, agreement, member, signedVote.bench, signedVote.payeeBps);
    }

    /// @notice Pays the members what their ruling has earned, if the token has refused to pay the panel then and does
    /// not any more. Anyone.
    function collect(Terms calldata terms, IEscrow.Terms calldata agreement) external {
        // The guard closes this view with everything else, so it is asked before.
        uint256 owed = this.liabilities(agreement.asset);
        _collect(terms, agreement, owed);
    }

    /// @notice What a ruling has earned that still waits in the escrow.
    function outstandingOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _outstanding[_idOf(terms)];
    }

    function _vote(Terms calldata terms, IEscrow.Terms calldata agreement, address member, uint8 bench, uint16 payeeBps)
        private
    {
        // Check and effect
        _requireSame(ESCROW.idOf(agreement), terms.agreement);
        if (ESCROW.statusOf(agreement) != IEscrow.Status.Disputed) revert Appointment_NotDisputed(terms.agreement);
        (AgreementId id, address[] memory carriers) =
            _count(terms, Cast(member, bench, payeeBps, ESCROW.deadlineOf(agreement), agreement.rulingWindow));

        // Interaction
        if (carriers.length != 0) _rule(id, agreement, payeeBps, carriers);
    }

    /// @dev What arrives while the escrow carries out the ruling is the arbiter's fee; what it then owes is the part of
    /// it that did not arrive.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign
    function _rule(AgreementId id, IEscrow.Terms calldata agreement, uint16 payeeBps, address[] memory carriers)
        private
    {
        address asset = agreement.asset;
        uint256 held = _balance(asset);
        uint256 credit = ESCROW.creditOf(asset, address(this));
        ESCROW.rule(agreement, payeeBps);
        uint256 outstanding = ESCROW.creditOf(asset, address(this)) - credit;
        if (outstanding != 0) {
            _outstanding[id] = outstanding;
            _creditors[id] = carriers;
            emit FeeOutstanding(id, asset, outstanding);
        }
        uint256 heldNow = _balance(asset);
        if (heldNow > held) _payMembers(id, asset, heldNow - held, carriers);
    }

    /// @dev What the escrow owed the panel may already have been paid to it, by anybody's `withdrawFor`. It is then
    /// what the panel has beyond what it owes itself, and there is enough for every ruling's.
    // Called for what it checks or does.
    // slither-disable-next-line unused-return
    function _collect(Terms calldata terms, IEscrow.Terms calldata agreement, uint256 owed) private nonReentrant {
        AgreementId id = _idOf(terms);
        address asset = agreement.asset;
        // Check
        _requireSame(ESCROW.idOf(agreement), terms.agreement);
        uint256 amount = _outstanding[id];
        if (amount == 0) revert EscrowPanel_NothingOutstanding(id);

        // Effect
        _outstanding[id] = 0;

        // Interaction
        if (ESCROW.creditOf(asset, address(this)) != 0) ESCROW.withdraw(asset, address(this));
        uint256 held = _balance(asset);
        if (held < owed + amount) revert EscrowPanel_NotPaidYet(held, owed + amount);
        _payMembers(id, asset, amount, _creditors[id]);
    }

    /// @dev Equal parts; the odd units go to the first (P-4). A refused payout becomes a credit.
    // Every part but the first is the same whole amount.
    // slither-disable-next-line divide-before-multiply
    function _payMembers(AgreementId id, address asset, uint256 amount, address[] memory carriers) private {
        uint256 part = amount / carriers.length;
        uint256 first = amount - part * (carriers.length - 1);
        for (uint256 i = 0; i < carriers.length; ++i) {
            uint256 due = i == 0 ? first : part;
            emit MemberPaid(id, carriers[i], asset, due);
            _forward(asset, carriers[i], due);
        }
    }

    function _balance(address asset) private view returns (uint256) {
        return asset == address(0) ? address(this).balance : IERC20(asset).balanceOf(address(this));
    }

    function _holder() internal view override returns (address) {
        return address(ESCROW);
    }
}
