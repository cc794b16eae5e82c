// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Bids of one to three wei until the fourth unit, each more than the one before; a bid in the last unit adds one,
/// up to the seventh. Who is outbid may fetch his bid, the seller fetches the highest when it is over.
contract Auction {
    address internal immutable seller;
    uint256 internal immutable start = block.timestamp;

    uint256 public end = block.timestamp + 4;
    uint256 public highest;
    address public bidder;
    bool public paid;
    mapping(address => uint256) public credit;

    constructor(address seller_) {
        seller = seller_;
    }

    function bid() external payable {
        require(block.timestamp < end && msg.value > highest && msg.value <= 3, "not now");
        if (highest != 0) _outbid(bidder, highest);
        (highest, bidder) = (msg.value, msg.sender);
        if (block.timestamp + 1 == end && end < start + 7) ++end;
    }

    function fetch() external {
        uint256 amount = credit[msg.sender];
        if (msg.sender == seller) {
            require(block.timestamp >= end && !paid, "not now");
            (amount, paid) = (amount + highest, true);
        }
        require(amount != 0, "nothing there");
        credit[msg.sender] = 0;
        _send(msg.sender, amount);
    }

    function status() external view returns (uint256) {
        return paid ? 4 : highest;
    }

    function claimOf(address party) external view returns (uint256) {
        bool isOver = party == seller && block.timestamp >= end && !paid;
        return credit[party] + (isOver ? highest : 0);
    }

    function _outbid(address who, uint256 amount) internal virtual {
        credit[who] += amount;
    }

    function _send(address to, uint256 amount) internal {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice Who is outbid is paid at once, or cannot be outbid.
contract AuctionBroken is Auction {
    constructor(address seller_) Auction(seller_) {}

    function _outbid(address who, uint256 amount) internal override {
        _send(who, amount);
    }
}
