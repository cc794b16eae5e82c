// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Two holders have two thirds and one third of what is in here.
contract ProRata {
    address internal immutable major;
    address internal immutable minor;
    uint256 internal immutable total;

    mapping(address => uint256) public paid;

    constructor(address major_, address minor_) payable {
        (major, minor, total) = (major_, minor_, msg.value);
    }

    function release() external {
        uint256 due = _due(msg.sender);
        require(due != 0, "nothing due");
        paid[msg.sender] += due;
        (bool ok,) = msg.sender.call{value: due}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return (paid[major] == 0 ? 0 : 1) + (paid[minor] == 0 ? 0 : 2);
    }

    function claimOf(address holder) public view returns (uint256) {
        return total * _share(holder) / 3 - paid[holder];
    }

    function _share(address holder) internal view returns (uint256) {
        return holder == major ? 2 : holder == minor ? 1 : 0;
    }

    function _due(address holder) internal view virtual returns (uint256) {
        return claimOf(holder);
    }
}

/// @notice Each gets a part of what is left, so it matters who comes first.
contract ProRataBroken is ProRata {
    constructor(address major_, address minor_) payable ProRata(major_, minor_) {}

    function _due(address holder) internal view override returns (uint256) {
        return paid[holder] != 0 ? 0 : address(this).balance * _share(holder) / 3;
    }
}
