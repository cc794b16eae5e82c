// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payer gets ten wei back from the fourth unit on, unless the payee destroys them before; that costs two.
contract Spite is Box {
    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function spoil() external payable {
        require(msg.sender == payee && status == 1 && msg.value == 2, "not so");
        require(block.timestamp < start + 4, "too late");
        status = 3;
        _send(payee, _reward());
        _send(address(0xdead), address(this).balance);
    }

    function refund() external {
        require(msg.sender == payer && status == 1, "not yours");
        require(block.timestamp >= start + 4, "not now");
        status = 2;
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payer && status == 1 ? AMOUNT : 0;
    }

    function _reward() internal view virtual returns (uint256) {
        return 0;
    }
}

/// @notice Who destroys the money gets three wei of it.
contract SpiteBroken is Spite {
    constructor(address payer_, address payee_) Spite(payer_, payee_) {}

    function _reward() internal view virtual override returns (uint256) {
        return 3;
    }
}

/// @notice Who destroys the money gets back what that cost him.
contract SpiteFree is Spite {
    constructor(address payer_, address payee_) Spite(payer_, payee_) {}

    function _reward() internal view virtual override returns (uint256) {
        return 2;
    }
}
