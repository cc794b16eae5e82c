//! The evaluator: one function that knows every kind of expression, and the few that those need.

use std::borrow::Cow;

use alloy_primitives::{Address, B256, U256, keccak256};
use covenant_chain::Outcome;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{
    call,
    cast::cast,
    error::{EvalError, EvalErrorKind},
    operators::{binary, mismatch, truth, unary},
    sign,
};
use crate::{
    expr::{
        abi::{check, encode_packed, encode_params},
        typed::{BinaryOp, Kind, SignaturePart, Typed},
        types::{StructType, Type},
        value::{Value, from_u256},
    },
    source::Span,
    world::World,
};

/// Expressions are nested at most this deep; the checker allows less.
const MAX_DEPTH: usize = 300;

/// A value that is borrowed where it is kept: constants and `let`s are not copied to be looked at.
pub(super) type Seen<'a> = Cow<'a, Value>;
/// Length of a signature: r, s, v.
const SIGNATURE: usize = 65;

pub(super) type Result<T> = std::result::Result<T, EvalError>;

/// Evaluates an expression at this moment of the world, which stays as it is.
///
/// # Errors
/// When a view call fails, an operation has no result, or a value does not fit; [`EvalError::is_engine`] tells these
/// from failures of the engine.
pub fn eval(typed: &Typed, world: &World) -> Result<Value> {
    Evaluator::new(world).value(typed).map(Cow::into_owned)
}

/// Evaluates expressions against one world.
#[derive(Debug)]
pub(super) struct Evaluator<'a> {
    pub(super) world: &'a World,
    depth: usize,
}

impl<'a> Evaluator<'a> {
    pub(super) const fn new(world: &'a World) -> Self {
        Self { world, depth: 0 }
    }

    /// The value of an expression.
    pub(super) fn value(&mut self, typed: &'a Typed) -> Result<Seen<'a>> {
        if self.depth == MAX_DEPTH {
            return Err(EvalErrorKind::TooDeep.at(typed.span));
        }
        self.depth += 1;
        let value = self.any(typed);
        self.depth -= 1;
        value
    }

    fn any(&mut self, typed: &'a Typed) -> Result<Seen<'a>> {
        let span = typed.span;
        match &typed.kind {
            Kind::Constant(value) => Ok(Cow::Borrowed(value)),
            Kind::Let(_) | Kind::Bound(_) | Kind::Last => {
                self.kept(&typed.kind).map_err(|kind| kind.at(span))
            }
            Kind::Field { base, index } => self.part(base, *index, span),
            Kind::Index { base, index } => self.element(base, index),
            Kind::Ternary(condition, yes, no) => {
                let chosen = if self.truth(condition)? { yes } else { no };
                self.value(chosen)
            }
            Kind::Balance { .. }
            | Kind::Gained { .. }
            | Kind::Change { .. }
            | Kind::Succeeded
            | Kind::Enabled { .. }
            | Kind::Call { .. } => self.asked(typed).map(Cow::Owned),
            Kind::Sign { .. } | Kind::Permit { .. } => sign::signature(self, typed).map(Cow::Owned),
            _ => self.computed(typed).map(Cow::Owned),
        }
    }

    /// What the world keeps under a number.
    fn kept(&self, kind: &Kind) -> std::result::Result<Seen<'a>, EvalErrorKind> {
        let (kept, what) = match kind {
            Kind::Let(id) => (self.world.let_value(*id), "this `let`"),
            Kind::Bound(id) => (self.world.bound(*id), "this name"),
            _ => (self.world.last(), "`last`"),
        };
        kept.map(Cow::Borrowed).ok_or(EvalErrorKind::Unset { what })
    }

    /// What follows from the world's own state and from other values.
    fn computed(&mut self, typed: &'a Typed) -> Result<Value> {
        let (world, span) = (self.world, typed.span);
        let number = |number: u64| Ok(Value::from(number));
        match &typed.kind {
            Kind::Actor(id) => Ok(world.actor(*id).address.into()),
            Kind::Instance(id) => {
                world.instance_address(*id).map(Value::from).map_err(|kind| kind.at(span))
            }
            Kind::Token(id) => {
                world.token_address(*id).map(Value::from).map_err(|kind| kind.at(span))
            }
            Kind::Now | Kind::BlockTimestamp => number(world.chain.now().0),
            Kind::Start => number(world.start().0),
            Kind::BlockNumber => number(world.chain.block_number()),
            Kind::BlockBasefee => Ok(Value::Int(world.chain.base_fee().into())),
            Kind::ChainId => number(world.chain.chain_id()),
            Kind::Length(of) => self.length(of),
            Kind::Slice { base, from, to } => {
                self.slice(base, from.as_deref(), to.as_deref(), span)
            }
            Kind::SignaturePart { of, part } => {
                let bytes = self.bytes(of)?;
                if bytes.len() != SIGNATURE {
                    return Err(EvalErrorKind::NotASignature { length: bytes.len() }.at(span));
                }
                Ok(match part {
                    SignaturePart::R => B256::from_slice(&bytes[..32]).into(),
                    SignaturePart::S => B256::from_slice(&bytes[32..64]).into(),
                    SignaturePart::V => Value::Int(bytes[64].into()),
                })
            }
            Kind::Unary(op, inner) => {
                let value = self.value(inner)?;
                unary(*op, &value, &inner.ty).map_err(|kind| kind.at(span))
            }
            Kind::Binary(op, left, right) => self.binary(*op, left, right, span),
            Kind::Cast(inner) => {
                let value = self.value(inner)?.into_owned();
                cast(value, &typed.ty).map_err(|kind| kind.at(span))
            }
            Kind::Struct(ty, fields) => {
                self.structure(ty, fields).map(|values| Value::Struct(ty.clone(), values))
            }
            Kind::Array(elements) => self.owned(elements).map(Value::Array),
            Kind::Tuple(values) => self.owned(values).map(Value::Tuple),
            Kind::Keccak256(inner) => Ok(keccak256(self.bytes(inner)?).into()),
            Kind::AbiEncode(values) => self.encoded(values, span, |pairs| encode_params(pairs)),
            Kind::AbiEncodePacked(values) => {
                self.encoded(values, span, |pairs| encode_packed(pairs))
            }
            _ => Err(EvalErrorKind::Mismatch {
                value: format!("{:?}", typed.ty),
                wanted: "a computation",
            }
            .at(span)),
        }
    }

    /// What the chain is asked for.
    fn asked(&mut self, typed: &'a Typed) -> Result<Value> {
        let span = typed.span;
        match &typed.kind {
            Kind::Call { target, function, args } => {
                let to = self.address(target)?;
                let input = self.call_data(function, args)?;
                call::view(self.world, to, function, input).map_err(|kind| kind.at(span))
            }
            Kind::Gained { token, of } => {
                let (token, account) = self.holder(token.as_deref(), of)?;
                let (before, now) =
                    self.world.gain(token, account).map_err(|kind| kind.at(span))?;
                Ok(Value::Int(from_u256(now) - from_u256(before)))
            }
            Kind::Change { token, of } => {
                let (token, account) = self.holder(token.as_deref(), of)?;
                let (before, now) =
                    self.world.change(token, account).map_err(|kind| kind.at(span))?;
                Ok(Value::Int(from_u256(now) - from_u256(before)))
            }
            Kind::Succeeded => {
                let succeeded = self.world.succeeded().map_err(|kind| kind.at(span))?;
                Ok(Value::Bool(succeeded))
            }
            Kind::Enabled { .. } => {
                let outcome = self.attempt(typed)?;
                Ok(Value::Bool(matches!(outcome, Some(Outcome::Success { .. }))))
            }
            Kind::Balance { token, of } => {
                let (token, account) = self.holder(token.as_deref(), of)?;
                self.world.balance(token, account).map(Value::from).map_err(|kind| kind.at(span))
            }
            _ => Err(EvalErrorKind::Mismatch {
                value: format!("{:?}", typed.ty),
                wanted: "a question",
            }
            .at(span)),
        }
    }

    fn holder(
        &mut self,
        token: Option<&'a Typed>,
        of: &'a Typed,
    ) -> Result<(Option<Address>, Address)> {
        let token = token.map(|token| self.address(token)).transpose()?;
        Ok((token, self.address(of)?))
    }

    /// `&&` and `||` do not look at the right side when the left one decides.
    fn binary(
        &mut self,
        op: BinaryOp,
        left: &'a Typed,
        right: &'a Typed,
        span: Span,
    ) -> Result<Value> {
        match op {
            BinaryOp::And => Ok(Value::Bool(self.truth(left)? && self.truth(right)?)),
            BinaryOp::Or => Ok(Value::Bool(self.truth(left)? || self.truth(right)?)),
            _ => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                binary(op, &left, &right).map_err(|kind| kind.at(span))
            }
        }
    }

    /// Fields are checked here, where they stand, and not only where the struct is encoded.
    fn structure(&mut self, ty: &StructType, fields: &'a [Typed]) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(fields.len());
        for (field, (_, ty)) in fields.iter().zip(&ty.fields) {
            let value = self.value(field)?.into_owned();
            check(&value, ty).map_err(|error| EvalErrorKind::from(error).at(field.span))?;
            values.push(value);
        }
        Ok(values)
    }

    fn owned(&mut self, parts: &'a [Typed]) -> Result<Vec<Value>> {
        parts.iter().map(|part| self.value(part).map(Cow::into_owned)).collect()
    }

    fn encoded(
        &mut self,
        parts: &'a [Typed],
        span: Span,
        encode: impl FnOnce(
            Vec<(&Value, &Type)>,
        ) -> std::result::Result<Vec<u8>, crate::expr::abi::EncodeError>,
    ) -> Result<Value> {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            let value = self.value(part)?;
            check(&value, &part.ty).map_err(|error| EvalErrorKind::from(error).at(part.span))?;
            values.push(value);
        }
        let pairs =
            values.iter().map(AsRef::as_ref).zip(parts.iter().map(|part| &part.ty)).collect();
        encode(pairs).map(Value::Bytes).map_err(|error| EvalErrorKind::from(error).at(span))
    }

    /// A field of a struct, or a value of a tuple.
    fn part(&mut self, base: &'a Typed, index: usize, span: Span) -> Result<Seen<'a>> {
        let part = match self.value(base)? {
            Cow::Borrowed(Value::Struct(_, parts) | Value::Tuple(parts)) => {
                parts.get(index).map(Cow::Borrowed)
            }
            Cow::Owned(Value::Struct(_, mut parts) | Value::Tuple(mut parts)) => {
                (index < parts.len()).then(|| Cow::Owned(parts.swap_remove(index)))
            }
            other => return Err(mismatch(&other, "a struct").at(base.span)),
        };
        part.ok_or_else(|| {
            EvalErrorKind::IndexOutOfBounds { index: index.into(), length: 0 }.at(span)
        })
    }

    /// An element of an array, or a byte of bytes.
    fn element(&mut self, base: &'a Typed, index: &'a Typed) -> Result<Seen<'a>> {
        let value = self.value(base)?;
        let number = self.number(index)?;
        let within = |length: usize| {
            number.to_usize().filter(|place| *place < length).ok_or_else(|| {
                EvalErrorKind::IndexOutOfBounds { index: number.clone(), length }.at(index.span)
            })
        };
        match value {
            Cow::Borrowed(Value::Array(elements)) => {
                Ok(Cow::Borrowed(&elements[within(elements.len())?]))
            }
            Cow::Owned(Value::Array(mut elements)) => {
                let place = within(elements.len())?;
                Ok(Cow::Owned(elements.swap_remove(place)))
            }
            other => {
                let bytes = match &*other {
                    Value::Bytes(bytes) => bytes,
                    Value::FixedBytes(word, n) => &word[..usize::from(*n)],
                    _ => return Err(mismatch(&other, "an array").at(base.span)),
                };
                let byte = bytes[within(bytes.len())?];
                Ok(Cow::Owned(Value::fixed_bytes(U256::from(byte).wrapping_shl(248).into(), 1)))
            }
        }
    }

    /// Some of the bytes.
    fn slice(
        &mut self,
        base: &'a Typed,
        from: Option<&'a Typed>,
        to: Option<&'a Typed>,
        span: Span,
    ) -> Result<Value> {
        let bytes = self.bytes(base)?;
        let length = bytes.len();
        let from = from.map_or(Ok(BigInt::ZERO), |from| self.number(from))?;
        let to = to.map_or(Ok(length.into()), |to| self.number(to))?;
        let slice = match (from.to_usize(), to.to_usize()) {
            (Some(from), Some(to)) => bytes.get(from..to),
            _ => None,
        };
        match slice {
            Some(slice) => Ok(Value::Bytes(slice.to_vec())),
            None => Err(EvalErrorKind::NoSlice { from, to, length }.at(span)),
        }
    }

    fn length(&mut self, of: &'a Typed) -> Result<Value> {
        let value = self.value(of)?;
        let length = match &*value {
            Value::Array(elements) => elements.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::String(text) => text.len(),
            Value::FixedBytes(_, n) => usize::from(*n),
            _ => return Err(mismatch(&value, "an array").at(of.span)),
        };
        Ok(Value::Int(length.into()))
    }

    pub(super) fn address(&mut self, typed: &'a Typed) -> Result<Address> {
        let value = self.value(typed)?;
        value.as_address().ok_or_else(|| mismatch(&value, "an address").at(typed.span))
    }

    pub(super) fn truth(&mut self, typed: &'a Typed) -> Result<bool> {
        let value = self.value(typed)?;
        truth(&value).map_err(|kind| kind.at(typed.span))
    }

    fn number(&mut self, typed: &'a Typed) -> Result<BigInt> {
        match self.value(typed)?.into_owned() {
            Value::Int(number) => Ok(number),
            other => Err(mismatch(&other, "a number").at(typed.span)),
        }
    }

    /// The bytes of `bytes`, a string or `bytesN`.
    fn bytes(&mut self, typed: &'a Typed) -> Result<Vec<u8>> {
        match self.value(typed)?.into_owned() {
            Value::Bytes(bytes) => Ok(bytes),
            Value::String(text) => Ok(text.into_bytes()),
            Value::FixedBytes(word, n) => Ok(word[..usize::from(n)].to_vec()),
            other => Err(mismatch(&other, "bytes").at(typed.span)),
        }
    }
}
