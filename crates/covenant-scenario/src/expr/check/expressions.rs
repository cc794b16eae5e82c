//! Expressions, one kind after the other.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::checker::{Checker, typed};
use crate::{
    expr::{Ast, AstKind, Kind, Number, Type, Typed, Value},
    source::{Diagnostic, Span},
};

impl Checker<'_> {
    /// Checks an expression that must be a value.
    pub(super) fn value(&mut self, ast: &Ast) -> Option<Typed> {
        let span = ast.span;
        let constant = |value, ty| Some(typed(Kind::Constant(value), ty, span));
        match &ast.kind {
            AstKind::Number(number) => self.number(number, span),
            AstKind::Address(address) => constant(Value::Address(*address), Type::ADDRESS),
            AstKind::Bool(value) => constant(Value::Bool(*value), Type::Bool),
            AstKind::String(text) => constant(Value::String(text.clone()), Type::String),
            AstKind::Hex(bytes) => constant(Value::Bytes(bytes.clone()), Type::Bytes),
            AstKind::Name(_)
            | AstKind::Member(..)
            | AstKind::Elementary(_)
            | AstKind::TypeOf(_) => {
                let entity = self.entity(ast)?;
                self.value_of(ast, entity)
            }
            AstKind::Call(callee, args) => self.call(ast, callee, args),
            AstKind::Options(base, fields) => self.changed(base, fields, span),
            AstKind::Index(base, index) => self.index(base, index, span),
            AstKind::Slice(base, from, to) => {
                self.slice(base, from.as_deref(), to.as_deref(), span)
            }
            AstKind::Unary(op, inner) => self.unary(*op, inner, span),
            AstKind::Binary(op, left, right) => self.binary(*op, left, right, span),
            AstKind::Ternary(condition, yes, no) => self.ternary(condition, yes, no, span),
            AstKind::Tuple(items) => self.tuple(items, span),
            AstKind::Array(items) => self.array(items, span),
            AstKind::Fields(_) => self.report(
                Diagnostic::error(span, "this mapping needs the name of a struct")
                    .hint("write the fields under the name, as in `Lease.Terms: { … }`"),
            ),
        }
    }

    fn number(&mut self, number: &Number, span: Span) -> Option<Typed> {
        if !number.value.is_integer() {
            let message = format!("`{}` is not a whole number", number.text);
            let hint = if number.text.contains(' ') {
                "the unit is too coarse for so many digits"
            } else {
                "amounts are whole numbers of the smallest unit; a literal takes one, as in `1.5 ether`"
            };
            return self.report(Diagnostic::error(span, message).hint(hint));
        }
        Some(typed(Kind::Constant(Value::Int(number.value.to_integer())), Type::NUMBER, span))
    }

    fn index(&mut self, base: &Ast, index: &Ast, span: Span) -> Option<Typed> {
        let value = self.value(base);
        let number = self.value_as(index, &Type::NUMBER, Some("an index"));
        let (value, number) = (value?, number?);
        let ty = match &value.ty {
            Type::Tuple(_) => return self.result_by_number(value, base, &number, span),
            Type::Array(element, length) => {
                if let (Some(length), Some(at)) = (length, constant_int(&number))
                    && at.to_usize().is_none_or(|at| at >= *length)
                {
                    let message =
                        format!("index {at} is out of range: `{base}` has {length} elements");
                    return self.error(index.span, message);
                }
                (**element).clone()
            }
            Type::Bytes | Type::FixedBytes(_) => Type::FixedBytes(1),
            ty => {
                let message = format!("`{base}` is {ty}, which has no elements");
                return self.error(span, message);
            }
        };
        Some(typed(Kind::Index { base: Box::new(value), index: Box::new(number) }, ty, span))
    }

    /// `signature[32:64]`
    fn slice(
        &mut self,
        base: &Ast,
        from: Option<&Ast>,
        to: Option<&Ast>,
        span: Span,
    ) -> Option<Typed> {
        let value = self.value(base);
        let mut end = |end: Option<&Ast>| match end {
            Some(end) => self
                .value_as(end, &Type::NUMBER, Some("the end of a slice"))
                .map(Box::new)
                .map(Some),
            None => Some(None),
        };
        let (from, to) = (end(from), end(to));
        let value = value?;
        if !matches!(value.ty, Type::Bytes) {
            let message = format!("`{base}` is {}, and only bytes have slices", value.ty);
            return self.error(base.span, message);
        }
        let kind = Kind::Slice { base: Box::new(value), from: from?, to: to? };
        Some(typed(kind, Type::Bytes, span))
    }

    /// `last[0]`: one of several values that a call returned.
    fn result_by_number(
        &mut self,
        value: Typed,
        base: &Ast,
        index: &Typed,
        span: Span,
    ) -> Option<Typed> {
        let Type::Tuple(items) = &value.ty else { return None };
        let Some(at) = constant_int(index) else {
            return self.error(
                index.span,
                format!("`{base}` is several values: choose one by a literal number or by name"),
            );
        };
        match at.to_usize().and_then(|at| Some((at, items.get(at)?))) {
            Some((index, (_, ty))) => {
                let ty = ty.clone();
                Some(typed(Kind::Field { base: Box::new(value), index }, ty, span))
            }
            None => {
                let message = format!("`{base}` has {} values, counted from 0", items.len());
                self.error(index.span, message)
            }
        }
    }

    fn ternary(&mut self, condition: &Ast, yes: &Ast, no: &Ast, span: Span) -> Option<Typed> {
        let condition = self.value_as(condition, &Type::Bool, Some("a condition"));
        let (left, right) = (self.value(yes), self.value(no));
        let (left, right) = self.unify(yes, left?, no, right?, span, "`? :`")?;
        let ty = if left.ty.same(&right.ty) { left.ty.clone() } else { Type::NUMBER };
        Some(typed(Kind::Ternary(Box::new(condition?), Box::new(left), Box::new(right)), ty, span))
    }

    fn tuple(&mut self, items: &[Ast], span: Span) -> Option<Typed> {
        let values: Vec<Option<Typed>> = items.iter().map(|item| self.value(item)).collect();
        let values: Vec<Typed> = values.into_iter().collect::<Option<_>>()?;
        let ty = Type::Tuple(values.iter().map(|value| (None, value.ty.clone())).collect());
        Some(typed(Kind::Tuple(values), ty, span))
    }

    fn array(&mut self, items: &[Ast], span: Span) -> Option<Typed> {
        let values: Vec<Option<Typed>> = items.iter().map(|item| self.value(item)).collect();
        let values: Vec<Typed> = values.into_iter().collect::<Option<_>>()?;
        // Literals adapt to the first element that is not one.
        let decides = (0..items.len()).find(|index| !items[*index].is_literal()).unwrap_or(0);
        let Some(first) = values.get(decides) else {
            return Some(typed(
                Kind::Array(Vec::new()),
                Type::Array(Box::new(Type::Tuple(Vec::new())), Some(0)),
                span,
            ));
        };
        let mut element = first.ty.clone();
        if values
            .iter()
            .any(|value| matches!((&element, &value.ty), (Type::Int(a), Type::Int(b)) if a != b))
        {
            element = Type::NUMBER;
        }
        let values: Vec<Option<Typed>> = items
            .iter()
            .zip(values)
            .map(|(item, value)| self.converted(item, value, &element, Some("an element")))
            .collect();
        let values: Vec<Typed> = values.into_iter().collect::<Option<_>>()?;
        let ty = Type::Array(Box::new(element), Some(values.len()));
        Some(typed(Kind::Array(values), ty, span))
    }
}

/// The number that a constant expression is.
pub(super) const fn constant_int(value: &Typed) -> Option<&BigInt> {
    match &value.kind {
        Kind::Constant(Value::Int(number)) => Some(number),
        _ => None,
    }
}
