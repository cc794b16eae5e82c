// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ILease} from "../interfaces/ILease.sol";
import {Ledger} from "../Ledger.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {IAgentPrincipal} from "./interfaces/IAgentPrincipal.sol";
import {LeaseAgent} from "./LeaseAgent.sol";
import {LeaseExtension} from "./LeaseExtension.sol";

/// @title Agents: where they are, and how what they hold comes in.
abstract contract AgentPrincipal is IAgentPrincipal, LeaseExtension, Ledger {
    using SafeERC20 for IERC20;

    /// @dev The code that every agent runs.
    address private immutable _AGENT_CODE;

    /// @dev The agent that is handing in right now.
    address private transient _handingIn;

    /// @dev Deploys the agents' code, bound to this contract and the lease.
    constructor(ILease lease_) LeaseExtension(lease_) {
        _AGENT_CODE = address(new LeaseAgent(lease_));
    }

    /// @inheritdoc IAgentPrincipal
    function take(address asset, uint256 amount) external payable {
        // Check: not guarded against re-entrancy, because the call that told the agent holds the guard.
        _requireCaller(_handingIn);

        // Effect and interaction
        _take(asset, amount);
    }

    /// @dev Creates the agent of an agreement, at the address that {_agentOf} tells. Once.
    function _createAgent(AgreementId id) internal returns (LeaseAgent) {
        return LeaseAgent(payable(Clones.cloneDeterministic(_AGENT_CODE, AgreementId.unwrap(id))));
    }

    /// @dev Has the agreement's agent make a call that is written out by the caller of this, with `amount`, which is on
    /// hand and owed to nobody. All of it moves, or none.
    function _actWith(AgreementId id, address asset, uint256 amount, bytes memory data) internal {
        LeaseAgent agent = _agentOf(id);
        if (amount == 0 || asset == address(0)) {
            agent.act{value: amount}(data);
        } else {
            IERC20(asset).safeTransfer(address(agent), amount);
            agent.actWithToken(IERC20(asset), amount, data);
        }
    }

    /// @dev Takes in all that the agreement's agent has; it is counted as owed from then on.
    // Every entry point and view is guarded meanwhile; what is written later is the credit of a refused payout.
    // slither-disable-next-line reentrancy-benign
    function _collect(AgreementId id, address asset) internal returns (uint256 amount) {
        LeaseAgent agent = _agentOf(id);
        _handingIn = address(agent);
        amount = agent.handIn(asset);
        _handingIn = address(0);
    }

    /// @dev The agent's address commits to the agreement: nobody else can have it, and nothing can be changed about it.
    function _agentOf(AgreementId id) internal view returns (LeaseAgent) {
        return LeaseAgent(payable(Clones.predictDeterministicAddress(_AGENT_CODE, AgreementId.unwrap(id))));
    }
}
