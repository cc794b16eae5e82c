//! Expressions as text, with the parentheses that Solidity's precedence needs and no others.

use std::fmt;

use super::{
    super::typed::{BinaryOp, UnaryOp},
    ast::{Args, Ast, AstKind, Elementary, Entry},
};

/// How tightly an expression holds together: a higher number binds tighter.
pub(super) const fn precedence(kind: &AstKind) -> u8 {
    match kind {
        AstKind::Ternary(..) => 1,
        AstKind::Binary(op, ..) => binary_precedence(*op),
        AstKind::Unary(..) => 14,
        _ => 15,
    }
}

const fn binary_precedence(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => 2,
        BinaryOp::And => 3,
        BinaryOp::Eq | BinaryOp::Ne => 4,
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => 5,
        BinaryOp::BitOr => 6,
        BinaryOp::BitXor => 7,
        BinaryOp::BitAnd => 8,
        BinaryOp::Shl | BinaryOp::Shr => 9,
        BinaryOp::Add | BinaryOp::Sub => 10,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => 11,
        BinaryOp::Pow => 12,
    }
}

impl fmt::Display for Ast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            AstKind::Number(number) => f.write_str(&number.text),
            AstKind::Address(address) => write!(f, "{address}"),
            AstKind::Bool(value) => write!(f, "{value}"),
            AstKind::String(text) => write_string(f, text),
            AstKind::Hex(bytes) => write!(f, "hex\"{}\"", alloy_primitives::hex::encode(bytes)),
            AstKind::Name(name) => f.write_str(name),
            AstKind::Elementary(elementary) => write!(f, "{elementary}"),
            AstKind::TypeOf(inner) => write!(f, "type({inner})"),
            AstKind::Member(base, name) => write!(f, "{}.{}", Within(base, 15), name.name),
            AstKind::Slice(base, from, to) => {
                write!(f, "{}[", Within(base, 15))?;
                from.iter().try_for_each(|from| write!(f, "{from}"))?;
                f.write_str(":")?;
                to.iter().try_for_each(|to| write!(f, "{to}"))?;
                f.write_str("]")
            }
            AstKind::Index(base, index) => write!(f, "{}[{index}]", Within(base, 15)),
            AstKind::Call(callee, args) => write!(f, "{}({args})", Within(callee, 15)),
            AstKind::Options(callee, options) => {
                write!(f, "{}{{{}}}", Within(callee, 15), Entries(options))
            }
            AstKind::Unary(op, inner) => write_unary(f, *op, inner),
            AstKind::Binary(op, left, right) => write_binary(f, *op, left, right),
            AstKind::Ternary(condition, yes, no) => {
                write!(f, "{} ? {yes} : {no}", Within(condition, 2))
            }
            AstKind::Tuple(items) => write!(f, "({})", List(items)),
            AstKind::Array(items) => write!(f, "[{}]", List(items)),
            AstKind::Fields(entries) => write!(f, "{{{}}}", Entries(entries)),
        }
    }
}

/// An expression in a place that only holds what binds at least so tightly.
struct Within<'a>(&'a Ast, u8);

impl fmt::Display for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if precedence(&self.0.kind) < self.1 {
            write!(f, "({})", self.0)
        } else {
            write!(f, "{}", self.0)
        }
    }
}

fn write_unary(f: &mut fmt::Formatter<'_>, op: UnaryOp, inner: &Ast) -> fmt::Result {
    // `--x` would be a decrement.
    let minimum = if matches!(inner.kind, AstKind::Unary(UnaryOp::Neg, _)) { 15 } else { 14 };
    write!(f, "{op}{}", Within(inner, minimum))
}

fn write_binary(f: &mut fmt::Formatter<'_>, op: BinaryOp, left: &Ast, right: &Ast) -> fmt::Result {
    let own = binary_precedence(op);
    let (left_minimum, right_minimum) =
        if op == BinaryOp::Pow { (own + 1, own) } else { (own, own + 1) };
    write!(f, "{} {op} {}", Within(left, left_minimum), Within(right, right_minimum))
}

fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if !text.is_ascii() {
        f.write_str("unicode")?;
    }
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_ascii_control() => write!(f, "\\x{:02x}", u32::from(c))?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

struct List<'a>(&'a [Ast]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{item}")?;
        }
        Ok(())
    }
}

struct Entries<'a>(&'a [Entry]);

impl fmt::Display for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, entry) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {}", entry.name.name, entry.value)?;
        }
        Ok(())
    }
}

impl fmt::Display for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Positional(values) => write!(f, "{}", List(values)),
            Self::Named(entries) => write!(f, "{{{}}}", Entries(entries)),
        }
    }
}

impl fmt::Display for Elementary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Address => f.write_str("address"),
            Self::Payable => f.write_str("payable"),
            Self::String => f.write_str("string"),
            Self::Bytes => f.write_str("bytes"),
            Self::FixedBytes(size) => write!(f, "bytes{size}"),
            Self::Int(size) => write!(f, "{size}"),
        }
    }
}
