//! Executions that something watches.

use revm::{context::TxEnv, context::result::ResultAndState};

use crate::{
    console,
    coverage::{Coverage, Watcher},
    engine::{self, EvmError, Frame},
    state::State,
    trace::{self, CallTrace, Recorder},
};

/// What was seen of a transaction.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) console: Vec<String>,
    pub(super) trace: Option<Box<CallTrace>>,
}

/// Executes and collects what is written with `console.log`.
pub(super) fn console(
    frame: Frame<'_>,
    tx: TxEnv,
    state: &State,
) -> Result<(ResultAndState, Watched), EvmError> {
    let mut lines = console::Listener::default();
    let result = engine::inspect(frame, tx, state, &mut lines)?;
    Ok((result, Watched { console: lines.into_lines(), trace: None }))
}

/// Executes and records the tree of calls.
pub(super) fn calls(
    frame: Frame<'_>,
    tx: TxEnv,
    state: &State,
) -> Result<(ResultAndState, Watched), EvmError> {
    let mut watch = (Recorder::new(), console::Listener::default());
    let result = engine::inspect(frame, tx, state, &mut watch)?;
    let (recorder, lines) = watch;
    let trace = trace::tree(recorder).map(Box::new);
    Ok((result, Watched { console: lines.into_lines(), trace }))
}

/// Executes and collects what is executed.
pub(super) fn instructions(
    frame: Frame<'_>,
    tx: TxEnv,
    state: &State,
    coverage: &Coverage,
) -> Result<ResultAndState, EvmError> {
    let mut watcher = Watcher::new(coverage);
    let result = engine::inspect(frame, tx, state, &mut watcher)?;
    watcher.finish();
    Ok(result)
}
