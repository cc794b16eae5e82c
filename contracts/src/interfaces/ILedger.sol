// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title What a contract that holds other people's money owes, and how it is paid out.
/// @notice Assets are named by address; the zero address is ether.
///
/// A payout is pushed with a fixed amount of gas. When the receiver or the token refuses it, the amount becomes a
/// credit: its party may withdraw it to any address, and anybody may have it paid to its party. No agreement can
/// therefore be held up by whom it pays.
///
/// Trust assumptions about tokens, which are said here and nowhere else:
/// - The token moves exactly what it is told to. A deposit that arrives short reverts; a payout that costs more than
/// its nominal amount is undone and becomes a credit.
/// - The token does not change balances by itself. A rebasing token cannot be recognised on chain: a negative rebase
///   leaves the pool of that one token short, and the last to withdraw waits. Other tokens and ether are not touched.
/// - An ERC-777-like token may call back; every entry point and every view is closed while it does.
interface ILedger {
    /// @notice `amount` of `asset` now waits for `party`: a push was refused, or the terms share a payout.
    event Credited(address indexed asset, address indexed party, uint256 amount);

    /// @notice `party` took its credit of `amount` of `asset` out to `to`.
    event Withdrawn(address indexed asset, address indexed party, address to, uint256 amount);

    /// @notice The ether sent with the call is not the amount that is due (none is, where a token is).
    error Ledger_WrongValue(uint256 actual, uint256 expected);

    /// @notice The token has no code, so nothing would move.
    error Ledger_NoCode(address token);

    /// @notice A token balance (the contract's, or a receiver's that is paid directly) did not change by the amount
    /// that was to be moved.
    error Ledger_BadDelta(uint256 actual, uint256 expected);

    /// @notice The receiver refused the ether.
    error Ledger_Refused(address to);

    /// @notice The transaction leaves too little gas for the push, which would let the caller make it fail.
    error Ledger_InsufficientGas(uint256 actual, uint256 expected);

    /// @notice The zero address, and the contract itself, cannot be paid.
    error Ledger_InvalidReceiver(address to);

    /// @notice The party has no credit in this asset.
    error Ledger_NoCredit(address asset, address party);

    /// @notice Only the contract itself may call this.
    error Ledger_NotSelf(address actual, address expected);

    /// @notice Pays the caller's whole credit in `asset` to `to`.
    /// @dev Reverts if the receiver or the token refuses, so that the credit is kept and another `to` can be tried.
    /// @return amount What was paid, in the asset's smallest unit.
    function withdraw(address asset, address to) external returns (uint256 amount);

    /// @notice Pays the whole credit of `party` in `asset` to `party` itself. Anyone: a credit that arose because a
    /// push failed once, or because the terms share a payout, needs nothing of its owner but that it can be paid.
    /// @return amount What was paid, in the asset's smallest unit.
    function withdrawFor(address asset, address party) external returns (uint256 amount);

    /// @notice Moves `amount` of `asset` to `to`, all or nothing. Only for the contract itself, which calls it with
    /// bounded gas: the call is what makes a refused push undo itself.
    function push(address asset, address to, uint256 amount) external;

    /// @notice Moves `toOne` of `token` to `one` and `toTwo` to `two`, all or nothing. Only for the contract itself.
    function pushPair(address token, address one, uint256 toOne, address two, uint256 toTwo) external;

    /// @notice Moves `amount` of `token` from `from` to `to`, all or nothing, on `from`'s approval. Only for the
    /// contract itself, which names as `from` whoever called it.
    function relay(address token, address from, address to, uint256 amount) external;

    /// @notice What `party` may withdraw of `asset`, over all its agreements.
    function creditOf(address asset, address party) external view returns (uint256);

    /// @notice What the contract owes in `asset`: everything held for open agreements, and every credit.
    function liabilities(address asset) external view returns (uint256);
}
