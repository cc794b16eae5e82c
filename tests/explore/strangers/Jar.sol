// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

interface IToken {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// @notice Anybody may put in tokens until there are enough; then the payee may take these.
contract Jar {
    uint256 internal constant AMOUNT = 10;
    IToken public immutable token;
    address public immutable payee;
    uint256 public held;

    constructor(address token_, address payee_) {
        token = IToken(token_);
        payee = payee_;
    }

    function fill(uint256 amount) external {
        require(amount > 0 && held + amount <= AMOUNT, "too much");
        held += amount;
        require(token.transferFrom(msg.sender, address(this), amount), "not paid");
    }

    function take() external {
        require(msg.sender == payee && held == AMOUNT && _complete(), "not yours");
        held = 0;
        require(token.transfer(payee, AMOUNT), "not paid");
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee && held == AMOUNT ? held : 0;
    }

    function _complete() internal view virtual returns (bool) {
        return token.balanceOf(address(this)) >= AMOUNT;
    }
}

/// @notice It wants to hold exactly that.
contract JarBroken is Jar {
    constructor(address token_, address payee_) Jar(token_, payee_) {}

    function _complete() internal view override returns (bool) {
        return token.balanceOf(address(this)) == AMOUNT;
    }
}
