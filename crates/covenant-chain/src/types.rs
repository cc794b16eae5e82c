//! What goes into a chain and what comes out of it.

use std::{fmt, str::FromStr};

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

/// A moment of the chain's clock: seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub u64);

/// Whether transactions pay for gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fees {
    /// Base fee 0 and gas price 0, so balances change by exactly what contracts move.
    #[default]
    Off,
    /// Every transaction pays `base` wei per gas, which is burnt; the base fee does not drift.
    On {
        /// Base fee in wei per gas.
        base: u128,
    },
}

/// Mainnet rules by hard fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HardFork {
    /// 2019-12
    Istanbul,
    /// 2021-04
    Berlin,
    /// 2021-08
    London,
    /// 2022-09
    Paris,
    /// 2023-04
    Shanghai,
    /// 2024-03
    Cancun,
    /// 2025-05
    Prague,
    /// 2025-12
    Osaka,
    /// Not on mainnet yet: drafts of Glamsterdam.
    Amsterdam,
}

impl HardFork {
    /// Every one, oldest first, with the name solc uses for it.
    pub const ALL: [(&'static str, Self); 9] = [
        ("istanbul", Self::Istanbul),
        ("berlin", Self::Berlin),
        ("london", Self::London),
        ("paris", Self::Paris),
        ("shanghai", Self::Shanghai),
        ("cancun", Self::Cancun),
        ("prague", Self::Prague),
        ("osaka", Self::Osaka),
        ("amsterdam", Self::Amsterdam),
    ];
}

impl FromStr for HardFork {
    type Err = UnknownHardFork;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, fork)| fork)
            .ok_or_else(|| UnknownHardFork { name: name.to_owned() })
    }
}

impl fmt::Display for HardFork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = Self::ALL.into_iter().find(|(_, fork)| fork == self).expect("every hard fork is in the table");
        f.write_str(name)
    }
}

/// A hard fork that is not in [`HardFork::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown hard fork `{name}`")]
pub struct UnknownHardFork {
    /// What was asked for.
    pub name: String,
}

/// Where a transaction goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TxKind {
    /// Call (or pay) this address.
    Call(Address),
    /// Create a contract; the input is its init code.
    Create,
}

/// A transaction to be put into a block.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// The sender, who needs no key here.
    pub from: Address,
    /// Where it goes.
    pub kind: TxKind,
    /// Wei sent along.
    pub value: U256,
    /// Calldata, or init code.
    pub input: Bytes,
    /// Most gas it may use; `None` takes what the block and the hard fork's cap allow.
    pub gas_limit: Option<u64>,
}

/// A call that changes nothing, at the latest state and the current clock.
#[derive(Clone, Debug)]
pub struct Call {
    /// `msg.sender`; the zero address where nobody in particular asks.
    pub from: Address,
    /// The callee.
    pub to: Address,
    /// Wei sent along.
    pub value: U256,
    /// Calldata.
    pub input: Bytes,
}

/// What the EVM did with a transaction or call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran to its end.
    Success {
        /// What was returned (runtime code for a creation).
        output: Bytes,
        /// The address of the new contract, for a creation.
        created: Option<Address>,
    },
    /// `REVERT`: everything undone, with this data.
    Revert {
        /// Encoded error.
        data: Bytes,
    },
    /// The EVM stopped it: out of gas, invalid opcode, stack underflow …
    Halt {
        /// What happened, in words.
        reason: String,
    },
}

/// A log entry as emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The contract that emitted it.
    pub address: Address,
    /// Indexed topics.
    pub topics: Vec<B256>,
    /// The rest.
    pub data: Bytes,
}

/// What a mined transaction left behind.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// What the EVM did.
    pub outcome: Outcome,
    /// Gas used, after refunds.
    pub gas_used: u64,
    /// Gas price paid, in wei per gas.
    pub gas_price: u128,
    /// Logs in order; none unless successful.
    pub logs: Vec<Log>,
    /// The number of the block it is in.
    pub block: u64,
    /// The time of that block.
    pub timestamp: Timestamp,
}
