// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {CustomLeaf} from "./CustomLeaf.sol";
import {EasLeaf} from "./EasLeaf.sol";
import {ICondition} from "./ICondition.sol";
import {IConditionReader} from "./IConditionReader.sol";
import {OracleLeaf} from "./OracleLeaf.sol";
import {ViewLeaf} from "./ViewLeaf.sol";

/// @title Asks the world on behalf of agreements.
/// @dev See {IConditionReader}. Apart from the contract that holds money, so that a leaf's calls cannot come from
/// there.
contract ConditionReader is IConditionReader {
    /// @inheritdoc IConditionReader
    function read(Subject calldata subject, Leaf calldata leaf, bytes calldata witness)
        external
        view
        returns (ICondition.Truth, uint64)
    {
        if (leaf.kind == LeafKind.Oracle) {
            return OracleLeaf.read(abi.decode(leaf.params, (OracleParams)), leaf.opensAt);
        }
        if (leaf.kind == LeafKind.View) return (ViewLeaf.read(abi.decode(leaf.params, (ViewParams))), 0);
        if (leaf.kind == LeafKind.Eas) {
            uint40 since = subject.since > leaf.opensAt ? subject.since : leaf.opensAt;
            EasLeaf.Subject memory about = EasLeaf.Subject(subject.agreementId, subject.leaf, since);
            return (EasLeaf.read(abi.decode(leaf.params, (EasParams)), about, witness), 0);
        }
        if (leaf.kind == LeafKind.Custom) {
            return CustomLeaf.read(abi.decode(leaf.params, (CustomParams)), subject.agreementId, witness);
        }
        return (ICondition.Truth.Pending, 0);
    }

    /// @inheritdoc IConditionReader
    function flawOf(Leaf calldata leaf, address agreement) external view returns (bytes32) {
        if (leaf.kind == LeafKind.Oracle) return OracleLeaf.flawOf(abi.decode(leaf.params, (OracleParams)));
        if (leaf.kind == LeafKind.View) return ViewLeaf.flawOf(abi.decode(leaf.params, (ViewParams)), agreement);
        if (leaf.kind == LeafKind.Eas) return EasLeaf.flawOf(abi.decode(leaf.params, (EasParams)));
        if (leaf.kind == LeafKind.Custom) {
            return CustomLeaf.flawOf(abi.decode(leaf.params, (CustomParams)), agreement);
        }
        return 0;
    }
}
