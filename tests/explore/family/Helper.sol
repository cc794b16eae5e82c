// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Says when it is time, until its owner destroys it.
contract Watch {
    address internal immutable owner = msg.sender;
    uint256 internal immutable from = block.timestamp + 4;

    function isTime() external view returns (bool) {
        return block.timestamp >= from;
    }

    function destroy() external {
        require(msg.sender == owner, "not yours");
        selfdestruct(payable(owner));
    }
}

/// @notice The payee may take the money when a helper says that it is time, or when there is no helper any more.
contract Helper is Box {
    Watch internal immutable watch;

    constructor(address payer_, address payee_, Watch watch_) Box(payer_, payee_) {
        watch = watch_;
    }

    function take() external {
        require(msg.sender == payee && status == 1 && _isTime(), "not now");
        status = 2;
        _send(payee, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && status == 1 ? AMOUNT : 0;
    }

    function _isTime() internal view virtual returns (bool) {
        return address(watch).code.length == 0 || watch.isTime();
    }
}

/// @notice It asks a helper that may be gone.
contract HelperBroken is Helper {
    constructor(address payer_, address payee_, Watch watch_) Helper(payer_, payee_, watch_) {}

    function _isTime() internal view override returns (bool) {
        return watch.isTime();
    }
}
