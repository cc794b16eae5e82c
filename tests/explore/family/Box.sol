// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice What many contracts of the family have in common: two parties, ten wei, and the instant at which it began.
abstract contract Box {
    uint256 internal constant AMOUNT = 10;

    address public immutable payer;
    address public immutable payee;
    uint256 internal immutable start = block.timestamp;

    /// @notice 0 before the money is in, 1 when it is; more, and how it ends, is said by each contract.
    uint256 public status;

    constructor(address payer_, address payee_) {
        payer = payer_;
        payee = payee_;
    }

    /// @notice The payer puts the money in, once.
    function fund() public payable virtual {
        require(msg.sender == payer && status == 0 && msg.value == AMOUNT, "cannot be funded");
        status = 1;
    }

    function _send(address to, uint256 amount) internal {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}
