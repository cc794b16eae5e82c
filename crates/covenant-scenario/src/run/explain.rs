//! Why a condition does not hold: the values of what it compares.

use covenant_chain::Outcome;

use super::{carrier::Carrier, runner::Runner};
use crate::{
    expr::{BinaryOp, EvalError, EvalErrorKind, Kind, Typed, UnaryOp, Value, attempt, eval},
    plan::Condition,
    source::Span,
};

/// The values that decide a condition, one a line.
pub(super) fn condition<C: Carrier>(runner: &Runner<'_, C>, condition: &Condition) -> Vec<String> {
    let mut notes = Vec::new();
    explain(runner, &condition.typed, &mut notes);
    notes
}

fn explain<C: Carrier>(runner: &Runner<'_, C>, typed: &Typed, notes: &mut Vec<String>) {
    match &typed.kind {
        Kind::Binary(BinaryOp::And, left, right) => {
            // Only the side that decides matters; the right one may have no value when the left one is false.
            let decides = if is_true(runner, left) { right } else { left };
            explain(runner, decides, notes);
        }
        Kind::Binary(BinaryOp::Or, left, right) => {
            explain(runner, left, notes);
            explain(runner, right, notes);
        }
        Kind::Unary(UnaryOp::Not, inner) => explain(runner, inner, notes),
        Kind::Binary(_, left, right) => {
            note(runner, left, notes);
            note(runner, right, notes);
        }
        _ => note(runner, typed, notes),
    }
}

fn is_true<C: Carrier>(runner: &Runner<'_, C>, typed: &Typed) -> bool {
    matches!(eval(typed, &runner.world), Ok(Value::Bool(true)))
}

fn note<C: Carrier>(runner: &Runner<'_, C>, typed: &Typed, notes: &mut Vec<String>) {
    if matches!(typed.kind, Kind::Constant(_)) {
        return;
    }
    if let Kind::Enabled { .. } = typed.kind {
        notes.push(refusal(runner, typed));
        return;
    }
    let value = match eval(typed, &runner.world) {
        Ok(value) => runner.show(&value),
        Err(error) => eval_error(runner, &error),
    };
    notes.push(format!("{} = {value}", source(runner, typed.span)));
}

/// Whether a call would succeed, and why not.
fn refusal<C: Carrier>(runner: &Runner<'_, C>, typed: &Typed) -> String {
    let what = source(runner, typed.span);
    match attempt(typed, &runner.world) {
        Ok(Some(Outcome::Success { .. })) => format!("{what} = true"),
        Ok(Some(Outcome::Revert { data })) => {
            format!("{what} = false: it reverts with {}", runner.decoder().decode_revert(&data))
        }
        Ok(Some(Outcome::Halt { reason })) => format!("{what} = false: it is stopped: {reason}"),
        Ok(None) => format!("{what} = false: it cannot even be executed"),
        Err(error) => format!("{what} = {}", eval_error(runner, &error)),
    }
}

/// The text of an expression, on one line.
pub(super) fn source<C: Carrier>(runner: &Runner<'_, C>, span: Span) -> String {
    runner.plan.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why an expression has no value, in words.
pub(super) fn eval_error<C: Carrier>(runner: &Runner<'_, C>, error: &EvalError) -> String {
    match &error.kind {
        EvalErrorKind::Reverted { call, data } => {
            let call = call.label(runner.world.names());
            format!("`{call}` reverted with {}", runner.decoder().decode_revert(data))
        }
        EvalErrorKind::Halted { call, reason } => {
            format!("`{}` was stopped: {reason}", call.label(runner.world.names()))
        }
        EvalErrorKind::NoCode { call } => {
            format!("`{}` calls an address without code", call.label(runner.world.names()))
        }
        kind => kind.to_string(),
    }
}
