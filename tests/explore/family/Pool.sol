// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Swaps ether for points and back so that the product of both stocks never falls; points are only noted here.
contract Pool {
    uint256 public ether_;
    uint256 public points;
    mapping(address => uint256) public pointsOf;
    uint256 internal least;

    constructor() payable {
        (ether_, points, least) = (msg.value, 8, msg.value * 8);
    }

    function buy() external payable {
        require(msg.value != 0, "nothing");
        uint256 left = _up(least, ether_ + msg.value);
        uint256 bought = points - left;
        require(bought != 0, "too little");
        (ether_, points) = (ether_ + msg.value, left);
        pointsOf[msg.sender] += bought;
    }

    function sell(uint256 amount) external {
        require(amount != 0, "nothing");
        pointsOf[msg.sender] -= amount;
        uint256 left = _up(least, points + amount);
        uint256 paid = ether_ - left;
        (ether_, points) = (left, points + amount);
        (bool ok,) = msg.sender.call{value: paid}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return ether_;
    }

    /// @notice A product at least as large as at first.
    function isSound() external view returns (bool) {
        return ether_ * points >= least && address(this).balance >= ether_;
    }

    function _up(uint256 product, uint256 by) internal pure virtual returns (uint256) {
        return (product + by - 1) / by;
    }
}

/// @notice It rounds in favour of who swaps.
contract PoolBroken is Pool {
    constructor() payable {}

    function _up(uint256 product, uint256 by) internal pure override returns (uint256) {
        return product / by;
    }
}
