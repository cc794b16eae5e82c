//! What there is to cover in a source.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::report::BranchKind;

/// Bytes of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) const fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

/// Everything that there is to cover in a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Items {
    /// Functions, constructors and modifiers with a body: the order of code within one is that of the source, and its
    /// code can stand in several places.
    pub(super) callables: Vec<Span>,
    pub(super) functions: Vec<FunctionItem>,
    pub(super) statements: Vec<StatementItem>,
    pub(super) branches: Vec<BranchItem>,
}

impl Items {
    /// Whether there is nothing to cover.
    pub(super) const fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.statements.is_empty()
    }
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FunctionItem {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) entry: Entry,
}

impl FunctionItem {
    /// Whether it is executed when a contract is created.
    pub(super) fn is_constructor(&self) -> bool {
        self.name.ends_with(".constructor")
    }
}

/// How a function is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Entry {
    /// It is jumped into.
    Jump,
    /// It stands where it is executed: constructors, and what receives ether or unknown calls.
    InPlace,
}

/// A statement, or the first value of a state variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StatementItem {
    /// The whole of it.
    pub(super) span: Span,
    /// What is executed whenever the statement is, and once each time: a condition, or all of it.
    pub(super) head: Span,
    /// The function or modifier that it is in.
    pub(super) callable: Option<Span>,
}

/// A place where execution goes one of several ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BranchItem {
    /// The whole of it, which is also where the jump says that it is from.
    pub(super) span: Span,
    pub(super) kind: BranchKind,
    pub(super) ways: Ways,
}

/// How the ways are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ways {
    /// The first way is not to jump.
    Falls,
    /// The first way is to jump.
    Jumps,
    /// The first way is to jump, behind this call; the others are these clauses, of which one may be last resort.
    Try { call: Span, clauses: Vec<Span>, fallback: Option<usize> },
    /// Each way but the last is a jump from one of these.
    Cases(Vec<Span>),
}
