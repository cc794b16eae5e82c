// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Lid} from "./Lid.sol";
import "@openzeppelin/contracts/access/Ownable.sol";

contract Jar {
    bool public open;

    function flip() external {
        open = !open;
    }
}
