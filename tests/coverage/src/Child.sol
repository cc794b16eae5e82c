// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Without implementation there is nothing to cover.
interface INothing {
    function nothing() external;
}

abstract contract Parent {
    uint256 internal _made = 1;

    constructor(uint256 more) {
        _made += more;
    }

    function made() public view virtual returns (uint256) {
        return _made;
    }
}

/// @notice Made by a contract, not by a scenario.
contract Child is Parent {
    Child public immutable ELDER;

    constructor(Child elder) Parent(address(elder) == address(0) ? 0 : elder.made()) {
        ELDER = elder;
    }

    function made() public view override returns (uint256) {
        return super.made() + 1;
    }
}
