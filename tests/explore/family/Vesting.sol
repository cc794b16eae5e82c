// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Three wei become the worker's every four units, three times; the employer may stop it and keeps the rest.
contract Vesting {
    address public immutable employer;
    address public immutable worker;
    uint256 internal immutable start = block.timestamp;

    uint256 public released;
    uint256 public stoppedAt;

    constructor(address employer_, address worker_) payable {
        (employer, worker) = (employer_, worker_);
    }

    function release() external {
        uint256 due = _due();
        require(msg.sender == worker && due != 0, "nothing due");
        released += due;
        _send(worker, due);
    }

    function stop() external {
        require(msg.sender == employer && stoppedAt == 0, "not now");
        stoppedAt = block.timestamp;
        if (vested() != 9) _send(employer, _rest());
    }

    /// @notice What has become the worker's, in steps.
    function vested() public view returns (uint256) {
        uint256 time = (stoppedAt == 0 ? block.timestamp : stoppedAt) - start;
        return time >= 12 ? 9 : time >= 8 ? 6 : time >= 4 ? 3 : 0;
    }

    function status() external view returns (uint256) {
        return released + (stoppedAt == 0 ? 0 : 10);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == worker ? vested() - released : 0;
    }

    function _due() internal view virtual returns (uint256) {
        return vested() - released;
    }

    function _rest() internal view virtual returns (uint256) {
        return 9 - vested();
    }

    function _send(address to, uint256 amount) internal {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice The employer keeps all that has not been released, not only what is not the worker's yet.
contract VestingBroken is Vesting {
    constructor(address employer_, address worker_) payable Vesting(employer_, worker_) {}

    function _rest() internal view override returns (uint256) {
        return address(this).balance;
    }
}
