// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Refuses every item until somebody has paid it a ransom. Takes ether from anybody.
contract RansomNftReceiver is IERC721Receiver, IERC1155Receiver {
    /// @notice What it wants.
    uint256 public constant RANSOM = 1 ether;
    /// @notice What it was paid.
    uint256 public paid;

    error RansomNftReceiver_Unpaid(uint256 actual, uint256 expected);

    receive() external payable {}

    /// @notice Pays towards the ransom. Anyone.
    function pay() external payable {
        paid += msg.value;
    }

    /// @inheritdoc IERC721Receiver
    function onERC721Received(address, address, uint256, bytes calldata) external view returns (bytes4) {
        _requireRansom();
        return IERC721Receiver.onERC721Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external view returns (bytes4) {
        _requireRansom();
        return IERC1155Receiver.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        view
        returns (bytes4)
    {
        _requireRansom();
        return IERC1155Receiver.onERC1155BatchReceived.selector;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC1155Receiver).interfaceId;
    }

    function _requireRansom() private view {
        if (paid < RANSOM) revert RansomNftReceiver_Unpaid(paid, RANSOM);
    }
}
