//! Following times through a transaction: an inspector that keeps shadows of stack, memory, calldata and storage.

use std::{collections::BTreeSet, rc::Rc};

use alloy_primitives::{Address, U256};
use revm::{
    Inspector,
    bytecode::opcode::{self, OPCODE_INFO, OpCode},
    interpreter::{
        CallInputs, CallOutcome, CreateInputs, CreateOutcome, Interpreter,
        interpreter_types::{InputsTr, Jumps},
    },
};

use super::{
    bits::Bits,
    followed::{Followed, Place, Read, StorageShadows},
    frame::{Frame, Mark, Wanted, is_stack_only},
    ops::{Asked, Opaque},
    term::{Clock, Term},
    word::Shadow,
};
use crate::engine::EvmContext;

/// Follows the present, and what came from it earlier, through one execution.
#[derive(Debug)]
pub(crate) struct Follower {
    clock: Clock,
    asked: Asked,
    storage: StorageShadows,
    transient: StorageShadows,
    /// Storage shadows that were overwritten, latest last.
    undo: Vec<((Address, U256), bool, Option<Shadow>)>,
    frames: Vec<Frame>,
    /// Calldata of the call that begins next.
    next: Bits,
    /// What the outermost call returned, and how many bytes that are.
    result: (Bits, u64),
    opaque: BTreeSet<Place>,
    surroundings: BTreeSet<(Place, &'static str)>,
    /// Accounts whose balance was asked for, or had to suffice for something.
    weighed: BTreeSet<Address>,
    /// How many frames there were.
    begun: u32,
}

impl Follower {
    pub(crate) fn new(clock: Clock, storage: StorageShadows) -> Self {
        Self {
            clock,
            asked: Asked::default(),
            storage,
            transient: StorageShadows::new(),
            undo: Vec::new(),
            frames: Vec::new(),
            next: Bits::default(),
            result: (Bits::default(), 0),
            opaque: BTreeSet::new(),
            surroundings: BTreeSet::new(),
            weighed: BTreeSet::new(),
            begun: 0,
        }
    }

    /// Accounts whose balance was asked for, or had to suffice for something.
    pub(crate) const fn weighed(&self) -> &BTreeSet<Address> {
        &self.weighed
    }

    pub(crate) fn finish(mut self) -> Followed {
        let (result, length) = std::mem::take(&mut self.result);
        let words = if result.is_none() { 0 } else { length.div_ceil(32) };
        let returned = (0..words).map(|word| result.word(32 * word, &mut self.asked)).collect();
        Followed {
            constraints: self.asked.take(),
            returned,
            storage: self.storage,
            opaque: self.opaque,
            surroundings: self.surroundings,
            read: Read::new(),
            calls: self.begun.saturating_sub(1),
        }
    }

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("instructions are executed in a frame")
    }

    /// Lets an opaque word matter.
    fn matters(&mut self, mark: &Mark, place: Place) {
        if let Some(marked) = mark {
            self.opaque.insert(marked.1.unwrap_or(place));
        }
    }

    fn begin(&mut self) {
        self.begun = self.begun.saturating_add(1);
        let frame = Frame {
            calldata: std::mem::take(&mut self.next),
            undo: self.undo.len(),
            ..Frame::default()
        };
        self.frames.push(frame);
    }

    fn end(&mut self, succeeded: bool, returned: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let returned = u64::try_from(returned).unwrap_or(u64::MAX);
        if !succeeded {
            for (key, is_transient, before) in self.undo.drain(frame.undo..).rev() {
                let storage = if is_transient { &mut self.transient } else { &mut self.storage };
                set(storage, key, before);
            }
        }
        let output = if frame.began || frame.calldata.is_none() {
            frame.output
        } else {
            Bits::unknown(returned)
        };
        let Some(parent) = self.frames.last_mut() else {
            self.result = (output, returned);
            return;
        };
        if let Some(wanted) = parent.wanted.take() {
            let length = wanted.length.min(returned);
            parent.memory.set_bytes(wanted.byte, length, &output, &mut self.asked);
        }
        parent.returned = output;
    }

    /// A time is written to storage, or something that is none.
    fn store(&mut self, key: (Address, U256), shadow: Option<Shadow>, is_transient: bool) {
        let storage = if is_transient { &mut self.transient } else { &mut self.storage };
        let before = set(storage, key, shadow);
        self.undo.push((key, is_transient, before));
    }
}

fn set(
    storage: &mut StorageShadows,
    key: (Address, U256),
    shadow: Option<Shadow>,
) -> Option<Shadow> {
    match shadow {
        Some(shadow) => storage.insert(key, shadow),
        None => storage.remove(&key),
    }
}

/// The operands of an instruction: words and their marks, the top of the stack first.
struct Operands {
    words: [U256; 7],
    marks: [Mark; 7],
}

impl Operands {
    fn of(&self, index: usize) -> (U256, Shadow) {
        let shadow = self.marks[index].as_ref().map_or_else(Shadow::none, |mark| mark.0.clone());
        (self.words[index], shadow)
    }

    fn is_plain(&self) -> bool {
        self.marks.iter().all(Option::is_none)
    }

    /// An offset or a length. What is larger than memory can be ends the frame.
    fn size(&self, index: usize) -> u64 {
        u64::try_from(self.words[index]).unwrap_or(u64::MAX).min(1 << 40)
    }

    /// Where the first opaque one became so.
    fn origin(&self, place: Place) -> Place {
        self.marks.iter().flatten().find_map(|mark| mark.1).unwrap_or(place)
    }
}

/// What an instruction leaves on the stack.
enum Left {
    /// A word that does not depend on time, or nothing.
    Plain,
    Shadow(Shadow),
}

impl Inspector<EvmContext> for Follower {
    fn step(&mut self, interpreter: &mut Interpreter, _: &mut EvmContext) {
        let op = interpreter.bytecode.opcode();
        let Some(info) = OPCODE_INFO[usize::from(op)] else { return };
        let frame = self.frames.last_mut().expect("instructions are executed in a frame");
        frame.began = true;
        let stack = interpreter.stack.data();
        let inputs = usize::from(info.inputs());
        if stack.len() < inputs {
            return;
        }
        if is_stack_only(op) {
            return frame.shuffle(op);
        }
        if frame.is_plain(inputs) && frame.stays_plain(op) {
            frame.stack.truncate(frame.stack.len().saturating_sub(inputs));
            if info.outputs() == 1 {
                frame.stack.push(None);
            }
            return;
        }
        let mut operands = Operands { words: [U256::ZERO; 7], marks: Default::default() };
        for index in 0..inputs {
            operands.words[index] = stack[stack.len() - 1 - index];
            operands.marks[index] = frame.stack.pop().flatten();
        }
        let place = Place {
            code: interpreter.input.bytecode_address.unwrap_or_default(),
            counter: interpreter.bytecode.pc(),
        };
        let account = interpreter.input.target_address();
        let left = self.execute(op, &operands, place, account);
        if info.outputs() == 1 {
            let mark = match left {
                Left::Shadow(shadow) if !shadow.is_none() => {
                    let origin = shadow.is_opaque().then(|| operands.origin(place));
                    Some(Rc::new((shadow, origin)))
                }
                _ => None,
            };
            self.frame().stack.push(mark);
        }
    }

    fn call(&mut self, _: &mut EvmContext, _: &mut CallInputs) -> Option<CallOutcome> {
        self.begin();
        None
    }

    fn call_end(&mut self, _: &mut EvmContext, _: &CallInputs, outcome: &mut CallOutcome) {
        self.end(outcome.result.is_ok(), outcome.result.output.len());
    }

    fn create(&mut self, _: &mut EvmContext, _: &mut CreateInputs) -> Option<CreateOutcome> {
        self.begin();
        None
    }

    fn create_end(&mut self, _: &mut EvmContext, _: &CreateInputs, outcome: &mut CreateOutcome) {
        let output = if outcome.result.is_ok() { 0 } else { outcome.result.output.len() };
        self.end(outcome.result.is_ok(), output);
    }
}

impl Follower {
    fn execute(&mut self, op: u8, on: &Operands, place: Place, account: Address) -> Left {
        match op {
            opcode::TIMESTAMP => {
                return Left::Shadow(Shadow::of(Term::instant(self.clock.now)));
            }
            opcode::NUMBER
            | opcode::DIFFICULTY
            | opcode::BLOCKHASH
            | opcode::COINBASE
            | opcode::GASLIMIT
            | opcode::BASEFEE
            | opcode::GASPRICE
            | opcode::BLOBHASH
            | opcode::BLOBBASEFEE => {
                let name = OpCode::new(op).map_or("", |op| op.as_str());
                self.surroundings.insert((place, name));
                if let (opcode::NUMBER, Some(offset)) = (op, self.clock.blocks) {
                    let number = Term { offset, ..Term::instant(self.clock.now) };
                    return Left::Shadow(Shadow::of(number));
                }
            }
            _ => {}
        }
        self.weigh(op, on, account);
        if let Some(left) = self.data(op, on, place, account) {
            return left;
        }
        if on.is_plain() {
            return Left::Plain;
        }
        if let Some(answer) = self.compare(op, on) {
            if answer.is_err() {
                let origin = on.origin(place);
                self.opaque.insert(origin);
            }
            return Left::Plain;
        }
        Left::Shadow(self.compute(op, on).unwrap_or_else(Shadow::unknown))
    }

    /// Instructions for which it matters how much wei an account has. One that sends wei also asks whether the account
    /// that gets them has been there before.
    fn weigh(&mut self, op: u8, on: &Operands, account: Address) {
        let address = |index: usize| Address::from_word(on.words[index].into());
        let is_sent = |index: usize| !on.words[index].is_zero() || on.marks[index].is_some();
        match op {
            opcode::SELFBALANCE | opcode::CREATE | opcode::CREATE2 => {
                self.weighed.extend([account]);
            }
            opcode::BALANCE => self.weighed.extend([address(0)]),
            opcode::SELFDESTRUCT => self.weighed.extend([account, address(0)]),
            opcode::CALL | opcode::CALLCODE if is_sent(2) => {
                self.weighed.extend([account, address(1)]);
            }
            _ => {}
        }
    }

    /// Comparisons and conditional jumps.
    fn compare(&mut self, op: u8, on: &Operands) -> Option<Result<(), Opaque>> {
        let ((a, a_shadow), (b, b_shadow)) = (on.of(0), on.of(1));
        let (one, other) = ((a, &a_shadow), (b, &b_shadow));
        let zero = (U256::ZERO, &Shadow::none());
        Some(match op {
            opcode::LT => self.asked.less(one, other),
            opcode::GT => self.asked.less(other, one),
            opcode::SLT => self.asked.signed_less(one, other),
            opcode::SGT => self.asked.signed_less(other, one),
            opcode::EQ => self.asked.equal(one, other),
            opcode::ISZERO => self.asked.equal(one, zero),
            opcode::JUMPI if on.marks[0].is_none() => self.asked.equal(other, zero),
            opcode::JUMP | opcode::JUMPI => Err(Opaque),
            _ => return None,
        })
    }

    /// Instructions that make a word of words, where it is known what they do to a shadow.
    fn compute(&mut self, op: u8, on: &Operands) -> Option<Shadow> {
        let ((a, a_shadow), (b, b_shadow)) = (on.of(0), on.of(1));
        let (one, other) = ((a, &a_shadow), (b, &b_shadow));
        let bits = |word: U256| u32::try_from(word).unwrap_or(u32::MAX);
        Some(match op {
            opcode::ADD => self.asked.sum(one, other, false, a.wrapping_add(b)),
            opcode::SUB => self.asked.sum(one, other, true, a.wrapping_sub(b)),
            opcode::AND => self.asked.and(one, other),
            opcode::OR | opcode::XOR => self.asked.join(one, other),
            opcode::SHL if a_shadow.is_none() => self.asked.shifted_left(other, bits(a)),
            opcode::SHR if a_shadow.is_none() => self.asked.shifted_right(other, bits(a)),
            opcode::SAR if a_shadow.is_none() && !b.bit(255) && known_positive(&b_shadow) => {
                self.asked.shifted_right(other, bits(a))
            }
            opcode::MUL if b_shadow.is_none() => self.multiplied(one, b)?,
            opcode::MUL if a_shadow.is_none() => self.multiplied(other, a)?,
            opcode::DIV if b_shadow.is_none() && b.is_power_of_two() => {
                self.asked.shifted_right(one, u32::try_from(b.trailing_zeros()).ok()?)
            }
            opcode::MOD if b_shadow.is_none() && b.is_power_of_two() => {
                self.asked.mask(one, b - U256::ONE)
            }
            opcode::SIGNEXTEND if a_shadow.is_none() => {
                let width = u16::try_from(a).unwrap_or(31).min(31) * 8 + 8;
                self.asked.sign_extended(other, width)
            }
            _ => return None,
        })
    }

    fn multiplied(&mut self, word: (U256, &Shadow), factor: U256) -> Option<Shadow> {
        if factor == U256::ZERO {
            return Some(Shadow::none());
        }
        let shift = u32::try_from(factor.trailing_zeros()).ok()?;
        factor.is_power_of_two().then(|| self.asked.shifted_left(word, shift))
    }

    /// Instructions that move data, and calls. `None` for all others.
    fn data(&mut self, op: u8, on: &Operands, place: Place, account: Address) -> Option<Left> {
        let word = on.words[0];
        let looked_at = match op {
            opcode::CALL | opcode::CALLCODE => 7,
            opcode::DELEGATECALL | opcode::STATICCALL => 6,
            opcode::CREATE2 | opcode::EXTCODECOPY => 4,
            opcode::CREATE
            | opcode::CALLDATACOPY
            | opcode::CODECOPY
            | opcode::RETURNDATACOPY
            | opcode::MCOPY => 3,
            opcode::RETURN | opcode::REVERT | opcode::KECCAK256 => 2,
            opcode::MLOAD
            | opcode::MSTORE
            | opcode::MSTORE8
            | opcode::CALLDATALOAD
            | opcode::SLOAD
            | opcode::TLOAD
            | opcode::SSTORE
            | opcode::TSTORE
            | opcode::BALANCE
            | opcode::EXTCODESIZE
            | opcode::EXTCODEHASH
            | opcode::SELFDESTRUCT => 1,
            opcode::LOG0..=opcode::LOG4 => 0,
            _ => return None,
        };
        // A time that says where, or how much, is beyond what can be followed. The gas of a call is not looked at.
        let skipped = usize::from(looked_at >= 6);
        for mark in on.marks.iter().take(looked_at).skip(skipped) {
            self.matters(mark, place);
        }
        let frame = self.frames.last_mut().expect("instructions are executed in a frame");
        let asked = &mut self.asked;
        let size = |index: usize| on.size(index);
        Some(match op {
            opcode::MLOAD => Left::Shadow(frame.memory.word(size(0), asked)),
            opcode::CALLDATALOAD => Left::Shadow(frame.calldata.word(size(0), asked)),
            opcode::MSTORE => {
                let (word, shadow) = on.of(1);
                frame.memory.set_word(size(0), word, &shadow, asked);
                Left::Plain
            }
            opcode::MSTORE8 => {
                let bits = Bits::unknown(u64::from(on.marks[1].is_some()));
                frame.memory.set_bytes(size(0), 1, &bits, asked);
                Left::Plain
            }
            opcode::MCOPY | opcode::CALLDATACOPY | opcode::RETURNDATACOPY => {
                let source = match op {
                    opcode::MCOPY => &frame.memory,
                    opcode::CALLDATACOPY => &frame.calldata,
                    _ => &frame.returned,
                };
                let bits = source.bytes(size(1), size(2), asked);
                frame.memory.set_bytes(size(0), size(2), &bits, asked);
                Left::Plain
            }
            opcode::CODECOPY => {
                frame.memory.set_bytes(size(0), size(2), &Bits::default(), asked);
                Left::Plain
            }
            opcode::EXTCODECOPY => {
                frame.memory.set_bytes(size(1), size(3), &Bits::default(), asked);
                Left::Plain
            }
            opcode::KECCAK256 => {
                let hashed = frame.memory.bytes(size(0), size(1), asked);
                if hashed.is_none() { Left::Plain } else { Left::Shadow(Shadow::unknown()) }
            }
            opcode::RETURN | opcode::REVERT => {
                frame.output = frame.memory.bytes(size(0), size(1), asked);
                Left::Plain
            }
            opcode::SLOAD => found(&self.storage, (account, word)),
            opcode::TLOAD => found(&self.transient, (account, word)),
            opcode::SSTORE | opcode::TSTORE => {
                let (_, shadow) = on.of(1);
                if shadow.is_opaque() {
                    self.matters(&on.marks[1], place);
                }
                let kept = (!shadow.is_none()).then_some(shadow);
                self.store((account, word), kept, op == opcode::TSTORE);
                Left::Plain
            }
            opcode::CALL | opcode::CALLCODE | opcode::DELEGATECALL | opcode::STATICCALL => {
                let at = if matches!(op, opcode::CALL | opcode::CALLCODE) { 3 } else { 2 };
                self.next = frame.memory.bytes(size(at), size(at + 1), asked);
                frame.wanted = Some(Wanted { byte: size(at + 2), length: size(at + 3) });
                Left::Plain
            }
            opcode::CREATE | opcode::CREATE2 => {
                let code = frame.memory.bytes(size(1), size(2), asked);
                frame.wanted = None;
                if !code.is_none() {
                    self.opaque.insert(place);
                }
                Left::Plain
            }
            _ => Left::Plain,
        })
    }
}

/// Whether a word cannot have its highest bit set at any time.
fn known_positive(shadow: &Shadow) -> bool {
    shadow.fields().iter().all(|field| !field.wrapped)
}

fn found(storage: &StorageShadows, key: (Address, U256)) -> Left {
    storage.get(&key).map_or(Left::Plain, |shadow| Left::Shadow(shadow.clone()))
}
