// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice What comes in is shared by two: each takes half of all that ever came in, less what he took before.
contract Splitter {
    address internal immutable one;
    address internal immutable two;

    uint256 public received;
    mapping(address => uint256) public taken;

    constructor(address one_, address two_) {
        (one, two) = (one_, two_);
    }

    function pay() external payable {
        require(msg.value == 4, "four");
        received += 4;
    }

    function take() external virtual {
        uint256 due = claimOf(msg.sender);
        require(due != 0, "nothing due");
        taken[msg.sender] += due;
        _send(msg.sender, due);
    }

    function status() external view returns (uint256) {
        return received;
    }

    function claimOf(address party) public view returns (uint256) {
        return party == one || party == two ? received / 2 - taken[party] : 0;
    }

    function _send(address to, uint256 amount) internal {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice Half of what is there at the moment, again and again.
contract SplitterBroken is Splitter {
    constructor(address one_, address two_) Splitter(one_, two_) {}

    function take() external override {
        uint256 due = address(this).balance / 2;
        require((msg.sender == one || msg.sender == two) && due != 0, "nothing due");
        uint256 left = claimOf(msg.sender);
        taken[msg.sender] += due < left ? due : left;
        _send(msg.sender, due);
    }
}

/// @notice Whoever takes has both paid, or neither.
contract SplitterPush is Splitter {
    constructor(address one_, address two_) Splitter(one_, two_) {}

    function take() external override {
        uint256 due = claimOf(one);
        require(due != 0, "nothing due");
        taken[one] += due;
        taken[two] += due;
        _send(one, due);
        _send(two, due);
    }
}

/// @notice How somebody behaves who takes money or refuses it, as he likes.
contract Door {
    bool internal closed;

    function close(bool closed_) external {
        closed = closed_;
    }

    receive() external payable {
        require(!closed, "closed");
    }
}
