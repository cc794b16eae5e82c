//! Operators on values: integers are exact and of any size up to a cap, so that no expression can eat the memory.

use std::cmp::Ordering;

use alloy_primitives::{B256, U256};
use num_bigint::{BigInt, Sign};
use num_traits::{ToPrimitive, Zero};

use super::error::EvalErrorKind;
use crate::expr::{
    typed::{BinaryOp, UnaryOp},
    types::{IntSize, Type},
    value::{Value, fits},
};

/// Integers have at most this many bits; an operation whose result is larger fails.
pub(super) const MAX_BITS: u64 = 4096;

type Result<T> = std::result::Result<T, EvalErrorKind>;

/// Applies an operator before its operand, whose type is needed for `~`.
pub(in crate::expr) fn unary(op: UnaryOp, value: &Value, ty: &Type) -> Result<Value> {
    match (op, value) {
        (UnaryOp::Neg, Value::Int(number)) => Ok(Value::Int(-number)),
        (UnaryOp::Not, Value::Bool(truth)) => Ok(Value::Bool(!truth)),
        (UnaryOp::BitNot, Value::Int(number)) => inverted(number, ty).map(Value::Int),
        (UnaryOp::BitNot, Value::FixedBytes(word, n)) => Ok(Value::fixed_bytes(!*word, *n)),
        _ => Err(mismatch(value, "an operand of this operator")),
    }
}

/// `~x`: every bit of the type flipped.
fn inverted(number: &BigInt, ty: &Type) -> Result<BigInt> {
    match ty {
        Type::Int(Some(size)) if !fits(number, *size) => Err(EvalErrorKind::OutOfRange {
            value: number.clone(),
            ty: crate::expr::abi::type_name(ty),
        }),
        Type::Int(Some(IntSize { signed: false, bits })) => {
            Ok((BigInt::from(1) << *bits) - 1 - number)
        }
        _ => Ok(-number - 1),
    }
}

/// Applies an operator between two operands. Both sides of `&&` and `||` are taken as evaluated.
pub(in crate::expr) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Result<Value> {
    use BinaryOp as Op;
    match op {
        Op::Eq => Ok(Value::Bool(left == right)),
        Op::Ne => Ok(Value::Bool(left != right)),
        Op::Lt => compare(left, right).map(|order| Value::Bool(order.is_lt())),
        Op::Le => compare(left, right).map(|order| Value::Bool(order.is_le())),
        Op::Gt => compare(left, right).map(|order| Value::Bool(order.is_gt())),
        Op::Ge => compare(left, right).map(|order| Value::Bool(order.is_ge())),
        Op::And => Ok(Value::Bool(truth(left)? && truth(right)?)),
        Op::Or => Ok(Value::Bool(truth(left)? || truth(right)?)),
        _ => match (left, right) {
            (Value::Int(a), Value::Int(b)) => arithmetic(op, a, b).map(Value::Int),
            (Value::FixedBytes(a, n), Value::FixedBytes(b, m)) if n == m => {
                bits(op, *a, *b, *n, left)
            }
            (Value::FixedBytes(word, n), Value::Int(by)) => shift_bytes(op, *word, *n, by, left),
            (Value::Bool(a), Value::Bool(b)) => logic(op, *a, *b, left),
            _ => Err(mismatch(left, "an operand of this operator")),
        },
    }
}

pub(super) fn truth(value: &Value) -> Result<bool> {
    value.as_bool().ok_or_else(|| mismatch(value, "a truth value"))
}

pub(super) fn mismatch(value: &Value, wanted: &'static str) -> EvalErrorKind {
    EvalErrorKind::Mismatch { value: value.to_string(), wanted }
}

fn compare(left: &Value, right: &Value) -> Result<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Ok(a.cmp(b)),
        (Value::Address(a), Value::Address(b)) => Ok(a.cmp(b)),
        (Value::FixedBytes(a, n), Value::FixedBytes(b, m)) if n == m => Ok(a.cmp(b)),
        (Value::Enum(_, a), Value::Enum(_, b)) => Ok(a.cmp(b)),
        _ => Err(mismatch(left, "something with an order")),
    }
}

fn arithmetic(op: BinaryOp, a: &BigInt, b: &BigInt) -> Result<BigInt> {
    use BinaryOp as Op;
    let result = match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div | Op::Rem if b.is_zero() => return Err(EvalErrorKind::DivisionByZero),
        // Both truncate toward zero, as Solidity does; the remainder has the sign of the dividend.
        Op::Div => a / b,
        Op::Rem => a % b,
        Op::Pow => power(a, b)?,
        Op::BitAnd => a & b,
        Op::BitOr => a | b,
        Op::BitXor => a ^ b,
        Op::Shl => shifted_left(a, b)?,
        Op::Shr => shifted_right(a, b)?,
        _ => return Err(mismatch(&Value::Int(a.clone()), "a truth value")),
    };
    if result.bits() > MAX_BITS {
        Err(EvalErrorKind::TooLarge { bits: MAX_BITS })
    } else {
        Ok(result)
    }
}

/// Refuses before multiplying what would not fit: |a|^b has more than b·(bits(a) − 1) bits.
fn power(base: &BigInt, exponent: &BigInt) -> Result<BigInt> {
    if exponent.sign() == Sign::Minus {
        return Err(EvalErrorKind::Exponent(exponent.clone()));
    }
    if base.bits() <= 1 {
        // 0, 1 and −1 stay small, however large the exponent.
        let odd = exponent.bit(0);
        return Ok(match (exponent.is_zero(), base.sign()) {
            (true, _) => BigInt::from(1),
            (false, Sign::Minus) if !odd => BigInt::from(1),
            _ => base.clone(),
        });
    }
    match exponent.to_u32() {
        Some(exponent) if u64::from(exponent) * (base.bits() - 1) < MAX_BITS => {
            Ok(base.pow(exponent))
        }
        _ => Err(EvalErrorKind::TooLarge { bits: MAX_BITS }),
    }
}

fn shifted_left(a: &BigInt, by: &BigInt) -> Result<BigInt> {
    match shift(by)? {
        _ if a.is_zero() => Ok(BigInt::zero()),
        Some(by) if by < MAX_BITS => Ok(a << by),
        _ => Err(EvalErrorKind::TooLarge { bits: MAX_BITS }),
    }
}

/// Rounds toward negative infinity, as Solidity's shift of a signed integer does.
fn shifted_right(a: &BigInt, by: &BigInt) -> Result<BigInt> {
    Ok(match (shift(by)?, a.sign()) {
        (Some(by), _) if by <= MAX_BITS => a >> by,
        (_, Sign::Minus) => BigInt::from(-1),
        _ => BigInt::zero(),
    })
}

/// How far to shift; `None` is further than any number is long.
fn shift(by: &BigInt) -> Result<Option<u64>> {
    if by.sign() == Sign::Minus { Err(EvalErrorKind::Shift(by.clone())) } else { Ok(by.to_u64()) }
}

fn bits(op: BinaryOp, a: B256, b: B256, n: u8, left: &Value) -> Result<Value> {
    match op {
        BinaryOp::BitAnd => Ok(Value::FixedBytes(a & b, n)),
        BinaryOp::BitOr => Ok(Value::FixedBytes(a | b, n)),
        BinaryOp::BitXor => Ok(Value::FixedBytes(a ^ b, n)),
        _ => Err(mismatch(left, "a number")),
    }
}

fn shift_bytes(op: BinaryOp, word: B256, n: u8, by: &BigInt, left: &Value) -> Result<Value> {
    let by = shift(by)?.and_then(|by| usize::try_from(by).ok()).unwrap_or(256).min(256);
    let number = U256::from_be_bytes(word.0);
    let shifted: U256 = match op {
        BinaryOp::Shl => number << by,
        BinaryOp::Shr => number >> by,
        _ => return Err(mismatch(left, "a number")),
    };
    Ok(Value::fixed_bytes(shifted.into(), n))
}

fn logic(op: BinaryOp, a: bool, b: bool, left: &Value) -> Result<Value> {
    match op {
        BinaryOp::BitAnd => Ok(Value::Bool(a & b)),
        BinaryOp::BitOr => Ok(Value::Bool(a | b)),
        BinaryOp::BitXor => Ok(Value::Bool(a ^ b)),
        _ => Err(mismatch(left, "a number")),
    }
}
