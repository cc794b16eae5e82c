// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

/// @title Says that its EIP-712 domain is another one: of another chain, contract or version. Whoever signs for it
/// signs for that domain.
contract ForeignDomain is IERC5267 {
    string private _name;
    string private _version;
    uint256 private immutable _CHAIN_ID;
    address private immutable _CONTRACT;

    constructor(string memory name, string memory version, uint256 chainId, address verifyingContract) {
        (_name, _version) = (name, version);
        (_CHAIN_ID, _CONTRACT) = (chainId, verifyingContract);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (hex"0f", _name, _version, _CHAIN_ID, _CONTRACT, bytes32(0), new uint256[](0));
    }
}
