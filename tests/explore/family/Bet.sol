// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Two bet five wei each before the fourth unit; the oracle says who won before the tenth. A bet that nobody
/// took, or that the oracle is silent about, is off, and everyone takes his stake back.
contract Bet {
    address internal immutable one;
    address internal immutable two;
    address internal immutable oracle;
    uint256 internal immutable start = block.timestamp;

    mapping(address => uint256) public stakeOf;
    address public winner;
    bool public paid;

    constructor(address one_, address two_, address oracle_) {
        (one, two, oracle) = (one_, two_, oracle_);
    }

    function bet() external payable {
        require(msg.sender == one || msg.sender == two, "not yours");
        require(block.timestamp < start + 4, "too late");
        require(msg.value == 5 && stakeOf[msg.sender] == 0, "five, once");
        stakeOf[msg.sender] = 5;
    }

    function report(address winner_) external {
        require(msg.sender == oracle && winner == address(0) && _taken(), "not now");
        require(block.timestamp >= start + 4 && !_off(), "not now");
        require(winner_ == one || winner_ == two, "not in it");
        winner = winner_;
    }

    function take() external {
        uint256 amount = claimOf(msg.sender);
        require(amount != 0, "nothing there");
        if (winner == address(0)) {
            require(_off(), "not now");
            stakeOf[msg.sender] = 0;
        } else {
            paid = true;
        }
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return paid ? 4 : winner != address(0) ? 3 : (stakeOf[one] + stakeOf[two]) / 5;
    }

    function claimOf(address party) public view returns (uint256) {
        if (winner != address(0)) return party == winner && !paid ? 10 : 0;
        return _isOver() ? stakeOf[party] : 0;
    }

    function _isOver() internal view returns (bool) {
        return block.timestamp >= start + (_taken() ? 10 : 4);
    }

    function _taken() internal view returns (bool) {
        return stakeOf[one] != 0 && stakeOf[two] != 0;
    }

    function _off() internal view virtual returns (bool) {
        return _isOver();
    }
}

/// @notice The oracle may take its time, for ever.
contract BetBroken is Bet {
    constructor(address one_, address two_, address oracle_) Bet(one_, two_, oracle_) {}

    function _off() internal view override returns (bool) {
        return !_taken() && _isOver();
    }
}
