// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Moves money on its owner's signature, by ERC-3009. For simulations.
contract AuthorizingToken is ERC3009 {
    /// @notice What an owner signs to take an authorization back.
    struct CancelAuthorization {
        address authorizer;
        bytes32 nonce;
    }

    uint8 private immutable _DECIMALS;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) ERC20(name_, symbol_) EIP712(name_, "1") {
        _DECIMALS = decimals_;
    }

    /// @notice Makes `amount` out of nothing. Anyone.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _DECIMALS;
    }
}
