//! Calls of built-in functions.

use alloy_primitives::keccak256;
use num_bigint::BigInt;

use super::{
    checker::{Checker, typed},
    entities::Builtin,
    expressions::constant_int,
};
use crate::{
    expr::{Args, Ast, AstKind, Kind, Type, Typed, Value},
    source::{Diagnostic, Span},
    time::{DateError, parse_date},
};

impl Checker<'_> {
    pub(super) fn builtin_call(
        &mut self,
        builtin: Builtin,
        whole: &Ast,
        callee: &Ast,
        args: &Args,
    ) -> Option<Typed> {
        let span = whole.span;
        let Args::Positional(args) = args else {
            return self.error(span, format!("`{callee}` takes its arguments by position"));
        };
        match builtin {
            Builtin::Balance => self.balance(args, span),
            Builtin::Gained => self.gained(args, span),
            Builtin::Change => self.change(args, span),
            Builtin::Enabled => self.enabled(args, span),
            Builtin::Date => self.date(args, span),
            Builtin::Keccak256 => self.keccak(args, span),
            Builtin::AbiEncode => self.encoded(args, span),
            Builtin::AbiEncodePacked => self.packed(args, span),
            Builtin::Sign => self.sign(args, span),
            Builtin::Permit => self.permit(args, span),
            Builtin::Transfer | Builtin::Force | Builtin::Deploy => self.report(
                Diagnostic::error(span, format!("`{callee}` is an action, not a value"))
                    .hint(format!("it goes after an actor: `tenant: {callee}(…)`")),
            ),
            Builtin::Block | Builtin::Chain | Builtin::Abi => {
                self.error(span, format!("`{callee}` is not a function"))
            }
        }
    }

    /// Reports a wrong number of arguments of a built-in.
    pub(super) fn usage<T>(&mut self, span: Span, usage: &str) -> Option<T> {
        self.error(span, format!("the arguments do not fit: write {usage}"))
    }

    fn balance(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let (token, of) = match args {
            [of] => (None, of),
            [token, of] => (Some(self.address(token, "the token of `balance`")), of),
            _ => return self.usage(span, "`balance(account)` or `balance(token, account)`"),
        };
        let of = Box::new(self.address(of, "the account of `balance`")?);
        let token = match token {
            Some(token) => Some(Box::new(token?)),
            None => None,
        };
        Some(typed(Kind::Balance { token, of }, Type::UINT256, span))
    }

    fn gained(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let (token, of) = match args {
            [of] => (None, of),
            [token, of] => (Some(token), of),
            _ => return self.usage(span, "`gained(account)` or `gained(token, account)`"),
        };
        let token = match token {
            Some(token) => Some(Box::new(self.known_token(token)?)),
            None => None,
        };
        let of = Box::new(self.party(of)?);
        Some(typed(Kind::Gained { token, of }, Type::INT256, span))
    }

    fn known_token(&mut self, ast: &Ast) -> Option<Typed> {
        let token = self.address(ast, "the token of `gained`")?;
        match token.kind {
            Kind::Token(_) | Kind::Instance(_) => Some(token),
            _ => self.report(
                Diagnostic::error(
                    ast.span,
                    format!("what was gained is only known in declared tokens, not in `{ast}`"),
                )
                .hint("name a token or a contract of this scenario"),
            ),
        }
    }

    fn party(&mut self, ast: &Ast) -> Option<Typed> {
        let party = self.address(ast, "the account of `gained`")?;
        match party.kind {
            Kind::Actor(_) | Kind::Token(_) | Kind::Instance(_) => Some(party),
            _ => self.report(
                Diagnostic::error(
                    ast.span,
                    format!("what `{ast}` gained is not known: its first balance was not recorded"),
                )
                .hint("name an actor or a contract of this scenario"),
            ),
        }
    }

    /// An expression that must be an address.
    pub(super) fn address(&mut self, ast: &Ast, role: &str) -> Option<Typed> {
        self.value_as(ast, &Type::ADDRESS, Some(role))
    }

    fn date(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let [argument] = args else { return self.usage(span, "`date(\"2026-03-31\")`") };
        let AstKind::String(text) = &argument.kind else {
            return self.report(
                Diagnostic::error(argument.span, "`date` takes a date in quotes")
                    .hint("write `date(\"2026-03-31\")`"),
            );
        };
        match parse_date(text) {
            Ok(moment) => {
                let seconds = Value::Int(BigInt::from(moment.0));
                Some(typed(Kind::Constant(seconds), Type::UINT256, span))
            }
            Err(error) => {
                let diagnostic =
                    Diagnostic::error(within(argument.span, text, &error), error.message);
                self.report(match error.hint {
                    Some(hint) => diagnostic.hint(hint),
                    None => diagnostic,
                })
            }
        }
    }

    fn keccak(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let [argument] = args else { return self.usage(span, "`keccak256(bytes)`") };
        let value = self.value(argument)?;
        let bytes = match value.ty {
            // Solidity wants `bytes(text)` here; nothing else could be meant.
            Type::String if !matches!(value.kind, Kind::Constant(_)) => {
                typed(Kind::Cast(Box::new(value)), Type::Bytes, argument.span)
            }
            _ => {
                self.converted(argument, value, &Type::Bytes, Some("the argument of `keccak256`"))?
            }
        };
        if let Kind::Constant(Value::Bytes(bytes)) = &bytes.kind {
            let hash = Value::FixedBytes(keccak256(bytes), 32);
            return Some(typed(Kind::Constant(hash), Type::FixedBytes(32), span));
        }
        Some(typed(Kind::Keccak256(Box::new(bytes)), Type::FixedBytes(32), span))
    }

    fn encoded(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let values: Vec<Option<Typed>> = args.iter().map(|arg| self.encodable(arg)).collect();
        Some(typed(Kind::AbiEncode(values.into_iter().collect::<Option<_>>()?), Type::Bytes, span))
    }

    /// An argument of `abi.encode`; a number of no particular size is encoded as Solidity does a literal.
    fn encodable(&mut self, ast: &Ast) -> Option<Typed> {
        let value = self.value(ast)?;
        self.single(ast, &value)?;
        if !matches!(value.ty, Type::Int(None)) {
            return self.sized_elements(ast, value);
        }
        let negative = constant_int(&value).is_some_and(|number| *number < BigInt::ZERO);
        let want = if negative { Type::INT256 } else { Type::UINT256 };
        self.converted(ast, value, &want, None)
    }

    fn sized_elements(&mut self, ast: &Ast, value: Typed) -> Option<Typed> {
        match &value.ty {
            Type::Array(element, length) if matches!(**element, Type::Int(None)) => {
                let want = Type::Array(Box::new(Type::UINT256), *length);
                self.converted(ast, value, &want, None)
            }
            _ => Some(value),
        }
    }

    fn packed(&mut self, args: &[Ast], span: Span) -> Option<Typed> {
        let values: Vec<Option<Typed>> = args.iter().map(|arg| self.packable(arg)).collect();
        Some(typed(
            Kind::AbiEncodePacked(values.into_iter().collect::<Option<_>>()?),
            Type::Bytes,
            span,
        ))
    }

    fn packable(&mut self, ast: &Ast) -> Option<Typed> {
        let value = self.value(ast)?;
        self.single(ast, &value)?;
        match &value.ty {
            Type::Int(None) => self.report(
                Diagnostic::error(ast.span, format!("packed encoding needs the size of `{ast}`"))
                    .hint(format!("convert it: `uint256({ast})`")),
            ),
            Type::Struct(_) => self.error(ast.span, "a struct has no packed encoding"),
            Type::Array(element, _)
                if matches!(
                    **element,
                    Type::Struct(_) | Type::Array(..) | Type::Bytes | Type::String
                ) =>
            {
                let message = format!("{} has no packed encoding", value.ty);
                self.error(ast.span, message)
            }
            _ => self.sized_elements(ast, value),
        }
    }

    fn single(&mut self, ast: &Ast, value: &Typed) -> Option<()> {
        match &value.ty {
            Type::Tuple(items) if items.is_empty() => {
                self.error(ast.span, format!("`{ast}` returns nothing"))
            }
            Type::Tuple(_) => self.report(
                Diagnostic::error(ast.span, format!("`{ast}` is several values"))
                    .hint(format!("choose one: `{ast}[0]`")),
            ),
            _ => Some(()),
        }
    }
}

/// The part of a string literal that is no date; the whole, where escapes or folds move its letters.
fn within(literal: Span, text: &str, error: &DateError) -> Span {
    let part = |byte: usize| u32::try_from(byte + 1).map(|byte| literal.start + byte);
    match (part(error.part.start), part(error.part.end)) {
        (Ok(start), Ok(end)) if literal.range().len() == text.len() + 2 => {
            Span { start, end, ..literal }
        }
        _ => literal,
    }
}
