// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @title Uses up all the gas that it is given.
contract BurnsGas {
    receive() external payable {
        _burn();
    }

    fallback() external payable {
        _burn();
    }

    function _burn() private pure {
        uint256 rounds = 0;
        while (true) {
            unchecked {
                ++rounds;
            }
        }
    }
}
