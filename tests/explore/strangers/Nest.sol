// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Everyone may pay in one wei, and take it out when nothing else is going on.
contract Nest {
    mapping(address => uint256) public claimOf;
    uint256 internal entered;

    function deposit() external payable {
        require(msg.value == 1 && entered == 0 && claimOf[msg.sender] == 0, "one");
        claimOf[msg.sender] = 1;
    }

    function withdraw() external {
        require(_isFree() && claimOf[msg.sender] == 1, "not now");
        ++entered;
        (bool ok,) = msg.sender.call{value: 1}("");
        require(ok, "not paid");
        --entered;
        claimOf[msg.sender] = 0;
    }

    /// @notice Whoever calls is called.
    function touch() external {
        ++entered;
        (bool ok,) = msg.sender.call("");
        require(ok, "not touched");
        --entered;
    }

    function _isFree() internal view virtual returns (bool) {
        return entered == 0;
    }
}

/// @notice It counts who is inside, and only looks for one.
contract NestBroken is Nest {
    function _isFree() internal view override returns (bool) {
        return entered != 1;
    }
}
