// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {AgreementId} from "../types/AgreementId.sol";
import {ILedger} from "./ILedger.sol";

/// @title Delivery against payment: tokens with an identity change hands against money, against others, or both.
/// @notice One contract holds many agreements. Every function takes the full terms; what is stored is keyed by their
/// hash. The terms are emitted in full when an agreement is created.
///
/// Either side puts in its part first. The transaction that puts in the other completes the exchange; until then either
/// may call it off, and from `expiresAt` on anybody may have everything returned. There is nothing in between.
///
/// Items are handed over with `safeTransferFrom` and bounded gas. What is refused, by the receiver or by the item's own
/// contract, is parked: whoever it was meant for, and nobody else, may withdraw it to any address. The money, and the
/// other items, do not wait for it.
///
/// Time: an act is allowed strictly before its deadline (`now < deadline`); what follows from silence is allowed from
/// the deadline on (`now >= deadline`). The two never overlap.
///
/// Trust assumptions:
/// - Each side knows the contracts of the items that it is to get. A contract that will not let an item go leaves its
/// claim worthless, whatever this one does; it cannot touch any other item, nor any money.
/// - Items are ERC-721 or ERC-1155. What is both an item and divisible money (ERC-404 and the like) is neither.
/// - Royalties (ERC-2981) are not looked at: the seller and the buyer may write one in as the fee.
/// - There is no arbiter, no owner, no pause, and no upgrade. About the money's token, see {ILedger}.
interface INftEscrow is ILedger {
    /// @notice Where an agreement stands. The last three are final.
    enum Status {
        None,
        Deposited,
        Funded,
        Exchanged,
        Returned,
        Cancelled
    }

    /// @notice The standard that an item's contract follows.
    enum Kind {
        ERC721,
        ERC1155
    }

    /// @notice One thing that changes hands.
    struct Item {
        Kind kind;
        address token;
        uint256 id;
        /// How many; one for an ERC-721.
        uint256 amount;
        /// The item's own account (ERC-6551) whose content is part of the deal; zero if there is none.
        address account;
        /// That account's `state()` when the exchange completes; zero without an account.
        uint256 state;
    }

    /// @notice Everything that is agreed. Times in seconds since the epoch, the price in the asset's smallest unit.
    /// @dev Also an EIP-712 type. Keep {NftTerms.TYPEHASH} equal.
    struct Terms {
        /// Gives `items`.
        address seller;
        /// Gives `price`, and `inExchange`.
        address buyer;
        /// Gets the fee; zero exactly when `feeBps` is.
        address feeReceiver;
        /// What the price is in: a token, or zero for ether. Zero if there is no price.
        address asset;
        /// What the buyer pays. May be zero if it gives something in exchange.
        uint128 price;
        /// Share of the price that goes to `feeReceiver` when the exchange completes.
        uint16 feeBps;
        /// Before this, both sides put in their parts; from then on what is in goes back.
        uint40 expiresAt;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart agreements that are otherwise equal.
        bytes32 salt;
        /// What the seller gives: at least one. At most 12 in all with `inExchange`.
        Item[] items;
        /// What the buyer gives besides the price, if anything.
        Item[] inExchange;
    }

    /// @notice An agreement exists, with these terms.
    event Proposed(AgreementId indexed id, address indexed proposer, Terms terms);
    /// @notice The seller's items are in.
    event Deposited(AgreementId indexed id, address indexed seller);
    /// @notice The buyer's part is in; the price came from `funder`.
    event Funded(AgreementId indexed id, address indexed funder, uint256 price);
    /// @notice Both were in: everything changed hands. `amount` is the seller's, net of `fee`.
    event Exchanged(AgreementId indexed id, uint256 amount, uint256 fee);
    /// @notice What was in went back to `party`.
    event Returned(AgreementId indexed id, address indexed party);
    /// @notice Called off by `party`.
    event Cancelled(AgreementId indexed id, address indexed party);
    /// @notice Nothing is held any more; `status` is final.
    event Closed(AgreementId indexed id, Status status);
    /// @notice An item was refused: it now waits for `party`.
    event ItemParked(address indexed party, address indexed token, uint256 indexed tokenId, Kind kind, uint256 amount);
    /// @notice `party` took a parked item out to `to`.
    event ItemWithdrawn(
        address indexed party, address indexed token, uint256 indexed tokenId, Kind kind, uint256 amount, address to
    );

    error NftEscrow_InvalidTerms(string field);
    error NftEscrow_UnknownAgreement(AgreementId id);
    error NftEscrow_WrongState(Status actual, Status expected);
    error NftEscrow_WrongCaller(address actual, address expected);
    error NftEscrow_NotAParty(address actual);
    error NftEscrow_TooLate(uint256 actual, uint256 expected);
    error NftEscrow_TooEarly(uint256 actual, uint256 expected);
    /// @notice The item is bound to its owner (ERC-5192).
    error NftEscrow_Soulbound(address token, uint256 tokenId);
    /// @notice The item is here already, for another agreement.
    error NftEscrow_AlreadyHeld(address token, uint256 tokenId);
    /// @notice The item's contract moved something else than it was told to.
    error NftEscrow_BadDelta(address token, uint256 tokenId, uint256 actual, uint256 expected);
    /// @notice The account is not the item's.
    error NftEscrow_WrongAccount(address account);
    /// @notice The item's account is not as it was when the terms were made.
    error NftEscrow_AccountChanged(address account, uint256 actual, uint256 expected);
    /// @notice Only items that were asked for are received.
    error NftEscrow_Unsolicited(address operator);
    /// @notice The caller has no such item parked here.
    error NftEscrow_NothingParked(address token, uint256 tokenId, address party);

    /// @notice Puts in the seller's items. Seller only, who has allowed this contract to move them; strictly before
    /// `expiresAt`. Puts the terms on record if nobody has, and completes the exchange if the buyer's part is in.
    /// @return id The agreement's id.
    function deposit(Terms calldata terms) external returns (AgreementId id);

    /// @notice Puts in the buyer's part. The buyer, or anybody if it is money only (it is the buyer's from then on);
    /// strictly before `expiresAt`. Puts the terms on record if nobody has, and completes the exchange if the items are
    /// in.
    function fund(Terms calldata terms) external payable returns (AgreementId id);

    /// @notice Calls the agreement off before it completes. Seller or buyer. What is in goes back to who put it in.
    /// Also for terms that are not on record yet: they never can be afterwards.
    function cancel(Terms calldata terms) external;

    /// @notice Returns what is in, from `expiresAt` on. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice Hands the caller's parked item, all of it, to `to`. An ERC-721 moves without asking the receiver.
    /// @dev Reverts if that fails, so that the claim is kept and another `to` can be tried.
    /// @return amount How many.
    function withdrawItem(Kind kind, address token, uint256 tokenId, address to) external returns (uint256 amount);

    /// @notice Moves an item to `to`, all or nothing. Only for the contract itself, which calls it with bounded gas.
    function pushItem(Item calldata item, address to) external;

    /// @notice The id of an agreement with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the agreement stands.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice From when on {settle} works; zero when it never will (no agreement, or a final state).
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice What `party` gets of the money that is held if nobody does anything any more: the price, back to the
    /// buyer. Credits are not in it: see {creditOf}.
    function claimOf(Terms calldata terms, address party) external view returns (uint256);

    /// @notice How many of an item are parked for `party`.
    function parkedOf(Kind kind, address token, uint256 tokenId, address party) external view returns (uint256);
}
