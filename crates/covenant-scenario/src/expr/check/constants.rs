//! What is known before anything runs: constants are folded, so that a part without a value is an error of the check.

use std::{borrow::Cow, sync::Arc};

use super::convert::out_of_range;
use crate::{
    expr::{
        BinaryOp, EvalErrorKind, Kind, Scope, Type, Typed, Value, abi,
        eval::{binary, cast, unary},
    },
    source::{Diagnostic, Span},
};

/// The value of an expression that asks nothing of a chain, or `None`.
pub fn known(typed: &Typed, scope: &Scope) -> Option<Value> {
    Folder { scope, found: Vec::new() }.value(typed).map(Cow::into_owned)
}

/// Reports every constant part of an expression that has no value. Returns whether there is none.
pub(super) fn all_have_values<'a>(
    parts: impl IntoIterator<Item = &'a Typed>,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let mut folder = Folder { scope, found: Vec::new() };
    for part in parts {
        folder.value(part);
    }
    let fine = folder.found.is_empty();
    diagnostics.append(&mut folder.found);
    fine
}

struct Folder<'a> {
    scope: &'a Scope,
    found: Vec<Diagnostic>,
}

impl<'a> Folder<'a> {
    /// The value of an expression, if it is known; what is wrong with its parts is noted on the way.
    fn value(&mut self, typed: &'a Typed) -> Option<Cow<'a, Value>> {
        let span = typed.span;
        match &typed.kind {
            Kind::Constant(value) => Some(Cow::Borrowed(value)),
            Kind::Let(id) => self.scope.let_value(*id).map(Cow::Borrowed),
            Kind::Start => self.scope.start().map(|start| Cow::Owned(Value::from(start))),
            Kind::Unary(op, inner) => {
                let value = self.value(inner)?;
                self.result(unary(*op, &value, &inner.ty), &typed.ty, span).map(Cow::Owned)
            }
            Kind::Binary(op, left, right) => self.binary(*op, left, right, typed),
            Kind::Ternary(condition, yes, no) => self.ternary(condition, yes, no),
            Kind::Cast(inner) => {
                let value = self.value(inner)?.into_owned();
                self.result(cast(value, &typed.ty), &typed.ty, span).map(Cow::Owned)
            }
            Kind::Struct(ty, fields) => {
                let values = self.values(fields);
                let mut whole = Vec::with_capacity(fields.len());
                for ((value, field), (_, ty)) in values.into_iter().zip(fields).zip(&ty.fields) {
                    whole.push(value.and_then(|value| self.field(value, ty, field.span)));
                }
                let whole: Vec<Value> = whole.into_iter().collect::<Option<_>>()?;
                Some(Cow::Owned(Value::Struct(Arc::clone(ty), whole)))
            }
            Kind::Array(parts) => self.all(parts).map(|values| Cow::Owned(Value::Array(values))),
            Kind::Tuple(parts) => self.all(parts).map(|values| Cow::Owned(Value::Tuple(values))),
            Kind::Field { base, index } => match self.value(base)?.into_owned() {
                Value::Struct(_, mut parts) | Value::Tuple(mut parts) if *index < parts.len() => {
                    Some(Cow::Owned(parts.swap_remove(*index)))
                }
                _ => None,
            },
            _ => {
                for part in typed.parts() {
                    self.value(part);
                }
                None
            }
        }
    }

    /// `&&` and `||` do not look at the right side when the left one decides.
    fn binary(
        &mut self,
        op: BinaryOp,
        left: &'a Typed,
        right: &'a Typed,
        whole: &Typed,
    ) -> Option<Cow<'a, Value>> {
        let a = self.value(left);
        let decided = match op {
            BinaryOp::And => Some(false),
            BinaryOp::Or => Some(true),
            _ => None,
        };
        if let (Some(decided), Some(Value::Bool(a))) = (decided, a.as_deref()) {
            return if *a == decided {
                Some(Cow::Owned(Value::Bool(*a)))
            } else {
                self.value(right)
            };
        }
        let (a, b) = (a, self.value(right));
        if decided.is_some() {
            return None;
        }
        self.result(binary(op, &*a?, &*b?), &whole.ty, whole.span).map(Cow::Owned)
    }

    /// A branch that is never taken has no need of a value.
    fn ternary(
        &mut self,
        condition: &'a Typed,
        yes: &'a Typed,
        no: &'a Typed,
    ) -> Option<Cow<'a, Value>> {
        if let Some(Value::Bool(condition)) = self.value(condition).as_deref() {
            return self.value(if *condition { yes } else { no });
        }
        self.value(yes);
        self.value(no);
        None
    }

    fn values(&mut self, parts: &'a [Typed]) -> Vec<Option<Value>> {
        parts.iter().map(|part| self.value(part).map(Cow::into_owned)).collect()
    }

    fn all(&mut self, parts: &'a [Typed]) -> Option<Vec<Value>> {
        self.values(parts).into_iter().collect()
    }

    fn field(&mut self, value: Value, ty: &Type, span: Span) -> Option<Value> {
        let checked = abi::check(&value, ty).map_err(EvalErrorKind::from);
        self.result(checked, ty, span).map(|()| value)
    }

    /// Notes why a constant has no value.
    fn result<T>(&mut self, result: Result<T, EvalErrorKind>, ty: &Type, span: Span) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(kind) => {
                self.found.push(refusal(&kind, ty, span));
                None
            }
        }
    }
}

/// The words for a literal that does not fit are those for any other constant.
fn refusal(kind: &EvalErrorKind, ty: &Type, span: Span) -> Diagnostic {
    let message = match (kind, ty) {
        (EvalErrorKind::OutOfRange { value, .. }, Type::Int(Some(size))) => {
            out_of_range(value, *size)
        }
        (EvalErrorKind::DivisionByZero, _) => "this divides by zero".to_owned(),
        _ => kind.to_string(),
    };
    Diagnostic::error(span, message)
}
