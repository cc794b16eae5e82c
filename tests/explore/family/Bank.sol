// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Everyone may pay in, pass on to others, and take out what he has.
contract Bank {
    mapping(address => uint256) public claimOf;
    uint256 public status;

    function deposit() external payable {
        claimOf[msg.sender] += msg.value;
        status += msg.value;
    }

    function pass(address to, uint256 amount) external virtual {
        claimOf[msg.sender] -= amount;
        claimOf[to] += amount;
    }

    function withdraw() external {
        uint256 amount = claimOf[msg.sender];
        require(amount != 0, "nothing there");
        claimOf[msg.sender] = 0;
        status -= amount;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice Who passes on to himself has more than before.
contract BankBroken is Bank {
    function pass(address to, uint256 amount) external override {
        uint256 mine = claimOf[msg.sender];
        uint256 theirs = claimOf[to];
        require(mine >= amount && theirs + amount <= 12, "not enough");
        claimOf[msg.sender] = mine - amount;
        claimOf[to] = theirs + amount;
    }
}
