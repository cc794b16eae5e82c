// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {EscrowArbitratorAdapter} from "../arbiters/EscrowArbitratorAdapter.sol";
import {EscrowPanel} from "../arbiters/EscrowPanel.sol";
import {LeaseArbitratorAdapter} from "../arbiters/LeaseArbitratorAdapter.sol";
import {LeasePanel} from "../arbiters/LeasePanel.sol";
import {IAgreement} from "../interfaces/IAgreement.sol";
import {IArbitratorAdapter} from "../interfaces/IArbitratorAdapter.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {ILease} from "../interfaces/ILease.sol";
import {ILedger} from "../interfaces/ILedger.sol";
import {IMilestones} from "../interfaces/IMilestones.sol";
import {INftEscrow} from "../interfaces/INftEscrow.sol";
import {IPanel} from "../interfaces/IPanel.sol";
import {ISettlementOffers} from "../interfaces/ISettlementOffers.sol";
import {ICoTenants} from "../lease/interfaces/ICoTenants.sol";
import {IDirectDebit} from "../lease/interfaces/IDirectDebit.sol";
import {IGuarantee} from "../lease/interfaces/IGuarantee.sol";
import {IRentToOwn} from "../lease/interfaces/IRentToOwn.sol";
import {IRepairEscrow} from "../lease/interfaces/IRepairEscrow.sol";

/// @title The functions of each contract that are closed while it is at work, for {Knocks} to try.
contract Doors {
    /// @dev Terms of a lease, and of an agreement on repairs, as they are written in a signature.
    string private constant _LEASE_TERMS = "(address,address,address,address,address,uint128,uint128,uint32,uint8,uint40,uint40,uint32,uint8,"
        "int32,uint16,uint16,uint8,uint32,uint128,uint16,uint128,uint8,uint16,uint8,uint16,uint16,uint16,"
        "uint16,uint16,uint16,uint128,uint16,uint40,uint16,uint16,uint40,bool,uint40,uint40,uint40,uint40,"
        "uint16,bytes32,bytes32,(uint16,uint128)[])";
    string private constant _REPAIR_TERMS =
        "(address,address,address,address,uint16,uint128,uint40,uint40,uint40,uint16,uint16,bytes32,bytes32)";

    /// @notice Those of an {Escrow}.
    function escrow() external pure returns (bytes4[] memory doors) {
        doors = _ledger(23);
        doors[4] = IEscrow.propose.selector;
        doors[5] = IEscrow.accept.selector;
        doors[6] = IEscrow.acceptFor.selector;
        doors[7] = IEscrow.fund.selector;
        doors[8] = IEscrow.cancel.selector;
        doors[9] = IEscrow.submit.selector;
        doors[10] = IEscrow.release.selector;
        doors[11] = IEscrow.refund.selector;
        doors[12] = IEscrow.dispute.selector;
        doors[13] = IEscrow.rule.selector;
        doors[14] = IEscrow.offerSettlement.selector;
        doors[15] = IEscrow.acceptSettlement.selector;
        doors[16] = IEscrow.acceptSignedSettlement.selector;
        doors[17] = IEscrow.revokeSettlements.selector;
        doors[18] = IEscrow.novate.selector;
        doors[19] = IEscrow.settle.selector;
        doors[20] = IEscrow.statusOf.selector;
        doors[21] = IEscrow.agreementOf.selector;
        doors[22] = IEscrow.deadlineOf.selector;
        doors[23] = IEscrow.claimOf.selector;
        doors[24] = IEscrow.successorSalt.selector;
        doors[25] = IEscrow.settlementNonce.selector;
        doors[26] = IEscrow.offerOf.selector;
    }

    /// @notice Those of {Milestones}.
    function milestones() external pure returns (bytes4[] memory doors) {
        doors = _ledger(21);
        doors[4] = IMilestones.propose.selector;
        doors[5] = IMilestones.accept.selector;
        doors[6] = IMilestones.acceptFor.selector;
        doors[7] = IMilestones.fund.selector;
        doors[8] = IMilestones.cancel.selector;
        doors[9] = IMilestones.submit.selector;
        doors[10] = IMilestones.release.selector;
        doors[11] = IMilestones.releaseUpTo.selector;
        doors[12] = IMilestones.refund.selector;
        doors[13] = IMilestones.dispute.selector;
        doors[14] = IMilestones.rule.selector;
        doors[15] = IMilestones.divide.selector;
        doors[16] = IMilestones.amend.selector;
        doors[17] = IMilestones.approve.selector;
        doors[18] = IMilestones.revoke.selector;
        doors[19] = IMilestones.settle.selector;
        doors[20] = IMilestones.statusOf.selector;
        doors[21] = IMilestones.planOf.selector;
        doors[22] = IMilestones.milestoneOf.selector;
        doors[23] = IMilestones.deadlineOf.selector;
        doors[24] = IMilestones.claimOf.selector;
    }

    /// @notice Those of an {NftEscrow}.
    function nftEscrow() external pure returns (bytes4[] memory doors) {
        doors = _ledger(9);
        doors[4] = INftEscrow.withdrawItem.selector;
        doors[5] = INftEscrow.parkedOf.selector;
        doors[6] = INftEscrow.deposit.selector;
        doors[7] = INftEscrow.fund.selector;
        doors[8] = INftEscrow.cancel.selector;
        doors[9] = INftEscrow.settle.selector;
        doors[10] = INftEscrow.statusOf.selector;
        doors[11] = INftEscrow.deadlineOf.selector;
        doors[12] = INftEscrow.claimOf.selector;
    }

    /// @notice Those of {SettlementOffers}.
    function settlementOffers() external pure returns (bytes4[] memory doors) {
        doors = _ledger(11);
        doors[4] = ISettlementOffers.accept.selector;
        doors[5] = ISettlementOffers.acceptFor.selector;
        doors[6] = ISettlementOffers.decline.selector;
        doors[7] = ISettlementOffers.propose.selector;
        doors[8] = ISettlementOffers.acceptProposal.selector;
        doors[9] = ISettlementOffers.choose.selector;
        doors[10] = ISettlementOffers.settle.selector;
        doors[11] = ISettlementOffers.collect.selector;
        doors[12] = ISettlementOffers.proposalsOf.selector;
        doors[13] = ISettlementOffers.deadlineOf.selector;
        doors[14] = ISettlementOffers.pendingOf.selector;
    }

    /// @notice Those of an {Agreement}.
    function agreement() external pure returns (bytes4[] memory doors) {
        doors = _ledger(20);
        doors[4] = IAgreement.accept.selector;
        doors[5] = IAgreement.acceptFor.selector;
        doors[6] = IAgreement.fund.selector;
        doors[7] = IAgreement.cancel.selector;
        doors[8] = IAgreement.record.selector;
        doors[9] = IAgreement.attest.selector;
        doors[10] = IAgreement.rule.selector;
        doors[11] = IAgreement.award.selector;
        doors[12] = IAgreement.execute.selector;
        doors[13] = IAgreement.settleByConsent.selector;
        doors[14] = IAgreement.settle.selector;
        doors[15] = IAgreement.approve.selector;
        doors[16] = IAgreement.revoke.selector;
        doors[17] = IAgreement.statusOf.selector;
        doors[18] = IAgreement.agreementOf.selector;
        doors[19] = IAgreement.legOf.selector;
        doors[20] = IAgreement.deadlineOf.selector;
        doors[21] = IAgreement.claimOf.selector;
        doors[22] = IAgreement.truthOf.selector;
        doors[23] = IAgreement.consentOf.selector;
    }

    /// @notice Those of a {Lease}.
    function lease() external pure returns (bytes4[] memory doors) {
        doors = _ledger(36);
        doors[4] = ILease.sign.selector;
        doors[5] = ILease.signFor.selector;
        doors[6] = ILease.payDeposit.selector;
        doors[7] = ILease.cancel.selector;
        doors[8] = ILease.settle.selector;
        doors[9] = ILease.giveNotice.selector;
        doors[10] = ILease.breakLease.selector;
        doors[11] = ILease.declareDefault.selector;
        doors[12] = ILease.attestEnd.selector;
        doors[13] = ILease.serveNotice.selector;
        doors[14] = ILease.offerSuccession.selector;
        doors[15] = ILease.acceptSuccession.selector;
        doors[16] = ILease.recordInspection.selector;
        doors[17] = ILease.reduceClaim.selector;
        doors[18] = ILease.acceptClaim.selector;
        doors[19] = ILease.objectToClaim.selector;
        doors[20] = ILease.rule.selector;
        doors[21] = ILease.statusOf.selector;
        doors[22] = ILease.agreementOf.selector;
        doors[23] = ILease.deadlineOf.selector;
        doors[24] = ILease.endOf.selector;
        doors[25] = ILease.landlordOf.selector;
        doors[26] = ILease.successorOf.selector;
        doors[27] = ILease.reportsOf.selector;
        doors[28] = ILease.claimOf.selector;
        doors[29] = ILease.arrears.selector;
        doors[30] = ILease.accountOf.selector;
        doors[31] = ILease.daysLate.selector;
        doors[32] = ILease.payableNow.selector;
        doors[33] = ILease.depositOf.selector;
        doors[34] = ILease.noticeOf.selector;
        doors[35] = ILease.breakOf.selector;
        doors[36] = _selector(string.concat("pay(", _LEASE_TERMS, ")"));
        doors[37] = _selector(string.concat("pay(", _LEASE_TERMS, ",uint128)"));
        doors[38] = _selector(string.concat("claimDeposit(", _LEASE_TERMS, ",uint128,bytes32)"));
        doors[39] = _selector(string.concat("claimDeposit(", _LEASE_TERMS, ",(uint8,uint128,bytes32)[])"));
    }

    /// @notice Those of {CoTenants}.
    function coTenants() external pure returns (bytes4[] memory doors) {
        doors = _ledger(24);
        doors[4] = ICoTenants.open.selector;
        doors[5] = ICoTenants.contribute.selector;
        doors[6] = ICoTenants.takeBack.selector;
        doors[7] = ICoTenants.approve.selector;
        doors[8] = ICoTenants.sign.selector;
        doors[9] = ICoTenants.pay.selector;
        doors[10] = ICoTenants.reimburse.selector;
        doors[11] = ICoTenants.giveNotice.selector;
        doors[12] = ICoTenants.acceptClaim.selector;
        doors[13] = ICoTenants.cancel.selector;
        doors[14] = ICoTenants.breakLease.selector;
        doors[15] = ICoTenants.recordInspection.selector;
        doors[16] = ICoTenants.serveNotice.selector;
        doors[17] = ICoTenants.objectToClaim.selector;
        doors[18] = ICoTenants.settle.selector;
        doors[19] = ICoTenants.collect.selector;
        doors[20] = ICoTenants.payOut.selector;
        doors[21] = ICoTenants.statusOf.selector;
        doors[22] = ICoTenants.groupOf.selector;
        doors[23] = ICoTenants.accountOf.selector;
        doors[24] = ICoTenants.deadlineOf.selector;
        doors[25] = ICoTenants.approvalsOf.selector;
        doors[26] = ICoTenants.balanceOf.selector;
        doors[27] = ICoTenants.claimOf.selector;
    }

    /// @notice Those of a {RepairEscrow}.
    function repairEscrow() external pure returns (bytes4[] memory doors) {
        doors = _ledger(23);
        doors[4] = IRepairEscrow.open.selector;
        doors[5] = IRepairEscrow.sign.selector;
        doors[6] = IRepairEscrow.cancel.selector;
        doors[7] = IRepairEscrow.giveNotice.selector;
        doors[8] = IRepairEscrow.declareDefault.selector;
        doors[9] = IRepairEscrow.breakLease.selector;
        doors[10] = IRepairEscrow.recordInspection.selector;
        doors[11] = IRepairEscrow.serveNotice.selector;
        doors[12] = IRepairEscrow.reduceClaim.selector;
        doors[13] = IRepairEscrow.pay.selector;
        doors[14] = IRepairEscrow.forward.selector;
        doors[15] = IRepairEscrow.notify.selector;
        doors[16] = IRepairEscrow.report.selector;
        doors[17] = IRepairEscrow.confirm.selector;
        doors[18] = IRepairEscrow.object.selector;
        doors[19] = IRepairEscrow.rule.selector;
        doors[20] = IRepairEscrow.settle.selector;
        doors[21] = IRepairEscrow.statusOf.selector;
        doors[22] = IRepairEscrow.agreementOf.selector;
        doors[23] = IRepairEscrow.deadlineOf.selector;
        doors[24] = IRepairEscrow.claimOf.selector;
        doors[25] = _selector(string.concat("claimDeposit(", _REPAIR_TERMS, ",", _LEASE_TERMS, ",uint128,bytes32)"));
        doors[26] =
            _selector(string.concat("claimDeposit(", _REPAIR_TERMS, ",", _LEASE_TERMS, ",(uint8,uint128,bytes32)[])"));
    }

    /// @notice Those of a {DirectDebit}.
    function directDebit() external pure returns (bytes4[] memory doors) {
        doors = new bytes4[](8);
        doors[0] = IDirectDebit.authorise.selector;
        doors[1] = IDirectDebit.authoriseFor.selector;
        doors[2] = IDirectDebit.cancel.selector;
        doors[3] = IDirectDebit.collect.selector;
        doors[4] = IDirectDebit.statusOf.selector;
        doors[5] = IDirectDebit.progressOf.selector;
        doors[6] = IDirectDebit.deadlineOf.selector;
        doors[7] = IDirectDebit.collectable.selector;
    }

    /// @notice Those of a {RentToOwn}.
    function rentToOwn() external pure returns (bytes4[] memory doors) {
        doors = _ledger(13);
        doors[4] = IRentToOwn.offer.selector;
        doors[5] = IRentToOwn.accept.selector;
        doors[6] = IRentToOwn.cancel.selector;
        doors[7] = IRentToOwn.pay.selector;
        doors[8] = IRentToOwn.register.selector;
        doors[9] = IRentToOwn.exercise.selector;
        doors[10] = IRentToOwn.settle.selector;
        doors[11] = IRentToOwn.takeTitle.selector;
        doors[12] = IRentToOwn.statusOf.selector;
        doors[13] = IRentToOwn.agreementOf.selector;
        doors[14] = IRentToOwn.deadlineOf.selector;
        doors[15] = IRentToOwn.priceOf.selector;
        doors[16] = IRentToOwn.titleClaimOf.selector;
    }

    /// @notice Those of a {Guarantee}.
    function guarantee() external pure returns (bytes4[] memory doors) {
        doors = _ledger(11);
        doors[4] = IGuarantee.fund.selector;
        doors[5] = IGuarantee.call.selector;
        doors[6] = IGuarantee.withdrawCall.selector;
        doors[7] = IGuarantee.object.selector;
        doors[8] = IGuarantee.rule.selector;
        doors[9] = IGuarantee.release.selector;
        doors[10] = IGuarantee.settle.selector;
        doors[11] = IGuarantee.statusOf.selector;
        doors[12] = IGuarantee.agreementOf.selector;
        doors[13] = IGuarantee.deadlineOf.selector;
        doors[14] = IGuarantee.claimOf.selector;
    }

    /// @notice Those of an {EscrowPanel}.
    function escrowPanel() external pure returns (bytes4[] memory doors) {
        doors = _ledger(13);
        doors[4] = IPanel.agree.selector;
        doors[5] = IPanel.agreeFor.selector;
        doors[6] = IPanel.cancel.selector;
        doors[7] = IPanel.revokeVotes.selector;
        doors[8] = IPanel.settle.selector;
        doors[9] = IPanel.statusOf.selector;
        doors[10] = IPanel.deadlineOf.selector;
        doors[11] = IPanel.ballotOf.selector;
        doors[12] = IPanel.voteNonce.selector;
        doors[13] = EscrowPanel.appoint.selector;
        doors[14] = EscrowPanel.vote.selector;
        doors[15] = EscrowPanel.voteFor.selector;
        doors[16] = EscrowPanel.outstandingOf.selector;
    }

    /// @notice Those of a {LeasePanel}.
    function leasePanel() external pure returns (bytes4[] memory doors) {
        doors = _ledger(12);
        doors[4] = IPanel.agree.selector;
        doors[5] = IPanel.agreeFor.selector;
        doors[6] = IPanel.cancel.selector;
        doors[7] = IPanel.revokeVotes.selector;
        doors[8] = IPanel.settle.selector;
        doors[9] = IPanel.statusOf.selector;
        doors[10] = IPanel.deadlineOf.selector;
        doors[11] = IPanel.ballotOf.selector;
        doors[12] = IPanel.voteNonce.selector;
        doors[13] = LeasePanel.appoint.selector;
        doors[14] = LeasePanel.vote.selector;
        doors[15] = LeasePanel.voteFor.selector;
    }

    /// @notice Those of an {EscrowArbitratorAdapter}.
    function escrowAdapter() external pure returns (bytes4[] memory doors) {
        doors = _ledger(17);
        doors[4] = IArbitratorAdapter.agree.selector;
        doors[5] = IArbitratorAdapter.agreeFor.selector;
        doors[6] = IArbitratorAdapter.cancel.selector;
        doors[7] = IArbitratorAdapter.raise.selector;
        doors[8] = IArbitratorAdapter.fetchRuling.selector;
        doors[9] = IArbitratorAdapter.fundAppeal.selector;
        doors[10] = IArbitratorAdapter.submitEvidence.selector;
        doors[11] = IArbitratorAdapter.settle.selector;
        doors[12] = IArbitratorAdapter.statusOf.selector;
        doors[13] = IArbitratorAdapter.caseOf.selector;
        doors[14] = IArbitratorAdapter.deadlineOf.selector;
        doors[15] = IArbitratorAdapter.claimOf.selector;
        doors[16] = IArbitratorAdapter.outcomeOf.selector;
        doors[17] = IArbitratorAdapter.payeeOf.selector;
        doors[18] = EscrowArbitratorAdapter.appoint.selector;
        doors[19] = EscrowArbitratorAdapter.payFee.selector;
        doors[20] = EscrowArbitratorAdapter.execute.selector;
    }

    /// @notice Those of a {LeaseArbitratorAdapter}.
    function leaseAdapter() external pure returns (bytes4[] memory doors) {
        doors = _ledger(17);
        doors[4] = IArbitratorAdapter.agree.selector;
        doors[5] = IArbitratorAdapter.agreeFor.selector;
        doors[6] = IArbitratorAdapter.cancel.selector;
        doors[7] = IArbitratorAdapter.raise.selector;
        doors[8] = IArbitratorAdapter.fetchRuling.selector;
        doors[9] = IArbitratorAdapter.fundAppeal.selector;
        doors[10] = IArbitratorAdapter.submitEvidence.selector;
        doors[11] = IArbitratorAdapter.settle.selector;
        doors[12] = IArbitratorAdapter.statusOf.selector;
        doors[13] = IArbitratorAdapter.caseOf.selector;
        doors[14] = IArbitratorAdapter.deadlineOf.selector;
        doors[15] = IArbitratorAdapter.claimOf.selector;
        doors[16] = IArbitratorAdapter.outcomeOf.selector;
        doors[17] = IArbitratorAdapter.payeeOf.selector;
        doors[18] = LeaseArbitratorAdapter.appoint.selector;
        doors[19] = LeaseArbitratorAdapter.payFee.selector;
        doors[20] = LeaseArbitratorAdapter.execute.selector;
    }

    /// @dev Room for `more` behind those that every contract has that holds money.
    function _ledger(uint256 more) private pure returns (bytes4[] memory doors) {
        doors = new bytes4[](4 + more);
        doors[0] = ILedger.withdraw.selector;
        doors[1] = ILedger.withdrawFor.selector;
        doors[2] = ILedger.creditOf.selector;
        doors[3] = ILedger.liabilities.selector;
    }

    /// @dev Of a function that shares its name.
    function _selector(string memory signature) private pure returns (bytes4) {
        return bytes4(keccak256(bytes(signature)));
    }
}
