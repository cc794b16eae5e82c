//! What goes into a chain and what comes out of it.

use std::{fmt, str::FromStr};

use alloy_eips::{eip2930::AccessList, eip7702::SignedAuthorization};
use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

use crate::trace::CallTrace;

/// A moment of the chain's clock: seconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
        let (name, _) = Self::ALL
            .into_iter()
            .find(|(_, fork)| fork == self)
            .expect("every hard fork is in the table");
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
///
/// Its type follows from its fields and the hard fork: EIP-7702 with authorizations, else EIP-1559 where the hard fork
/// has it, else EIP-2930 with an access list, else legacy.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// The sender, who needs no key here and may be a contract.
    pub from: Address,
    /// Where it goes.
    pub kind: TxKind,
    /// Wei sent along.
    pub value: U256,
    /// Calldata, or init code.
    pub input: Bytes,
    /// Most gas it may use; `None` takes what the block and the hard fork's cap allow and the sender can pay.
    pub gas_limit: Option<u64>,
    /// Most wei per gas it pays; `None` pays the base fee plus the priority fee.
    pub max_fee: Option<u128>,
    /// Wei per gas that go to the block's coinbase; `None` is 0.
    pub priority_fee: Option<u128>,
    /// The nonce; `None` takes the sender's next one.
    pub nonce: Option<u64>,
    /// Addresses and slots that are warm from the start (EIP-2930).
    pub access_list: AccessList,
    /// Accounts that take on code (EIP-7702), see [`Key::authorize`](crate::Key::authorize).
    pub authorizations: Vec<SignedAuthorization>,
}

impl Transaction {
    /// Calls `to` with `input`, with no wei.
    pub fn call(from: Address, to: Address, input: impl Into<Bytes>) -> Self {
        Self::new(from, TxKind::Call(to), input.into())
    }

    /// Creates a contract from its init code, constructor arguments included.
    pub fn create(from: Address, init_code: impl Into<Bytes>) -> Self {
        Self::new(from, TxKind::Create, init_code.into())
    }

    /// Creates a contract with `CREATE2`, through [`CREATE2_DEPLOYER`](crate::CREATE2_DEPLOYER).
    ///
    /// What it returns is the address of the contract, in 20 bytes; the receipt does not say it was created.
    pub fn create2(from: Address, salt: B256, init_code: &[u8]) -> Self {
        Self::call(from, crate::CREATE2_DEPLOYER, [salt.as_slice(), init_code].concat())
    }

    /// Sends `value` wei to `to`.
    pub fn transfer(from: Address, to: Address, value: U256) -> Self {
        Self::call(from, to, Bytes::new()).with_value(value)
    }

    /// The same with `value` wei.
    #[must_use]
    pub fn with_value(self, value: U256) -> Self {
        Self { value, ..self }
    }

    /// The same with this gas limit.
    #[must_use]
    pub fn with_gas_limit(self, limit: u64) -> Self {
        Self { gas_limit: Some(limit), ..self }
    }

    /// The same with these fees, in wei per gas.
    #[must_use]
    pub fn with_fees(self, max: u128, priority: u128) -> Self {
        Self { max_fee: Some(max), priority_fee: Some(priority), ..self }
    }

    /// The same with this nonce.
    #[must_use]
    pub fn with_nonce(self, nonce: u64) -> Self {
        Self { nonce: Some(nonce), ..self }
    }

    /// The same with an access list.
    #[must_use]
    pub fn with_access_list(self, access_list: AccessList) -> Self {
        Self { access_list, ..self }
    }

    /// The same with authorizations.
    #[must_use]
    pub fn with_authorizations(self, authorizations: Vec<SignedAuthorization>) -> Self {
        Self { authorizations, ..self }
    }

    fn new(from: Address, kind: TxKind, input: Bytes) -> Self {
        Self {
            from,
            kind,
            input,
            value: U256::ZERO,
            gas_limit: None,
            max_fee: None,
            priority_fee: None,
            nonce: None,
            access_list: AccessList::default(),
            authorizations: Vec::new(),
        }
    }
}

/// A call that changes nothing, at the latest state and the current clock.
#[derive(Clone, Debug)]
pub struct Call {
    /// `msg.sender`; the zero address where nobody in particular asks.
    pub from: Address,
    /// The callee.
    pub to: Address,
    /// Wei sent along, which the sender must have.
    pub value: U256,
    /// Calldata.
    pub input: Bytes,
}

impl Call {
    /// Calls `to` with `input` from the zero address.
    pub fn new(to: Address, input: impl Into<Bytes>) -> Self {
        Self { from: Address::ZERO, to, value: U256::ZERO, input: input.into() }
    }

    /// The same from another sender.
    #[must_use]
    pub fn with_from(self, from: Address) -> Self {
        Self { from, ..self }
    }

    /// The same with `value` wei.
    #[must_use]
    pub fn with_value(self, value: U256) -> Self {
        Self { value, ..self }
    }
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

impl Outcome {
    /// It ran to its end.
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Success { .. })
    }

    /// What was returned, or the data of the revert; `None` if it was stopped.
    pub const fn data(&self) -> Option<&Bytes> {
        match self {
            Self::Success { output, .. } => Some(output),
            Self::Revert { data } => Some(data),
            Self::Halt { .. } => None,
        }
    }

    /// The address of the contract that it created.
    pub const fn created(&self) -> Option<Address> {
        match self {
            Self::Success { created, .. } => *created,
            Self::Revert { .. } | Self::Halt { .. } => None,
        }
    }
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
    /// The fee paid in wei: gas used times gas price.
    pub fee: U256,
    /// Logs in order; none unless successful.
    pub logs: Vec<Log>,
    /// The number of the block it is in.
    pub block: u64,
    /// Its place in that block, from 0.
    pub index: usize,
    /// The time of that block.
    pub timestamp: Timestamp,
    /// Lines written with `console.log`, reverted calls included; none unless [`Recording`] asks for them.
    pub console: Vec<String>,
    /// The tree of calls, if [`Recording`] asks for it.
    pub trace: Option<Box<CallTrace>>,
}

/// What is recorded of every transaction, beyond what a receipt always holds. Recording slows execution down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recording {
    /// Nothing more.
    #[default]
    Off,
    /// What is written with `console.log`.
    Console,
    /// The tree of calls, with logs, reverting instructions, storage that is written, and console lines.
    Traces,
}
