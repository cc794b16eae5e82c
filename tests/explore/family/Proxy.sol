// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice What the proxy does at first: everyone may deposit three wei once and withdraw them.
contract Honest {
    address internal implementation;
    address internal next;
    uint256 internal since;
    mapping(address => uint256) public claimOf;

    function deposit() external payable {
        require(msg.value == 3 && claimOf[msg.sender] == 0, "three, once");
        claimOf[msg.sender] = 3;
    }

    function withdraw() external {
        uint256 amount = claimOf[msg.sender];
        require(amount != 0, "nothing there");
        claimOf[msg.sender] = 0;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }
}

/// @notice What the proxy does after its code has changed: whoever comes takes all, nobody's claim changes.
contract Dishonest {
    address internal implementation;
    address internal next;
    uint256 internal since;
    mapping(address => uint256) public claimOf;

    function withdraw() external {
        require(address(this).balance != 0, "nothing there");
        (bool ok,) = tx.origin.call{value: address(this).balance}("");
        require(ok, "not paid");
    }
}

/// @notice Its admin may change its code, five units after he announced it; withdrawals stay with the first code.
contract Proxy {
    address internal implementation;
    address internal next;
    uint256 internal since;
    mapping(address => uint256) public claimOf;
    address internal immutable admin;
    address internal immutable first;

    constructor(address implementation_, address admin_) {
        (implementation, first, admin) = (implementation_, implementation_, admin_);
    }

    function announce(address next_) external {
        require(msg.sender == admin && next == address(0), "not yours");
        (next, since) = (next_, block.timestamp);
    }

    function upgrade() external {
        require(msg.sender == admin && next != address(0), "not yours");
        require(block.timestamp >= since + _notice(), "not now");
        implementation = next;
    }

    function status() external view returns (uint256) {
        return next == address(0) ? 0 : implementation == next ? 2 : 1;
    }

    function deposit() external payable {
        _delegate(implementation);
    }

    function withdraw() external virtual {
        _delegate(first);
    }

    function _delegate(address code) internal {
        (bool ok,) = code.delegatecall(msg.data);
        require(ok, "refused");
    }

    function _notice() internal pure virtual returns (uint256) {
        return 5;
    }
}

/// @notice Withdrawals change too.
contract ProxyNotice is Proxy {
    constructor(address implementation_, address admin_) Proxy(implementation_, admin_) {}

    function withdraw() external override {
        _delegate(implementation);
    }
}

/// @notice Withdrawals change too, without notice.
contract ProxyBroken is ProxyNotice {
    constructor(address implementation_, address admin_) ProxyNotice(implementation_, admin_) {}

    function _notice() internal pure override returns (uint256) {
        return 0;
    }
}
