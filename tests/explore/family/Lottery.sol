// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Two players pay five wei and commit to a number before the fourth unit, and reveal it before the eighth. An even
/// sum makes the first the winner, an odd one the second; who reveals alone wins; if nobody reveals, or one plays alone,
/// stakes are given back.
contract Lottery {
    address[2] internal players;
    uint256 internal immutable start = block.timestamp;

    bytes32[2] internal commitments;
    uint8[2] internal revealed;
    bool[2] internal taken;

    constructor(address first, address second) {
        players = [first, second];
    }

    function commit(uint256 seat, bytes32 commitment) external payable {
        require(msg.sender == players[seat] && commitments[seat] == 0, "not yours");
        require(block.timestamp < start + 4 && msg.value == 5 && commitment != 0, "not now");
        commitments[seat] = commitment;
    }

    function reveal(uint256 seat, uint8 number, uint256 salt) external {
        require(block.timestamp >= start + 4 && block.timestamp < start + 8, "not now");
        require(number < 2 && revealed[seat] == 0 && _committed(1 - seat), "not now");
        require(keccak256(abi.encode(seat, number, salt)) == commitments[seat], "wrong");
        revealed[seat] = number + 1;
    }

    function take(uint256 seat) external {
        uint256 amount = prize(seat, _alone());
        require(msg.sender == players[seat] && amount != 0, "nothing there");
        taken[seat] = true;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return (revealed[0] == 0 ? 0 : 1) + (revealed[1] == 0 ? 0 : 2);
    }

    function claimOf(address party) external view returns (uint256) {
        return prize(party == players[0] ? 0 : 1, [uint256(0), 10]);
    }

    /// @notice What a player is owed, if `alone` are the prizes of him who did not reveal and of him who did alone.
    function prize(uint256 seat, uint256[2] memory alone) public view returns (uint256) {
        if (!_committed(seat) || taken[seat]) return 0;
        if (block.timestamp < start + (_committed(1 - seat) ? 8 : 4)) return 0;
        bool mine = revealed[seat] != 0;
        bool other = revealed[1 - seat] != 0;
        if (mine && other) return (revealed[0] + revealed[1]) % 2 == seat ? 10 : 0;
        if (mine == other) return 5;
        return alone[mine ? 1 : 0];
    }

    function _committed(uint256 seat) internal view returns (bool) {
        return commitments[seat] != 0;
    }

    function _alone() internal pure virtual returns (uint256[2] memory) {
        return [uint256(0), 10];
    }
}

/// @notice If one of them does not reveal, nobody gets anything.
contract LotteryBroken is Lottery {
    constructor(address first, address second) Lottery(first, second) {}

    function _alone() internal pure override returns (uint256[2] memory) {
        return [uint256(0), 0];
    }
}

/// @notice If one of them does not reveal, stakes are given back: he who sees that he has lost does not reveal.
contract LotteryUnfair is Lottery {
    constructor(address first, address second) Lottery(first, second) {}

    function _alone() internal pure override returns (uint256[2] memory) {
        return [uint256(5), 5];
    }
}
