// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice One wei a unit of time flows to the payee, eight in all; the payer may stop it.
contract Stream {
    address internal immutable payer;
    address internal immutable payee;
    uint256 internal immutable start = block.timestamp;

    uint256 public taken;
    uint256 public stopped;

    constructor(address payer_, address payee_) payable {
        (payer, payee) = (payer_, payee_);
    }

    function earned() public view returns (uint256) {
        uint256 time = (stopped == 0 ? block.timestamp : stopped) - start;
        return time < 8 ? time : 8;
    }

    function take() external {
        uint256 due = earned() - taken;
        require(msg.sender == payee && due != 0, "nothing due");
        taken += due;
        _send(payee, due);
    }

    function stop() external {
        require(msg.sender == payer && stopped == 0, "not yours");
        stopped = block.timestamp;
        _send(payer, _rest());
    }

    function status() external view returns (uint256) {
        return stopped == 0 ? 0 : 1;
    }

    function claimOf(address party) external view returns (uint256) {
        return party == payee ? earned() - taken : 0;
    }

    function _rest() internal view virtual returns (uint256) {
        return 8 - earned();
    }

    function _send(address to, uint256 amount) internal {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice Stopping gives back what was not taken, not what was not earned.
contract StreamBroken is Stream {
    constructor(address payer_, address payee_) payable Stream(payer_, payee_) {}

    function _rest() internal view override returns (uint256) {
        return 8 - taken;
    }
}
