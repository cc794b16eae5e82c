// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice A fee for somebody who is paid at once.
contract Fee {
    constructor(address payable to) payable {
        selfdestruct(to);
    }
}

/// @notice The payee may take the money, less a fee of five wei that goes to the payer.
contract Vanish is Box {
    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function take() external {
        require(msg.sender == payee && status == 1, "not yours");
        status = 2;
        _fee();
        _send(payee, 5);
    }

    function claimOf(address party) external view returns (uint256) {
        return status == 1 && (party == payee || party == payer) ? 5 : 0;
    }

    function _fee() internal virtual {
        new Fee{value: 5}(payable(payer));
    }
}

/// @notice A contract that destroys itself in its constructor for the benefit of itself.
contract Lost {
    constructor() payable {
        selfdestruct(payable(address(this)));
    }
}

/// @notice The fee goes to nobody.
contract VanishBroken is Vanish {
    constructor(address payer_, address payee_) Vanish(payer_, payee_) {}

    function _fee() internal override {
        new Lost{value: 5}();
    }
}
