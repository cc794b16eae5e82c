// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title The books of a token that does not follow ERC-20 to the letter. For simulations.
/// @dev Shared by the tokens whose functions return something else than OpenZeppelin's.
abstract contract BareToken {
    string public name;
    string public symbol;
    uint8 private immutable _DECIMALS;
    uint256 public totalSupply;
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error BareToken_InsufficientBalance(uint256 actual, uint256 expected);
    error BareToken_InsufficientAllowance(uint256 actual, uint256 expected);

    constructor(string memory name_, string memory symbol_, uint8 decimals_) {
        name = name_;
        symbol = symbol_;
        _DECIMALS = decimals_;
    }

    /// @notice Makes `amount` out of nothing. Anyone.
    function mint(address to, uint256 amount) external {
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function decimals() external view returns (uint8) {
        return _DECIMALS;
    }

    function _approve(address spender, uint256 amount) internal {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
    }

    function _canSpend(address from, uint256 amount) internal view returns (bool) {
        return allowance[from][msg.sender] >= amount;
    }

    function _spend(address from, uint256 amount) internal {
        uint256 allowed = allowance[from][msg.sender];
        if (!_canSpend(from, amount)) revert BareToken_InsufficientAllowance(allowed, amount);
        allowance[from][msg.sender] = allowed - amount;
    }

    function _move(address from, address to, uint256 amount) internal {
        uint256 balance = balanceOf[from];
        if (balance < amount) revert BareToken_InsufficientBalance(balance, amount);
        balanceOf[from] = balance - amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}
