// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice A wallet whose owner is replaced when two of its three guardians want it; the owner has three units to stop it,
/// once.
contract Recovery {
    address public owner;
    address internal immutable heir;
    mapping(address => bool) internal isGuardian;

    uint256 public votes;
    uint256 public since;
    bool public vetoed;
    mapping(address => bool) public voted;

    constructor(address owner_, address heir_, address[3] memory guardians) payable {
        (owner, heir) = (owner_, heir_);
        for (uint256 i; i < 3; ++i) {
            isGuardian[guardians[i]] = true;
        }
    }

    function vote() external {
        require(isGuardian[msg.sender] && votes < 2 && _mayVote(), "not yours");
        voted[msg.sender] = true;
        if (++votes == 2) since = block.timestamp;
    }

    function veto() external {
        require(msg.sender == owner && votes == 2 && !vetoed, "not now");
        require(block.timestamp < since + 3, "too late");
        (vetoed, votes) = (true, 3);
    }

    function replace() external {
        require(votes == 2 && block.timestamp >= since + 3, "not now");
        (owner, votes) = (heir, 3);
    }

    function withdraw() external {
        uint256 amount = address(this).balance;
        require(msg.sender == owner && amount != 0, "not yours");
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return votes + (owner == heir ? 10 : 0);
    }

    function claimOf(address party) external view returns (uint256) {
        bool isReplaced = votes == 2 && block.timestamp >= since + 3;
        return party == (isReplaced ? heir : owner) ? address(this).balance : 0;
    }

    function _mayVote() internal view virtual returns (bool) {
        return !voted[msg.sender];
    }
}

/// @notice One guardian may vote twice.
contract RecoveryBroken is Recovery {
    constructor(address owner_, address heir_, address[3] memory guardians)
        payable
        Recovery(owner_, heir_, guardians)
    {}

    function _mayVote() internal pure override returns (bool) {
        return true;
    }
}
