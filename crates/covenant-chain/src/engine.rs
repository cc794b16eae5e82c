//! revm, kept ready to execute.

use std::{fmt, mem};

use revm::{
    Context, ExecuteEvm, InspectEvm, Inspector, MainBuilder, MainnetEvm,
    context::{BlockEnv, CfgEnv, Journal, TxEnv, result::EVMError, result::ResultAndState},
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

/// An EVM with its tables and stacks, reused from one transaction to the next.
///
/// It holds no state between executions; a clone starts without tables and builds them when it first executes.
#[derive(Default)]
pub(crate) struct Engine {
    evm: Option<Box<MainnetEvm<EvmContext>>>,
}

impl Clone for Engine {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// Everything around a transaction.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) rules: &'a CfgEnv,
    pub(crate) block: BlockEnv,
    pub(crate) mode: Mode,
}

impl Engine {
    /// Executes `tx` on `state`, which it leaves as it was; the changes are in the result.
    pub(crate) fn execute(
        &mut self,
        frame: Frame<'_>,
        tx: TxEnv,
        state: &mut State,
    ) -> Result<ResultAndState, EvmError> {
        let evm = self.prepared(frame);
        mem::swap(&mut evm.ctx.journaled_state.database, state);
        let result = evm.transact(tx);
        mem::swap(&mut evm.ctx.journaled_state.database, state);
        result
    }

    /// The same, watched by `inspector`. The path above has no trace of this one.
    pub(crate) fn inspect<I: Inspector<EvmContext>>(
        &mut self,
        frame: Frame<'_>,
        tx: TxEnv,
        state: &mut State,
        inspector: &mut I,
    ) -> Result<ResultAndState, EvmError> {
        self.prepared(frame);
        let mut evm = self.evm.take().expect("the EVM was just prepared").with_inspector(inspector);
        mem::swap(&mut evm.ctx.journaled_state.database, state);
        let result = evm.inspect_tx(tx);
        mem::swap(&mut evm.ctx.journaled_state.database, state);
        self.evm = Some(Box::new(evm.with_inspector(())));
        result
    }

    fn prepared(&mut self, frame: Frame<'_>) -> &mut MainnetEvm<EvmContext> {
        let evm = self.evm.get_or_insert_with(|| Box::new(build(frame.rules)));
        evm.ctx.block = frame.block;
        let call = frame.mode == Mode::Call;
        evm.ctx.cfg.disable_base_fee = call;
        evm.ctx.cfg.tx_gas_limit_cap = call.then_some(u64::MAX);
        evm
    }
}

fn build(rules: &CfgEnv) -> MainnetEvm<EvmContext> {
    let context: EvmContext = Context::new(State::default(), rules.spec);
    let context: Context<BlockEnv, TxEnv, CfgEnv, State, Journal<State>, ()> =
        context.with_cfg(rules.clone());
    context.build_mainnet()
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
