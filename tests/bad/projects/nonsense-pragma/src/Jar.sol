// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity the newest;

contract Jar {
    bool public open;

    function flip() external {
        open = !open;
    }
}
