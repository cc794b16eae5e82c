//! What would fail for certain is found before anything is spent: code that is not linked or too large, gas that is not
//! enough, and what a network cannot do.

use std::collections::BTreeMap;

use alloy_chains::{Chain as KnownChain, NamedChain};
use alloy_primitives::{Address, Bytes};
use covenant_chain::{Chain, ChainError, HardFork, Outcome, Transaction};
use covenant_compile::{
    Contract, ContractId, DeployError, LinkError, MAX_INIT_CODE, MAX_RUNTIME_CODE,
};

use crate::{journal::StepId, send::Step};

/// What a network allows, and how it takes transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Most bytes of code on chain (EIP-170, or the network's own).
    pub code: usize,
    /// Most bytes of init code, arguments included (EIP-3860, or the network's own).
    pub init_code: usize,
    /// Most gas of one transaction (EIP-7825 since Fusaka, or the network's block); `None` where gas also pays for what
    /// the EVM does not see, so that only the node can say what is needed.
    pub gas: Option<u64>,
    /// How many transactions of one account may wait: 1 where there is no pool that keeps them in order.
    pub window: usize,
    /// Whether gas is what the simulation says, because the network is known to have Ethereum's rules.
    pub exact: bool,
    /// Whether a transaction that waits can be replaced: there is a pool, and who pays more goes first.
    pub replaces: bool,
}

impl Profile {
    /// Ethereum's own rules; one transaction after another.
    pub const ETHEREUM: Self = Self {
        code: MAX_RUNTIME_CODE,
        init_code: MAX_INIT_CODE,
        gas: Some(1 << 24),
        window: 1,
        exact: false,
        replaces: true,
    };

    /// What is known of a chain. Whatever is not known is taken for Ethereum's rules, which are the strictest.
    pub fn of(chain_id: u64) -> Self {
        let chain = KnownChain::from_id(chain_id);
        // The gas of Arbitrum pays for its parent chain too, and its sequencer takes transactions as they come.
        if chain.is_arbitrum() {
            return Self { gas: None, replaces: false, ..Self::ETHEREUM };
        }
        match chain.named() {
            Some(
                NamedChain::Optimism
                | NamedChain::OptimismSepolia
                | NamedChain::Base
                | NamedChain::BaseSepolia,
            ) => Self { replaces: false, ..Self::ETHEREUM },
            // What geth keeps of one account in any case.
            Some(
                NamedChain::Mainnet | NamedChain::Sepolia | NamedChain::Holesky | NamedChain::Hoodi,
            ) => Self { window: 16, exact: true, ..Self::ETHEREUM },
            // Nodes for development have a pool of their own, in which nobody else is.
            Some(NamedChain::Dev | NamedChain::AnvilHardhat) => {
                Self { window: 16, ..Self::ETHEREUM }
            }
            _ => Self::ETHEREUM,
        }
    }
}

/// Why a plan would fail. Nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum PreflightError {
    /// A library has no address.
    #[error("{0}; deploy it first and name it where the contract is created")]
    Link(#[from] LinkError),
    /// A contract cannot be deployed anywhere.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// A step creates a contract that is larger than the network allows.
    #[error(
        "{step} has {size} bytes of {what}, over the network's limit of {limit}; turn the optimizer on or split the contract"
    )]
    TooLarge {
        /// The step.
        step: Box<StepId>,
        /// `code` or `init code`.
        what: &'static str,
        /// How many bytes.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// A step runs out of the gas that it may use.
    #[error("{step} runs out of gas: it may use {limit}; {}", advice(*.needs))]
    OutOfGas {
        /// The step.
        step: Box<StepId>,
        /// What it may use.
        limit: u64,
        /// What it uses if it may use more; `None` if it is never enough.
        needs: Option<u64>,
    },
    /// A step ends otherwise than expected.
    #[error("{step} would {}", if *.success { "succeed, which is not expected".to_owned() } else { format!("fail: {reason}") })]
    Unexpected {
        /// The step.
        step: Box<StepId>,
        /// It runs to its end.
        success: bool,
        /// What happens.
        reason: String,
    },
    /// Something that an account has sent is in no block yet, and it is not of this scenario.
    #[error(
        "{account} has {count} transactions that wait to be put into a block, and nonces follow them; wait until they have \
         landed, or replace them"
    )]
    Waiting {
        /// The account.
        account: Address,
        /// How many.
        count: u64,
    },
    /// There is code where a contract would be created.
    #[error(
        "{step} would create a contract at {address}, where there is code already; use another account"
    )]
    Occupied {
        /// The step.
        step: Box<StepId>,
        /// Where.
        address: Address,
    },
    /// The network's rules are older than those that the scenario is simulated by.
    #[error(
        "the network has not the rules of {missing}, and without them it would fail: {reason}; compile for an older \
         `evm_version`"
    )]
    Rules {
        /// The hard fork that the network has not had.
        missing: HardFork,
        /// What would fail.
        reason: String,
    },
    /// The network's rules are newer than those that the scenario is simulated by.
    #[error(
        "the network has the rules of {has}, by which it would fail: {reason}; simulate it by these, with \
         `chain: {{ evm: {has} }}`"
    )]
    NewerRules {
        /// The latest hard fork that the network is known to have had.
        has: HardFork,
        /// What would fail.
        reason: String,
    },
    /// The rehearsal itself failed.
    #[error("{step} cannot be rehearsed")]
    Chain {
        /// The step.
        step: Box<StepId>,
        /// Why.
        source: ChainError,
    },
}

/// What a step uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Gas used in the rehearsal.
    pub used: u64,
    /// The limit to sign: a quarter more, or what the step says.
    pub limit: u64,
}

/// The init code of a contract, linked, with its arguments behind it.
///
/// # Errors
///
/// [`PreflightError::Link`] if a library has no address, [`PreflightError::Deploy`] if it cannot be deployed.
pub fn init_code(
    contract: &Contract,
    libraries: &BTreeMap<ContractId, Address>,
    arguments: &[u8],
) -> Result<Bytes, PreflightError> {
    contract.check_deployable(arguments.len())?;
    let code = contract.link(&contract.creation, libraries)?;
    Ok([&code[..], arguments].concat().into())
}

/// Refuses contracts that are larger than the network allows.
///
/// # Errors
///
/// [`PreflightError::TooLarge`].
pub fn check_sizes(steps: &[Step], profile: &Profile) -> Result<(), PreflightError> {
    for step in steps.iter().filter(|step| step.to.is_none() || step.creates.is_some()) {
        let code = step.code.as_ref().map_or(0, |check| check.code.len());
        // What a factory is called with is longer than the init code by no more than a salt.
        let init_code =
            step.input.len() - if step.to.is_some() { 32.min(step.input.len()) } else { 0 };
        let sizes = [("code", code, profile.code), ("init code", init_code, profile.init_code)];
        for (what, size, limit) in sizes {
            if size > limit {
                let step = Box::new(step.id.clone());
                return Err(PreflightError::TooLarge { step, what, size, limit });
            }
        }
    }
    Ok(())
}

/// Takes every step on a chain in this process, which is left as the network would be.
///
/// # Errors
///
/// [`PreflightError::OutOfGas`] if a step needs more than it may use, or than the network allows;
/// [`PreflightError::Unexpected`] if it ends otherwise than expected.
pub fn rehearse(
    chain: &mut Chain,
    steps: &[Step],
    profile: &Profile,
) -> Result<Vec<Need>, PreflightError> {
    check_sizes(steps, profile)?;
    steps.iter().map(|step| rehearse_one(chain, step, profile)).collect()
}

fn rehearse_one(chain: &mut Chain, step: &Step, profile: &Profile) -> Result<Need, PreflightError> {
    let id = || Box::new(step.id.clone());
    let failed = |source| PreflightError::Chain { step: id(), source };
    let transaction = match step.to {
        Some(to) => Transaction::call(step.sender, to, step.input.clone()),
        None => Transaction::create(step.sender, step.input.clone()),
    };
    let transaction = transaction.with_value(step.value);
    let before = chain.snapshot();
    let free = chain.send(&transaction).map_err(failed)?;
    let wanted = step.gas_limit.unwrap_or_else(|| free.gas_used.saturating_add(free.gas_used / 4));
    let limit = profile.gas.map_or(wanted, |most| wanted.min(most));
    chain.restore(&before);
    let receipt = chain.send(&transaction.with_gas_limit(limit)).map_err(failed)?;
    let success = receipt.outcome.is_success();
    if step.expects.is_met(success) {
        return Ok(Need { used: receipt.gas_used, limit });
    }
    // What would do with more gas lacks gas, and nothing else.
    if step.expects.is_met(free.outcome.is_success()) {
        let needs = Some(free.gas_used);
        return Err(PreflightError::OutOfGas { step: id(), limit, needs });
    }
    match receipt.outcome {
        Outcome::Halt { reason } if reason.to_lowercase().contains("gas") => {
            Err(PreflightError::OutOfGas { step: id(), limit, needs: None })
        }
        Outcome::Halt { reason } => Err(PreflightError::Unexpected { step: id(), success, reason }),
        Outcome::Revert { data } => {
            let reason = format!("it reverts with {data}");
            Err(PreflightError::Unexpected { step: id(), success, reason })
        }
        Outcome::Success { .. } => {
            Err(PreflightError::Unexpected { step: id(), success, reason: String::new() })
        }
    }
}

fn advice(needs: Option<u64>) -> String {
    match needs {
        Some(needs) => format!("it needs about {needs}"),
        None => "no network would let it have enough".to_owned(),
    }
}
