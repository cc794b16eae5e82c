//! The syntax tree: owned, and with the place of every node in the scenario file.

use std::collections::BTreeSet;

use alloy_primitives::Address;
use num_rational::BigRational;

use super::super::{
    typed::{BinaryOp, UnaryOp},
    types::IntSize,
};
use crate::source::Span;

/// An expression as it was written.
#[derive(Clone, Debug)]
pub struct Ast {
    /// What it is.
    pub kind: AstKind,
    /// Where it stands.
    pub span: Span,
}

/// A kind of expression.
#[derive(Clone, Debug)]
pub enum AstKind {
    /// `1.5 ether`, `5_000e6`, `0x2a`
    Number(Number),
    /// `0x…` with 40 digits.
    Address(Address),
    /// `true`
    Bool(bool),
    /// `"text"`
    String(String),
    /// `hex"c0de"`
    Hex(Vec<u8>),
    /// `lease`
    Name(String),
    /// `uint256`, where a type stands as a function or in `type(…)`.
    Elementary(Elementary),
    /// `type(uint256)`
    TypeOf(Box<Ast>),
    /// `lease.pay`
    Member(Box<Ast>, Ident),
    /// `list[0]`
    Index(Box<Ast>, Box<Ast>),
    /// `signature[32:64]`, either end of which may be left out.
    Slice(Box<Ast>, Option<Box<Ast>>, Option<Box<Ast>>),
    /// `lease.pay(terms)`
    Call(Box<Ast>, Args),
    /// `lease.pay{value: 1 ether}`
    Options(Box<Ast>, Vec<Entry>),
    /// `-x`
    Unary(UnaryOp, Box<Ast>),
    /// `a + b`
    Binary(BinaryOp, Box<Ast>, Box<Ast>),
    /// `condition ? yes : no`
    Ternary(Box<Ast>, Box<Ast>, Box<Ast>),
    /// `(a, b)`; parentheses around one expression leave no trace.
    Tuple(Vec<Ast>),
    /// `[a, b]`, or a YAML list.
    Array(Vec<Ast>),
    /// A YAML mapping without the name of a struct, as the field of another struct or as an argument.
    Fields(Vec<Entry>),
}

/// A number with its unit applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// The exact value.
    pub value: BigRational,
    /// How many digits follow `0x`; `None` for a decimal number.
    pub hex_digits: Option<usize>,
    /// As it was written, with its unit.
    pub text: String,
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// `name: value`
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name.
    pub name: Ident,
    /// The value.
    pub value: Ast,
}

/// The arguments of a call.
#[derive(Clone, Debug)]
pub enum Args {
    /// `(a, b)`
    Positional(Vec<Ast>),
    /// `({a: 1, b: 2})`
    Named(Vec<Entry>),
}

/// A type that Solidity has a keyword for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elementary {
    /// `bool`
    Bool,
    /// `address`
    Address,
    /// `payable`
    Payable,
    /// `string`
    String,
    /// `bytes`
    Bytes,
    /// `bytesN`
    FixedBytes(u8),
    /// `intN` and `uintN`
    Int(IntSize),
}

impl Args {
    /// The values in the order in which they were written.
    pub fn values(&self) -> Box<dyn Iterator<Item = &Ast> + '_> {
        match self {
            Self::Positional(values) => Box::new(values.iter()),
            Self::Named(entries) => Box::new(entries.iter().map(|entry| &entry.value)),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Positional(values) => values.len(),
            Self::Named(entries) => entries.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Ast {
    /// An expression at a place.
    pub const fn new(kind: AstKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// A struct written as a YAML mapping, `Lease.Terms: { … }`: the same as `Lease.Terms({…})`.
    pub fn structure(name: Self, fields: Vec<Entry>, span: Span) -> Self {
        Self::new(AstKind::Call(Box::new(name), Args::Named(fields)), span)
    }

    /// Every name that the expression mentions, whatever it stands for: what must be known before it can be evaluated.
    pub fn free_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.visit(&mut |ast| {
            if let AstKind::Name(name) = &ast.kind {
                names.insert(name.clone());
            }
        });
        names
    }

    /// Calls `f` on this expression and on every expression inside it.
    pub fn visit<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        f(self);
        for child in self.children() {
            child.visit(f);
        }
    }

    fn children(&self) -> Vec<&Self> {
        match &self.kind {
            AstKind::Number(_)
            | AstKind::Address(_)
            | AstKind::Bool(_)
            | AstKind::String(_)
            | AstKind::Hex(_)
            | AstKind::Name(_)
            | AstKind::Elementary(_) => Vec::new(),
            AstKind::TypeOf(inner) | AstKind::Member(inner, _) | AstKind::Unary(_, inner) => {
                vec![inner]
            }
            AstKind::Index(a, b) | AstKind::Binary(_, a, b) => vec![a, b],
            AstKind::Slice(base, from, to) => {
                [base].into_iter().chain(from).chain(to).map(|part| &**part).collect()
            }
            AstKind::Ternary(a, b, c) => vec![a, b, c],
            AstKind::Call(callee, args) => {
                std::iter::once(&**callee).chain(args.values()).collect()
            }
            AstKind::Options(callee, options) => {
                std::iter::once(&**callee).chain(options.iter().map(|entry| &entry.value)).collect()
            }
            AstKind::Tuple(items) | AstKind::Array(items) => items.iter().collect(),
            AstKind::Fields(entries) => entries.iter().map(|entry| &entry.value).collect(),
        }
    }
}
