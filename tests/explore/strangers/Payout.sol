// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice The owner is paid together with one guest, who comes first.
contract Payout {
    address public immutable owner;
    address public guest;
    uint256 public held;
    mapping(address => uint256) public creditOf;

    constructor(address owner_) payable {
        owner = owner_;
        held = msg.value;
    }

    function join() external payable {
        require(guest == address(0) && msg.value == 1 && held != 0, "there is one");
        guest = msg.sender;
    }

    function settle() external {
        require(held != 0, "done");
        uint256 amount = held;
        held = 0;
        if (guest != address(0)) _pay(guest, 1);
        (bool ok,) = owner.call{value: amount}("");
        require(ok, "not paid");
    }

    function claimOf(address party) external view returns (uint256) {
        return party == owner ? held : 0;
    }

    /// @dev Whoever does not take it has it to his credit, whatever he does with the gas that he gets.
    function _pay(address to, uint256 amount) internal virtual {
        bool ok;
        assembly ("memory-safe") {
            ok := call(50000, to, amount, 0, 0, 0, 0)
        }
        if (!ok) creditOf[to] += amount;
    }
}

/// @notice The guest has to take it.
contract PayoutBroken is Payout {
    constructor(address owner_) payable Payout(owner_) {}

    function _pay(address to, uint256 amount) internal override {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}
