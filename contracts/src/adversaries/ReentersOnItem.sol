// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Takes every item, and calls somebody while it is handed one. Behind a forwarder it is armed through it.
contract ReentersOnItem is IERC721Receiver, IERC1155Receiver {
    /// @notice Whom to call, and with what.
    address public target;
    bytes public data;
    /// @notice How often it has called, and what came of the last time.
    uint256 public attempts;
    bool public succeeded;
    bytes public result;

    receive() external payable {}

    /// @notice Chooses what to call whenever an item arrives. Anyone.
    function arm(address newTarget, bytes calldata newData) external {
        (target, data) = (newTarget, newData);
    }

    /// @inheritdoc IERC721Receiver
    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        _reenter();
        return IERC721Receiver.onERC721Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        _reenter();
        return IERC1155Receiver.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        returns (bytes4)
    {
        _reenter();
        return IERC1155Receiver.onERC1155BatchReceived.selector;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC1155Receiver).interfaceId;
    }

    function _reenter() private {
        if (target == address(0)) return;
        ++attempts;
        // solhint-disable-next-line avoid-low-level-calls
        (succeeded, result) = target.call(data);
    }
}
