// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice A judge decides before the sixth unit; if he does not, the money goes back.
contract Ruling is Box {
    address public immutable judge;

    constructor(address payer_, address payee_, address judge_) Box(payer_, payee_) {
        judge = judge_;
    }

    function rule(bool forPayee) external {
        require(_isJudge() && status == 1 && block.timestamp < start + 6, "not yours");
        status = 2;
        _send(forPayee ? payee : payer, AMOUNT);
    }

    function settle() external {
        require(status == 1 && block.timestamp >= start + 6, "not now");
        status = 3;
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payer && status == 1 ? AMOUNT : 0;
    }

    function _isJudge() internal view virtual returns (bool) {
        return msg.sender == judge;
    }
}

/// @notice The payee may judge, too.
contract RulingBroken is Ruling {
    constructor(address payer_, address payee_, address judge_) Ruling(payer_, payee_, judge_) {}

    function _isJudge() internal view override returns (bool) {
        return msg.sender == judge || msg.sender == payee;
    }
}
