// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may take what the payer put in.
contract ForcedEther is Box {
    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function take() external {
        require(msg.sender == payee && status == 1 && _complete(), "not yours");
        status = 2;
        _send(payee, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    function _complete() internal view virtual returns (bool) {
        return address(this).balance >= AMOUNT;
    }
}

/// @notice It wants to hold exactly what the payer put in.
contract ForcedEtherBroken is ForcedEther {
    constructor(address payer_, address payee_) ForcedEther(payer_, payee_) {}

    function _complete() internal view override returns (bool) {
        return address(this).balance == AMOUNT;
    }
}

/// @notice Gives what it holds to somebody who cannot refuse.
contract Gift {
    function give(address payable to) external payable {
        selfdestruct(to);
    }
}
