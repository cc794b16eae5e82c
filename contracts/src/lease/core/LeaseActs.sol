// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {ILease} from "../../interfaces/ILease.sol";
import {Endings} from "../../libraries/Endings.sol";
import {Relations} from "../../libraries/Relations.sol";
import {LeaseBase} from "./LeaseBase.sol";

/// @title How a lease ends early, and what its parties tell each other.
/// @dev The acts themselves are in linked libraries, whose code runs in this contract's place; here they are guarded,
/// and the one that costs money is paid.
abstract contract LeaseActs is LeaseBase {
    /// @inheritdoc ILease
    function giveNotice(Terms calldata terms) external nonReentrant {
        Endings.giveNotice(_store, _idOf(terms), terms);
    }

    /// @inheritdoc ILease
    function breakLease(Terms calldata terms) external payable nonReentrant {
        // Check and effect
        (uint256 fee, address payee) = Endings.breakLease(_store, _idOf(terms), terms);

        // Interaction: in, and on to the other party (L-2).
        _pull(terms.asset, fee);
        _forward(terms.asset, payee, fee);
    }

    /// @inheritdoc ILease
    function declareDefault(Terms calldata terms) external nonReentrant {
        Endings.declareDefault(_store, _idOf(terms), terms);
    }

    /// @inheritdoc ILease
    function attestEnd(Terms calldata terms, uint40 endsAt, bytes32 order) external nonReentrant {
        Endings.attestEnd(_store, _idOf(terms), terms, endsAt, order);
    }

    /// @inheritdoc ILease
    function serveNotice(Terms calldata terms, bytes32 kind, bytes32 document) external nonReentrant {
        Relations.serveNotice(_store, _idOf(terms), terms, kind, document);
    }

    /// @inheritdoc ILease
    function offerSuccession(Terms calldata terms, address successor) external nonReentrant {
        Relations.offerSuccession(_store, _idOf(terms), terms, successor);
    }

    /// @inheritdoc ILease
    function acceptSuccession(Terms calldata terms) external nonReentrant {
        Relations.acceptSuccession(_store, _idOf(terms), terms);
    }

    /// @inheritdoc ILease
    function recordInspection(Terms calldata terms, Inspection inspection, bytes32 report) external nonReentrant {
        Relations.recordInspection(_store, _idOf(terms), terms, inspection, report);
    }
}
