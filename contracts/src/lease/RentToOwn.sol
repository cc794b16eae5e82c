// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Ledger} from "../Ledger.sol";
import {Bps} from "../libraries/Bps.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {IRentToOwn} from "./interfaces/IRentToOwn.sol";
import {LeaseExtension} from "./LeaseExtension.sol";

/// @title Options to buy what is let.
/// @dev See {IRentToOwn} for what each function promises, and section O of INVARIANTS.md. Money only passes through;
/// what is held is titles, each for its own agreement.
contract RentToOwn is IRentToOwn, LeaseExtension, Ledger {
    using SafeCast for uint256;

    /// @dev What a call knows about the lease while it decides on instalments.
    struct Books {
        uint256 paid;
        uint256 count;
    }

    /// @inheritdoc IRentToOwn
    uint256 public constant MAX_ROUNDS = 24;

    /// @dev EIP-712 type of {IRentToOwn.Terms}.
    bytes32 private constant _TYPEHASH = keccak256(
        "Terms(bytes32 leaseId,address seller,address buyer,address title,uint256 tokenId,address asset,"
        "uint128 optionFee,uint128 strike,uint16 creditBps,uint128 creditCap,uint32 grace,uint40 acceptBy,"
        "uint40 expiresAt,bytes32 documentHash,bytes32 salt)"
    );

    mapping(AgreementId id => Agreement agreement) private _agreements;

    /// @dev Binds to the lease contract and sets the EIP-712 domain.
    constructor(ILease lease_) LeaseExtension(lease_) EIP712("Covenant RentToOwn", "1") {}

    // ------------------------------------------------------------------------------------------- coming into force

    /// @inheritdoc IRentToOwn
    function offer(Terms calldata terms) external nonReentrant returns (AgreementId id) {
        id = _idOf(terms);
        Agreement storage agreement = _agreements[id];
        // Check: by the seller, once, in time, on acceptable terms.
        _requireCaller(terms.seller);
        if (agreement.stage != Status.None) revert RentToOwn_WrongState(_statusNow(terms, agreement), Status.None);
        _requireBefore(terms.acceptBy);
        _check(terms);
        // A token that moves nothing must not pass off a title that is here for another option.
        if (IERC721(terms.title).ownerOf(terms.tokenId) == address(this)) {
            revert RentToOwn_AlreadyHeld(terms.title, terms.tokenId);
        }

        // Effect
        agreement.stage = Status.Offered;
        emit Offered(id, msg.sender, terms);

        // Interaction: the title is here afterwards, or all of this is undone. What is not an ERC-721 token fails here.
        IERC721(terms.title).transferFrom(msg.sender, address(this), terms.tokenId);
        _requireTitle(terms);
    }

    /// @inheritdoc IRentToOwn
    function accept(Terms calldata terms) external payable nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.buyer);
        if (agreement.stage != Status.Offered) {
            revert RentToOwn_WrongState(_statusNow(terms, agreement), Status.Offered);
        }
        _requireBefore(terms.acceptBy);
        _requireTitle(terms);

        // Effect
        agreement.stage = Status.Active;
        emit Accepted(id, msg.sender, terms.optionFee);

        // Interaction: the fee is the seller's, whatever comes of the option.
        _pull(terms.asset, terms.optionFee);
        _forward(terms.asset, terms.seller, terms.optionFee);
    }

    /// @inheritdoc IRentToOwn
    function cancel(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        Status stage = agreement.stage;
        // Check: nobody gives up what is the other's.
        if (msg.sender != terms.buyer) {
            _requireCaller(terms.seller);
            if (stage != Status.Offered) revert RentToOwn_WrongState(_statusNow(terms, agreement), Status.Offered);
        }
        if (stage > Status.Active) revert RentToOwn_WrongState(stage, Status.Active);

        // Effect and interaction
        _close(id, agreement, terms);
    }

    // ------------------------------------------------------------------------------------------------------ credits

    /// @inheritdoc IRentToOwn
    function pay(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external payable nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is something to pay. The rest is not taken, or goes back.
        _requireLease(leaseTerms, terms.leaseId);
        uint256 owed = _LEASE.arrears(leaseTerms);
        uint256 paid = Math.min(amount, owed);
        if (paid == 0) revert Extension_InvalidAmount(amount, owed);

        // Interaction: from the caller into the lease, whose books say afterwards what is on time.
        bool isEther = leaseTerms.asset == address(0);
        _pull(leaseTerms.asset, isEther ? amount : paid);
        _payRent(leaseTerms, paid);
        if (isEther) _forward(address(0), msg.sender, amount - paid);

        // Effect: nothing that anybody else was called with above depends on it, and every entry point is closed.
        if (_statusNow(terms, agreement) == Status.Active) _register(id, agreement, terms, leaseTerms);
    }

    /// @inheritdoc IRentToOwn
    function register(Terms calldata terms, ILease.Terms calldata leaseTerms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check
        _requireActive(terms, agreement);
        _requireLease(leaseTerms, terms.leaseId);

        // Effect
        _register(id, agreement, terms, leaseTerms);
    }

    // ---------------------------------------------------------------------------------------------------- the exits

    /// @inheritdoc IRentToOwn
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function exercise(Terms calldata terms, ILease.Terms calldata leaseTerms, address to)
        external
        payable
        nonReentrant
    {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: by the buyer, in time, with nothing owed on the lease, to somebody who can have it.
        _requireCaller(terms.buyer);
        _requireActive(terms, agreement);
        _requireLease(leaseTerms, terms.leaseId);
        uint256 owed = _LEASE.arrears(leaseTerms);
        if (owed != 0) revert RentToOwn_InArrears(owed);
        if (!_canBePaid(to)) revert RentToOwn_InvalidReceiver(to);
        _register(id, agreement, terms, leaseTerms);
        uint256 price = _price(terms, agreement);
        bool isEther = terms.asset == address(0);
        if (isEther && msg.value < price) revert Ledger_WrongValue(msg.value, price);

        // Effect
        agreement.stage = Status.Exercised;
        emit Exercised(id, to, price);

        // Interaction: delivery versus payment. A seller that refuses the money has a credit; a title that does not
        // move undoes all of it.
        _pull(terms.asset, isEther ? msg.value : price);
        _forward(terms.asset, terms.seller, price);
        if (isEther) _forward(address(0), msg.sender, msg.value - price);
        _moveTitle(terms.title, to, terms.tokenId);
    }

    /// @inheritdoc IRentToOwn
    function settle(Terms calldata terms) external nonReentrant {
        (AgreementId id, Agreement storage agreement) = _find(terms);
        // Check: there is a deadline, and it has come.
        uint256 deadline = _deadline(terms, agreement);
        if (deadline == 0) revert RentToOwn_WrongState(agreement.stage, Status.Active);
        _requireFrom(deadline);

        // Effect and interaction
        _close(id, agreement, terms);
    }

    /// @inheritdoc IRentToOwn
    function takeTitle(Terms calldata terms, address to) external nonReentrant {
        (, Agreement storage agreement) = _find(terms);
        // Check
        _requireCaller(terms.seller);
        if (!agreement.titleParked) revert RentToOwn_NotHeld(terms.title, terms.tokenId);
        if (!_canBePaid(to)) revert RentToOwn_InvalidReceiver(to);

        // Effect
        agreement.titleParked = false;

        // Interaction: all or nothing.
        _moveTitle(terms.title, to, terms.tokenId);
    }

    /// @inheritdoc IRentToOwn
    function pushTitle(address title, address to, uint256 tokenId) external {
        if (msg.sender != address(this)) revert Ledger_NotSelf(msg.sender, address(this));
        _moveTitle(title, to, tokenId);
    }

    // -------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IRentToOwn
    function idOf(Terms calldata terms) external view returns (AgreementId) {
        return _idOf(terms);
    }

    /// @inheritdoc IRentToOwn
    function statusOf(Terms calldata terms) external view nonReentrantView returns (Status) {
        return _statusNow(terms, _agreements[_idOf(terms)]);
    }

    /// @inheritdoc IRentToOwn
    function agreementOf(Terms calldata terms) external view nonReentrantView returns (Agreement memory) {
        return _agreements[_idOf(terms)];
    }

    /// @inheritdoc IRentToOwn
    function deadlineOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _deadline(terms, _agreements[_idOf(terms)]);
    }

    /// @inheritdoc IRentToOwn
    function priceOf(Terms calldata terms) external view nonReentrantView returns (uint256) {
        return _price(terms, _agreements[_idOf(terms)]);
    }

    /// @inheritdoc IRentToOwn
    function titleClaimOf(Terms calldata terms) external view nonReentrantView returns (address) {
        Agreement storage agreement = _agreements[_idOf(terms)];
        bool held = agreement.stage == Status.Offered || agreement.stage == Status.Active || agreement.titleParked;
        return held ? terms.seller : address(0);
    }

    // ------------------------------------------------------------------------------------------------------ effects

    /// @dev Decides on instalments in order, from the first that is open, until one is neither paid nor too late (O-3).
    function _register(
        AgreementId id,
        Agreement storage agreement,
        Terms calldata terms,
        ILease.Terms calldata leaseTerms
    ) private {
        Books memory books = Books(_LEASE.accountOf(leaseTerms).rentPaid, _LEASE.instalments(leaseTerms));
        uint256 k = agreement.instalments;
        uint256 decided = agreement.decided;
        uint256 credit = agreement.credit;
        uint256 last = Math.min(books.count, k + MAX_ROUNDS);
        for (; k < last; ++k) {
            (uint256 due, uint256 amount) = _LEASE.instalmentOf(leaseTerms, k);
            bool tooLate = block.timestamp >= due + terms.grace;
            if (!tooLate && books.paid < decided + amount) break;
            decided += amount;
            if (tooLate) {
                emit InstalmentMissed(id, k);
            } else {
                uint256 earned = Bps.share(amount, terms.creditBps);
                credit += earned;
                emit InstalmentCredited(id, k, earned);
            }
        }
        agreement.instalments = k.toUint32();
        agreement.decided = decided.toUint128();
        agreement.credit = credit.toUint128();
    }

    /// @dev Over: the title goes back to the seller, or waits for it. No money is here.
    function _close(AgreementId id, Agreement storage agreement, Terms calldata terms) private {
        // Effect
        agreement.stage = Status.Closed;
        emit Closed(id);

        // Interaction: a title that refuses to move cannot hold this up, nor can a caller make it look as if it did.
        if (gasleft() < PUSH_GAS_FLOOR) revert Ledger_InsufficientGas(gasleft(), PUSH_GAS_FLOOR);
        try this.pushTitle{gas: PUSH_GAS}(terms.title, terms.seller, terms.tokenId) {
            return;
        } catch {
            agreement.titleParked = true;
            emit TitleParked(id);
        }
    }

    /// @dev Without the receiver's hook: nobody can refuse a title, or ask for more.
    // The title that this contract holds.
    // slither-disable-next-line arbitrary-send-erc20
    function _moveTitle(address title, address to, uint256 tokenId) private {
        IERC721(title).transferFrom(address(this), to, tokenId);
        if (IERC721(title).ownerOf(tokenId) != to) revert RentToOwn_NotDelivered(title, tokenId);
    }

    // ------------------------------------------------------------------------------------------------------- checks

    /// @dev Reverts unless an option with these terms can run to its end.
    function _check(Terms calldata terms) private view {
        _require(_canBePaid(terms.seller), "seller");
        _require(_canBePaid(terms.buyer) && terms.buyer != terms.seller, "buyer");
        _require(_canBePaid(terms.title) && terms.title != terms.asset, "title");
        _require(terms.asset != address(this), "asset");
        _require(terms.creditBps <= Bps.ONE, "creditBps");
        _require(terms.creditCap <= terms.strike, "creditCap");
        _require(terms.expiresAt > terms.acceptBy, "expiresAt");
    }

    function _requireTitle(Terms calldata terms) private view {
        if (IERC721(terms.title).ownerOf(terms.tokenId) != address(this)) {
            revert RentToOwn_NotHeld(terms.title, terms.tokenId);
        }
    }

    /// @dev Credits lower the price down to the cap, which is at most the strike.
    function _price(Terms calldata terms, Agreement storage agreement) private view returns (uint256) {
        return terms.strike - Math.min(agreement.credit, terms.creditCap);
    }

    function _deadline(Terms calldata terms, Agreement storage agreement) private view returns (uint256) {
        if (agreement.stage == Status.Offered) return terms.acceptBy;
        return agreement.stage == Status.Active ? terms.expiresAt : 0;
    }

    function _statusNow(Terms calldata terms, Agreement storage agreement) private view returns (Status) {
        uint256 deadline = _deadline(terms, agreement);
        return deadline != 0 && block.timestamp >= deadline ? Status.Lapsed : agreement.stage;
    }

    function _idOf(Terms calldata terms) private view returns (AgreementId) {
        return AgreementId.wrap(_hashTypedDataV4(keccak256(abi.encode(_TYPEHASH, terms))));
    }

    function _find(Terms calldata terms) private view returns (AgreementId id, Agreement storage agreement) {
        id = _idOf(terms);
        agreement = _agreements[id];
        if (agreement.stage == Status.None) revert Extension_UnknownAgreement(id);
    }

    function _requireActive(Terms calldata terms, Agreement storage agreement) private view {
        if (agreement.stage != Status.Active) {
            revert RentToOwn_WrongState(_statusNow(terms, agreement), Status.Active);
        }
        _requireBefore(terms.expiresAt);
    }
}
