// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Does what it was told when somebody calls it: refuses, burns, answers oddly, or calls others first.
/// @dev Told nothing it accepts everything: ether without a word, items with the selector that their receivers answer
/// with, anything else with one. Behind a forwarder its storage is the forwarder's, so it is told through the
/// forwarder.
contract Obeys {
    /// @notice How it answers.
    enum Answer {
        Accepts,
        Reverts,
        BurnsGas,
        ReturnsMegabyte,
        ReturnsFalse
    }

    /// @notice A call that it makes while it is called.
    struct Errand {
        address target;
        uint256 value;
        bytes data;
    }

    uint256 private constant MEGABYTE = 1 << 20;
    bytes4 private constant ON_ERC721 = 0x150b7a02;
    bytes4 private constant ON_ERC1155 = 0xf23a6e61;
    bytes4 private constant ON_ERC1155_BATCH = 0xbc197c81;

    Answer private _answer;
    Errand[] private _errands;
    /// @dev How many of them it has run.
    uint256 private _run;

    error Obeys_Refused();
    error Obeys_Failed(bytes result);

    receive() external payable {
        _act();
    }

    fallback(bytes calldata) external payable returns (bytes memory) {
        return _react();
    }

    /// @notice Answers so from now on. Anyone.
    function tell(Answer how) external {
        _answer = how;
    }

    /// @notice Makes one more call when it is called: each time the next. If one fails it reverts with it. Anyone.
    function errand(address target, uint256 value, bytes calldata data) external {
        _errands.push(Errand(target, value, data));
    }

    /// @notice Accepts everything again. Anyone.
    function rest() external {
        (_answer, _run) = (Answer.Accepts, 0);
        delete _errands;
    }

    function _react() private returns (bytes memory) {
        _act();
        if (_answer == Answer.ReturnsFalse) return abi.encode(false);
        bool items = msg.sig == ON_ERC721 || msg.sig == ON_ERC1155 || msg.sig == ON_ERC1155_BATCH;
        return items ? abi.encode(msg.sig) : abi.encode(uint256(1));
    }

    function _act() private {
        if (_answer == Answer.Reverts) revert Obeys_Refused();
        if (_answer == Answer.BurnsGas) {
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (_answer == Answer.ReturnsMegabyte) {
            // Whoever only sends ether gets it too.
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                return(0, MEGABYTE)
            }
        }
        if (_run < _errands.length) {
            Errand memory next = _errands[_run];
            // What calls it back meanwhile meets the next one.
            ++_run;
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, bytes memory result) = next.target.call{value: next.value}(next.data);
            if (!success) revert Obeys_Failed(result);
        }
    }
}
