// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {Bps} from "./Bps.sol";
import {Text} from "./Text.sol";

/// @title What terms of an escrow are acceptable, and how they are hashed and divided.
library EscrowTerms {
    /// @dev EIP-712 type of {IEscrow.Terms}.
    bytes32 internal constant TYPEHASH = keccak256(
        "Terms(address payer,address payee,address arbiter,address feeReceiver,address asset,uint128 amount,"
        "uint16 feeBps,uint16 arbiterFeeBps,uint40 acceptBy,uint40 performBy,uint40 expiresAt,uint40 reviewWindow,"
        "uint40 rulingWindow,uint16 expiryBps,uint16 timeoutBps,bytes32 documentHash,bytes32 salt,Share[] shares)"
        "Share(address receiver,uint16 bps)"
    );

    /// @dev EIP-712 type of {IEscrow.Share}.
    bytes32 internal constant SHARE_TYPEHASH = keccak256("Share(address receiver,uint16 bps)");

    /// @dev Bytes of the encoded members before the shares: one word each.
    uint256 internal constant SIZE = 17 * 32;

    /// @dev Where calldata says where the first and the second argument stand, if the arguments are dynamic.
    uint256 internal constant FIRST = 4;
    uint256 internal constant SECOND = 36;

    /// @dev Bounds the loop over the shares, and with it the gas of every exit.
    uint256 internal constant MAX_SHARES = 8;

    /// @dev EIP-712 type of {IEscrow.Settlement}.
    bytes32 internal constant SETTLEMENT_TYPEHASH =
        keccak256("Settlement(bytes32 id,uint16 payeeBps,uint32 round,uint64 nonce,uint40 deadline)");

    /// @dev The EIP-712 struct hash of terms whose place stands at `head` of calldata: {FIRST} or {SECOND}. Every
    /// member but the shares is one word, so their encoding is what stands in calldata at that place. Copying it is
    /// much
    /// cheaper than encoding the members one by one. A call with unclean words finds no agreement: {check}'s caller
    /// emits the terms, which validates every word, before one can exist.
    function structHash(IEscrow.Terms calldata terms, uint256 head) internal pure returns (bytes32) {
        uint256 begin;
        // The compiler has checked that the terms lie within calldata, from there on.
        unchecked {
            begin = 4 + uint256(bytes32(msg.data[head:head + 32]));
        }
        return keccak256(abi.encodePacked(TYPEHASH, msg.data[begin:begin + SIZE], _hashShares(terms.shares)));
    }

    /// @dev The same for a settlement.
    function structHash(IEscrow.Settlement calldata settlement) internal pure returns (bytes32) {
        return keccak256(abi.encode(SETTLEMENT_TYPEHASH, settlement));
    }

    /// @dev Reverts unless an agreement with these terms can run from proposal to end. Whether the asset has code is
    /// found out when it is funded. Members are read once, because every reading validates them.
    function check(IEscrow.Terms calldata terms) internal view {
        _checkParties(terms);
        _checkFees(terms);
        _require(terms.amount != 0, "amount");
        _require(terms.asset != address(this), "asset");
        _require(terms.expiryBps <= Bps.ONE, "expiryBps");
        _require(terms.timeoutBps <= Bps.ONE, "timeoutBps");
        uint40 performBy = terms.performBy;
        _require(performBy >= terms.acceptBy, "performBy");
        _require(terms.expiresAt >= performBy, "expiresAt");
        _require(terms.reviewWindow != 0, "reviewWindow");
        _require(terms.rulingWindow != 0, "rulingWindow");
        _checkShares(terms.shares);
    }

    function _checkParties(IEscrow.Terms calldata terms) private view {
        address payer = terms.payer;
        address payee = terms.payee;
        address arbiter = terms.arbiter;
        _require(_canBePaid(payer), "payer");
        _require(_canBePaid(payee) && payee != payer, "payee");
        _require(arbiter != payer && arbiter != payee && arbiter != address(this), "arbiter");
        uint16 feeBps = terms.arbiterFeeBps;
        _require(feeBps <= Bps.ONE && (arbiter != address(0) || feeBps == 0), "arbiterFeeBps");
    }

    function _checkFees(IEscrow.Terms calldata terms) private view {
        address receiver = terms.feeReceiver;
        uint16 feeBps = terms.feeBps;
        _require(feeBps <= Bps.ONE, "feeBps");
        _require((receiver == address(0)) == (feeBps == 0) && receiver != address(this), "feeReceiver");
    }

    /// @dev Reverts unless `next` takes the place of `terms`, under which `held` is held.
    function checkSuccessor(IEscrow.Terms calldata terms, IEscrow.Terms calldata next, uint256 held, bytes32 salt)
        internal
        pure
    {
        _requireSame(next.payer == terms.payer, "payer");
        _requireSame(next.payee == terms.payee, "payee");
        _requireSame(next.asset == terms.asset, "asset");
        _requireSame(next.amount >= held, "amount");
        _requireSame(next.salt == salt, "salt");
    }

    /// @dev One receiver may have several shares.
    function _checkShares(IEscrow.Share[] calldata shares) private view {
        _require(shares.length <= MAX_SHARES, "shares");
        uint256 sum = 0;
        for (uint256 i = 0; i < shares.length; ++i) {
            _require(_canBePaid(shares[i].receiver) && shares[i].bps != 0, "shares");
            sum += shares[i].bps;
        }
        _require(sum <= Bps.ONE, "shares");
    }

    function _hashShares(IEscrow.Share[] calldata shares) private pure returns (bytes32) {
        if (shares.length == 0) return keccak256("");
        bytes memory hashes = "";
        for (uint256 i = 0; i < shares.length; ++i) {
            hashes = bytes.concat(hashes, keccak256(abi.encode(SHARE_TYPEHASH, shares[i])));
        }
        return keccak256(hashes);
    }

    function _canBePaid(address party) private view returns (bool) {
        return party != address(0) && party != address(this);
    }

    /// @dev The fee on a release of `amount`, rounded down; the payee gets the odd unit.
    function feeOn(IEscrow.Terms calldata terms, uint256 amount) internal pure returns (uint256) {
        return Bps.share(amount, terms.feeBps);
    }

    /// @dev The payee's share, before the fee, if nobody acts any more in `status`.
    function silentBps(IEscrow.Terms calldata terms, IEscrow.Status status) internal pure returns (uint16) {
        if (status == IEscrow.Status.Active) return terms.expiryBps;
        if (status == IEscrow.Status.Submitted) return Bps.ONE;
        if (status == IEscrow.Status.Disputed) return terms.timeoutBps;
        return 0;
    }

    /// @dev What `party` gets of what is held if nobody acts any more. The loop is {Escrow}'s when it pays.
    function claim(IEscrow.Terms calldata terms, IEscrow.Agreement memory agreement, address party)
        internal
        pure
        returns (uint256 sum)
    {
        uint256 released = Bps.share(agreement.held, silentBps(terms, agreement.status));
        uint256 fee = feeOn(terms, released);
        uint256 rest = released - fee;
        for (uint256 i = 0; i < terms.shares.length; ++i) {
            uint256 part = Bps.share(released - fee, terms.shares[i].bps);
            if (party == terms.shares[i].receiver) sum += part;
            rest -= part;
        }
        if (party == terms.payer) sum += agreement.held - released;
        if (party == terms.payee) sum += rest;
        if (party == terms.feeReceiver) sum += fee;
    }

    /// @dev What an agreement's salt is if it takes the place of another one that is in this round.
    function successorSalt(AgreementId id, uint32 round) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, round));
    }

    /// @dev From when on silence decides; zero when nothing is left to decide.
    function deadline(IEscrow.Terms calldata terms, IEscrow.Agreement memory agreement)
        internal
        pure
        returns (uint256)
    {
        IEscrow.Status status = agreement.status;
        if (status == IEscrow.Status.Proposed || status == IEscrow.Status.Funded) return terms.acceptBy;
        if (status == IEscrow.Status.Active) return terms.expiresAt;
        // Sums of two 40-bit times are taken in 256 bits: no choice of windows can make an exit overflow.
        if (status == IEscrow.Status.Submitted) return uint256(agreement.since) + terms.reviewWindow;
        if (status == IEscrow.Status.Disputed) return uint256(agreement.since) + terms.rulingWindow;
        return 0;
    }

    /// @dev Names the member that is not acceptable. One word per call instead of a string keeps the code small.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert IEscrow.Escrow_InvalidTerms(Text.from(field));
    }

    function _requireSame(bool holds, bytes32 field) private pure {
        if (!holds) revert IEscrow.Escrow_NotASuccessor(Text.from(field));
    }
}
