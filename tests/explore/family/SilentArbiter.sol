// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Either party may dispute; the arbiter rules in time, or each gets half.
contract SilentArbiter is Box {
    address public immutable arbiter;
    uint256 public disputedAt;

    constructor(address payer_, address payee_, address arbiter_) Box(payer_, payee_) {
        arbiter = arbiter_;
    }

    function dispute() external {
        require((msg.sender == payer || msg.sender == payee) && status == 1, "not yours");
        require(block.timestamp < start + 6, "too late");
        status = 2;
        disputedAt = block.timestamp;
    }

    function rule(bool forPayee) external {
        require(msg.sender == arbiter && status == 2 && !_silent(), "not yours");
        status = 3;
        _send(forPayee ? payee : payer, AMOUNT);
    }

    /// @notice Whoever comes first carries out what silence means.
    function settle() external {
        if (status == 1 && block.timestamp >= start + 6) {
            status = 3;
            _send(payee, AMOUNT);
        } else {
            require(status == 2 && _silent(), "not now");
            status = 3;
            _send(payee, AMOUNT / 2);
            _send(payer, AMOUNT / 2);
        }
    }

    /// @notice What silence gives.
    function claimOf(address party) external view returns (uint256) {
        if (status == 1) return party == payee ? AMOUNT : 0;
        return status == 2 && (party == payer || party == payee) ? AMOUNT / 2 : 0;
    }

    function _silent() internal view virtual returns (bool) {
        return block.timestamp >= disputedAt + 4;
    }
}

/// @notice There is no deadline for the arbiter.
contract SilentArbiterBroken is SilentArbiter {
    constructor(address payer_, address payee_, address arbiter_) SilentArbiter(payer_, payee_, arbiter_) {}

    function _silent() internal pure override returns (bool) {
        return false;
    }
}
