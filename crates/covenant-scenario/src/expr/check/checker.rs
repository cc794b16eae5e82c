//! What every part of the checker shares, and the entries for expressions.

use super::constants::all_have_values;
use crate::{
    expr::{Ast, GasBound, GasOp, Scope, Type, Typed, parse::parse, typed::Kind},
    source::{Diagnostic, Span, Text},
};

/// Checks expressions in a scope and collects what is wrong with them.
///
/// Its methods return `None` when they have reported an error, so that checking goes on elsewhere.
pub(super) struct Checker<'a> {
    pub(super) scope: &'a Scope,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Checker<'_> {
    /// Reports an error.
    pub(super) fn report<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// Reports an error without advice.
    pub(super) fn error<T>(&mut self, span: Span, message: impl Into<String>) -> Option<T> {
        self.report(Diagnostic::error(span, message))
    }
}

/// Checks an expression; with a wanted type it is converted to that, or refused.
///
/// Returns `None` after an error, which is then among the diagnostics; all errors in the expression are.
pub fn expression(
    ast: &Ast,
    scope: &Scope,
    want: Option<&Type>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Typed> {
    let mut checker = Checker { scope, diagnostics };
    let checked = match want {
        Some(want) => checker.value_as(ast, want, None),
        None => checker.value(ast),
    }?;
    all_have_values([&checked], scope, diagnostics).then_some(checked)
}

/// Checks a bound on gas: `<= 95_000`, `< 95_000`, `== 95_000`, or a bare number.
pub fn gas_bound(
    text: &Text,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<GasBound> {
    let source = text.as_str();
    let start = source.len() - source.trim_start().len();
    let operators = [
        ("<=", GasOp::Le),
        (">=", GasOp::Ge),
        ("==", GasOp::Eq),
        ("<", GasOp::Lt),
        (">", GasOp::Gt),
        ("", GasOp::Eq),
    ];
    let (sign, op) = operators.into_iter().find(|(sign, _)| source[start..].starts_with(sign))?;
    if sign.len() == 2 || !source[start + sign.len()..].starts_with('=') {
        let rest = start + sign.len()..source.len();
        let limit = if rest.is_empty() { text.clone() } else { text.slice(rest.clone()) };
        if source[rest].trim().is_empty() {
            diagnostics.push(
                Diagnostic::error(text.span, "the amount of gas is missing")
                    .hint("write `<= 95_000`"),
            );
            return None;
        }
        return match parse(&limit) {
            Ok(ast) => expression(&ast, scope, Some(&Type::UINT256), diagnostics)
                .map(|bound| GasBound { op, bound }),
            Err(diagnostic) => {
                diagnostics.push(diagnostic.hint("a bound is written as `<= 95_000`"));
                None
            }
        };
    }
    diagnostics.push(
        Diagnostic::error(text.span, "this does not compare with gas").hint("write `<= 95_000`"),
    );
    None
}

/// A checked expression.
pub(super) const fn typed(kind: Kind, ty: Type, span: Span) -> Typed {
    Typed { kind, ty, span }
}
