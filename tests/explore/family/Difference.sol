// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Work is begun and finished. If it took at least three units it is paid, otherwise the payer has his money back.
contract Difference is Box {
    uint256 public begun;
    uint256 public finished;

    constructor(address payer_, address payee_) Box(payer_, payee_) {}

    function begin() external {
        require(msg.sender == payee && status == 1 && block.timestamp < start + 6, "not now");
        (status, begun) = (2, block.timestamp);
    }

    function finish() external {
        require(msg.sender == payee && status == 2 && block.timestamp < begun + 5, "not now");
        (status, finished) = (3, block.timestamp);
    }

    function settle() external {
        if (status == 3 && finished - begun >= _least()) _end(payee);
        else if (status == 3 && finished - begun < 3) _end(payer);
        else if (status == 2 && block.timestamp >= begun + 5) _end(payer);
        else if (status == 1 && block.timestamp >= start + 6) _end(payer);
        else revert("not now");
    }

    function claimOf(address party) external view returns (uint256) {
        if (status == 0 || status == 4) return 0;
        return party == (status == 3 && finished - begun >= 3 ? payee : payer) ? AMOUNT : 0;
    }

    function _least() internal pure virtual returns (uint256) {
        return 3;
    }

    function _end(address winner) internal {
        status = 4;
        _send(winner, AMOUNT);
    }
}

/// @notice Work that took exactly three units is neither long enough to be paid nor short enough not to be.
contract DifferenceBroken is Difference {
    constructor(address payer_, address payee_) Difference(payer_, payee_) {}

    function _least() internal pure override returns (uint256) {
        return 4;
    }
}
