// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title What is asked of a price feed: the reading half of Chainlink's aggregator interface.
interface IPriceFeed {
    /// @notice How many decimals its answers have.
    function decimals() external view returns (uint8);

    /// @notice The last round. The fifth value is deprecated, and not looked at.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    /// @notice An earlier round.
    function getRoundData(uint80 round)
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
