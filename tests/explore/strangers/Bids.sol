// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Whoever bids more than the one before has it; the one before gets his bid back when he asks for it.
contract Bids {
    address public leader;
    uint256 public best;
    mapping(address => uint256) public refunds;

    function bid() external payable {
        require(msg.value > best, "too low");
        if (leader != address(0)) refunds[leader] += best;
        (leader, best) = (msg.sender, msg.value);
    }

    function withdraw() external {
        uint256 amount = refunds[msg.sender];
        refunds[msg.sender] = 0;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "refused");
    }
}
