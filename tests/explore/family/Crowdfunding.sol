// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Backers pledge five wei each before the deadline. If the goal of ten is reached the creator takes all from the
/// deadline on, otherwise every backer takes his own back.
contract Crowdfunding {
    address public immutable creator;
    uint256 internal immutable deadline = block.timestamp + 6;

    uint256 public raised;
    bool public paid;
    mapping(address => uint256) public pledgeOf;

    constructor(address creator_) {
        creator = creator_;
    }

    function pledge() external payable {
        require(block.timestamp < deadline && msg.value == 5 && pledgeOf[msg.sender] == 0, "no");
        pledgeOf[msg.sender] = 5;
        raised += 5;
    }

    function collect() external {
        require(msg.sender == creator && block.timestamp >= deadline, "not now");
        require(raised >= 10 && !paid, "not yours");
        paid = true;
        _send(creator, raised);
    }

    function refund() external {
        require(_failed(), "not now");
        uint256 amount = pledgeOf[msg.sender];
        require(amount != 0, "nothing there");
        pledgeOf[msg.sender] = 0;
        _note(amount);
        _send(msg.sender, amount);
    }

    function status() external view returns (uint256) {
        return paid ? 3 : raised / 5;
    }

    function claimOf(address party) external view returns (uint256) {
        bool over = block.timestamp >= deadline;
        if (party == creator) return over && raised >= 10 && !paid ? raised : 0;
        return over && raised < 10 ? pledgeOf[party] : 0;
    }

    function _failed() internal view virtual returns (bool) {
        return block.timestamp >= deadline && raised < 10;
    }

    function _note(uint256 amount) internal virtual {}

    function _send(address to, uint256 amount) internal {
        (bool ok,) = to.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice A backer may take his pledge back although the goal was reached.
contract CrowdfundingBroken is Crowdfunding {
    constructor(address creator_) Crowdfunding(creator_) {}

    function _failed() internal view override returns (bool) {
        return block.timestamp >= deadline;
    }

    function _note(uint256 amount) internal override {
        if (!paid) raised -= amount;
    }
}

/// @notice Refunds are over two units after the deadline.
contract CrowdfundingShort is Crowdfunding {
    constructor(address creator_) Crowdfunding(creator_) {}

    function _failed() internal view override returns (bool) {
        return super._failed() && block.timestamp < deadline + 2;
    }
}
