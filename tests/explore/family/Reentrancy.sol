// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Everyone may have five wei here.
contract Reentrancy {
    mapping(address => uint256) public claimOf;

    function deposit() external payable {
        require(msg.value == 5 && claimOf[msg.sender] == 0, "five, once");
        claimOf[msg.sender] = 5;
    }

    function withdraw() external virtual {
        uint256 amount = claimOf[msg.sender];
        require(amount != 0, "nothing there");
        claimOf[msg.sender] = 0;
        _send(amount);
    }

    function status() external view returns (uint256) {
        return address(this).balance;
    }

    function _send(uint256 amount) internal {
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice It pays first and notes it afterwards.
contract ReentrancyBroken is Reentrancy {
    function withdraw() external override {
        uint256 amount = claimOf[msg.sender];
        require(amount != 0, "nothing there");
        _send(amount);
        claimOf[msg.sender] = 0;
    }
}

/// @notice How a crook behaves: whenever he is paid he asks to be paid again.
contract Thief {
    Reentrancy internal immutable bank;

    constructor(Reentrancy bank_) {
        bank = bank_;
    }

    receive() external payable {
        try bank.withdraw() {} catch {}
    }
}
