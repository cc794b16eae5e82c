//! Which instructions were executed, and where they jumped to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use alloy_primitives::{B256, Bytes};
use revm::{
    Inspector,
    bytecode::opcode,
    context_interface::{ContextTr, JournalTr},
    interpreter::{
        CallInputs, CallOutcome, CreateInputs, CreateOutcome, Interpreter,
        interpreter_types::Jumps,
    },
};

use crate::engine::EvmContext;

/// What was executed of one piece of code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Executed {
    /// The code: what was deployed, or init code with the arguments of the constructor behind it.
    pub code: Bytes,
    /// How often the instruction at each program counter began.
    pub hits: Vec<u64>,
    /// How often execution went on from a `JUMP` to where it led, by both program counters.
    pub jumps: BTreeMap<(usize, usize), u64>,
    /// How often execution went on from a `JUMPI`, by its program counter.
    pub choices: BTreeMap<usize, Choice>,
}

/// How often a conditional jump went either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// To the instruction behind it.
    pub fell: u64,
    /// To its target, which may be the instruction behind it.
    pub jumped: u64,
}

/// Whether a piece of code was executed to create a contract, or as a contract's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeRole {
    /// Init code.
    Creation,
    /// The code of an account.
    Runtime,
}

/// A collector of what is executed. Clones collect into the same place, and so do all clones of a chain that has one.
///
/// Calls that revert count as far as they went; transactions that are only traced again do not.
#[derive(Clone, Debug, Default)]
pub struct Coverage(Arc<Mutex<BTreeMap<(CodeRole, B256), Executed>>>);

impl Coverage {
    /// A collector that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes out what was executed, in a fixed order.
    pub fn take(&self) -> Vec<(CodeRole, Executed)> {
        let codes = std::mem::take(&mut *self.lock());
        codes.into_iter().map(|((role, _), executed)| (role, executed)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(CodeRole, B256), Executed>> {
        // Counters are whole after each addition, whoever panicked between two.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches one transaction.
#[derive(Debug)]
pub(crate) struct Watcher<'a> {
    coverage: &'a Coverage,
    codes: BTreeMap<(CodeRole, B256), Executed>,
    /// The calls that are running, outermost first.
    running: Vec<Frame>,
    /// What the call is that begins next.
    next: CodeRole,
}

#[derive(Debug)]
struct Frame {
    depth: usize,
    code: (CodeRole, B256),
    executed: Executed,
    /// The jump that the call executed last, if its last instruction was one.
    jump: Option<Jump>,
}

/// A jump that began.
#[derive(Clone, Copy, Debug)]
enum Jump {
    Always(usize),
    If(usize, Condition),
}

/// What a conditional jump depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    True,
    False,
}

impl<'a> Watcher<'a> {
    pub(crate) const fn new(coverage: &'a Coverage) -> Self {
        Self {
            coverage,
            codes: BTreeMap::new(),
            running: Vec::new(),
            next: CodeRole::Runtime,
        }
    }

    /// Adds what was seen to the collector.
    pub(crate) fn finish(mut self) {
        while let Some(frame) = self.running.pop() {
            merge(self.codes.entry(frame.code).or_default(), frame.executed);
        }
        let mut all = self.coverage.lock();
        for (key, executed) in self.codes {
            merge(all.entry(key).or_default(), executed);
        }
    }

    /// Ends the calls that are at this depth or deeper.
    fn leave(&mut self, depth: usize) {
        while let Some(frame) = self.running.pop_if(|frame| frame.depth >= depth) {
            merge(self.codes.entry(frame.code).or_default(), frame.executed);
        }
    }
}

impl Inspector<EvmContext> for Watcher<'_> {
    fn call(&mut self, _: &mut EvmContext, _: &mut CallInputs) -> Option<CallOutcome> {
        self.next = CodeRole::Runtime;
        None
    }

    fn create(&mut self, _: &mut EvmContext, _: &mut CreateInputs) -> Option<CreateOutcome> {
        self.next = CodeRole::Creation;
        None
    }

    fn initialize_interp(&mut self, interpreter: &mut Interpreter, context: &mut EvmContext) {
        let depth = context.journal().depth();
        self.leave(depth);
        let hash = interpreter.bytecode.get_or_calculate_hash();
        let code = interpreter.bytecode.original_bytes();
        let hits = vec![0; code.len()];
        self.running.push(Frame {
            depth,
            code: (self.next, hash),
            executed: Executed { code, hits, ..Executed::default() },
            jump: None,
        });
    }

    fn step(&mut self, interpreter: &mut Interpreter, context: &mut EvmContext) {
        self.leave(context.journal().depth() + 1);
        let Some(frame) = self.running.last_mut() else { return };
        let counter = interpreter.bytecode.pc();
        // That the next instruction begins tells that the jump before it was paid for and led somewhere.
        match frame.jump.take() {
            None => {}
            Some(Jump::Always(from)) => {
                *frame.executed.jumps.entry((from, counter)).or_default() += 1;
            }
            Some(Jump::If(from, condition)) => {
                let choice = frame.executed.choices.entry(from).or_default();
                choice.fell += u64::from(condition == Condition::False);
                choice.jumped += u64::from(condition == Condition::True);
            }
        }
        // Behind its end, code reads as STOP.
        if let Some(hits) = frame.executed.hits.get_mut(counter) {
            *hits += 1;
        }
        frame.jump = match interpreter.bytecode.opcode() {
            opcode::JUMP => Some(Jump::Always(counter)),
            opcode::JUMPI => interpreter.stack.peek(1).ok().map(|condition| {
                let condition =
                    if condition.is_zero() { Condition::False } else { Condition::True };
                Jump::If(counter, condition)
            }),
            _ => None,
        };
    }
}

fn merge(into: &mut Executed, from: Executed) {
    if into.hits.is_empty() {
        *into = from;
        return;
    }
    into.hits.iter_mut().zip(from.hits).for_each(|(all, more)| *all += more);
    for (edge, count) in from.jumps {
        *into.jumps.entry(edge).or_default() += count;
    }
    for (counter, choice) in from.choices {
        let all = into.choices.entry(counter).or_default();
        all.fell += choice.fell;
        all.jumped += choice.jumped;
    }
}
