// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IAgreementTypes} from "../interfaces/IAgreementTypes.sol";
import {AgreementId} from "../types/AgreementId.sol";

/// @title Everything that is stored about agreements.
library AgreementStore {
    struct State {
        mapping(AgreementId id => IAgreementTypes.Agreement agreement) agreements;
        mapping(AgreementId id => mapping(uint256 leg => IAgreementTypes.LegAccount account)) legs;
        /// By whom an award was made is in the terms; here, how it divides.
        mapping(AgreementId id => mapping(uint256 leaf => uint16[] shares)) awards;
        mapping(address signer => mapping(bytes32 digest => IAgreementTypes.Consent consent)) consents;
    }
}
