//! The inspector that follows inputs through a transaction.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use revm::{
    Inspector,
    bytecode::opcode::{self, OPCODE_INFO},
    interpreter::{
        CallInputs, CallOutcome, CallScheme, CreateInputs, CreateOutcome, Interpreter,
        interpreter_types::{InputsTr, Jumps},
    },
};

use super::{
    Asked, Watch,
    mark::{Input, Looked, Mark, complement, sum},
    memory::Bytes,
};
use crate::engine::EvmContext;

type Storage = BTreeMap<(Address, U256, bool), Option<Mark>>;

/// A call that is being executed.
#[derive(Debug, Default)]
struct Frame {
    stack: Vec<Option<Mark>>,
    memory: Bytes,
    calldata: Bytes,
    /// What the last child returned.
    returned: Bytes,
    /// What this one returns.
    output: Bytes,
    /// Where it wants what its child returns, and how much of it.
    wanted: Option<(u64, u64)>,
    /// What comes of `CALLVALUE`.
    value: Option<Mark>,
    /// Storage as it was when it began.
    before: Storage,
    /// Whether it executed an instruction; precompiled contracts do not.
    began: bool,
    /// Whether it is the call whose inputs are looked at.
    is_watched: bool,
}

/// Follows inputs.
#[derive(Debug)]
pub(crate) struct Looker {
    watch: Watch,
    looked: Looked,
    storage: Storage,
    frames: Vec<Frame>,
    /// Calldata of the call that begins next.
    next: Bytes,
    /// How many calls could still be the one that is looked at; none when it was found.
    ahead: Option<u32>,
}

/// The operands of an instruction, the top of the stack first.
type Operands = [(U256, Option<Mark>); 7];

impl Looker {
    pub(crate) fn new(watch: Watch) -> Self {
        let clock =
            |(address, slot): &(Address, U256)| ((*address, *slot, false), Some(Mark::CLOCK));
        let skipped = watch.skipped;
        let storage = watch.clocks.iter().map(clock).collect();
        Self {
            watch,
            looked: Looked::default(),
            storage,
            frames: Vec::new(),
            next: Bytes::default(),
            ahead: Some(skipped),
        }
    }

    pub(crate) fn finish(self) -> Looked {
        self.looked
    }

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("instructions are executed in a frame")
    }

    fn begin(&mut self, calldata: Bytes, value: Option<Mark>) {
        let before = self.storage.clone();
        self.frames.push(Frame { calldata, value, before, ..Frame::default() });
    }

    fn end(&mut self, succeeded: bool, returned: usize) {
        let Some(frame) = self.frames.pop() else { return };
        self.looked.succeeded |= frame.is_watched && succeeded;
        let returned = u64::try_from(returned).unwrap_or(u64::MAX);
        if !succeeded {
            self.storage = frame.before;
        }
        let output = if frame.began {
            frame.output
        } else {
            // What a precompiled contract makes of it, and whether it likes it, is not seen.
            self.looked.escapes(frame.calldata.mark());
            frame.calldata.blurred(returned)
        };
        let Some(parent) = self.frames.last_mut() else { return };
        if let Some((byte, length)) = parent.wanted.take() {
            parent.memory.set(byte, length.min(returned), &output);
        }
        parent.returned = output;
    }
}

impl Inspector<EvmContext> for Looker {
    fn step(&mut self, interpreter: &mut Interpreter, _: &mut EvmContext) {
        let op = interpreter.bytecode.opcode();
        let Some(info) = OPCODE_INFO[usize::from(op)] else { return };
        let stack = interpreter.stack.data();
        let inputs = usize::from(info.inputs());
        let frame = self.frame();
        frame.began = true;
        if stack.len() < inputs {
            return;
        }
        if matches!(op, opcode::PUSH0..=opcode::SWAP16) {
            return frame.shuffle(op);
        }
        // Most words have nothing to do with inputs.
        let count = frame.stack.len();
        let first = count.saturating_sub(inputs);
        if !is_looked_at(op) && frame.stack[first..].iter().all(Option::is_none) {
            frame.stack.truncate(first);
            if info.outputs() == 1 {
                frame.stack.push(None);
            }
            return;
        }
        let mut operands: Operands = [(U256::ZERO, None); 7];
        for (index, operand) in operands.iter_mut().enumerate().take(inputs) {
            *operand = (stack[stack.len() - 1 - index], frame.stack.pop().flatten());
        }
        let account = interpreter.input.target_address();
        let left = self.execute(op, &operands, account);
        if info.outputs() == 1 {
            self.frame().stack.push(left);
        }
    }

    fn call(&mut self, context: &mut EvmContext, inputs: &mut CallInputs) -> Option<CallOutcome> {
        let calldata = std::mem::take(&mut self.next);
        if !calldata.is_none() {
            let data = inputs.input.as_bytes(context);
            self.looked.asked.extend(Asked::of(inputs, &data, &calldata));
        }
        let (watch, to) = (&self.watch, inputs.target_address);
        let is_call = inputs.scheme == CallScheme::Call;
        if !self.frames.is_empty()
            && matches!(inputs.scheme, CallScheme::Call | CallScheme::StaticCall)
            && watch.counted == Some(to)
        {
            self.looked.calls += 1;
        }
        let is_wanted = is_call && to == watch.target && inputs.caller == watch.caller;
        let ahead = self.ahead;
        if is_wanted {
            self.ahead = ahead.and_then(|ahead| ahead.checked_sub(1));
        }
        if is_wanted && ahead == Some(0) {
            let length = u64::try_from(inputs.input.len()).unwrap_or(u64::MAX);
            self.begin(Bytes::inputs(length), Some(Mark::of(Input::Value)));
            self.frame().is_watched = true;
            return None;
        }
        let value = match inputs.scheme {
            CallScheme::DelegateCall => self.frames.last().and_then(|frame| frame.value),
            _ => None,
        };
        self.begin(calldata, value);
        None
    }

    fn call_end(&mut self, _: &mut EvmContext, _: &CallInputs, outcome: &mut CallOutcome) {
        self.end(outcome.result.is_ok(), outcome.result.output.len());
    }

    fn create(&mut self, _: &mut EvmContext, _: &mut CreateInputs) -> Option<CreateOutcome> {
        self.begin(Bytes::default(), None);
        None
    }

    fn create_end(&mut self, _: &mut EvmContext, _: &CreateInputs, outcome: &mut CreateOutcome) {
        self.end(outcome.result.is_ok(), outcome.result.output.len());
    }
}

impl Frame {
    /// `PUSH`, `DUP` and `SWAP`.
    fn shuffle(&mut self, op: u8) {
        let stack = &mut self.stack;
        match op {
            opcode::DUP1..=opcode::DUP16 => {
                let depth = usize::from(op - opcode::DUP1);
                let copied = stack.len().checked_sub(depth + 1).and_then(|at| stack[at]);
                stack.push(copied);
            }
            opcode::SWAP1..=opcode::SWAP16 => {
                let depth = usize::from(op - opcode::SWAP1) + 1;
                if let Some(top) = stack.len().checked_sub(1)
                    && depth <= top
                {
                    stack.swap(top, top - depth);
                }
            }
            _ => stack.push(None),
        }
    }
}

/// Whether an instruction does something besides making a word of words.
const fn is_looked_at(op: u8) -> bool {
    matches!(
        op,
        opcode::TIMESTAMP
            | opcode::NUMBER
            | opcode::CALLVALUE
            | opcode::SLOAD
            | opcode::TLOAD
            | opcode::SSTORE
            | opcode::TSTORE
            | opcode::RETURN
            | opcode::REVERT
            | opcode::CODECOPY
            | opcode::EXTCODECOPY
            | opcode::MLOAD
            | opcode::MSTORE
            | opcode::MSTORE8
            | opcode::MCOPY
            | opcode::CALLDATALOAD
            | opcode::CALLDATACOPY
            | opcode::RETURNDATACOPY
            | opcode::KECCAK256
            | opcode::CALL
            | opcode::CALLCODE
            | opcode::DELEGATECALL
            | opcode::STATICCALL
            | opcode::CREATE
            | opcode::CREATE2
    )
}

/// Whether a word begins with a selector that no input is in.
const fn is_selector(mark: Option<Mark>) -> bool {
    match mark {
        Some(mark) => mark.is_below_selector(),
        None => false,
    }
}

/// An offset or a length. What is larger than memory can be ends the frame.
fn size((word, _): (U256, Option<Mark>)) -> u64 {
    u64::try_from(word).unwrap_or(u64::MAX).min(1 << 40)
}

impl Looker {
    /// The mark of what an instruction leaves on the stack.
    fn execute(&mut self, op: u8, on: &Operands, account: Address) -> Option<Mark> {
        match op {
            opcode::TIMESTAMP | opcode::NUMBER => Some(Mark::CLOCK),
            opcode::CALLVALUE => self.frame().value,
            opcode::POP | opcode::LOG0..=opcode::LOG4 => None,
            opcode::SLOAD | opcode::TLOAD => {
                self.looked.escapes(on[0].1);
                self.storage.get(&(account, on[0].0, op == opcode::TLOAD)).copied().flatten()
            }
            opcode::SSTORE | opcode::TSTORE => {
                self.looked.escapes(on[0].1);
                self.looked.escapes(on[1].1);
                self.storage.insert((account, on[0].0, op == opcode::TSTORE), on[1].1);
                None
            }
            op if is_looked_at(op) => self.data(op, on),
            _ => self.compute(op, on),
        }
    }

    /// Instructions that make a word of words.
    fn compute(&mut self, op: u8, on: &Operands) -> Option<Mark> {
        let [a, b, ..] = *on;
        let blurred = || Mark::of_all(on.iter().map(|(_, mark)| *mark));
        match op {
            // What is compared with nothing but a clock's words is a matter of time.
            opcode::LT => self.looked.less(a, b),
            opcode::GT => self.looked.less(b, a),
            opcode::SLT => self.looked.signed_less(a, b),
            opcode::SGT => self.looked.signed_less(b, a),
            opcode::EQ => self.looked.equal(a, b),
            opcode::ISZERO => self.looked.equal(a, (U256::ZERO, None)),
            opcode::JUMPI => {
                self.looked.escapes(a.1);
                self.looked.equal(b, (U256::ZERO, None));
            }
            opcode::ADD => return sum(a, b, false),
            opcode::SUB => return sum(a, b, true),
            opcode::NOT => return complement(a.1),
            opcode::AND => return self.masked(a, b),
            opcode::SIGNEXTEND => return self.extended(a, b),
            opcode::SHR if is_selector(b.1) && a.1.is_none() && a.0 >= U256::from(224) => {}
            opcode::DIV if is_selector(a.1) && b.1.is_none() && b.0 >> 224 != U256::ZERO => {}
            opcode::MUL
            | opcode::DIV
            | opcode::SDIV
            | opcode::MOD
            | opcode::SMOD
            | opcode::ADDMOD
            | opcode::MULMOD
            | opcode::EXP
            | opcode::OR
            | opcode::XOR
            | opcode::BYTE
            | opcode::SHL
            | opcode::SHR
            | opcode::SAR
            | opcode::CLZ => return blurred(),
            // Whatever else there is: other accounts, other blocks, where to jump.
            _ => {
                for (_, mark) in on {
                    self.looked.escapes(*mark);
                }
            }
        }
        None
    }

    /// `AND`: a word that has no bits but those of the mask stays what it is.
    fn masked(&mut self, a: (U256, Option<Mark>), b: (U256, Option<Mark>)) -> Option<Mark> {
        let ((word, Some(mark)), (mask, None)) = (if a.1.is_some() { (a, b) } else { (b, a) })
        else {
            return Mark::of_all([a.1, b.1]);
        };
        if is_selector(Some(mark)) && mask << 32 == U256::ZERO {
            return None;
        }
        let is_low = (mask & mask.wrapping_add(U256::ONE)) == U256::ZERO;
        if !is_low || word & mask != word || mark.is_clock() {
            return Some(mark.blurred());
        }
        self.looked.fits(mark, mask);
        Some(mark)
    }

    /// `SIGNEXTEND`: a word that is what it was stays what it is.
    fn extended(&mut self, a: (U256, Option<Mark>), b: (U256, Option<Mark>)) -> Option<Mark> {
        let ((bytes, None), (word, Some(mark))) = (a, b) else {
            return Mark::of_all([a.1, b.1]);
        };
        if bytes >= U256::from(31) {
            return Some(mark);
        }
        let most = (U256::ONE << (8 * bytes.to::<usize>() + 7)) - U256::ONE;
        if word > most && word < !most || mark.is_clock() {
            return Some(mark.blurred());
        }
        self.looked.fits_with_sign(mark, most);
        Some(mark)
    }

    /// Instructions that move data, and calls.
    fn data(&mut self, op: u8, on: &Operands) -> Option<Mark> {
        let looked_at = match op {
            opcode::CALL | opcode::CALLCODE => 0..7,
            opcode::DELEGATECALL | opcode::STATICCALL => 0..6,
            opcode::CREATE2 | opcode::EXTCODECOPY => 0..4,
            opcode::CREATE
            | opcode::CALLDATACOPY
            | opcode::CODECOPY
            | opcode::RETURNDATACOPY
            | opcode::MCOPY => 0..3,
            opcode::RETURN | opcode::REVERT | opcode::KECCAK256 => 0..2,
            opcode::MLOAD | opcode::MSTORE | opcode::MSTORE8 | opcode::CALLDATALOAD => 0..1,
            _ => 0..0,
        };
        for (_, mark) in &on[looked_at] {
            self.looked.escapes(*mark);
        }
        let next = &mut self.next;
        let frame = self.frames.last_mut().expect("instructions are executed in a frame");
        match op {
            opcode::MLOAD => return frame.memory.word(size(on[0])),
            opcode::CALLDATALOAD => return frame.calldata.word(size(on[0])),
            opcode::KECCAK256 => return frame.memory.part(size(on[0]), size(on[1])).mark(),
            opcode::MSTORE => frame.memory.set_word(size(on[0]), on[1].1),
            opcode::MSTORE8 => frame.memory.set_byte(size(on[0]), on[1].1),
            opcode::MCOPY | opcode::CALLDATACOPY | opcode::RETURNDATACOPY => {
                let source = match op {
                    opcode::MCOPY => &frame.memory,
                    opcode::CALLDATACOPY => &frame.calldata,
                    _ => &frame.returned,
                };
                let part = source.part(size(on[1]), size(on[2]));
                frame.memory.set(size(on[0]), size(on[2]), &part);
            }
            opcode::CODECOPY => frame.memory.set(size(on[0]), size(on[2]), &Bytes::default()),
            opcode::EXTCODECOPY => frame.memory.set(size(on[1]), size(on[3]), &Bytes::default()),
            opcode::RETURN | opcode::REVERT => {
                frame.output = frame.memory.part(size(on[0]), size(on[1]));
            }
            opcode::CALL | opcode::CALLCODE | opcode::DELEGATECALL | opcode::STATICCALL => {
                let at = if matches!(op, opcode::CALL | opcode::CALLCODE) { 3 } else { 2 };
                *next = frame.memory.part(size(on[at]), size(on[at + 1]));
                frame.wanted = Some((size(on[at + 2]), size(on[at + 3])));
            }
            opcode::CREATE | opcode::CREATE2 => {
                frame.wanted = None;
                let code = frame.memory.part(size(on[1]), size(on[2]));
                if !code.is_none() {
                    let mark = code.mark();
                    self.looked.escapes(mark);
                }
            }
            _ => {}
        }
        None
    }
}
