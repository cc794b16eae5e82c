//! What a tree of calls holds.

use alloy_primitives::{Address, Bytes, U256};

use crate::{Log, Outcome};

/// How code was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// `CALL`, or a transaction.
    Call,
    /// `STATICCALL`.
    StaticCall,
    /// `DELEGATECALL`.
    DelegateCall,
    /// `CALLCODE`.
    CallCode,
    /// `CREATE`, or a transaction that creates.
    Create,
    /// `CREATE2`.
    Create2,
}

impl CallKind {
    /// Whether the code that runs is init code.
    pub const fn is_create(self) -> bool {
        matches!(self, Self::Create | Self::Create2)
    }
}

/// One call and all that happened in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallTrace {
    /// How the code was entered.
    pub kind: CallKind,
    /// The account that called.
    pub from: Address,
    /// The account that is worked on: whose storage and balance it is. For a creation, the new contract.
    pub to: Address,
    /// Where the code is; differs from `to` in a `DELEGATECALL` or `CALLCODE`.
    pub code_address: Address,
    /// The code that ran (init code in a creation); empty if there was none.
    pub code: Bytes,
    /// Wei sent along.
    pub value: U256,
    /// Calldata, or init code.
    pub input: Bytes,
    /// Gas it could use.
    pub gas_limit: u64,
    /// Gas it used, without what the transaction cost before it ran.
    pub gas_used: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// If it did not succeed, the program counter in `code` of its last instruction.
    pub failed_at: Option<usize>,
    /// If it did not succeed, the program counters of its last instructions, oldest first: an optimizer lets several
    /// places of a program share one `REVERT`, and only the way to it tells them apart.
    pub trail: Vec<usize>,
    /// Calls, logs and storage writes, in order.
    pub items: Vec<TraceItem>,
}

/// Something that happened in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceItem {
    /// A call to another account, or a creation.
    Call(CallTrace),
    /// A log, which a revert further up may have undone.
    Log(Log),
    /// A slot was written.
    Storage(StorageWrite),
}

/// A slot that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageWrite {
    /// The slot.
    pub slot: U256,
    /// What it held.
    pub before: U256,
    /// What it holds now.
    pub after: U256,
}

impl CallTrace {
    /// The calls made directly from this one.
    pub fn calls(&self) -> impl Iterator<Item = &Self> {
        self.items.iter().filter_map(|item| match item {
            TraceItem::Call(call) => Some(call),
            TraceItem::Log(_) | TraceItem::Storage(_) => None,
        })
    }

    /// Where a failure came from: the deepest call that failed and whose error was passed on unchanged up to this one.
    ///
    /// `None` if this call succeeded.
    pub fn failure(&self) -> Option<&Self> {
        if self.outcome.is_success() {
            return None;
        }
        let passed_on =
            |call: &&Self| !call.outcome.is_success() && call.outcome.data() == self.outcome.data();
        // Only the last call can be the cause; an earlier failure was dealt with by the code.
        let cause = self
            .calls()
            .last()
            .filter(|_| matches!(self.outcome, Outcome::Revert { .. }))
            .filter(passed_on);
        cause.map_or(Some(self), Self::failure)
    }
}
