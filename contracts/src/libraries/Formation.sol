// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILeaves} from "../conditions/ILeaves.sol";
import {Leaves} from "../conditions/Leaves.sol";
import {IAgreementRules} from "../interfaces/IAgreementRules.sol";
import {IAgreementTypes} from "../interfaces/IAgreementTypes.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {AgreementChecks} from "./AgreementChecks.sol";
import {AgreementStore} from "./AgreementStore.sol";

/// @title How agreements come into force: terms on record, acceptances, payments.
/// @dev A linked library: with it in itself the contract that holds the money would be larger than contracts may be. It
/// moves no money; what it has entered as paid, the contract takes, or all is undone.
library Formation {
    using Leaves for ILeaves.Leaf;
    using SafeCast for uint256;

    /// @notice See {IAgreement-accept}.
    function accept(
        AgreementStore.State storage state,
        IAgreementRules rules,
        AgreementId id,
        IAgreementTypes.Terms calldata terms,
        address party
    ) external {
        IAgreementTypes.Agreement storage agreement = state.agreements[id];
        // Check: by a party, once, in time.
        uint256 index = AgreementChecks.partyOf(terms.deal, party);
        AgreementChecks.requireForming(agreement.status);
        AgreementChecks.requireBefore(terms.deal.fundBy);
        if (agreement.accepted & (1 << index) != 0) revert IAgreementTypes.Agreement_AlreadyAccepted(party);

        // Effect
        _createIfNew(rules, id, agreement, terms);
        _noteAcceptance(id, agreement, index, party);
        _activateIfComplete(id, agreement, terms.deal);
    }

    /// @notice See {IAgreement-fund}.
    function fund(
        AgreementStore.State storage state,
        IAgreementRules rules,
        AgreementId id,
        IAgreementTypes.Terms calldata terms,
        uint256 leg,
        uint128 amount
    ) external {
        IAgreementTypes.Agreement storage agreement = state.agreements[id];
        // Check: a leg, in time, no more than is missing.
        if (leg >= terms.deal.legs.length) revert IAgreementTypes.Agreement_UnknownLeg(leg, terms.deal.legs.length);
        bool isActive = agreement.status == IAgreementTypes.Status.Active;
        if (!isActive) AgreementChecks.requireForming(agreement.status);
        AgreementChecks.requireBefore(isActive ? terms.deal.endsAt : terms.deal.fundBy);
        IAgreementTypes.LegAccount storage account = state.legs[id][leg];
        IAgreementTypes.Leg calldata agreed = terms.deal.legs[leg];
        uint256 missing = agreed.amount - account.paidIn;
        if (amount == 0 || amount > missing) revert IAgreementTypes.Agreement_InvalidAmount(amount, missing);

        // Effect
        _createIfNew(rules, id, agreement, terms);
        account.paidIn += amount;
        account.held += amount;
        emit IAgreementTypes.Funded(id, leg, msg.sender, amount);
        if (amount == missing) agreement.paidLegs |= uint8(1 << leg);
        _decidePaid(id, agreement, terms.leaves, leg, account.paidIn);
        if (!isActive) {
            if (msg.sender == terms.deal.parties[agreed.payer]) {
                _noteAcceptance(id, agreement, agreed.payer, msg.sender);
            }
            _activateIfComplete(id, agreement, terms.deal);
        }
    }

    function _createIfNew(
        IAgreementRules rules,
        AgreementId id,
        IAgreementTypes.Agreement storage agreement,
        IAgreementTypes.Terms calldata terms
    ) private {
        if (agreement.status != IAgreementTypes.Status.None) return;
        rules.check(terms);
        agreement.status = IAgreementTypes.Status.Proposed;
        emit IAgreementTypes.Proposed(id, msg.sender, terms);
    }

    function _noteAcceptance(AgreementId id, IAgreementTypes.Agreement storage agreement, uint256 index, address party)
        private
    {
        uint8 bit = uint8(1 << index);
        if (agreement.accepted & bit != 0) return;
        agreement.accepted |= bit;
        emit IAgreementTypes.Accepted(id, party);
    }

    function _activateIfComplete(
        AgreementId id,
        IAgreementTypes.Agreement storage agreement,
        IAgreementTypes.Deal calldata deal
    ) private {
        if (agreement.accepted != (1 << deal.parties.length) - 1) return;
        for (uint256 i = 0; i < deal.legs.length; ++i) {
            if (deal.legs[i].required && agreement.paidLegs & (1 << i) == 0) return;
        }
        agreement.status = IAgreementTypes.Status.Active;
        agreement.since = block.timestamp.toUint40();
        emit IAgreementTypes.Activated(id);
    }

    /// @dev Decides the leaves that this payment makes true. By the payment itself, so that it does not matter how much
    /// of it is still held when somebody looks.
    function _decidePaid(
        AgreementId id,
        IAgreementTypes.Agreement storage agreement,
        ILeaves.Leaf[] calldata leaves,
        uint256 leg,
        uint256 paidIn
    ) private {
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].kind != ILeaves.LeafKind.Paid || leaves[i].hasClosed()) continue;
            ILeaves.PaidParams memory params = abi.decode(leaves[i].params, (ILeaves.PaidParams));
            bool decides = params.leg == leg && paidIn >= params.amount && agreement.trueLeaves & (1 << i) == 0;
            if (!decides) continue;
            agreement.trueLeaves |= uint32(1 << i);
            emit IAgreementTypes.Recorded(id, i, true);
        }
    }
}
