// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Box} from "./Box.sol";

/// @notice Whoever shows the secret before the deadline has the money paid to the payee; from it on the payer takes it back.
contract HashLock is Box {
    bytes32 internal immutable lock;
    uint256 internal immutable deadline = block.timestamp + 8;

    constructor(address payer_, address payee_, bytes32 lock_) Box(payer_, payee_) {
        lock = lock_;
    }

    function redeem(uint256 secret) external {
        require(status == 1 && keccak256(abi.encode(secret)) == lock, "wrong secret");
        require(block.timestamp < deadline, "too late");
        status = 2;
        _send(payee, AMOUNT);
    }

    function refund() external {
        require(msg.sender == payer && status == 1 && _refundable(), "not now");
        status = 3;
        _send(payer, AMOUNT);
    }

    function claimOf(address party) external view returns (uint256) {
        if (status != 1) return 0;
        return party == (block.timestamp < deadline ? payee : payer) ? AMOUNT : 0;
    }

    function _refundable() internal view virtual returns (bool) {
        return block.timestamp >= deadline;
    }
}

/// @notice The payer may take the money back at any time.
contract HashLockBroken is HashLock {
    constructor(address payer_, address payee_, bytes32 lock_) HashLock(payer_, payee_, lock_) {}

    function _refundable() internal pure override returns (bool) {
        return true;
    }
}

/// @notice The payer has to know the secret as well.
contract HashLockStuck is HashLock {
    constructor(address payer_, address payee_, bytes32 lock_) HashLock(payer_, payee_, lock_) {}

    function _refundable() internal pure override returns (bool) {
        return false;
    }
}
