// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice The payee takes three wei at a time, three times, with three units between.
contract Cooldown {
    address internal immutable payee;
    uint256 internal immutable start = block.timestamp;

    uint256 public next = block.timestamp + 3;
    uint256 public status;

    constructor(address payee_) payable {
        payee = payee_;
    }

    function take() external {
        require(msg.sender == payee && status < 3, "not yours");
        require(block.timestamp >= next && block.timestamp < _end(), "not now");
        ++status;
        next = block.timestamp + 3;
        (bool ok,) = payee.call{value: 3}("");
        require(ok, "not paid");
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee ? 9 - 3 * status : 0;
    }

    function _end() internal view virtual returns (uint256) {
        return type(uint256).max;
    }
}

/// @notice Who lets too much time go by loses what is left.
contract CooldownBroken is Cooldown {
    constructor(address payee_) payable Cooldown(payee_) {}

    function _end() internal view override returns (uint256) {
        return start + 14;
    }
}
