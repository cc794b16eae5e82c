//! What nodes answer, as far as it is needed here.
//!
//! Nodes of other networks than mainnet add fields and kinds of transactions; whatever is not read cannot be in the way.
//! For the rest there are alloy's types: [`Client::ask`](super::Client::ask) takes any.

use alloy_primitives::{Address, B256, Bytes, U64, U128, U256};
use serde::{Deserialize, Serialize};

/// The header of a block.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Its number.
    pub number: U64,
    /// Its hash.
    pub hash: B256,
    /// Its time.
    pub timestamp: U64,
    /// Wei per gas that everybody pays; `None` before EIP-1559.
    pub base_fee_per_gas: Option<U128>,
    /// Whom priority fees go to; some networks do not say.
    #[serde(default)]
    pub miner: Option<Address>,
}

/// What a transaction left behind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The transaction.
    pub transaction_hash: B256,
    /// The block; some nodes also give receipts of transactions that are in none yet.
    pub block_hash: Option<B256>,
    /// The number of the block.
    pub block_number: Option<U64>,
    /// Its place in the block.
    pub transaction_index: Option<U64>,
    /// 1 if it ran to its end.
    pub status: Option<U64>,
    /// The contract it created.
    pub contract_address: Option<Address>,
    /// Gas it used.
    pub gas_used: U64,
    /// Wei per gas it paid.
    pub effective_gas_price: Option<U128>,
    /// What it emitted.
    #[serde(default)]
    pub logs: Vec<Log>,
}

/// A log entry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Log {
    /// The contract.
    pub address: Address,
    /// Indexed topics.
    pub topics: Vec<B256>,
    /// The rest.
    pub data: Bytes,
}

/// A transaction that a node knows, in a block or not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// The transaction.
    pub hash: B256,
    /// The number of its block; `None` while it waits.
    pub block_number: Option<U64>,
}

/// A call or transaction that is tried and forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallRequest {
    /// The sender.
    pub from: Address,
    /// The callee; `None` creates a contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Address>,
    /// Wei sent along.
    pub value: U256,
    /// Calldata, or init code.
    #[serde(rename = "input")]
    pub data: Bytes,
}
