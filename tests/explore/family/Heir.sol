// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice The owner may take the money at any time; the heir, when nothing was heard of the owner for six units.
contract Heir {
    address internal immutable owner;
    address internal immutable heir;

    uint256 public last = block.timestamp;
    bool public taken;

    constructor(address owner_, address heir_) payable {
        (owner, heir) = (owner_, heir_);
    }

    function ping() external {
        require(msg.sender == owner && !taken, "not yours");
        _heard();
    }

    function take() external {
        require(!taken && (msg.sender == owner || msg.sender == heir && _silent()), "not now");
        taken = true;
        (bool ok,) = msg.sender.call{value: 10}("");
        require(ok, "not paid");
    }

    function status() external view returns (uint256) {
        return taken ? 1 : 0;
    }

    function claimOf(address party) external view returns (uint256) {
        return party == owner && !taken && block.timestamp < last + 6 ? 10 : 0;
    }

    function isSilent() external view returns (bool) {
        return block.timestamp >= last + 6;
    }

    function _heard() internal virtual {
        last = block.timestamp;
    }

    function _silent() internal view virtual returns (bool) {
        return block.timestamp >= last + 6;
    }
}

/// @notice The heir's time counts from the beginning, whatever was heard.
contract HeirBroken is Heir {
    uint256 internal immutable start = block.timestamp;

    constructor(address owner_, address heir_) payable Heir(owner_, heir_) {}

    function _silent() internal view override returns (bool) {
        return block.timestamp >= start + 6;
    }
}
