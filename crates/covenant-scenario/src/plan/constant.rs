//! Expressions whose value is known before anything runs.

use covenant_chain::{Chain, ChainOptions};

use crate::{
    expr::{Kind, Typed, Value, eval},
    world::World,
};

/// The value of an expression that asks nothing of a chain; `None` where it does, or has no value.
pub(super) fn constant(typed: &Typed) -> Option<Value> {
    if let Kind::Constant(value) = &typed.kind {
        return Some(value.clone());
    }
    if asks_the_chain(typed) {
        return None;
    }
    let world = World::new(Chain::new(ChainOptions::default()).ok()?);
    eval(typed, &world).ok()
}

/// Whether a part of an expression depends on where and when it is evaluated.
fn asks_the_chain(typed: &Typed) -> bool {
    match &typed.kind {
        Kind::Constant(_) => false,
        Kind::Unary(_, inner)
        | Kind::Cast(inner)
        | Kind::Length(inner)
        | Kind::Keccak256(inner) => asks_the_chain(inner),
        Kind::Field { base, .. } => asks_the_chain(base),
        Kind::Binary(_, left, right) => asks_the_chain(left) || asks_the_chain(right),
        Kind::Index { base, index } => asks_the_chain(base) || asks_the_chain(index),
        Kind::Ternary(condition, yes, no) => {
            [condition, yes, no].into_iter().any(|part| asks_the_chain(part))
        }
        Kind::Struct(_, parts)
        | Kind::Array(parts)
        | Kind::Tuple(parts)
        | Kind::AbiEncode(parts)
        | Kind::AbiEncodePacked(parts) => parts.iter().any(asks_the_chain),
        _ => true,
    }
}
