// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

interface IJar {
    function shut() external;
}

contract Jar is IJar {
    bool public open;

    function flip() external {
        open = !open;
    }
}
