// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Three milestones of three wei. A delivered one is paid when the payer approves it, or three units after delivery
/// if he is silent. When nothing was delivered for eight units, the payer takes the rest.
contract Milestones {
    address internal immutable payer;
    address internal immutable payee;

    uint8 public done;
    uint40 public last = uint40(block.timestamp);
    uint40 public deliveredAt;

    constructor(address payer_, address payee_) payable {
        (payer, payee) = (payer_, payee_);
    }

    function deliver() external {
        require(msg.sender == payee && done < 3 && deliveredAt == 0, "not now");
        require(block.timestamp < last + 8, "too late");
        deliveredAt = uint40(block.timestamp);
    }

    function approve() external {
        require(deliveredAt != 0, "not now");
        require(msg.sender == payer || _silent() && msg.sender == payee, "not yours");
        (deliveredAt, last) = (0, uint40(block.timestamp));
        ++done;
        _send(payee, 3);
    }

    function stop() external {
        require(msg.sender == payer && done < 3 && _stoppable(), "not now");
        require(block.timestamp >= last + 8, "too early");
        uint256 rest = 9 - 3 * uint256(done);
        (done, deliveredAt) = (3, 0);
        _send(payer, rest);
    }

    function status() external view returns (uint256) {
        return done;
    }

    function claimOf(address party) external view returns (uint256) {
        if (done == 3) return 0;
        uint256 earned = deliveredAt == 0 ? 0 : 3;
        if (party == payee) return earned;
        return party == payer ? 9 - 3 * uint256(done) - earned : 0;
    }

    function _silent() internal view virtual returns (bool) {
        return block.timestamp >= deliveredAt + 3;
    }

    function _stoppable() internal view virtual returns (bool) {
        return deliveredAt == 0;
    }

    function _send(address to, uint256 amount) internal {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice A payer who does not approve may wait until he can take everything, delivered or not.
contract MilestonesBroken is Milestones {
    constructor(address payer_, address payee_) payable Milestones(payer_, payee_) {}

    function _silent() internal pure override returns (bool) {
        return false;
    }

    function _stoppable() internal pure override returns (bool) {
        return true;
    }
}
