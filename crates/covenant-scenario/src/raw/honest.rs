//! What honest play is: for each party, the calls that it makes.

use serde_json::{Value, json};

use super::{
    explore::RawMove,
    record::record,
    schema::Schemas,
    shape::{Shape, all, expected},
    value::RawArgs,
};
use crate::{
    source::{Diagnostic, Text},
    yaml::{Node, NodeKind},
};

/// What somebody does who is honest, the first choice first.
#[derive(Clone, Debug)]
pub struct RawHonest(pub Vec<RawHonestCall>);

/// A call that somebody makes who is honest.
#[derive(Clone, Debug)]
pub struct RawHonestCall {
    /// The call.
    pub call: RawMove,
    /// When he makes it; whenever it succeeds, without one.
    pub when: Option<Text>,
}

record! {
    /// A call of honest play with what goes along.
    pub(super) struct HonestKeys is "a call of honest play" {
        /// What is called: `escrow.release(terms)`.
        "call" => call: Text,
        /// Arguments of the call: a list, or a mapping by name.
        "args" => args: Option<RawArgs>,
        /// Wei sent with the call.
        "value" => value: Option<Text>,
        /// Most gas that the transaction may use.
        "gas_limit" => gas_limit: Option<Text>,
        /// A condition: it is made only where this holds. Without one it is made as soon as it succeeds.
        "when" => when: Option<Text>,
    }
}

impl Shape for RawHonest {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Sequence(items) => all::<RawHonestCall>(items, found).map(Self),
            _ => expected("a list of calls, empty for a party that only waits,", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let call = RawHonestCall::schema(schemas);
        json!({ "type": "array", "items": call })
    }
}

impl Shape for RawHonestCall {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(_) => {
                let call = Text::read(node, found)?;
                let span = call.span;
                let call = RawMove { call, args: None, value: None, gas_limit: None, span };
                Some(Self { call, when: None })
            }
            NodeKind::Mapping(_) => {
                let HonestKeys { call, args, value, gas_limit, when, span } =
                    HonestKeys::read(node, found)?;
                Some(Self { call: RawMove { call, args, value, gas_limit, span }, when })
            }
            _ => expected("a call", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let with = HonestKeys::schema(schemas);
        json!({ "anyOf": [{ "type": "string" }, with] })
    }
}
