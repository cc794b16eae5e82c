//! One frame of an execution: what of its stack, memory and data comes from a clock.

use std::rc::Rc;

use revm::bytecode::opcode;

use super::{bits::Bits, followed::Place, word::Shadow};

/// A word's shadow, where it has one, and where it became opaque.
pub(super) type Mark = Option<Rc<(Shadow, Option<Place>)>>;

/// Where a frame wants what its child returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) byte: u64,
    pub(super) length: u64,
}

#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) stack: Vec<Mark>,
    pub(super) memory: Bits,
    pub(super) calldata: Bits,
    /// What the last child returned.
    pub(super) returned: Bits,
    /// What this one returns.
    pub(super) output: Bits,
    pub(super) wanted: Option<Wanted>,
    /// How much could be undone when it began.
    pub(super) undo: usize,
    /// Whether it executed an instruction; precompiled contracts do not.
    pub(super) began: bool,
}

impl Frame {
    /// Whether none of so many words at the top of the stack depends on time.
    pub(super) fn is_plain(&self, words: usize) -> bool {
        self.stack.iter().rev().take(words).all(Option::is_none)
    }

    /// Whether an instruction whose operands do not depend on time neither reads, writes nor moves anything that does, and
    /// is no call and asks for no balance: nearly all are like that.
    pub(super) fn stays_plain(&self, op: u8) -> bool {
        match op {
            opcode::MLOAD
            | opcode::MSTORE
            | opcode::MSTORE8
            | opcode::MCOPY
            | opcode::KECCAK256
            | opcode::CODECOPY
            | opcode::EXTCODECOPY
            | opcode::RETURN
            | opcode::REVERT => self.memory.is_none(),
            opcode::CALLDATALOAD => self.calldata.is_none(),
            opcode::CALLDATACOPY => self.memory.is_none() && self.calldata.is_none(),
            opcode::RETURNDATACOPY => self.memory.is_none() && self.returned.is_none(),
            opcode::STOP..=opcode::SAR
            | opcode::POP
            | opcode::JUMP
            | opcode::JUMPI
            | opcode::JUMPDEST
            | opcode::PC
            | opcode::MSIZE
            | opcode::GAS
            | opcode::ADDRESS
            | opcode::ORIGIN
            | opcode::CALLER
            | opcode::CALLVALUE
            | opcode::CALLDATASIZE
            | opcode::CODESIZE
            | opcode::RETURNDATASIZE
            | opcode::CHAINID
            | opcode::LOG0..=opcode::LOG4 => true,
            _ => false,
        }
    }

    /// `PUSH`, `DUP` and `SWAP`.
    pub(super) fn shuffle(&mut self, op: u8) {
        let stack = &mut self.stack;
        match op {
            opcode::DUP1..=opcode::DUP16 => {
                let depth = usize::from(op - opcode::DUP1);
                let copied = stack.len().checked_sub(depth + 1).and_then(|at| stack[at].clone());
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

/// Whether an instruction only moves words on the stack, or puts a constant there.
pub(super) const fn is_stack_only(op: u8) -> bool {
    matches!(op, opcode::PUSH0..=opcode::SWAP16)
}
