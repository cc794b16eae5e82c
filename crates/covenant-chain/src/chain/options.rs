//! What a chain is made from.

use revm::{context::CfgEnv, context_interface::block::BlobExcessGasAndPrice};

use alloy_primitives::{Address, address};

use crate::{ChainError, Fees, ForkOptions, HardFork, Timestamp, engine};

/// Gas that fits into one block, as on mainnet since 2025-11.
pub const BLOCK_GAS_LIMIT: u64 = 60_000_000;

/// The chain id of a chain that is not a fork, the same as anvil's and Hardhat's.
const CHAIN_ID: u64 = 31_337;

/// Whom priority fees go to: the first 20 bytes of `keccak256("covenant/coinbase")`.
const COINBASE: Address = address!("0x00e8256a4356e32a6d563f78b9173ffd6c35eeab");

/// How to make a [`Chain`](crate::Chain).
#[derive(Clone, Debug)]
pub struct ChainOptions {
    /// The rules of the EVM.
    pub hard_fork: HardFork,
    /// The chain id; `None` is the fork's, or 31337.
    pub chain_id: Option<u64>,
    /// The time of the first block. On a fork the clock starts no earlier than at the fork's block.
    pub timestamp: Timestamp,
    /// Whether transactions pay for gas.
    pub fees: Fees,
    /// The chain to continue; `None` starts an empty one.
    pub fork: Option<ForkOptions>,
}

impl Default for ChainOptions {
    /// An empty chain with the rules of Osaka, no fees, whose first block is at 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self {
            hard_fork: HardFork::Osaka,
            chain_id: None,
            timestamp: Timestamp(1_767_225_600),
            fees: Fees::Off,
            fork: None,
        }
    }
}

/// Options that were checked, in the form in which they are used.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) hard_fork: HardFork,
    pub(crate) rules: CfgEnv,
    /// Wei per gas.
    pub(crate) base_fee: u64,
    pub(crate) coinbase: Address,
    pub(crate) blob_fee: BlobExcessGasAndPrice,
}

impl Settings {
    /// # Errors
    ///
    /// [`ChainError::Option`] if the base fee does not fit into a block header.
    pub(crate) fn new(
        options: &ChainOptions,
        fork_chain_id: Option<u64>,
    ) -> Result<Self, ChainError> {
        let base = match options.fees {
            Fees::Off => 0,
            Fees::On { base } => base,
        };
        let base_fee = u64::try_from(base).map_err(|_| {
            ChainError::Option(format!("a base fee of {base} wei per gas is over {}", u64::MAX))
        })?;
        let chain_id = options.chain_id.or(fork_chain_id).unwrap_or(CHAIN_ID);
        let rules = engine::rules(options.hard_fork, chain_id);
        let blob_fee = BlobExcessGasAndPrice::new(0, rules.blob_base_fee_update_fraction());
        Ok(Self { hard_fork: options.hard_fork, rules, base_fee, coinbase: COINBASE, blob_fee })
    }
}
