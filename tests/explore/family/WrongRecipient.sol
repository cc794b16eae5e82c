// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice From the fifth unit of time on either party may have the money released to the payee.
contract WrongRecipient is Box {
    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function release() external {
        require(msg.sender == payer || msg.sender == payee, "not yours");
        require(status == 1 && block.timestamp >= start + 5, "not now");
        status = 2;
        _send(_recipient(), AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    function _recipient() internal view virtual returns (address) {
        return payee;
    }
}

/// @notice It is released to whoever asks.
contract WrongRecipientBroken is WrongRecipient {
    constructor(address payer_, address payee_) WrongRecipient(payer_, payee_) {}

    function _recipient() internal view override returns (address) {
        return msg.sender;
    }
}
