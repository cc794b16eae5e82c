// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice One contract holds the money of two deals, and each payee takes his own.
contract DoubleRelease {
    address[2] internal payees;
    bool[2] internal taken;

    constructor(address first, address second) payable {
        payees = [first, second];
    }

    function take(uint256 deal) external {
        require(msg.sender == payees[deal] && _untaken(deal), "not yours");
        taken[deal] = true;
        (bool ok,) = msg.sender.call{value: 10}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return (taken[0] ? 1 : 0) + (taken[1] ? 2 : 0);
    }

    function claimOf(address party) external view returns (uint256 claim) {
        for (uint256 deal; deal < 2; ++deal) {
            if (party == payees[deal] && !taken[deal]) claim += 10;
        }
    }

    function _untaken(uint256 deal) internal view virtual returns (bool) {
        return !taken[deal];
    }
}

/// @notice Nobody looks whether it was taken before.
contract DoubleReleaseBroken is DoubleRelease {
    constructor(address first, address second) payable DoubleRelease(first, second) {}

    function _untaken(uint256) internal pure override returns (bool) {
        return true;
    }
}
