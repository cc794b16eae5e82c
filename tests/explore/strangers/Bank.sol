// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Everyone may pay in, and take out what he has.
contract Bank {
    mapping(address => uint256) public claimOf;

    function deposit() external payable {
        claimOf[msg.sender] += msg.value;
    }

    function withdraw() external virtual {
        uint256 amount = claimOf[msg.sender];
        require(amount != 0, "nothing there");
        claimOf[msg.sender] = 0;
        _send(amount);
    }

    function _send(uint256 amount) internal {
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice It pays first and notes it afterwards.
contract BankBroken is Bank {
    function withdraw() external override {
        uint256 amount = claimOf[msg.sender];
        require(amount != 0, "nothing there");
        _send(amount);
        claimOf[msg.sender] = 0;
    }
}
