// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity =0.8.37;

import {IAppointment} from "../interfaces/IAppointment.sol";
import {IPanel} from "../interfaces/IPanel.sol";
import {Text} from "../libraries/Text.sol";

/// @title What terms of a panel are acceptable, how they are hashed, and who sits when.
library PanelTerms {
    /// @dev EIP-712 type of {IPanel.Bench}.
    bytes32 internal constant BENCH_TYPEHASH = keccak256("Bench(address[] members,uint8 quorum,uint40 term)");

    /// @dev EIP-712 type of {IPanel.Terms}.
    bytes32 internal constant TYPEHASH = keccak256(
        "Terms(bytes32 agreement,address payer,address payee,Bench[] benches,uint40 agreeBy,bytes32 salt)"
        "Bench(address[] members,uint8 quorum,uint40 term)"
    );

    /// @dev EIP-712 type of {IPanel.Vote}.
    bytes32 internal constant VOTE_TYPEHASH =
        keccak256("Vote(bytes32 id,uint8 bench,uint16 payeeBps,uint64 nonce,uint40 deadline)");

    /// @dev Keeps every loop short.
    uint256 internal constant MAX_BENCHES = 5;
    uint256 internal constant MAX_MEMBERS = 15;

    /// @dev A ruling pays as many members: if all of them and all parties refuse, it still costs less than 3 million
    /// gas.
    uint256 internal constant MAX_QUORUM = 5;

    /// @dev The EIP-712 struct hash.
    function structHash(IPanel.Terms calldata terms) internal pure returns (bytes32) {
        bytes32[] memory benches = new bytes32[](terms.benches.length);
        for (uint256 i = 0; i < benches.length; ++i) {
            IPanel.Bench calldata bench = terms.benches[i];
            bytes32 members = keccak256(abi.encodePacked(bench.members));
            benches[i] = keccak256(abi.encode(BENCH_TYPEHASH, members, bench.quorum, bench.term));
        }
        return keccak256(
            abi.encode(
                TYPEHASH,
                terms.agreement,
                terms.payer,
                terms.payee,
                keccak256(abi.encodePacked(benches)),
                terms.agreeBy,
                terms.salt
            )
        );
    }

    /// @dev The same for a vote.
    function structHash(IPanel.Vote calldata vote) internal pure returns (bytes32) {
        return keccak256(abi.encode(VOTE_TYPEHASH, vote));
    }

    /// @dev Reverts unless a panel with these terms can sit.
    function check(IPanel.Terms calldata terms, address holder) internal view {
        _require(terms.payer != address(0) && terms.payer != address(this), "payer");
        _require(terms.payee != address(0) && terms.payee != address(this) && terms.payee != terms.payer, "payee");
        uint256 benches = terms.benches.length;
        _require(benches != 0 && benches <= MAX_BENCHES, "benches");
        for (uint256 i = 0; i < benches; ++i) {
            IPanel.Bench calldata bench = terms.benches[i];
            uint256 members = bench.members.length;
            _require(members != 0 && members <= MAX_MEMBERS, "members");
            _require(bench.quorum != 0 && bench.quorum <= members && bench.quorum <= MAX_QUORUM, "quorum");
            _require(bench.term != 0, "term");
            for (uint256 j = 0; j < members; ++j) {
                checkMember(terms, bench.members, j, holder);
            }
        }
    }

    /// @dev Nobody judges his own case, and nobody sits on a bench twice.
    function checkMember(IPanel.Terms calldata terms, address[] calldata members, uint256 index, address holder)
        private
        view
    {
        address member = members[index];
        _require(member != address(0) && member != address(this) && member != holder, "members");
        _require(member != terms.payer && member != terms.payee, "members");
        for (uint256 i = 0; i < index; ++i) {
            _require(members[i] != member, "members");
        }
    }

    /// @dev Whether an account sits on a bench.
    function sitsOn(IPanel.Bench calldata bench, address account) internal pure returns (bool) {
        for (uint256 i = 0; i < bench.members.length; ++i) {
            if (bench.members[i] == account) return true;
        }
        return false;
    }

    /// @dev Whether an account sits on any of the benches.
    function names(IPanel.Terms calldata terms, address account) internal pure returns (bool) {
        for (uint256 i = 0; i < terms.benches.length; ++i) {
            if (sitsOn(terms.benches[i], account)) return true;
        }
        return account == terms.payer || account == terms.payee;
    }

    /// @dev How long the benches before `bench` sit, together.
    function termsBefore(IPanel.Terms calldata terms, uint256 bench) internal pure returns (uint256 total) {
        for (uint256 i = 0; i < bench; ++i) {
            total += terms.benches[i].term;
        }
    }

    /// @dev Names the member that is not acceptable.
    function _require(bool holds, bytes32 field) private pure {
        if (!holds) revert IAppointment.Appointment_InvalidTerms(Text.from(field));
    }
}
