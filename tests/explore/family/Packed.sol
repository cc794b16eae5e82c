// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Two instants and two flags share a word. The payee may claim from the first instant on, the payer takes back
/// what was not claimed from the second on.
contract Packed is Box {
    struct Deal {
        bool isOpen;
        uint40 from;
        uint16 noise;
        uint40 until;
        bool isOver;
    }

    Deal public deal;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function fund() public payable override {
        require(block.timestamp < start + 6, "too late");
        super.fund();
        uint40 now_ = uint40(block.timestamp);
        deal = Deal(true, now_ + 2, type(uint16).max, now_ + 7, false);
    }

    function claim() external {
        Deal memory it = deal;
        require(msg.sender == payee && it.isOpen && !it.isOver, "not yours");
        require(block.timestamp >= it.from && block.timestamp < _until(it), "not now");
        (deal.isOver, deal.noise, status) = (true, 1, 2);
        _send(payee, AMOUNT);
    }

    function refund() external {
        Deal memory it = deal;
        require(msg.sender == payer && it.isOpen && !it.isOver, "not yours");
        require(block.timestamp >= it.until, "not now");
        (deal.isOver, deal.noise, status) = (true, 2, 3);
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        if (status != 1) return 0;
        return party == (block.timestamp < deal.until ? payee : payer) ? AMOUNT : 0;
    }

    function _until(Deal memory it) internal pure virtual returns (uint256) {
        return it.until;
    }
}

/// @notice It takes the wrong field for the end of the payee's time.
contract PackedBroken is Packed {
    constructor(address payer_, address payee_) Packed(payer_, payee_) {}

    function _until(Deal memory it) internal pure override returns (uint256) {
        return it.from;
    }
}
