// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice A door that is open only to whoever is called by it.
contract Door {
    bool internal isBusy;
    bool public isPassed;

    function knock() external {
        isBusy = true;
        (bool hasAnswered,) = msg.sender.call("");
        require(hasAnswered, "nobody there");
        isBusy = false;
    }

    function pass() external {
        require(isBusy, "closed");
        isPassed = true;
    }
}
