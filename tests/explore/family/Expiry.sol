// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Work begins with acceptance, may be claimed four units later and expires eight units later.
contract Expiry is Box {
    uint256 public acceptedAt;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function accept() external {
        require(msg.sender == payee && status == 1 && block.timestamp < start + 8, "not now");
        status = 2;
        acceptedAt = block.timestamp;
    }

    function claim() external {
        require(msg.sender == payee && status == 2, "not yours");
        require(block.timestamp >= acceptedAt + 4 && block.timestamp < _expiry(), "not now");
        status = 3;
        _send(payee, AMOUNT);
    }

    function reclaim() external {
        require(msg.sender == payer, "not yours");
        bool ignored = status == 1 && block.timestamp >= start + 8;
        require(ignored || status == 2 && block.timestamp >= _expiry(), "not now");
        status = 4;
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        if (status == 1) return party == payer ? AMOUNT : 0;
        if (status != 2) return 0;
        return party == (block.timestamp < _expiry() ? payee : payer) ? AMOUNT : 0;
    }

    function _expiry() internal view virtual returns (uint256) {
        return acceptedAt + 8;
    }
}

/// @notice It expires at a fixed instant, whenever it was accepted.
contract ExpiryBroken is Expiry {
    constructor(address payer_, address payee_) Expiry(payer_, payee_) {}

    function _expiry() internal view override returns (uint256) {
        return start + 11;
    }
}
