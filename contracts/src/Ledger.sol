// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ILedger} from "./interfaces/ILedger.sol";

/// @title Money in, money out, and what is owed; the part that escrow and lease share.
/// @dev Never reads its own balance to learn what it owes (I-3): a donation, or ether forced in, changes nothing.
abstract contract Ledger is ILedger, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Gas for one push, call costs included. Enough for a proxied token that writes a fresh balance slot and for
    /// ether to a fresh account, under the prices of today and of the Amsterdam draft; four refused pushes in one
    /// settlement still cost less than 2 million gas.
    uint256 internal constant PUSH_GAS = 300_000;

    /// @dev Gas for two pushes at once of a token. Enough for two balances that are not fresh; where it is not, each is
    /// pushed by itself, with {PUSH_GAS}.
    uint256 internal constant PAIR_GAS = 150_000;

    /// @dev A call passes on at most 63/64 of what is left. With this much left the push gets all of {PUSH_GAS}, so its
    /// result does not depend on the gas limit that the sender chose (I-8).
    uint256 internal constant PUSH_GAS_FLOOR = (PUSH_GAS * 64) / 63 + 5000;

    mapping(address asset => mapping(address party => uint256 amount)) private _credits;
    mapping(address asset => uint256 amount) private _liabilities;

    /// @inheritdoc ILedger
    function withdraw(address asset, address to) external nonReentrant returns (uint256 amount) {
        if (to == address(0) || to == address(this)) revert Ledger_InvalidReceiver(to);
        amount = _withdraw(asset, msg.sender, to);
    }

    /// @inheritdoc ILedger
    function withdrawFor(address asset, address party) external nonReentrant returns (uint256 amount) {
        amount = _withdraw(asset, party, party);
    }

    /// @inheritdoc ILedger
    function push(address asset, address to, uint256 amount) external {
        // Check: nobody else may move money. Not guarded against re-entrancy, because the caller holds the guard.
        if (msg.sender != address(this)) revert Ledger_NotSelf(msg.sender, address(this));

        // Interaction: all or nothing.
        _moveOut(asset, to, amount);
    }

    /// @inheritdoc ILedger
    function pushPair(address token, address one, uint256 toOne, address two, uint256 toTwo) external {
        // Check: as for {push}.
        if (msg.sender != address(this)) revert Ledger_NotSelf(msg.sender, address(this));

        // Interaction: all or nothing, measured once.
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransfer(one, toOne);
        IERC20(token).safeTransfer(two, toTwo);
        _requireDelta(IERC20(token).balanceOf(address(this)), before, toOne + toTwo);
    }

    /// @inheritdoc ILedger
    // Only the contract itself calls this, for whoever called it.
    // slither-disable-next-line arbitrary-send-erc20
    function relay(address token, address from, address to, uint256 amount) external {
        // Check: as for {push}.
        if (msg.sender != address(this)) revert Ledger_NotSelf(msg.sender, address(this));

        // Interaction: all or nothing. Whoever pays himself gains nothing, so he does not come past the measuring.
        uint256 before = IERC20(token).balanceOf(to);
        IERC20(token).safeTransferFrom(from, to, amount);
        _requireDelta(before, IERC20(token).balanceOf(to), amount);
    }

    /// @inheritdoc ILedger
    function creditOf(address asset, address party) external view nonReentrantView returns (uint256) {
        return _credits[asset][party];
    }

    /// @inheritdoc ILedger
    function liabilities(address asset) external view nonReentrantView returns (uint256) {
        return _liabilities[asset];
    }

    /// @dev Takes exactly `amount` of `asset` from the caller and holds it. An effect and an interaction in one, which
    /// is sound because the guard closes every entry point and view while a token calls back.
    function _take(address asset, uint256 amount) internal {
        _liabilities[asset] += amount;
        _pull(asset, amount);
    }

    /// @dev Takes exactly `amount` of `asset` from the caller, on its way to somebody else in the same call.
    // Reached from the payable functions of the contracts that inherit this.
    // slither-disable-next-line msg-value-in-nonpayable
    function _pull(address asset, uint256 amount) internal {
        if (asset == address(0)) {
            if (msg.value != amount) revert Ledger_WrongValue(msg.value, amount);
            return;
        }
        if (msg.value != 0) revert Ledger_WrongValue(msg.value, 0);
        if (amount == 0) return;
        if (asset.code.length == 0) revert Ledger_NoCode(asset);

        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(msg.sender, address(this), amount);
        _requireDelta(before, IERC20(asset).balanceOf(address(this)), amount);
    }

    /// @dev Passes `amount` of what the caller offers on to `to`, whose refusal makes it his credit (I-6). Ether comes
    /// with the call: what is offered beyond `amount` goes back. A token goes straight from the caller to `to`, if that
    /// can be; where it cannot, for whatever reason, nothing has happened yet, and it takes the way through this
    /// contract. The direct way gets a fixed amount of gas, like every push, so that the way does not depend on the gas
    /// limit that the sender chose (I-8).
    // Reached from the payable functions of the contracts that inherit this.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line msg-value-in-nonpayable,reentrancy-no-eth
    function _relay(address asset, address to, uint256 amount, uint256 offered) internal {
        if (asset == address(0)) {
            _pull(asset, offered);
            _forward(asset, to, amount);
            _forward(asset, msg.sender, offered - amount);
            return;
        }
        if (msg.value == 0) {
            _requireGas();
            // Neither branch copies return data.
            try this.relay{gas: PUSH_GAS}(asset, msg.sender, to, amount) {
                return;
            } catch {} // solhint-disable-line no-empty-blocks
        }
        _pull(asset, amount);
        _forward(asset, to, amount);
    }

    /// @dev Stops owing `amount`, which is about to be forwarded: while it is on its way it is not counted.
    function _discharge(address asset, uint256 amount) internal {
        if (amount != 0) _liabilities[asset] -= amount;
    }

    /// @dev Pays `amount`, which is not (any more) counted as owed. If it is refused, it is owed from now on, as a
    /// credit.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign
    function _forward(address asset, address to, uint256 amount) internal {
        if (amount == 0) return;
        _requireGas();
        // Neither branch copies return data, so a receiver cannot make it expensive.
        try this.push{gas: PUSH_GAS}(asset, to, amount) {
            return;
        } catch {
            _liabilities[asset] += amount;
            _credit(asset, to, amount);
        }
    }

    /// @dev {_forward} to two receivers. Two payouts of a token are tried together, which is cheaper; if either is
    /// refused, neither has happened, and each is pushed by itself.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-no-eth
    function _forwardPair(address asset, address one, uint256 toOne, address two, uint256 toTwo) internal {
        if (asset != address(0) && toOne != 0 && toTwo != 0) {
            _requireGas();
            // Neither branch copies return data.
            try this.pushPair{gas: PAIR_GAS}(asset, one, toOne, two, toTwo) {
                return;
            } catch {} // solhint-disable-line no-empty-blocks
        }
        _forward(asset, one, toOne);
        _forward(asset, two, toTwo);
    }

    /// @dev Notes that `amount`, which is counted as owed already, is owed to `party` from now on.
    function _credit(address asset, address party, uint256 amount) internal {
        if (amount == 0) return;
        _credits[asset][party] += amount;
        emit Credited(asset, party, amount);
    }

    function _withdraw(address asset, address party, address to) private returns (uint256 amount) {
        // Check: there is something to take.
        amount = _credits[asset][party];
        if (amount == 0) revert Ledger_NoCredit(asset, party);

        // Effect: it is no longer owed.
        _credits[asset][party] = 0;
        _liabilities[asset] -= amount;
        emit Withdrawn(asset, party, to, amount);

        // Interaction: pay it, or revert.
        _moveOut(asset, to, amount);
    }

    function _moveOut(address asset, address to, uint256 amount) private {
        if (asset == address(0)) {
            if (!LowLevelCall.callNoReturn(to, amount, "")) revert Ledger_Refused(to);
            return;
        }
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransfer(to, amount);
        _requireDelta(IERC20(asset).balanceOf(address(this)), before, amount);
    }

    function _requireGas() private view {
        if (gasleft() < PUSH_GAS_FLOOR) revert Ledger_InsufficientGas(gasleft(), PUSH_GAS_FLOOR);
    }

    /// @dev Reverts unless a balance that was measured twice differs by `amount`, in the one direction.
    function _requireDelta(uint256 low, uint256 high, uint256 amount) private pure {
        uint256 delta = high > low ? high - low : 0;
        if (delta != amount) revert Ledger_BadDelta(delta, amount);
    }
}
