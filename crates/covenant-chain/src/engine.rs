//! revm, kept ready to execute.

use std::cell::Cell;

use revm::{
    Context, ExecuteEvm, InspectEvm, Inspector, MainBuilder, MainnetEvm,
    context::{BlockEnv, CfgEnv, TxEnv, result::EVMError, result::ResultAndState},
    handler::MainnetContext,
    primitives::hardfork::SpecId,
};

use crate::{HardFork, fork::ForkError, state::State};

/// What inspectors are generic over.
pub(crate) type EvmContext = MainnetContext<State>;

/// The error of an execution that has no outcome.
pub(crate) type EvmError = EVMError<ForkError>;

/// Which rules an execution is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A transaction of a block: every rule of mainnet, except that senders may have code.
    Transaction,
    /// `eth_call`: also no base fee, no nonce and no cap on gas.
    Call,
}

/// An EVM with its tables and stacks.
type Evm = MainnetEvm<EvmContext>;

thread_local! {
    /// The EVM that this thread used last, which saves building tables and stacks for every transaction.
    ///
    /// It holds no state between executions. It is not a part of the chain because revm's EVM may not move between
    /// threads, and a chain may.
    static IDLE: Cell<Option<Box<Evm>>> = const { Cell::new(None) };
}

/// Everything around a transaction.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) rules: &'a CfgEnv,
    pub(crate) block: BlockEnv,
    pub(crate) mode: Mode,
}

/// Executes `tx` on `state`; the changes are in the result.
pub(crate) fn execute(
    frame: Frame<'_>,
    tx: TxEnv,
    state: &State,
) -> Result<ResultAndState, EvmError> {
    let mut evm = prepared(frame, state);
    let result = evm.transact(tx);
    put_back(evm);
    result
}

/// The same, watched by `inspector`. The path above has no trace of this one.
pub(crate) fn inspect<I: Inspector<EvmContext>>(
    frame: Frame<'_>,
    tx: TxEnv,
    state: &State,
    inspector: &mut I,
) -> Result<ResultAndState, EvmError> {
    let mut evm = prepared(frame, state).with_inspector(inspector);
    let result = evm.inspect_tx(tx);
    put_back(Box::new(evm.with_inspector(())));
    result
}

/// This thread's EVM, taken out: whatever panics or executes meanwhile cannot leave it half done.
fn prepared(frame: Frame<'_>, state: &State) -> Box<Evm> {
    let Frame { rules, block, mode } = frame;
    let idle = IDLE.take().filter(|evm| evm.ctx.cfg.spec == rules.spec);
    let mut evm = idle.unwrap_or_else(|| Box::new(build(rules)));
    evm.ctx.journaled_state.database = state.clone();
    evm.ctx.block = block;
    evm.ctx.cfg.chain_id = rules.chain_id;
    let call = mode == Mode::Call;
    evm.ctx.cfg.disable_base_fee = call;
    evm.ctx.cfg.tx_gas_limit_cap = if call { Some(u64::MAX) } else { rules.tx_gas_limit_cap };
    evm.ctx.cfg.limit_contract_code_size = rules.limit_contract_code_size;
    evm.ctx.cfg.limit_contract_initcode_size = rules.limit_contract_initcode_size;
    evm
}

/// Lets go of the state, so that the chain is its only owner again and can write to it in place.
fn put_back(mut evm: Box<Evm>) {
    evm.ctx.journaled_state.database = State::nothing();
    IDLE.set(Some(evm));
}

fn build(rules: &CfgEnv) -> Evm {
    let context: EvmContext = Context::new(State::nothing(), rules.spec);
    context.with_cfg(rules.clone()).build_mainnet()
}

/// Mainnet's rules, for senders without keys: the nonce is filled in by the chain, and a contract may send.
pub(crate) fn rules(hard_fork: HardFork, chain_id: u64) -> CfgEnv {
    let mut rules = CfgEnv::new_with_spec(spec(hard_fork)).with_chain_id(chain_id);
    rules.disable_nonce_check = true;
    rules.disable_eip3607 = true;
    rules
}

const fn spec(hard_fork: HardFork) -> SpecId {
    match hard_fork {
        HardFork::Istanbul => SpecId::ISTANBUL,
        HardFork::Berlin => SpecId::BERLIN,
        HardFork::London => SpecId::LONDON,
        HardFork::Paris => SpecId::MERGE,
        HardFork::Shanghai => SpecId::SHANGHAI,
        HardFork::Cancun => SpecId::CANCUN,
        HardFork::Prague => SpecId::PRAGUE,
        HardFork::Osaka => SpecId::OSAKA,
        HardFork::Amsterdam => SpecId::AMSTERDAM,
    }
}
