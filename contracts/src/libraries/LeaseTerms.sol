// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../interfaces/ILease.sol";
import {Bps} from "./Bps.sol";
import {Deposits} from "./Deposits.sol";

/// @title How the terms of a lease are hashed, when its stages end, and what of the deposit they leave to whom.
library LeaseTerms {
    /// @dev EIP-712 types of {ILease.Terms} and {ILease.RentStep}.
    bytes32 internal constant TYPEHASH = keccak256(
        "Terms(address landlord,address tenant,address arbiter,address attester,address asset,uint128 rent,"
        "uint128 deposit,uint32 maxDepositBps,uint8 depositParts,uint40 signBy,uint40 start,uint32 periodSeconds,"
        "uint8 dueDay,int32 utcOffset,uint16 periods,uint16 holdover,uint8 proration,uint32 grace,uint128 lateFeeFlat,"
        "uint16 lateFeeBps,uint128 lateFeeCap,uint8 waterfall,uint16 maxPrepaid,uint8 noticeUnit,uint16 minPeriods,"
        "uint16 tenantNotice,uint16 landlordNotice,uint16 tenantBreak,uint16 landlordBreak,uint16 breakFrom,"
        "uint128 breakFee,uint16 breakRents,uint40 serviceDelay,uint16 defaultAfter,uint16 defaultRents,"
        "uint40 cureWindow,bool itemised,uint40 returnWindow,uint40 claimWindow,uint40 objectionWindow,"
        "uint40 rulingWindow,uint16 timeoutBps,bytes32 documentHash,bytes32 salt,RentStep[] steps)"
        "RentStep(uint16 period,uint128 rent)"
    );
    bytes32 internal constant STEP_TYPEHASH = keccak256("RentStep(uint16 period,uint128 rent)");

    /// @dev What EIP-712 makes of an empty list.
    bytes32 internal constant NO_STEPS = keccak256("");

    /// @dev Bytes of the encoded terms up to `steps`.
    uint256 internal constant SIZE = 44 * 32;

    /// @dev The EIP-712 struct hash. Every member but the last is one word, so their encoding is what stands in
    /// calldata, where every function of the contract has the terms as its first argument. Copying it is much cheaper
    /// than
    /// encoding the members one by one. A call with unclean words finds no agreement: putting the terms on record
    /// validates every word, before one can exist.
    function structHash(ILease.Terms calldata terms) internal pure returns (bytes32) {
        uint256 first = 4 + uint256(bytes32(msg.data[4:36]));
        return keccak256(abi.encodePacked(TYPEHASH, msg.data[first:first + SIZE], _stepsHash(terms.steps)));
    }

    /// @dev A copy of what is stored. The last slot is read only where there can be something in it.
    function load(ILease.Agreement storage stored) internal view returns (ILease.Agreement memory agreement) {
        agreement.stage = stored.stage;
        agreement.landlordSigned = stored.landlordSigned;
        agreement.tenantSigned = stored.tenantSigned;
        agreement.succeeded = stored.succeeded;
        agreement.unchanged = stored.unchanged;
        agreement.depositParts = stored.depositParts;
        agreement.assessed = stored.assessed;
        agreement.endsAt = stored.endsAt;
        agreement.cureBy = stored.cureBy;
        agreement.since = stored.since;
        agreement.rentPaid = stored.rentPaid;
        agreement.feesAssessed = stored.feesAssessed;
        if (agreement.feesAssessed != 0 || agreement.stage > ILease.Status.Active) {
            agreement.feesPaid = stored.feesPaid;
            agreement.claimed = stored.claimed;
        }
    }

    /// @dev When the lease ends or ended, as things stand.
    function end(ILease.Agreement memory agreement) internal pure returns (uint256) {
        uint256 cureBy = agreement.cureBy;
        return cureBy != 0 && cureBy < agreement.endsAt ? cureBy : agreement.endsAt;
    }

    /// @dev Where the lease stands at an instant.
    function statusAt(ILease.Agreement memory agreement, uint256 time) internal pure returns (ILease.Status) {
        if (agreement.stage != ILease.Status.Active) return agreement.stage;
        if (time >= end(agreement)) return ILease.Status.Ended;
        return agreement.cureBy == 0 ? ILease.Status.Active : ILease.Status.InDefault;
    }

    /// @dev From when on silence decides; zero when nothing is left to decide.
    function deadline(ILease.Terms calldata terms, ILease.Agreement memory agreement) internal pure returns (uint256) {
        ILease.Status stage = agreement.stage;
        if (stage == ILease.Status.Draft) return terms.signBy;
        if (stage == ILease.Status.Active) {
            return end(agreement) + (agreement.unchanged ? terms.returnWindow : terms.claimWindow);
        }
        if (stage == ILease.Status.Claimed) {
            return uint256(agreement.since) + terms.serviceDelay + terms.objectionWindow;
        }
        if (stage == ILease.Status.Disputed) return uint256(agreement.since) + terms.rulingWindow;
        return 0;
    }

    /// @dev How much of the deposit is held.
    function held(ILease.Terms calldata terms, ILease.Agreement memory agreement) internal pure returns (uint256) {
        ILease.Status stage = agreement.stage;
        if (stage == ILease.Status.Claimed || stage == ILease.Status.Disputed) return agreement.claimed;
        return stage == ILease.Status.Closed ? 0 : Deposits.sum(terms, agreement.depositParts);
    }

    /// @dev How much of what is held is the landlord's if nobody acts any more; the odd unit is the tenant's.
    function silentAward(ILease.Terms calldata terms, ILease.Agreement memory agreement)
        internal
        pure
        returns (uint256)
    {
        if (agreement.stage == ILease.Status.Claimed) return agreement.claimed;
        if (agreement.stage == ILease.Status.Disputed) return Bps.share(agreement.claimed, terms.timeoutBps);
        return 0;
    }

    function _stepsHash(ILease.RentStep[] calldata steps) private pure returns (bytes32) {
        if (steps.length == 0) return NO_STEPS;
        bytes32[] memory hashes = new bytes32[](steps.length);
        for (uint256 i = 0; i < steps.length; ++i) {
            hashes[i] = keccak256(abi.encode(STEP_TYPEHASH, steps[i].period, steps[i].rent));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
