// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

contract Jar {
    bool public open; string constant X = unicode"‮[2J" + 1;

    function flip() external {
        open = !open;
    }
}
