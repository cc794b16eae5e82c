// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ConditionReader} from "./conditions/ConditionReader.sol";
import {IAgreementRules} from "./interfaces/IAgreementRules.sol";
import {IAgreementTypes} from "./interfaces/IAgreementTypes.sol";
import {AgreementTerms} from "./libraries/AgreementTerms.sol";

/// @title The part of agreements that keeps nothing.
/// @dev See {IAgreementRules}. Apart from the contract that holds money, which stays small by it.
contract AgreementRules is IAgreementRules, ConditionReader {
    /// @inheritdoc IAgreementRules
    function check(IAgreementTypes.Terms calldata terms) external view {
        AgreementTerms.check(terms, this, msg.sender);
    }
}
