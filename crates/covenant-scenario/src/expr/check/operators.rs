//! Operators: Solidity's, on numbers of any size.

use num_bigint::BigInt;

use super::{
    checker::{Checker, typed},
    expressions::constant_int,
};
use crate::{
    expr::{Ast, BinaryOp, Kind, Type, Typed, UnaryOp, Value},
    source::{Diagnostic, Span},
};

impl Checker<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, inner: &Ast, span: Span) -> Option<Typed> {
        let value = self.value(inner)?;
        let ty = match (op, &value.ty) {
            (UnaryOp::Neg, Type::Int(_)) => {
                if let Some(number) = constant_int(&value) {
                    return Some(typed(Kind::Constant(Value::Int(-number)), Type::NUMBER, span));
                }
                Type::NUMBER
            }
            (UnaryOp::Not, Type::Bool) => Type::Bool,
            (UnaryOp::BitNot, Type::Int(Some(_)) | Type::FixedBytes(_)) => value.ty.clone(),
            (UnaryOp::BitNot, Type::Int(None)) => {
                return self.report(
                    Diagnostic::error(span, "`~` needs to know how many bits there are")
                        .hint(format!("give the number a size: `~uint256({inner})`")),
                );
            }
            (_, ty) => {
                let message = format!("`{op}` does not apply to {ty}");
                return self.error(span, message);
            }
        };
        Some(typed(Kind::Unary(op, Box::new(value)), ty, span))
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: &Ast,
        right: &Ast,
        span: Span,
    ) -> Option<Typed> {
        match op {
            BinaryOp::And | BinaryOp::Or => self.logic(op, left, right, span),
            BinaryOp::Shl | BinaryOp::Shr => self.shift(op, left, right, span),
            BinaryOp::Eq | BinaryOp::Ne => self.equality(op, left, right, span),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                self.order(op, left, right, span)
            }
            BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => {
                self.bits(op, left, right, span)
            }
            BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Rem
            | BinaryOp::Pow => self.arithmetic(op, left, right, span),
        }
    }

    fn logic(&mut self, op: BinaryOp, left: &Ast, right: &Ast, span: Span) -> Option<Typed> {
        let role = format!("each side of `{op}`");
        let left = self.value_as(left, &Type::Bool, Some(&role));
        let right = self.value_as(right, &Type::Bool, Some(&role));
        Some(joined(op, left?, right?, Type::Bool, span))
    }

    fn arithmetic(&mut self, op: BinaryOp, left: &Ast, right: &Ast, span: Span) -> Option<Typed> {
        let a = self.operand(op, left);
        let b = self.operand(op, right);
        let (a, b) = (a?, b?);
        if matches!(op, BinaryOp::Div | BinaryOp::Rem)
            && constant_int(&b).is_some_and(|b| *b == BigInt::ZERO)
        {
            return self.error(span, "this divides by zero");
        }
        if op == BinaryOp::Pow && constant_int(&b).is_some_and(|b| *b < BigInt::ZERO) {
            return self.error(right.span, "an exponent cannot be negative");
        }
        Some(joined(op, a, b, Type::NUMBER, span))
    }

    /// An operand of an arithmetic operator.
    fn operand(&mut self, op: BinaryOp, ast: &Ast) -> Option<Typed> {
        let value = self.value(ast)?;
        if matches!(value.ty, Type::Int(_)) {
            return Some(value);
        }
        let diagnostic =
            Diagnostic::error(ast.span, format!("`{op}` is for numbers, `{ast}` is {}", value.ty));
        let hint = match &value.ty {
            Type::FixedBytes(size) => {
                format!("take its bits as a number: `uint{}({ast})`", u16::from(*size) * 8)
            }
            Type::Enum(_) => format!("take its number: `uint8({ast})`"),
            Type::Tuple(items) if !items.is_empty() => {
                format!("choose one of its values: `{ast}[0]`")
            }
            Type::Bool if op == BinaryOp::Add => "join conditions with `&&` or `||`".to_owned(),
            _ => return self.report(diagnostic),
        };
        self.report(diagnostic.hint(hint))
    }

    fn shift(&mut self, op: BinaryOp, left: &Ast, right: &Ast, span: Span) -> Option<Typed> {
        let value = self.value(left);
        let by = self.operand(op, right);
        let (value, by) = (value?, by?);
        if constant_int(&by).is_some_and(|by| *by < BigInt::ZERO) {
            return self.error(right.span, "a shift cannot be negative");
        }
        let ty = match &value.ty {
            Type::FixedBytes(_) => value.ty.clone(),
            // To the right, the number only gets smaller.
            Type::Int(size) if op == BinaryOp::Shr => Type::Int(*size),
            Type::Int(_) => Type::NUMBER,
            ty => {
                let message = format!("`{op}` is for numbers and bytes, `{left}` is {ty}");
                return self.error(left.span, message);
            }
        };
        Some(joined(op, value, by, ty, span))
    }

    fn bits(&mut self, op: BinaryOp, left: &Ast, right: &Ast, span: Span) -> Option<Typed> {
        let (a, b) = (self.value(left), self.value(right));
        let (a, b) = self.unify(left, a?, right, b?, span, &format!("`{op}`"))?;
        let ty = match (&a.ty, &b.ty) {
            (Type::Int(m), Type::Int(n)) if m == n => a.ty.clone(),
            (Type::Int(_), Type::Int(_)) => Type::NUMBER,
            (Type::FixedBytes(_), _) => a.ty.clone(),
            (ty, _) => {
                let diagnostic = Diagnostic::error(
                    span,
                    format!("`{op}` is for numbers and bytes, not for {ty}"),
                );
                let hint = matches!(ty, Type::Bool).then(|| format!("write `{op}{op}`"));
                return self.report(match hint {
                    Some(hint) if op != BinaryOp::BitXor => diagnostic.hint(hint),
                    _ => diagnostic,
                });
            }
        };
        Some(joined(op, a, b, ty, span))
    }

    fn equality(&mut self, op: BinaryOp, left: &Ast, right: &Ast, span: Span) -> Option<Typed> {
        let (a, b) = (self.value(left), self.value(right));
        let (a, b) = self.unify(left, a?, right, b?, span, &format!("`{op}`"))?;
        Some(joined(op, a, b, Type::Bool, span))
    }

    fn order(&mut self, op: BinaryOp, left: &Ast, right: &Ast, span: Span) -> Option<Typed> {
        let (a, b) = (self.value(left), self.value(right));
        let (a, b) = self.unify(left, a?, right, b?, span, &format!("`{op}`"))?;
        if matches!(a.ty, Type::Int(_) | Type::Address(_) | Type::FixedBytes(_) | Type::Enum(_)) {
            return Some(joined(op, a, b, Type::Bool, span));
        }
        let diagnostic =
            Diagnostic::error(span, format!("{} has no order: `{op}` does not apply", a.ty));
        if matches!(a.ty, Type::Bool) {
            return self
                .report(diagnostic.hint("a chain like `a < b < c` is written `a < b && b < c`"));
        }
        self.report(diagnostic)
    }

    /// Brings two values to one type: a literal takes the type of what it is combined with. Numbers of different sizes
    /// stay as they are, for they compare and combine as numbers.
    pub(super) fn unify(
        &mut self,
        left: &Ast,
        a: Typed,
        right: &Ast,
        b: Typed,
        span: Span,
        what: &str,
    ) -> Option<(Typed, Typed)> {
        let nothing = |ty: &Type| matches!(ty, Type::Tuple(items) if items.is_empty());
        for (ast, value) in [(left, &a), (right, &b)] {
            if nothing(&value.ty) {
                return self.error(ast.span, format!("`{ast}` returns nothing"));
            }
        }
        if a.ty.same(&b.ty) || matches!((&a.ty, &b.ty), (Type::Int(_), Type::Int(_))) {
            return Some((a, b));
        }
        if let Ok(b) = Self::conversion(right, b.clone(), &a.ty) {
            return Some((a, b.value));
        }
        if let Ok(a) = Self::conversion(left, a.clone(), &b.ty) {
            return Some((a.value, b));
        }
        let diagnostic =
            Diagnostic::error(span, format!("{what} cannot combine {} with {}", a.ty, b.ty));
        // A literal is easier to write differently than what it is combined with.
        let of_left = || Self::cast_advice(left, &a.ty, &b.ty);
        let of_right = || Self::cast_advice(right, &b.ty, &a.ty);
        let hint = if left.is_literal() {
            of_left().or_else(of_right)
        } else {
            of_right().or_else(of_left)
        };
        self.report(match hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        })
    }
}

fn joined(op: BinaryOp, left: Typed, right: Typed, ty: Type, span: Span) -> Typed {
    typed(Kind::Binary(op, Box::new(left), Box::new(right)), ty, span)
}
