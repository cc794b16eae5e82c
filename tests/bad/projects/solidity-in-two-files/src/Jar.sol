// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

contract Jar {
    Lid public open;

    function flip() external {
        open = !open;
    }
}
