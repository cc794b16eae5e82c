// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.7.0;

contract Jar {
    bool public open;

    function flip() external {
        open = !open;
    }
}
