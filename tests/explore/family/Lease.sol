// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

/// @notice A lease: an offer stands for eight units, the lease runs for twelve from its signature, the landlord may claim
/// the deposit in the five units after its end, the tenant dispute the claim in the four units after it, and the arbiter
/// rule in the six units after the dispute. Silence: no claim, the tenant's; no dispute, the landlord's; no ruling, half
/// and half.
contract Lease {
    enum State {
        Offered,
        Signed,
        Claimed,
        Disputed,
        Withdrawn,
        Returned,
        Kept,
        Halved
    }

    address internal immutable landlord;
    address internal immutable tenant;
    address internal immutable arbiter;
    uint256 internal immutable offerEnds = block.timestamp + 8;

    State public status;
    uint40 public end;
    uint40 public claimedAt;
    uint40 public disputedAt;

    constructor(address landlord_, address tenant_, address arbiter_) {
        (landlord, tenant, arbiter) = (landlord_, tenant_, arbiter_);
    }

    function withdraw() external {
        require(msg.sender == landlord && status == State.Offered, "not now");
        status = State.Withdrawn;
    }

    function sign() external payable {
        require(msg.sender == tenant && status == State.Offered && msg.value == 10, "not now");
        require(block.timestamp < offerEnds, "too late");
        status = State.Signed;
        end = uint40(block.timestamp) + 12;
    }

    function claim() external {
        require(msg.sender == landlord && status == State.Signed, "not now");
        require(block.timestamp >= end && block.timestamp < end + 5, "not now");
        status = State.Claimed;
        claimedAt = uint40(block.timestamp);
    }

    function waive() external {
        require(msg.sender == landlord && (status == State.Signed || status == State.Claimed), "no");
        _pay(State.Returned, 10);
    }

    function accept() external {
        require(msg.sender == tenant && status == State.Claimed, "not now");
        _pay(State.Kept, 0);
    }

    function dispute() external {
        require(msg.sender == tenant && status == State.Claimed, "not now");
        require(block.timestamp < claimedAt + 4, "too late");
        status = State.Disputed;
        disputedAt = uint40(block.timestamp);
    }

    function rule(bool forTenant) external {
        require(msg.sender == arbiter && status == State.Disputed, "not now");
        require(block.timestamp < disputedAt + 6, "too late");
        _pay(forTenant ? State.Returned : State.Kept, forTenant ? 10 : 0);
    }

    function settle() external {
        if (status == State.Signed && block.timestamp >= end + 5) {
            _pay(State.Returned, 10);
        } else if (status == State.Claimed && block.timestamp >= claimedAt + 4) {
            _pay(State.Kept, 0);
        } else {
            require(status == State.Disputed && _unruled(), "not now");
            _pay(State.Halved, 5);
        }
    }

    /// @notice What silence gives from here on.
    function claimOf(address party) external view returns (uint256) {
        bool isTenant = party == tenant;
        if (!isTenant && party != landlord) return 0;
        if (status == State.Signed) return isTenant ? 10 : 0;
        if (status == State.Claimed) return isTenant ? 0 : 10;
        return status == State.Disputed ? 5 : 0;
    }

    function _unruled() internal view virtual returns (bool) {
        return block.timestamp >= disputedAt + 6;
    }

    function _pay(State state, uint256 toTenant) internal {
        status = state;
        (bool ok,) = tenant.call{value: toTenant}("");
        (bool fine,) = landlord.call{value: 10 - toTenant}("");
        require(ok && fine, "not paid");
    }
}

/// @notice What is disputed as late as can be is never settled.
contract LeaseBroken is Lease {
    constructor(address landlord_, address tenant_, address arbiter_) Lease(landlord_, tenant_, arbiter_) {}

    function _unruled() internal view override returns (bool) {
        return block.timestamp >= disputedAt + 6 && disputedAt < end + 7;
    }
}
