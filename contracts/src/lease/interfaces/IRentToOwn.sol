// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {ILedger} from "../../interfaces/ILedger.sol";
import {AgreementId} from "../../types/AgreementId.sol";
import {ILeaseExtension} from "./ILeaseExtension.sol";

/// @title Rent to own: an option to buy what is let, whose price falls with every instalment that is paid on time.
/// @notice The seller puts the title (an ERC-721 token) in escrow here; the buyer buys the option by paying its fee,
/// which is the seller's. Until the option expires the buyer may have the title for the strike less the credits, both
/// in one transaction. Otherwise the title goes back.
///
/// An instalment earns its credit if, strictly before `due + grace`, the lease's own books show it paid and somebody
/// registers that here: {pay} does both at once, {register} is for rent that was paid otherwise. What counts is the
/// lease's `rentPaid` against its schedule, in order, at the time: neither party can make it out to be anything else,
/// and nobody can register for the past.
///
/// Trust assumptions:
/// - The title is a token that does what ERC-721 says. Whoever controls it can make the option worthless; it cannot
///   touch another title, nor money.
/// - Nobody else is trusted. About the asset, see {ILedger}.
interface IRentToOwn is ILeaseExtension, ILedger {
    /// @notice Where an option stands. `Lapsed` follows from the clock. `Exercised` and `Closed` are final.
    enum Status {
        None,
        Offered,
        Active,
        Lapsed,
        Exercised,
        Closed
    }

    /// @notice Everything that is agreed.
    /// @dev Also an EIP-712 type: the option's id is its digest.
    struct Terms {
        /// The lease whose instalments earn credits, and which must not be in arrears when the option is exercised.
        AgreementId leaseId;
        /// Gets the fee, and the price or the title back.
        address seller;
        /// May have the title.
        address buyer;
        /// The ERC-721 contract of the title, and which of its tokens.
        address title;
        uint256 tokenId;
        /// What fee and price are paid in: a token, or zero for ether.
        address asset;
        /// The price of the option. May be zero.
        uint128 optionFee;
        /// The price of the title, before credits.
        uint128 strike;
        /// The share of an instalment that is credited if it was paid on time.
        uint16 creditBps;
        /// All credits together are at most this.
        uint128 creditCap;
        /// How long after it was due an instalment still is on time.
        uint32 grace;
        /// Before this the buyer accepts.
        uint40 acceptBy;
        /// Before this the buyer exercises.
        uint40 expiresAt;
        /// Hash of the document that says all this in prose.
        bytes32 documentHash;
        /// Tells apart options that are otherwise equal.
        bytes32 salt;
    }

    /// @notice What is stored for an option.
    struct Agreement {
        // slot 0: 8 + 8 + 32 + 128 = 176 bits
        /// None, Offered, Active, Exercised or Closed.
        Status stage;
        /// Closed, and the title is still here.
        bool titleParked;
        /// How many instalments were decided on.
        uint32 instalments;
        /// Credits so far, before the cap.
        uint128 credit;
        // slot 1
        /// The sum of the instalments that were decided on.
        uint128 decided;
    }

    /// @notice The option is on record, with these terms, and the title in escrow.
    event Offered(AgreementId indexed id, address indexed seller, Terms terms);
    /// @notice The buyer paid the fee: the option stands.
    event Accepted(AgreementId indexed id, address indexed buyer, uint256 optionFee);
    /// @notice Instalment `k` was on time and earned `credit`.
    event InstalmentCredited(AgreementId indexed id, uint256 indexed k, uint256 credit);
    /// @notice Instalment `k` was not registered as paid on time and earns nothing.
    event InstalmentMissed(AgreementId indexed id, uint256 indexed k);
    /// @notice The buyer bought the title for `price`.
    event Exercised(AgreementId indexed id, address indexed to, uint256 price);
    /// @notice Over without a sale.
    event Closed(AgreementId indexed id);
    /// @notice The title token refused to go back: it waits for the seller.
    event TitleParked(AgreementId indexed id);

    error RentToOwn_WrongState(Status actual, Status expected);
    /// @notice The title is here already, for another option.
    error RentToOwn_AlreadyHeld(address title, uint256 tokenId);
    /// @notice The title is not here.
    error RentToOwn_NotHeld(address title, uint256 tokenId);
    /// @notice The title token did not deliver.
    error RentToOwn_NotDelivered(address title, uint256 tokenId);
    /// @notice The lease is in arrears.
    error RentToOwn_InArrears(uint256 arrears);
    error RentToOwn_InvalidReceiver(address to);

    /// @notice Offers the option and puts the title in escrow. Seller, strictly before `acceptBy`. Needs the title
    /// token's approval.
    function offer(Terms calldata terms) external returns (AgreementId id);

    /// @notice Buys the option for its fee, which goes to the seller. Buyer, strictly before `acceptBy`.
    function accept(Terms calldata terms) external payable;

    /// @notice Calls it off: the title goes back. Seller before the buyer has accepted, buyer at any time.
    function cancel(Terms calldata terms) external;

    /// @notice Pays up to `amount` of the lease's arrears and registers what is on time. Anyone. Ether beyond the
    /// arrears goes back.
    function pay(Terms calldata terms, ILease.Terms calldata leaseTerms, uint128 amount) external payable;

    /// @notice Decides on the instalments whose time has come, in order: credits those that are paid now and on time,
    /// skips those whose time is over. Anyone. At most {MAX_ROUNDS} of them a call.
    function register(Terms calldata terms, ILease.Terms calldata leaseTerms) external;

    /// @notice Buys the title: registers what is on time, pays {priceOf} to the seller, delivers to `to`. Buyer,
    /// strictly before `expiresAt`, while the lease is not in arrears. Ether beyond the price goes back.
    function exercise(Terms calldata terms, ILease.Terms calldata leaseTerms, address to) external payable;

    /// @notice Sends the title back once {deadlineOf} has come. Anyone.
    function settle(Terms calldata terms) external;

    /// @notice Takes a parked title out to `to`. Seller.
    function takeTitle(Terms calldata terms, address to) external;

    /// @notice Moves a title to `to`, all or nothing. Only for the contract itself, which calls it with bounded gas.
    function pushTitle(address title, address to, uint256 tokenId) external;

    /// @notice The most instalments that one call decides on.
    function MAX_ROUNDS() external view returns (uint256);

    /// @notice The id of an option with these terms, whether it exists or not.
    function idOf(Terms calldata terms) external view returns (AgreementId);

    /// @notice Where the option stands now.
    function statusOf(Terms calldata terms) external view returns (Status);

    /// @notice Everything that is stored about the option.
    function agreementOf(Terms calldata terms) external view returns (Agreement memory);

    /// @notice From when on {settle} works, as things stand; zero when it never will.
    function deadlineOf(Terms calldata terms) external view returns (uint256);

    /// @notice The strike less the credits.
    function priceOf(Terms calldata terms) external view returns (uint256);

    /// @notice Who gets the title if nobody does anything any more; zero if it is not here.
    function titleClaimOf(Terms calldata terms) external view returns (address);
}
