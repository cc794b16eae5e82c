// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice The payee may take what was put in, once it is all there.
contract Pot {
    uint256 internal constant AMOUNT = 10;
    address public immutable payee;
    uint256 public held;

    constructor(address payee_) payable {
        payee = payee_;
        held = msg.value;
    }

    function take() external {
        require(msg.sender == payee && held == AMOUNT && _complete(), "not yours");
        held = 0;
        (bool ok,) = payee.call{value: AMOUNT}("");
        require(ok, "not paid");
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee ? held : 0;
    }

    function _complete() internal view virtual returns (bool) {
        return address(this).balance >= AMOUNT;
    }
}

/// @notice It wants to hold exactly that.
contract PotBroken is Pot {
    constructor(address payee_) payable Pot(payee_) {}

    function _complete() internal view override returns (bool) {
        return address(this).balance == AMOUNT;
    }
}
