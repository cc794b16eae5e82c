// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Two parties put in four and six wei before the fifth unit. When both have, each takes what the other put in;
/// when only one has, he takes his own back from the fifth unit on.
contract Swap {
    address internal immutable one;
    address internal immutable two;
    uint256 internal immutable end = block.timestamp + 5;

    mapping(address => bool) public isIn;
    mapping(address => bool) public taken;

    constructor(address one_, address two_) {
        (one, two) = (one_, two_);
    }

    function put() external payable {
        require(msg.sender == one || msg.sender == two, "not yours");
        require(block.timestamp < end && !isIn[msg.sender], "not now");
        require(msg.value == (msg.sender == one ? 4 : 6), "wrong amount");
        isIn[msg.sender] = true;
    }

    function take() external {
        uint256 amount = claimOf(msg.sender);
        require(amount != 0 && _complete(), "not now");
        taken[msg.sender] = true;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return (isIn[one] ? 1 : 0) + (isIn[two] ? 2 : 0) + (taken[one] ? 4 : 0) + (taken[two] ? 8 : 0);
    }

    function claimOf(address party) public view returns (uint256) {
        if (!isIn[party] || taken[party]) return 0;
        if (isIn[one] && isIn[two]) return party == one ? 6 : 4;
        return block.timestamp >= end ? (party == one ? 4 : 6) : 0;
    }

    function _complete() internal view virtual returns (bool) {
        return true;
    }
}

/// @notice Nothing goes out unless both are in.
contract SwapBroken is Swap {
    constructor(address one_, address two_) Swap(one_, two_) {}

    function _complete() internal view override returns (bool) {
        return isIn[one] && isIn[two];
    }
}
