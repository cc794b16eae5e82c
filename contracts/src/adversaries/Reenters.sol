// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Calls somebody while it is itself being called: when ether arrives, in token hooks, on any unknown call.
/// @dev {arm} it with what to call. It accepts everything else. Behind a forwarder its storage is the forwarder's, so
/// it is armed through the forwarder.
contract Reenters {
    /// @notice Whom to call, and with what.
    address public target;
    bytes public data;
    /// @notice Whether a failure of that call is passed on, which refuses the payment.
    bool public strict;
    /// @notice How often it has called, and what came of the last time.
    uint256 public attempts;
    bool public succeeded;
    bytes public result;

    error Reenters_Failed(bytes result);

    receive() external payable {
        _reenter();
    }

    fallback() external payable {
        _reenter();
    }

    /// @notice Chooses what to call, once, at the next opportunity. Anyone.
    function arm(address newTarget, bytes calldata newData, bool newStrict) external {
        (target, data, strict) = (newTarget, newData, newStrict);
    }

    function _reenter() private {
        address called = target;
        if (called == address(0)) return;
        target = address(0);
        ++attempts;
        // solhint-disable-next-line avoid-low-level-calls
        (succeeded, result) = called.call(data);
        if (strict && !succeeded) revert Reenters_Failed(result);
    }
}
