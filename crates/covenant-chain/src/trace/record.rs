//! Recording a tree of calls while the EVM runs.

use std::collections::VecDeque;

use alloy_primitives::{Address, U256};
use revm::{
    Inspector,
    bytecode::opcode::OpCode,
    context_interface::result::HaltReason,
    interpreter::{
        CallInputs, CallOutcome, CreateInputs, CreateOutcome, InstructionResult, Interpreter,
        SuccessOrHalt, interpreter_types::Jumps,
    },
    primitives::Log as EvmLog,
};
use revm_inspectors::tracing::{
    OpcodeFilter, TracingInspector, TracingInspectorConfig,
    types::{CallKind as EvmCallKind, CallTraceNode, TraceMemberOrder},
};

use super::types::{CallKind, CallTrace, StorageWrite, TraceItem};
use crate::{Log, Outcome, chain::halt, engine::EvmContext};

/// Records calls, logs and storage writes, and how far each call came.
#[derive(Debug)]
pub(crate) struct Recorder {
    calls: TracingInspector,
    /// The last program counters of each call, in the order in which they began: the order of the arena's nodes.
    trails: Vec<Trail>,
    /// The calls that are running, as indices into `trails`.
    running: Vec<usize>,
}

/// The last program counters of a call.
#[derive(Debug, Default)]
struct Trail(VecDeque<usize>);

impl Trail {
    /// Enough to reach back from a `REVERT` to where its error was put together.
    const LENGTH: usize = 256;

    fn push(&mut self, counter: usize) {
        if self.0.len() == Self::LENGTH {
            self.0.pop_front();
        }
        self.0.push_back(counter);
    }
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let config = TracingInspectorConfig {
            record_inputs: true,
            record_bytecode: true,
            record_logs: true,
            record_steps: true,
            record_state_diff: true,
            record_opcodes_filter: Some(OpcodeFilter::new().enabled(OpCode::SSTORE)),
            ..TracingInspectorConfig::none()
        };
        Self { calls: TracingInspector::new(config), trails: Vec::new(), running: Vec::new() }
    }

    fn begin(&mut self) {
        self.running.push(self.trails.len());
        self.trails.push(Trail::default());
    }
}

impl Inspector<EvmContext> for Recorder {
    fn initialize_interp(&mut self, interpreter: &mut Interpreter, context: &mut EvmContext) {
        self.calls.initialize_interp(interpreter, context);
    }

    fn step(&mut self, interpreter: &mut Interpreter, context: &mut EvmContext) {
        if let Some(index) = self.running.last() {
            self.trails[*index].push(interpreter.bytecode.pc());
        }
        self.calls.step(interpreter, context);
    }

    fn step_end(&mut self, interpreter: &mut Interpreter, context: &mut EvmContext) {
        self.calls.step_end(interpreter, context);
    }

    fn log(&mut self, context: &mut EvmContext, log: EvmLog) {
        self.calls.log(context, log);
    }

    fn call(&mut self, context: &mut EvmContext, inputs: &mut CallInputs) -> Option<CallOutcome> {
        self.begin();
        self.calls.call(context, inputs)
    }

    fn call_end(
        &mut self,
        context: &mut EvmContext,
        inputs: &CallInputs,
        outcome: &mut CallOutcome,
    ) {
        self.running.pop();
        self.calls.call_end(context, inputs, outcome);
    }

    fn create(
        &mut self,
        context: &mut EvmContext,
        inputs: &mut CreateInputs,
    ) -> Option<CreateOutcome> {
        self.begin();
        self.calls.create(context, inputs)
    }

    fn create_end(
        &mut self,
        context: &mut EvmContext,
        inputs: &CreateInputs,
        outcome: &mut CreateOutcome,
    ) {
        self.running.pop();
        self.calls.create_end(context, inputs, outcome);
    }

    fn selfdestruct(&mut self, contract: Address, target: Address, value: U256) {
        <TracingInspector as Inspector<EvmContext>>::selfdestruct(
            &mut self.calls,
            contract,
            target,
            value,
        );
    }
}

/// The tree that was recorded; `None` if the transaction ended before its first call.
pub(crate) fn tree(recorder: Recorder) -> Option<CallTrace> {
    let nodes = recorder.calls.into_traces().into_nodes();
    let mut calls: Vec<Option<CallTrace>> = Vec::new();
    calls.resize_with(nodes.len(), || None);
    // A call begins after the one that makes it, so going backwards finds all inner calls done. Recursion would need as
    // much of the thread's stack as a contract that calls itself hundreds of times likes.
    for (index, (node, trail)) in nodes.iter().zip(&recorder.trails).enumerate().rev() {
        let done = call(node, trail, &mut calls);
        calls[index] = Some(done);
    }
    calls.into_iter().next().flatten()
}

fn call(node: &CallTraceNode, trail: &Trail, calls: &mut [Option<CallTrace>]) -> CallTrace {
    let trace = &node.trace;
    let kind = kind(trace.kind);
    let outcome = outcome(node, kind);
    let borrowed = matches!(kind, CallKind::DelegateCall | CallKind::CallCode);
    let code = trace.bytecode.clone().unwrap_or_default();
    let failed = !outcome.is_success() && !code.is_empty();
    let trail = if failed { trail.0.iter().copied().collect() } else { Vec::new() };
    CallTrace {
        kind,
        from: trace.caller,
        to: if borrowed { trace.caller } else { trace.address },
        code_address: trace.address,
        value: trace.value,
        input: trace.data.clone(),
        gas_limit: trace.gas_limit,
        gas_used: trace.gas_used,
        failed_at: trail.last().copied(),
        trail,
        code,
        outcome,
        items: node.ordering.iter().filter_map(|member| item(node, member, calls)).collect(),
    }
}

fn item(
    node: &CallTraceNode,
    member: &TraceMemberOrder,
    calls: &mut [Option<CallTrace>],
) -> Option<TraceItem> {
    match member {
        TraceMemberOrder::Call(child) => calls[node.children[*child]].take().map(TraceItem::Call),
        TraceMemberOrder::Log(index) => {
            let log = &node.logs[*index];
            let (topics, data) = log.raw_log.clone().split();
            Some(TraceItem::Log(Log { address: log.address, topics, data }))
        }
        TraceMemberOrder::Step(index) => {
            node.trace.steps[*index].storage_change.as_ref().map(|change| {
                let before = change.had_value.unwrap_or_default();
                TraceItem::Storage(StorageWrite { slot: change.key, before, after: change.value })
            })
        }
    }
}

fn outcome(node: &CallTraceNode, kind: CallKind) -> Outcome {
    let output = node.trace.output.clone();
    let status = node.trace.status.unwrap_or(InstructionResult::Stop);
    match SuccessOrHalt::<HaltReason>::from(status) {
        SuccessOrHalt::Success(_) => {
            Outcome::Success { output, created: kind.is_create().then_some(node.trace.address) }
        }
        SuccessOrHalt::Revert => Outcome::Revert { data: output },
        SuccessOrHalt::Halt(reason) => Outcome::Halt { reason: halt(&reason) },
        SuccessOrHalt::FatalExternalError | SuccessOrHalt::Internal(_) => {
            Outcome::Halt { reason: "the state that it needs could not be had".to_owned() }
        }
    }
}

const fn kind(kind: EvmCallKind) -> CallKind {
    match kind {
        EvmCallKind::Call | EvmCallKind::AuthCall => CallKind::Call,
        EvmCallKind::StaticCall => CallKind::StaticCall,
        EvmCallKind::CallCode => CallKind::CallCode,
        EvmCallKind::DelegateCall => CallKind::DelegateCall,
        EvmCallKind::Create => CallKind::Create,
        EvmCallKind::Create2 => CallKind::Create2,
    }
}
