// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Asking others, without being at their mercy.
library BoundedCall {
    /// @dev Gas for one question. Enough for a proxied price feed under the prices of today and of the Amsterdam draft.
    uint256 internal constant GAS = 400_000;

    /// @dev A call passes on at most 63/64 of what is left. With this much left the question gets all of {GAS}, so its
    /// answer does not depend on the gas limit that the sender chose (C-5).
    uint256 internal constant GAS_FLOOR = (GAS * 64) / 63 + 10_000;

    /// @notice The transaction leaves too little gas for the question, which would let the caller make it fail.
    error Condition_InsufficientGas(uint256 actual, uint256 expected);

    /// @dev What `target` answers. Not answered, if it reverts, runs out of gas, or answers more than `most` bytes,
    /// which are never copied. An account without code answers nothing, in no bytes.
    function ask(address target, bytes memory data, uint256 most)
        internal
        view
        returns (bool answered, bytes memory answer)
    {
        if (gasleft() < GAS_FLOOR) revert Condition_InsufficientGas(gasleft(), GAS_FLOOR);
        answer = new bytes(most);
        uint256 size;
        // Assembly, because the language copies all that comes back, however much it is.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            answered := staticcall(GAS, target, add(data, 0x20), mload(data), add(answer, 0x20), most)
            size := returndatasize()
            if gt(size, most) {
                answered := 0
                size := 0
            }
            // Shortens what was allocated to what came.
            mstore(answer, size)
        }
    }
}
