//! What stands where a value is wanted: an expression, a struct written as a mapping, a list.

use crate::source::{Span, Text};

/// The entries of a mapping whose keys are chosen by the user, in file order; no key occurs twice.
pub type Entries<T> = Vec<(Text, T)>;

/// A value.
#[derive(Clone, Debug)]
pub enum RawValue {
    /// Text, to be read as an expression.
    Expr(Text),
    /// A struct, written as `Name: { field: … }`.
    Struct {
        /// The name of the struct, as typed.
        name: Text,
        /// Its fields.
        fields: Entries<Self>,
        /// The whole of it.
        span: Span,
    },
    /// A list.
    List(Vec<Self>, Span),
}

/// Arguments of a call or of a constructor.
#[derive(Clone, Debug)]
pub enum RawArgs {
    /// By position.
    List(Vec<RawValue>),
    /// By name.
    ByName(Entries<RawValue>),
}

/// An event that a step has to emit.
#[derive(Clone, Debug)]
pub enum RawEmit {
    /// `lease.Signed(_, tenant)`
    Pattern(Text),
    /// `lease.Signed: { who: tenant }`
    ByName {
        /// The event's name, as typed.
        event: Text,
        /// The fields that matter.
        fields: Entries<RawValue>,
        /// The whole of it.
        span: Span,
    },
}

/// What a step has to change for one party, or for every party in one token.
#[derive(Clone, Debug)]
pub enum RawChange {
    /// `tenant: -2 ether`
    Amount(Text),
    /// `usd: { tenant: -5e6 }`
    Token(Entries<Text>),
}
