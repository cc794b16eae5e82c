// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

interface Coin {
    function transfer(address to, uint256 amount) external returns (bool);
}

/// @notice From the fourth unit on two parties share ten coins; each takes his half.
contract BlockedToken {
    Coin internal immutable coin;
    address internal immutable one;
    address internal immutable two;
    uint256 internal immutable start = block.timestamp;

    mapping(address => bool) public taken;

    constructor(Coin coin_, address one_, address two_) {
        (coin, one, two) = (coin_, one_, two_);
    }

    function take() external virtual {
        require(block.timestamp >= start + 4, "not now");
        _take(msg.sender);
    }

    function status() external view returns (uint256) {
        return (taken[one] ? 1 : 0) + (taken[two] ? 2 : 0);
    }

    function claimOf(address party) public view returns (uint256) {
        return (party == one || party == two) && !taken[party] ? 5 : 0;
    }

    function _take(address party) internal {
        require(claimOf(party) != 0, "not yours");
        taken[party] = true;
        require(coin.transfer(party, 5), "not paid");
    }

    function _both() internal {
        _take(one);
        _take(two);
    }
}

/// @notice Both are paid at once, or neither.
contract BlockedTokenBroken is BlockedToken {
    constructor(Coin coin_, address one_, address two_) BlockedToken(coin_, one_, two_) {}

    function take() external override {
        require(block.timestamp >= start + 4, "not now");
        _both();
    }
}
