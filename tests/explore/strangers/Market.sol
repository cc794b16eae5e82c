// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Shares of what a vault holds: four wei each in the beginning.
contract Vault {
    mapping(address => uint256) public sharesOf;
    uint256 public shares;

    constructor() payable {
        shares = msg.value / 4;
        sharesOf[msg.sender] = shares;
    }

    function buy() external payable {
        require(msg.value == 4 && shares < 3, "four, and not too many");
        sharesOf[msg.sender] += 1;
        shares += 1;
    }

    function sell() external virtual {
        require(sharesOf[msg.sender] != 0, "none");
        sharesOf[msg.sender] -= 1;
        uint256 amount = 4;
        shares -= 1;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }

    function worth() external view returns (uint256) {
        return shares == 0 ? 4 : address(this).balance / shares;
    }
}

/// @notice It notes that there is a share less after it has paid for it.
contract VaultBroken is Vault {
    constructor() payable {}

    function sell() external override {
        require(sharesOf[msg.sender] != 0, "none");
        sharesOf[msg.sender] -= 1;
        uint256 amount = 4;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
        shares -= 1;
    }
}

/// @notice Somebody who believes what the vault says: whoever asks while a share is worth less than four gets what is in it.
contract Market {
    Vault internal immutable vault;

    constructor(Vault vault_) payable {
        vault = vault_;
    }

    function claim() external {
        require(vault.worth() < 4, "worth as much as ever");
        (bool ok,) = msg.sender.call{value: address(this).balance}("");
        require(ok, "not paid");
    }
}
