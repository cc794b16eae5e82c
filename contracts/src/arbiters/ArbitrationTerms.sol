// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IAppointment} from "../interfaces/IAppointment.sol";
import {IArbitratorAdapter} from "../interfaces/IArbitratorAdapter.sol";
import {Bps} from "../libraries/Bps.sol";
import {Text} from "../libraries/Text.sol";

/// @title What terms of a case are acceptable, how they are hashed, and how its costs are borne.
library ArbitrationTerms {
    /// @dev EIP-712 type of {IArbitratorAdapter.Terms}.
    bytes32 internal constant TYPEHASH = keccak256(
        "Terms(bytes32 agreement,address payer,address payee,address arbitrator,bytes extraData,string metaEvidence,"
        "uint16[] outcomes,uint128 feeDeposit,uint40 agreeBy,uint40 feeWindow,uint40 arbitrationTime,"
        "uint40 appealTime,bytes32 salt)"
    );

    /// @dev Rulings that can be told apart, refusal included: enough for a choice among whole percents.
    uint256 internal constant MAX_OUTCOMES = 102;

    /// @dev The EIP-712 struct hash.
    function structHash(IArbitratorAdapter.Terms calldata terms) internal pure returns (bytes32) {
        bytes memory who = abi.encode(
            TYPEHASH,
            terms.agreement,
            terms.payer,
            terms.payee,
            terms.arbitrator,
            keccak256(terms.extraData),
            keccak256(bytes(terms.metaEvidence)),
            keccak256(abi.encodePacked(terms.outcomes))
        );
        bytes memory what = abi.encode(
            terms.feeDeposit, terms.agreeBy, terms.feeWindow, terms.arbitrationTime, terms.appealTime, terms.salt
        );
        return keccak256(bytes.concat(who, what));
    }

    /// @dev Reverts unless a case with these terms can run from agreement to end.
    function check(IArbitratorAdapter.Terms calldata terms, address holder) internal view {
        _require(terms.payer != address(0) && terms.payer != address(this), "payer");
        _require(terms.payee != address(0) && terms.payee != address(this) && terms.payee != terms.payer, "payee");
        address arbitrator = address(terms.arbitrator);
        _require(arbitrator != terms.payer && arbitrator != terms.payee && arbitrator != holder, "arbitrator");
        _require(arbitrator != address(this) && arbitrator.code.length != 0, "arbitrator");
        checkOutcomes(terms.outcomes);
        _require(terms.feeDeposit != 0, "feeDeposit");
        _require(terms.feeWindow != 0, "feeWindow");
        _require(terms.arbitrationTime != 0, "arbitrationTime");
        _require(terms.appealTime != 0 && terms.appealTime <= terms.arbitrationTime, "appealTime");
    }

    function checkOutcomes(uint16[] calldata outcomes) private pure {
        uint256 length = outcomes.length;
        _require(length > 2 && length <= MAX_OUTCOMES, "outcomes");
        for (uint256 i = 0; i < length; ++i) {
            _require(outcomes[i] <= Bps.ONE, "outcomes");
        }
    }

    /// @dev What each side gets back of what both have paid in and was not spent. Each bears the costs for the share in
    /// which it lost, as far as what it paid in reaches; the other bears what is missing. The payer bears the odd unit.
    function shareOut(IArbitratorAdapter.Case memory c, uint256 payeeBps)
        internal
        pure
        returns (uint256 toPayer, uint256 toPayee)
    {
        uint256 left = uint256(c.fromPayer) + c.fromPayee - c.spent;
        uint256 borne = Bps.share(c.spent, Bps.ONE - payeeBps);
        toPayee = c.fromPayee > borne ? c.fromPayee - borne : 0;
        if (toPayee > left) toPayee = left;
        toPayer = left - toPayee;
    }

    /// @dev Names the member that is not acceptable.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert IAppointment.Appointment_InvalidTerms(Text.from(field));
    }
}
