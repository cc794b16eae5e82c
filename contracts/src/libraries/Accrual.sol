// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ILease} from "../interfaces/ILease.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Bps} from "./Bps.sol";
import {LeaseTerms} from "./LeaseTerms.sol";
import {Schedule} from "./Schedule.sol";

/// @title What a tenant owes at an instant, and how a payment is counted.
/// @dev Between two payments what is owed is a function of the clock, so nobody has to call anything for rent to fall
/// due or for a fee to arise. Every payment first writes down what has arisen until then.
library Accrual {
    using Schedule for Schedule.Plan;
    using SafeCast for uint256;

    /// @dev The account at `time`, which is not before anything that is stored.
    ///
    /// Starts at the first instalment that is neither looked at for a fee nor covered (a covered one was covered in
    /// time, or looked at when it was paid) and stops at the first that is not due: at most {LeaseRules.MAX_PERIODS} +
    /// 1 rounds each way, and two where the tenant pays every month.
    function accountAt(
        ILease.Terms calldata terms,
        Schedule.Plan memory plan,
        ILease.Agreement memory agreement,
        uint256 time
    ) internal pure returns (ILease.Account memory account) {
        account.rentPaid = agreement.rentPaid;
        account.feesDue = agreement.feesAssessed;
        account.feesPaid = agreement.feesPaid;

        // The first instant that does not count any more: the lease is over, or it has not come.
        uint256 end = LeaseTerms.end(agreement);
        if (end > time) end = time + 1;
        uint256 covered = plan.covered(account.rentPaid);
        uint256 assessed = agreement.assessed > covered ? agreement.assessed : covered;
        uint256 k = assessed;
        for (; k < plan.count; ++k) {
            uint256 due = plan.due(k);
            if (due >= end) break;
            if (due + terms.grace > time) continue;
            // Late, for it is not covered; L-5.
            assessed = k + 1;
            account.feesDue = _withFee(terms, plan.instalment(k), account.feesDue);
        }
        account.instalmentsAssessed = assessed;
        account.instalmentsLate = assessed - covered;
        // What is paid ahead is not due yet.
        while (k == covered && k != 0 && plan.due(k - 1) >= end) {
            --k;
            --covered;
        }
        account.instalmentsDue = k;
        account.instalmentsUnpaid = k - covered;
        account.rentDue = plan.sum(k);
    }

    /// @dev Writes down the fees that have arisen until now, before anything changes what they depend on.
    function writeFees(AgreementId id, ILease.Agreement storage agreement, ILease.Account memory account) internal {
        uint256 fees = account.feesDue - agreement.feesAssessed;
        if (fees == 0) return;
        agreement.assessed = account.instalmentsAssessed.toUint16();
        agreement.feesAssessed = account.feesDue.toUint128();
        emit ILease.LateFeesAssessed(id, fees, account.instalmentsAssessed);
    }

    /// @dev Rent and fees that are due and not paid.
    function arrears(ILease.Account memory account) internal pure returns (uint256) {
        return _rentArrears(account) + account.feesDue - account.feesPaid;
    }

    /// @dev Rent that may be paid ahead of the account's time: of at most `maxPrepaid` instalments, none of which falls
    /// due when the lease is over.
    function prepayable(
        ILease.Terms calldata terms,
        Schedule.Plan memory plan,
        ILease.Agreement memory agreement,
        ILease.Account memory account
    ) internal pure returns (uint256) {
        uint256 end = LeaseTerms.end(agreement);
        uint256 k = account.instalmentsDue;
        uint256 last = k + terms.maxPrepaid;
        if (last > plan.count) last = plan.count;
        while (k < last && plan.due(k) < end) ++k;
        uint256 limit = plan.sum(k);
        uint256 covered = account.rentPaid > account.rentDue ? account.rentPaid : account.rentDue;
        return limit > covered ? limit - covered : 0;
    }

    /// @dev Rent that is past its grace and not paid.
    function lateRent(ILease.Account memory account, Schedule.Plan memory plan) internal pure returns (uint256) {
        return account.instalmentsLate == 0 ? 0 : plan.sum(account.instalmentsAssessed) - account.rentPaid;
    }

    /// @dev Divides a payment, by the agreed order. What exceeds the arrears is rent.
    function divide(ILease.Terms calldata terms, ILease.Account memory account, uint256 amount)
        internal
        pure
        returns (uint256 rent, uint256 fees)
    {
        uint256 feesOwed = account.feesDue - account.feesPaid;
        if (feesOwed == 0) return (amount, 0);
        if (terms.waterfall == ILease.Waterfall.FeesFirst) {
            fees = Math.min(amount, feesOwed);
        } else {
            fees = Math.min(amount - Math.min(amount, _rentArrears(account)), feesOwed);
        }
        rent = amount - fees;
    }

    function _rentArrears(ILease.Account memory account) private pure returns (uint256) {
        return account.rentDue > account.rentPaid ? account.rentDue - account.rentPaid : 0;
    }

    /// @dev The lesser of the flat amount and the share, as far as the cap leaves room.
    function _withFee(ILease.Terms calldata terms, uint256 instalment, uint256 feesDue) private pure returns (uint256) {
        uint256 fee = Math.min(terms.lateFeeFlat, Bps.share(instalment, terms.lateFeeBps));
        return Math.min(feesDue + fee, terms.lateFeeCap);
    }
}
