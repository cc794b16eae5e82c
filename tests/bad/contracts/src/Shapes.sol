// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice Cannot be deployed: it has no code.
interface IShape {
    function area() external view returns (uint256);
}

/// @notice Cannot be deployed: it is not finished.
abstract contract Shape is IShape {
    function corners() external view virtual returns (uint256);
}

/// @notice Needs two arguments, takes no ether, and refuses to be flat.
contract Square is Shape {
    uint256 public immutable side;
    address public immutable owner;

    constructor(address owner_, uint64 side_) {
        require(side_ > 0, "a square needs a side");
        (owner, side) = (owner_, side_);
    }

    function area() external view returns (uint256) {
        return side * side;
    }

    function corners() external pure override returns (uint256) {
        return 4;
    }
}
