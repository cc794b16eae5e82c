// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice A box that keeps three letters.
contract Box {
    uint256 public letters;
    mapping(uint256 => uint256) public kept;

    function put() external {
        for (uint256 i = 0; i < 3; i++) {
            kept[i] = 1;
        }
        letters = 3;
    }
}

/// @notice Whoever sends has the letters put into the box, and what is sent is sent even if the box is broken. Enough gas
/// for the box has to be there.
contract Post {
    Box public immutable box;
    bool public isSent;

    constructor(Box box_) {
        box = box_;
    }

    function send() external {
        require(!isSent, "sent");
        _check();
        isSent = true;
        try box.put() {} catch {}
    }

    function _check() internal view virtual {
        require(gasleft() > 200_000, "too little gas");
    }
}

/// @notice How much gas there is, is not looked at.
contract PostBroken is Post {
    constructor(Box box_) Post(box_) {}

    function _check() internal view override {}
}
