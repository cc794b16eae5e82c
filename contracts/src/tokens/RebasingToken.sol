// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Changes everybody's balance at once. For simulations.
/// @dev Balances are shares times an index, rounded down, so a transfer may move one unit less than it was told to.
contract RebasingToken {
    uint256 private constant ONE = 1e27;

    string public name;
    string public symbol;
    uint8 private immutable _DECIMALS;
    /// @notice What one share is worth, times 1e27.
    uint256 public index = ONE;
    mapping(address account => uint256 amount) private _shares;
    uint256 private _totalShares;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) {
        name = name_;
        symbol = symbol_;
        _DECIMALS = decimals_;
    }

    /// @notice Makes `amount` out of nothing. Anyone.
    function mint(address to, uint256 amount) external {
        uint256 shares = _toShares(amount);
        _shares[to] += shares;
        _totalShares += shares;
        emit Transfer(address(0), to, amount);
    }

    /// @notice Multiplies every balance by `bps` / 10,000: 9,000 takes a tenth away. Anyone.
    function rebase(uint256 bps) external {
        index = (index * bps) / 10_000;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        allowance[from][msg.sender] -= amount;
        return _move(from, to, amount);
    }

    function decimals() external view returns (uint8) {
        return _DECIMALS;
    }

    function totalSupply() external view returns (uint256) {
        return (_totalShares * index) / ONE;
    }

    function balanceOf(address account) external view returns (uint256) {
        return (_shares[account] * index) / ONE;
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        uint256 shares = _toShares(amount);
        _shares[from] -= shares;
        _shares[to] += shares;
        emit Transfer(from, to, amount);
        return true;
    }

    function _toShares(uint256 amount) private view returns (uint256) {
        return (amount * ONE) / index;
    }
}
