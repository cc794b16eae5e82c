// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may take the money on all but every fifth unit of time.
contract Weekend is Box {
    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function take() external {
        require(msg.sender == payee && status == 1 && _open(), "not now");
        status = 2;
        _send(payee, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    function _open() internal view virtual returns (bool) {
        return (block.timestamp - start) % 5 != 4;
    }
}

/// @notice Every eighth unit only, and not for ever.
contract WeekendBroken is Weekend {
    constructor(address payer_, address payee_) Weekend(payer_, payee_) {}

    function _open() internal view override returns (bool) {
        return (block.timestamp - start) % 8 == 7 && block.timestamp < start + 20;
    }
}
