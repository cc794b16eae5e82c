//! Conversions that are written: `uint8(x)`, `bytes32(x)`, `address(x)`, `Lease(x)`, `Lease.Status(x)`.

use std::sync::Arc;

use alloy_primitives::Address;
use covenant_compile::Contract;
use num_bigint::BigInt;

use super::{
    checker::{Checker, typed},
    convert::{fixed_bytes, out_of_range},
    expressions::constant_int,
};
use crate::{
    expr::{Args, Ast, Elementary, Kind, Type, Typed, Value, types::EnumType},
    source::{Diagnostic, Span},
};

impl Checker<'_> {
    /// `T(x)` for a type that Solidity has a keyword for.
    pub(super) fn cast(
        &mut self,
        whole: &Ast,
        elementary: Elementary,
        args: &Args,
    ) -> Option<Typed> {
        let ast = self.one_argument(whole, args, &elementary.to_string())?;
        let value = self.value(ast)?;
        let want = type_of(elementary);
        self.cast_to(ast, value, &want, whole.span)
    }

    /// `Name.wrap(x)` and `Name.unwrap(x)`: the value is what it wraps either way.
    pub(super) fn wrap(&mut self, whole: &Ast, ty: &Type, args: &Args) -> Option<Typed> {
        let ast = self.one_argument(whole, args, "this")?;
        self.value_as(ast, ty, None)
    }

    /// `Lease(x)`: an address seen as a contract.
    pub(super) fn contract_at(
        &mut self,
        whole: &Ast,
        contract: &Arc<Contract>,
        args: &Args,
    ) -> Option<Typed> {
        let ast = self.one_argument(whole, args, &contract.id.name)?;
        let value = self.value(ast)?;
        let want = Type::Address(Some(Arc::clone(contract)));
        match &value.ty {
            Type::Address(_) => Some(Typed { ty: want, span: whole.span, ..value }),
            ty => {
                let diagnostic = Diagnostic::error(
                    ast.span,
                    format!("`{}(…)` takes an address, not {ty}", contract.id.name),
                );
                let hint = Self::cast_advice(ast, &value.ty, &Type::ADDRESS);
                self.report(match hint {
                    Some(hint) => diagnostic.hint(hint),
                    None => diagnostic,
                })
            }
        }
    }

    /// `Lease.Status(x)`: an enum from its number.
    pub(super) fn enum_from(
        &mut self,
        whole: &Ast,
        found: &Arc<EnumType>,
        args: &Args,
    ) -> Option<Typed> {
        let ast = self.one_argument(whole, args, &found.name)?;
        let want = Type::Enum(Arc::clone(found));
        let value = self.value(ast)?;
        if value.ty.same(&want) {
            return Some(value);
        }
        let value = self.converted(ast, value, &Type::NUMBER, Some("the number of an enum"))?;
        let Some(number) = constant_int(&value) else {
            return Some(typed(Kind::Cast(Box::new(value)), want, whole.span));
        };
        match u8::try_from(number).ok().filter(|number| usize::from(*number) < found.members.len())
        {
            Some(number) => Some(typed(
                Kind::Constant(Value::Enum(Arc::clone(found), number)),
                want,
                whole.span,
            )),
            None => {
                let message = format!(
                    "`{}` has members 0 to {}, not {number}",
                    found.name,
                    found.members.len().saturating_sub(1)
                );
                self.error(ast.span, message)
            }
        }
    }

    fn one_argument<'a>(&mut self, whole: &Ast, args: &'a Args, name: &str) -> Option<&'a Ast> {
        match args {
            Args::Positional(values) if values.len() == 1 => values.first(),
            _ => self.error(whole.span, format!("`{name}(…)` converts exactly one value")),
        }
    }

    fn cast_to(&mut self, ast: &Ast, value: Typed, want: &Type, span: Span) -> Option<Typed> {
        // `address(lease)` forgets the contract, as in Solidity.
        if matches!((&value.ty, want), (Type::Address(_), Type::Address(_))) {
            return Some(Typed { ty: want.clone(), span, ..value });
        }
        if let Kind::Constant(constant) = &value.kind
            && let Some(folded) = self.constant_cast(constant, want, ast.span)
        {
            return folded.map(|folded| typed(Kind::Constant(folded), want.clone(), span));
        }
        if let Ok(conversion) = Self::conversion(ast, value.clone(), want) {
            return Some(Typed { span, ..conversion.value });
        }
        if castable(&value.ty, want) {
            return Some(typed(Kind::Cast(Box::new(value)), want.clone(), span));
        }
        let diagnostic =
            Diagnostic::error(span, format!("{} cannot be converted to {want}", value.ty));
        self.report(match detour(ast, &value.ty, want) {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        })
    }

    /// Casts of literals whose result, or error, is known at once. `None`: no such case; `Some(None)`: reported.
    #[expect(clippy::option_option, reason = "reported and not applicable are different outcomes")]
    fn constant_cast(
        &mut self,
        constant: &Value,
        want: &Type,
        span: Span,
    ) -> Option<Option<Value>> {
        let Value::Int(number) = constant else { return None };
        match want {
            Type::Int(Some(size)) if !size.holds(number) => {
                Some(self.error(span, out_of_range(number, *size)))
            }
            Type::Int(Some(_)) => Some(Some(Value::Int(number.clone()))),
            Type::Address(_) => Some(match right_aligned::<20>(number) {
                Some(bytes) => Some(Value::Address(Address::from(bytes))),
                None => self.error(span, format!("{number} is not an address")),
            }),
            Type::FixedBytes(size) => Some(match right_aligned::<32>(number) {
                Some(word) if word[..32 - usize::from(*size)].iter().all(|byte| *byte == 0) => {
                    Some(fixed_bytes(&word[32 - usize::from(*size)..], *size))
                }
                _ => self.error(span, format!("{number} does not fit {want}")),
            }),
            _ => None,
        }
    }
}

const fn type_of(elementary: Elementary) -> Type {
    match elementary {
        Elementary::Bool => Type::Bool,
        Elementary::Address | Elementary::Payable => Type::ADDRESS,
        Elementary::String => Type::String,
        Elementary::Bytes => Type::Bytes,
        Elementary::FixedBytes(size) => Type::FixedBytes(size),
        Elementary::Int(size) => Type::Int(Some(size)),
    }
}

/// The big-endian bytes of a number that is not negative and fits.
fn right_aligned<const N: usize>(number: &BigInt) -> Option<[u8; N]> {
    let (sign, bytes) = number.to_bytes_be();
    if sign == num_bigint::Sign::Minus || bytes.len() > N {
        return None;
    }
    let mut word = [0; N];
    word[N - bytes.len()..].copy_from_slice(&bytes);
    Some(word)
}

/// Whether Solidity lets one type be converted to another, with numbers of unknown size fitting where one of a known
/// size would.
fn castable(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Int(None) | Type::Enum(_), Type::Int(_))
        | (Type::Int(None), Type::FixedBytes(_) | Type::Address(_))
        | (Type::FixedBytes(_), Type::FixedBytes(_))
        | (Type::Bytes, Type::FixedBytes(_) | Type::String)
        | (Type::String, Type::Bytes)
        | (Type::FixedBytes(20), Type::Address(_))
        | (Type::Address(_), Type::FixedBytes(20)) => true,
        (Type::Int(Some(size)), Type::Address(_)) => !size.signed && size.bits <= 160,
        (Type::Address(_), Type::Int(Some(size))) => !size.signed && size.bits >= 160,
        (Type::Int(Some(size)), Type::FixedBytes(bytes))
        | (Type::FixedBytes(bytes), Type::Int(Some(size))) => {
            !size.signed && size.bits == u16::from(*bytes) * 8
        }
        _ => false,
    }
}

/// How Solidity would write a conversion that takes two steps.
fn detour(ast: &Ast, from: &Type, to: &Type) -> Option<String> {
    Some(match (from, to) {
        (Type::Int(Some(_)), Type::Address(_)) => format!("write `address(uint160({ast}))`"),
        (Type::Int(Some(_)), Type::FixedBytes(bytes)) | (Type::FixedBytes(bytes), Type::Int(_)) => {
            format!("write `{to}(uint{}({ast}))`", u16::from(*bytes) * 8)
        }
        (Type::FixedBytes(_), Type::Address(_)) => format!("write `address(bytes20({ast}))`"),
        (Type::Address(_), Type::FixedBytes(_)) => format!("write `{to}(uint256(uint160({ast})))`"),
        (Type::Int(_), Type::Bool) => format!("compare it: `{ast} != 0`"),
        (Type::Bool, Type::Int(_)) => format!("write `{ast} ? 1 : 0`"),
        _ => return None,
    })
}
