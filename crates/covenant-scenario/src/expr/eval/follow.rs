//! Expressions to values on a chain whose times are followed: what an expression asks about them is noted, so that it is
//! known at which other times it has the same value.

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{
    Call, ChainError, Outcome,
    shadow::{self, Clock, Constraint, Place, Shadow, StorageShadows, Sum, Term},
};
use num_traits::ToPrimitive;

use super::{
    call,
    cast::cast,
    error::{CallSite, EvalErrorKind},
    evaluate::{Evaluator, Result},
    operators::{binary, truth, unary},
};
use crate::{
    expr::{
        abi::decode_output,
        typed::{BinaryOp, FunctionRef, Kind, Typed},
        types::Type,
        value::Value,
    },
    source::Span,
    world::World,
};

/// Which instants a chain's storage holds, and what the present is called.
#[derive(Clone, Debug)]
pub struct Instants {
    /// The present.
    pub clock: Clock,
    /// Which words of storage come from a clock.
    pub storage: StorageShadows,
}

/// What an expression has asked about times.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// For other times that satisfy all of it, the expression has the same value, or one that its times say.
    pub constraints: Vec<Constraint>,
    /// Where in the bytecode of a view a time could not be followed.
    pub opaque: Vec<Place>,
    /// Where in the expression itself a time could not be followed.
    pub unclear: Vec<Span>,
}

/// How a value depends on times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Times {
    /// Not at all.
    None,
    /// It is this.
    Is(Term),
    /// It consists of values that may.
    Parts(Vec<Self>),
    /// In a way that is not known.
    Unclear,
}

impl Times {
    /// Whether it depends on times at all.
    pub fn any(&self) -> bool {
        match self {
            Self::None => false,
            Self::Is(_) | Self::Unclear => true,
            Self::Parts(parts) => parts.iter().any(Self::any),
        }
    }

    fn part(&self, index: usize) -> Self {
        match self {
            Self::Parts(parts) => parts.get(index).cloned().unwrap_or(Self::None),
            Self::None => Self::None,
            Self::Is(_) | Self::Unclear => Self::Unclear,
        }
    }
}

/// Evaluates an expression as [`eval`](super::eval) does, and follows the times in it.
///
/// # Errors
/// As [`eval`](super::eval); what was asked before it failed decides that it fails.
pub fn eval_followed(
    typed: &Typed,
    world: &World,
    instants: &Instants,
) -> (Result<(Value, Times)>, Asked) {
    let mut follower = Follower { world, instants, asked: Asked::default() };
    let value = follower.value(typed);
    (value, follower.asked)
}

struct Follower<'a> {
    world: &'a World,
    instants: &'a Instants,
    asked: Asked,
}

type Followed = Result<(Value, Times)>;

impl Follower<'_> {
    fn value(&mut self, typed: &Typed) -> Followed {
        let span = typed.span;
        match &typed.kind {
            Kind::Now | Kind::BlockTimestamp => {
                let now = Value::from(self.world.chain.now().0);
                Ok((now, Times::Is(Term::instant(self.instants.clock.now))))
            }
            Kind::BlockNumber => {
                let Clock { now, blocks } = self.instants.clock;
                let Some(offset) = blocks else {
                    self.asked.unclear.push(span);
                    return self.plain(typed);
                };
                // The latest block, not the next.
                let term = Term { offset: offset - 1, ..Term::instant(now) };
                Ok((self.plain(typed)?.0, Times::Is(term)))
            }
            Kind::Call { target, function, args } => self.call(target, function, args, span),
            Kind::Enabled { .. } => self.enabled(typed),
            Kind::Balance { token: Some(token), of } => self.balance(token, of, span),
            Kind::Gained { token: Some(token), of } => {
                let (_, times) = self.balance(token, of, span)?;
                let (value, _) = self.plain(typed)?;
                Ok((value, if times.any() { Times::Unclear } else { Times::None }))
            }
            Kind::Field { base, index } => {
                let (value, times) = self.value(base)?;
                let (Value::Struct(_, mut parts) | Value::Tuple(mut parts)) = value else {
                    return self.plain(typed);
                };
                if *index >= parts.len() {
                    return self.plain(typed);
                }
                Ok((parts.swap_remove(*index), times.part(*index)))
            }
            Kind::Index { base, index } => self.element(typed, base, index),
            Kind::Unary(op, inner) => {
                let (value, times) = self.value(inner)?;
                let value = unary(*op, &value, &inner.ty).map_err(|kind| kind.at(span))?;
                Ok((value, self.lost(&times)))
            }
            Kind::Binary(op, left, right) => self.binary(*op, left, right, span),
            Kind::Ternary(condition, yes, no) => {
                let chosen = if self.truth(condition)? { yes } else { no };
                self.value(chosen)
            }
            Kind::Cast(inner) => {
                let (value, times) = self.value(inner)?;
                let value = cast(value, &typed.ty).map_err(|kind| kind.at(span))?;
                let kept = matches!(value, Value::Int(_)) || !times.any();
                Ok((value, if kept { times } else { Times::Unclear }))
            }
            Kind::Struct(_, parts) | Kind::Array(parts) | Kind::Tuple(parts) => {
                let mut times = Vec::with_capacity(parts.len());
                for part in parts {
                    times.push(self.value(part)?.1);
                }
                Ok((self.plain(typed)?.0, Times::Parts(times)))
            }
            _ => self.computed(typed),
        }
    }

    /// A value that is looked at as it is now.
    fn plain(&self, typed: &Typed) -> Followed {
        Ok((super::eval(typed, self.world)?, Times::None))
    }

    /// A value of which no part may come from a clock.
    fn computed(&mut self, typed: &Typed) -> Followed {
        let mut unclear = false;
        for part in typed.parts() {
            unclear |= self.value(part)?.1.any();
        }
        let (value, _) = self.plain(typed)?;
        Ok((value, if unclear { Times::Unclear } else { Times::None }))
    }

    /// What becomes of times that an operator does not keep.
    const fn lost(&self, times: &Times) -> Times {
        match times {
            Times::None => Times::None,
            _ => Times::Unclear,
        }
    }

    fn element(&mut self, typed: &Typed, base: &Typed, index: &Typed) -> Followed {
        let (value, times) = self.value(base)?;
        let (number, number_times) = self.value(index)?;
        if number_times.any() {
            self.asked.unclear.push(index.span);
        }
        match (value, number) {
            (Value::Array(mut elements), Value::Int(number)) => {
                match number.to_usize().filter(|place| *place < elements.len()) {
                    Some(place) => Ok((elements.swap_remove(place), times.part(place))),
                    None => self.plain(typed),
                }
            }
            _ => Ok((self.plain(typed)?.0, self.lost(&times))),
        }
    }

    fn truth(&mut self, typed: &Typed) -> Result<bool> {
        let (value, times) = self.value(typed)?;
        if times.any() {
            self.asked.unclear.push(typed.span);
        }
        truth(&value).map_err(|kind| kind.at(typed.span))
    }

    fn binary(&mut self, op: BinaryOp, left: &Typed, right: &Typed, span: Span) -> Followed {
        let decided = match op {
            BinaryOp::And => Some(self.truth(left)? && self.truth(right)?),
            BinaryOp::Or => Some(self.truth(left)? || self.truth(right)?),
            _ => None,
        };
        if let Some(decided) = decided {
            return Ok((Value::Bool(decided), Times::None));
        }
        let ((a, a_times), (b, b_times)) = (self.value(left)?, self.value(right)?);
        let value = binary(op, &a, &b).map_err(|kind| kind.at(span))?;
        if !a_times.any() && !b_times.any() {
            return Ok((value, Times::None));
        }
        let times = match op {
            BinaryOp::Add => sum((&a, &a_times), (&b, &b_times), false),
            BinaryOp::Sub => sum((&a, &a_times), (&b, &b_times), true),
            BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::Eq
            | BinaryOp::Ne => {
                let difference = sum((&a, &a_times), (&b, &b_times), true);
                if self.compared(op, difference, &a, &b).is_none() {
                    self.asked.unclear.push(span);
                }
                Times::None
            }
            _ => Times::Unclear,
        };
        Ok((value, times))
    }

    /// Notes what a comparison says about the difference of its sides.
    fn compared(&mut self, op: BinaryOp, difference: Times, a: &Value, b: &Value) -> Option<()> {
        let term = match difference {
            Times::None => return Some(()),
            Times::Is(term) => term,
            Times::Parts(_) | Times::Unclear => return None,
        };
        let (Value::Int(a), Value::Int(b)) = (a, b) else { return None };
        let value = (a - b).to_i128()?;
        let ask = &mut self.asked.constraints;
        match op {
            BinaryOp::Lt | BinaryOp::Ge if value < 0 => ask.push(term.at_most(-1)),
            BinaryOp::Lt | BinaryOp::Ge => ask.push(term.at_least(0)),
            BinaryOp::Le | BinaryOp::Gt if value > 0 => ask.push(term.at_least(1)),
            BinaryOp::Le | BinaryOp::Gt => ask.push(term.at_most(0)),
            _ if value < 0 => ask.push(term.at_most(-1)),
            _ if value > 0 => ask.push(term.at_least(1)),
            _ => ask.extend([term.at_most(0), term.at_least(0)]),
        }
        Some(())
    }

    /// Tries the call that is asked about on a copy of the chain.
    fn enabled(&mut self, typed: &Typed) -> Followed {
        for part in typed.parts() {
            if self.value(part)?.1.any() {
                self.asked.unclear.push(part.span);
            }
        }
        let no = Ok((Value::Bool(false), Times::None));
        let Some(transaction) = Evaluator::new(self.world).asked_about(typed)? else { return no };
        let Instants { clock, storage } = self.instants;
        let mut chain = self.world.chain.clone();
        let sent = chain.send_followed(&transaction, *clock, storage.clone());
        let (receipt, followed) = match sent {
            Ok(sent) => sent,
            Err(ChainError::Rejected(_)) => return no,
            Err(error) => return Err(EvalErrorKind::from(error).at(typed.span)),
        };
        self.note(followed);
        Ok((Value::Bool(receipt.outcome.is_success()), Times::None))
    }

    fn note(&mut self, followed: shadow::Followed) -> Vec<Shadow> {
        self.asked.constraints.extend(followed.constraints);
        self.asked.opaque.extend(followed.opaque);
        let is_followed = |name: &str| name == "NUMBER" && self.instants.clock.blocks.is_some();
        let read = followed.surroundings.into_iter().filter(|(_, name)| !is_followed(name));
        self.asked.opaque.extend(read.map(|(place, _)| place));
        followed.returned
    }

    fn address(&mut self, typed: &Typed) -> Result<Address> {
        let (value, times) = self.value(typed)?;
        if times.any() {
            self.asked.unclear.push(typed.span);
        }
        let mismatch =
            || EvalErrorKind::Mismatch { value: value.to_string(), wanted: "an address" };
        value.as_address().ok_or_else(|| mismatch().at(typed.span))
    }

    fn balance(&mut self, token: &Typed, of: &Typed, span: Span) -> Followed {
        const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
        let (token, of) = (self.address(token)?, self.address(of)?);
        let mut input = BALANCE_OF.to_vec();
        input.extend(of.into_word());
        let (_, shadows) = self.ask(token, input.into(), span)?;
        let amount = self.world.balance(Some(token), of).map_err(|kind| kind.at(span))?;
        let times = if shadows.iter().all(Shadow::is_none) { Times::None } else { Times::Unclear };
        Ok((amount.into(), times))
    }

    fn call(
        &mut self,
        target: &Typed,
        function: &FunctionRef,
        args: &[Typed],
        span: Span,
    ) -> Followed {
        let to = self.address(target)?;
        for arg in args {
            if self.value(arg)?.1.any() {
                self.asked.unclear.push(arg.span);
            }
        }
        let input = Evaluator::new(self.world).call_data(function, args)?;
        let site =
            || CallSite::boxed(to, Some(&function.contract.id.name), &function.function.name);
        let (outcome, shadows) = self.ask(to, input, span)?;
        let output = call::answer(self.world, to, outcome, site).map_err(|kind| kind.at(span))?;
        let value = decode_output(&function.output, &output)
            .map_err(|error| EvalErrorKind::BadReturnData { call: site(), error }.at(span))?;
        Ok((value, laid_out(&function.output, &shadows)))
    }

    /// Calls an address, and notes what that asked about times.
    fn ask(&mut self, to: Address, input: Bytes, span: Span) -> Result<(Outcome, Vec<Shadow>)> {
        let call = Call { from: Address::ZERO, to, value: U256::ZERO, input };
        let Instants { clock, storage } = self.instants;
        let (outcome, followed) = self
            .world
            .chain
            .call_followed(&call, *clock, storage.clone())
            .map_err(|error| EvalErrorKind::from(error).at(span))?;
        Ok((outcome, self.note(followed)))
    }
}

/// The sum or difference of two numbers of which at least one comes from a clock.
fn sum((a, a_times): (&Value, &Times), (b, b_times): (&Value, &Times), subtract: bool) -> Times {
    let constant = |value: &Value| match value {
        Value::Int(number) => number.to_i128(),
        _ => None,
    };
    let turned = |term: Term| Term { plus: term.minus, minus: term.plus, offset: -term.offset };
    let term = match (a_times, b_times) {
        (Times::Is(one), Times::Is(other)) => match one.combined(*other, subtract) {
            Some(Sum::Constant(_)) => return Times::None,
            Some(Sum::Term(term)) => Some(term),
            None => None,
        },
        (Times::Is(one), Times::None) => constant(b)
            .and_then(|number| one.plus_seconds(if subtract { -number } else { number })),
        (Times::None, Times::Is(other)) => constant(a).and_then(|number| {
            let other = if subtract { turned(*other) } else { *other };
            other.plus_seconds(number)
        }),
        _ => None,
    };
    term.map_or(Times::Unclear, Times::Is)
}

/// How what a function returned depends on times, given the shadows of its words.
fn laid_out(ty: &Type, words: &[Shadow]) -> Times {
    if words.iter().all(Shadow::is_none) {
        return Times::None;
    }
    let mut next = 0;
    match ty {
        // Several values follow each other as the fields of a struct do.
        Type::Tuple(_) => placed(ty, words, &mut next),
        _ if is_static(ty) => placed(ty, words, &mut next),
        _ => None,
    }
    .unwrap_or(Times::Unclear)
}

fn is_static(ty: &Type) -> bool {
    match ty {
        Type::Bytes | Type::String | Type::Array(_, None) => false,
        Type::Array(element, Some(_)) => is_static(element),
        Type::Struct(structure) => structure.fields.iter().all(|(_, ty)| is_static(ty)),
        Type::Tuple(items) => items.iter().all(|(_, ty)| is_static(ty)),
        _ => true,
    }
}

/// How the value that begins at a word does; `None` where it does not lie there in one piece.
fn placed(ty: &Type, words: &[Shadow], next: &mut usize) -> Option<Times> {
    let mut parts = |types: &mut dyn Iterator<Item = &Type>| {
        types.map(|ty| placed(ty, words, next)).collect::<Option<Vec<_>>>().map(Times::Parts)
    };
    match ty {
        _ if !is_static(ty) => None,
        Type::Struct(structure) => parts(&mut structure.fields.iter().map(|(_, ty)| ty)),
        Type::Tuple(items) => parts(&mut items.iter().map(|(_, ty)| ty)),
        Type::Array(element, Some(length)) => {
            parts(&mut std::iter::repeat_n(&**element, *length))
        }
        _ => {
            let shadow = words.get(*next).cloned().unwrap_or_else(Shadow::none);
            *next += 1;
            Some(match (shadow.fields(), ty) {
                _ if shadow.is_none() => Times::None,
                ([field], Type::Int(_)) if field.low == 0 && !shadow.is_opaque() => {
                    Times::Is(field.term)
                }
                _ => Times::Unclear,
            })
        }
    }
}
