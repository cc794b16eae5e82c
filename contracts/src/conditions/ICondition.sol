// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title A question about the world that an agreement may depend on.
/// @notice The agreement asks by static call, with bounded gas and bounded return data. A condition that reverts, runs
/// out of gas, or answers anything but two clean words has not answered: the question is still pending.
///
/// An answer that is not pending must be final. The agreement keeps the first such answer and asks no more.
interface ICondition {
    /// @notice `Pending` may still become either. `True` and `False` are final.
    enum Truth {
        Pending,
        True,
        False
    }

    /// @notice Whether it is so.
    /// @param agreementId For which agreement. An answer for one must mean nothing for another.
    /// @param params What the terms say about this condition.
    /// @param witness What the caller offers as proof. Anybody may be the caller.
    /// @return truth The answer, a pure function of the three arguments and the chain's state.
    /// @return retryAt When it is worth asking again, if pending; zero if that is not known.
    function check(bytes32 agreementId, bytes calldata params, bytes calldata witness)
        external
        view
        returns (Truth truth, uint64 retryAt);
}
