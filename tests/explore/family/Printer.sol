// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice What a token's `transfer` becomes: the receiver gets the money, and nobody has less.
contract Printer {
    string public name;
    string public symbol;
    uint256 public totalSupply;
    mapping(address account => uint256 amount) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }
}

interface ICoin {
    function transfer(address to, uint256 amount) external returns (bool);
}

/// @notice Somebody takes five coins.
contract Till {
    ICoin internal immutable coin;
    address internal immutable taker;

    /// @notice 1 before the coins are taken, 2 afterwards.
    uint256 public status = 1;

    constructor(ICoin coin_, address taker_) {
        coin = coin_;
        taker = taker_;
    }

    function take() external {
        require(msg.sender == taker && status == 1, "not yours");
        status = 2;
        coin.transfer(taker, 5);
    }

    function claimOf(address party) external view returns (uint256) {
        return status == 1 && party == taker ? 5 : 0;
    }
}
