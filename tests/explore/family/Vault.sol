// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice What leaves the vault is announced four units before, and until then the recovery key may send it to safety
/// instead. Requests end with the twentieth unit; from then on the owner need not announce anything.
contract Vault {
    address public immutable owner;
    address public immutable recovery;
    address public immutable safe;
    uint256 internal immutable end = block.timestamp + 20;

    uint256 public status;
    address public to;
    uint256 public since;

    constructor(address owner_, address recovery_, address safe_) payable {
        (owner, recovery, safe, status) = (owner_, recovery_, safe_, 1);
    }

    function request(address to_) external {
        require(msg.sender == owner && status == 1 && block.timestamp < end, "not now");
        (status, to, since) = (2, to_, block.timestamp);
    }

    function withdraw() external {
        bool isOpen = status == 1 && block.timestamp >= end;
        require(msg.sender == owner && (isOpen || status == 2 && _ripe()), "not now");
        if (isOpen) to = owner;
        status = 3;
        _send(to);
    }

    /// @notice The recovery key brings the money to safety.
    function recover() external {
        require(msg.sender == recovery && _recoverable(), "not now");
        status = 4;
        _send(safe);
    }

    function claimOf(address party) external view returns (uint256) {
        return party == owner && (status == 1 || status == 2) ? 10 : 0;
    }

    function _ripe() internal view virtual returns (bool) {
        return block.timestamp >= since + 4;
    }

    function _recoverable() internal view virtual returns (bool) {
        return status == 1 || status == 2;
    }

    function _send(address receiver) internal {
        (bool ok,) = receiver.call{value: 10}("");
        require(ok, "not paid");
    }
}

/// @notice Whoever has stolen the owner's key does not have to wait.
contract VaultBroken is Vault {
    constructor(address owner_, address recovery_, address safe_) payable Vault(owner_, recovery_, safe_) {}

    function _ripe() internal pure override returns (bool) {
        return true;
    }
}

/// @notice The recovery key is of no use once a withdrawal is under way.
contract VaultLate is Vault {
    constructor(address owner_, address recovery_, address safe_) payable Vault(owner_, recovery_, safe_) {}

    function _recoverable() internal view override returns (bool) {
        return status == 1;
    }
}
