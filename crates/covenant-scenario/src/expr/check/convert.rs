//! Conversions that need no writing: of literals to what is wanted, of numbers to another size.

use std::sync::Arc;

use alloy_primitives::B256;
use num_bigint::BigInt;

use super::checker::{Checker, typed};
use crate::{
    expr::{Ast, AstKind, Kind, Type, Typed, UnaryOp, Value, types::IntSize},
    source::{Diagnostic, Span},
};

/// A value that was converted.
#[derive(Debug)]
pub(super) struct Conversion {
    pub(super) value: Typed,
    /// Whether it had the wanted type already.
    pub(super) exact: bool,
}

/// Why a value cannot be converted.
#[derive(Debug)]
pub(super) struct Misfit {
    span: Span,
    /// What is wrong, if it is more than that the types differ.
    message: Option<String>,
    found: Type,
    wanted: Type,
    hint: Option<String>,
}

type Converted = Result<Conversion, Box<Misfit>>;

impl Ast {
    /// Whether the type of a literal can follow from where it stands.
    pub(super) fn is_literal(&self) -> bool {
        match &self.kind {
            AstKind::Number(_) | AstKind::String(_) | AstKind::Hex(_) => true,
            AstKind::Unary(UnaryOp::Neg, inner) => inner.is_literal(),
            AstKind::Array(items) => items.iter().all(Self::is_literal),
            _ => false,
        }
    }
}

impl Checker<'_> {
    /// Checks an expression and converts it to a type. `role` says in a message what the value is for.
    pub(super) fn value_as(&mut self, ast: &Ast, want: &Type, role: Option<&str>) -> Option<Typed> {
        match (&ast.kind, want) {
            (AstKind::Fields(entries), Type::Struct(structure)) => {
                self.structure(structure, entries, &structure.name.clone(), ast.span)
            }
            (AstKind::Fields(_), _) => {
                let what = role.unwrap_or("this");
                self.error(ast.span, format!("{what} must be {want}, not a mapping"))
            }
            (AstKind::Array(items), Type::Array(element, length))
                if length.is_none_or(|length| length == items.len()) =>
            {
                let values: Vec<Option<Typed>> = items
                    .iter()
                    .map(|item| self.value_as(item, element, Some("an element")))
                    .collect();
                let values = values.into_iter().collect::<Option<_>>()?;
                Some(typed(Kind::Array(values), want.clone(), ast.span))
            }
            (AstKind::Array(items) | AstKind::Tuple(items), Type::Tuple(wanted))
                if wanted.len() == items.len() && !items.is_empty() =>
            {
                let values: Vec<Option<Typed>> = items
                    .iter()
                    .zip(wanted)
                    .map(|(item, (name, ty))| {
                        let role = name
                            .as_ref()
                            .map_or_else(|| "a value".to_owned(), |name| format!("`{name}`"));
                        self.value_as(item, ty, Some(&role))
                    })
                    .collect();
                let values = values.into_iter().collect::<Option<_>>()?;
                Some(typed(Kind::Tuple(values), want.clone(), ast.span))
            }
            (AstKind::Array(items) | AstKind::Tuple(items), Type::Tuple(wanted))
                if wanted.len() > 1 =>
            {
                let message = format!(
                    "{} must be {} values, not {}",
                    role.unwrap_or("this"),
                    wanted.len(),
                    items.len()
                );
                let hint = format!("write one value for each of {want}");
                self.report(Diagnostic::error(ast.span, message).hint(hint))
            }
            _ => {
                let value = self.value(ast)?;
                self.converted(ast, value, want, role)
            }
        }
    }

    /// Converts a checked expression, or reports why that is not possible.
    pub(super) fn converted(
        &mut self,
        ast: &Ast,
        value: Typed,
        want: &Type,
        role: Option<&str>,
    ) -> Option<Typed> {
        match Self::conversion(ast, value, want) {
            Ok(conversion) => Some(conversion.value),
            Err(misfit) => self.report(misfit.diagnostic(role)),
        }
    }

    /// Converts a checked expression.
    pub(super) fn conversion(ast: &Ast, value: Typed, want: &Type) -> Converted {
        if value.ty.same(want) {
            return Ok(Conversion { value, exact: true });
        }
        if let (AstKind::Ternary(_, yes, no), Kind::Ternary(condition, a, b)) =
            (&ast.kind, &value.kind)
        {
            let a = Self::conversion(yes, (**a).clone(), want)?;
            let b = Self::conversion(no, (**b).clone(), want)?;
            let kind = Kind::Ternary(condition.clone(), Box::new(a.value), Box::new(b.value));
            return Ok(implicit(kind, want, value.span));
        }
        match (&value.ty, want) {
            (Type::Int(_), Type::Int(None)) => Ok(Conversion { value, exact: false }),
            (Type::Int(_), Type::Int(Some(size))) => resized(value, *size, want),
            (Type::Int(_), Type::FixedBytes(size)) => number_as_bytes(ast, value, *size, want),
            (Type::String | Type::Bytes, Type::FixedBytes(_) | Type::Bytes | Type::String) => {
                literal_text(ast, value, want)
            }
            (Type::FixedBytes(from), Type::FixedBytes(to)) if from < to => {
                let span = value.span;
                Ok(implicit(Kind::Cast(Box::new(value)), want, span))
            }
            (Type::Array(..), Type::Array(element, length)) => {
                Self::array_as(ast, value, element, *length, want)
            }
            _ => Err(misfit(ast, &value, want)),
        }
    }

    fn array_as(
        ast: &Ast,
        value: Typed,
        element: &Type,
        length: Option<usize>,
        want: &Type,
    ) -> Converted {
        let Type::Array(found, count) = &value.ty else { return Err(misfit(ast, &value, want)) };
        if length.is_some() && *count != length {
            return Err(misfit(ast, &value, want));
        }
        if let (Kind::Array(values), AstKind::Array(items)) = (&value.kind, &ast.kind) {
            let values = items
                .iter()
                .zip(values)
                .map(|(item, value)| {
                    Self::conversion(item, value.clone(), element).map(|converted| converted.value)
                })
                .collect::<Result<_, _>>()?;
            return Ok(implicit(Kind::Array(values), want, value.span));
        }
        if found.same(element) {
            return Ok(Conversion { value: Typed { ty: want.clone(), ..value }, exact: false });
        }
        Err(misfit(ast, &value, want))
    }
}

/// A number in another size: checked here where it is known, by the evaluator where not.
fn resized(value: Typed, size: IntSize, want: &Type) -> Converted {
    let span = value.span;
    match value.kind {
        Kind::Constant(Value::Int(number)) if size.holds(&number) => {
            Ok(implicit(Kind::Constant(Value::Int(number)), want, span))
        }
        Kind::Constant(Value::Int(number)) => Err(Box::new(Misfit {
            span,
            message: Some(out_of_range(&number, size)),
            found: value.ty,
            wanted: want.clone(),
            hint: None,
        })),
        _ => Ok(implicit(Kind::Cast(Box::new(value)), want, span)),
    }
}

pub(super) fn out_of_range(number: &BigInt, size: IntSize) -> String {
    let (min, max) = size.range();
    if *number < min && !size.signed {
        return format!("{number} is negative, which {size} cannot be");
    }
    if size.bits <= 64 {
        return format!("{number} does not fit {size}, which goes from {min} to {max}");
    }
    format!("{number} does not fit {size}")
}

/// `0x…` with two digits for each byte, and zero, are taken for fixed bytes, as in Solidity.
fn number_as_bytes(ast: &Ast, value: Typed, size: u8, want: &Type) -> Converted {
    if let (AstKind::Number(written), Kind::Constant(Value::Int(number))) = (&ast.kind, &value.kind)
    {
        let digits = usize::from(size) * 2;
        if written.hex_digits == Some(digits) || *number == BigInt::ZERO {
            let bytes = number.to_bytes_be().1;
            let bytes = [vec![0; usize::from(size).saturating_sub(bytes.len())], bytes].concat();
            let kind = Kind::Constant(fixed_bytes(&bytes[bytes.len() - usize::from(size)..], size));
            return Ok(implicit(kind, want, value.span));
        }
        if let Some(found) = written.hex_digits {
            let mut refused = misfit(ast, &value, want);
            refused.message = Some(format!(
                "{want} is written with {digits} hexadecimal digits, this has {found}"
            ));
            refused.hint = None;
            return Err(refused);
        }
    }
    Err(misfit(ast, &value, want))
}

/// A string or hex literal as text, as bytes, or as fixed bytes that are at least as long.
fn literal_text(ast: &Ast, value: Typed, want: &Type) -> Converted {
    let bytes = match &value.kind {
        Kind::Constant(Value::String(text)) => text.as_bytes(),
        Kind::Constant(Value::Bytes(bytes)) => bytes,
        _ => return Err(misfit(ast, &value, want)),
    };
    let constant = match want {
        Type::Bytes => Value::Bytes(bytes.to_vec()),
        Type::String => match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Value::String(text),
            Err(_) => return Err(misfit(ast, &value, want)),
        },
        Type::FixedBytes(size) if bytes.len() <= usize::from(*size) => fixed_bytes(bytes, *size),
        _ => {
            let mut refused = misfit(ast, &value, want);
            refused.message = Some(format!("{} bytes do not fit {want}", bytes.len()));
            return Err(refused);
        }
    };
    Ok(implicit(Kind::Constant(constant), want, value.span))
}

/// Bytes at the left of a word.
pub(super) fn fixed_bytes(bytes: &[u8], size: u8) -> Value {
    let mut word = B256::ZERO;
    word[..bytes.len()].copy_from_slice(bytes);
    Value::FixedBytes(word, size)
}

fn implicit(kind: Kind, want: &Type, span: Span) -> Conversion {
    Conversion { value: typed(kind, want.clone(), span), exact: false }
}

fn misfit(ast: &Ast, value: &Typed, want: &Type) -> Box<Misfit> {
    Box::new(Misfit {
        span: value.span,
        message: None,
        found: value.ty.clone(),
        wanted: want.clone(),
        hint: Checker::cast_advice(ast, &value.ty, want),
    })
}

impl Misfit {
    fn diagnostic(self, role: Option<&str>) -> Diagnostic {
        let Self { span, message, found, wanted, hint } = self;
        let message = match (message, role) {
            (Some(message), None) => message,
            (Some(message), Some(role)) => format!("{role}: {message}"),
            (None, role) => {
                let role = role.unwrap_or("this");
                if matches!(&found, Type::Tuple(items) if items.is_empty()) {
                    format!("{role} must be {wanted}, but the call returns nothing")
                } else {
                    format!("{role} must be {wanted}, not {found}")
                }
            }
        };
        let diagnostic = Diagnostic::error(span, message);
        match hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    }
}

impl Checker<'_> {
    /// How to write a conversion that is not made by itself.
    pub(super) fn cast_advice(ast: &Ast, from: &Type, to: &Type) -> Option<String> {
        let text = ast.to_string();
        // A long expression would drown the advice.
        let text = if text.chars().count() > 40 { "…".to_owned() } else { text };
        Some(match (from, to) {
            (Type::Int(_), Type::Address(_)) if text == "0" => "write `address(0)`".to_owned(),
            (Type::Int(_), Type::Address(_)) => {
                format!("an address has 40 hexadecimal digits, or write `address(uint160({text}))`")
            }
            (Type::Address(_), Type::Int(Some(size))) if size.signed || size.bits < 160 => {
                return None;
            }
            (Type::Address(_), Type::Int(_)) => format!("convert it: `uint160({text})`"),
            (Type::Address(_), Type::FixedBytes(32)) => {
                format!("convert it: `bytes32(uint256(uint160({text})))`")
            }
            (Type::Address(_), Type::FixedBytes(20)) => format!("convert it: `bytes20({text})`"),
            (Type::FixedBytes(20), Type::Address(_)) => format!("convert it: `address({text})`"),
            (Type::Int(_) | Type::Bytes, Type::FixedBytes(_)) => {
                format!("convert it: `{to}({text})`")
            }
            (Type::FixedBytes(size), Type::Int(_)) => {
                format!("convert it: `uint{}({text})`", u16::from(*size) * 8)
            }
            (Type::FixedBytes(_), Type::FixedBytes(_)) => format!("cut it: `{to}({text})`"),
            (Type::Int(_), Type::Enum(found)) => {
                format!("name a member, or convert it: `{}({text})`", found.name)
            }
            (Type::Enum(_), Type::Int(_)) => format!("convert it: `uint8({text})`"),
            (Type::String, Type::Bytes) => format!("convert it: `bytes({text})`"),
            (Type::Bytes, Type::String) => format!("convert it: `string({text})`"),
            (Type::Int(_), Type::Bool) => format!("compare it: `{text} != 0`"),
            (Type::Tuple(items), _) => {
                let index = items.iter().position(|(_, ty)| ty.same(to))?;
                format!("choose one of its values: `{text}[{index}]`")
            }
            (Type::Struct(found), Type::Struct(other))
                if found.name == other.name && !Arc::ptr_eq(found, other) =>
            {
                "two structs of this name differ in their fields".to_owned()
            }
            _ => return None,
        })
    }
}
