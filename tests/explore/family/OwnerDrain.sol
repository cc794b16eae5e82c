// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice The payee may take the money from the fourth unit on; the owner may sweep what is nobody's.
contract OwnerDrain is Box {
    address public immutable owner;

    constructor(address payer_, address payee_, address owner_) Box(payer_, payee_) {
        owner = owner_;
    }

    function take() external {
        require(msg.sender == payee && status == 1 && block.timestamp >= start + 4, "not now");
        status = 2;
        _send(payee, AMOUNT);
    }

    function sweep() external {
        require(msg.sender == owner, "not yours");
        uint256 amount = address(this).balance - _reserved();
        require(amount != 0, "nothing there");
        _send(owner, amount);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    receive() external payable {
        require(msg.value == 1, "one");
    }

    function _reserved() internal view virtual returns (uint256) {
        return status == 1 ? AMOUNT : 0;
    }
}

/// @notice The owner may sweep everything.
contract OwnerDrainBroken is OwnerDrain {
    constructor(address payer_, address payee_, address owner_) OwnerDrain(payer_, payee_, owner_) {}

    function _reserved() internal pure override returns (uint256) {
        return 0;
    }
}
