//! What stands where a value is wanted: an expression, a struct written as a mapping, a list.

use serde_json::{Value, json};

use super::{
    schema::Schemas,
    shape::{Shape, all, entries, expected},
};
use crate::{
    source::{Diagnostic, Span, Text},
    yaml::{Node, NodeKind},
};

/// The entries of a mapping whose keys are chosen by the user, in file order; no key occurs twice.
pub type Entries<T> = Vec<(Text, T)>;

/// A value.
#[derive(Clone, Debug)]
pub enum RawValue {
    /// Text, to be read as an expression.
    Expr(Text),
    /// A struct, written as `Name: { field: … }`.
    Struct {
        /// The name of the struct, as typed.
        name: Text,
        /// Its fields.
        fields: Entries<Self>,
        /// The whole of it.
        span: Span,
    },
    /// A list.
    List(Vec<Self>, Span),
}

/// Arguments of a call or of a constructor.
#[derive(Clone, Debug)]
pub enum RawArgs {
    /// By position.
    List(Vec<RawValue>),
    /// By name.
    ByName(Entries<RawValue>),
}

/// An event that a step has to emit.
#[derive(Clone, Debug)]
pub enum RawEmit {
    /// `lease.Signed(_, tenant)`
    Pattern(Text),
    /// `lease.Signed: { who: tenant }`
    ByName {
        /// The event's name, as typed.
        event: Text,
        /// The fields that matter.
        fields: Entries<RawValue>,
        /// The whole of it.
        span: Span,
    },
}

/// What a step has to change for one party, or for every party in one token.
#[derive(Clone, Debug)]
pub enum RawChange {
    /// `tenant: -2 ether`
    Amount(Text),
    /// `usd: { tenant: -5e6 }`
    Token(Entries<Text>),
}

/// A name and a mapping, written as a mapping with that one key.
fn named(node: &Node) -> Option<(&Text, &[(Text, Node)])> {
    let NodeKind::Mapping(outer) = &node.kind else { return None };
    match &outer[..] {
        [(name, Node { kind: NodeKind::Mapping(fields), .. })] => Some((name, fields)),
        _ => None,
    }
}

impl Shape for RawValue {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(_) => Text::read(node, found).map(Self::Expr),
            NodeKind::Sequence(items) => Some(Self::List(all::<Self>(items, found)?, node.span)),
            NodeKind::Mapping(_) => {
                let Some((name, fields)) = named(node) else {
                    let wrong = Diagnostic::error(node.span, "a mapping is no value by itself");
                    found.push(wrong.hint("a struct is written as its name, a colon and the mapping of its fields: `Lease.Terms: { rent: 1 ether }`"));
                    return None;
                };
                Some(Self::Struct {
                    name: name.clone(),
                    fields: entries::<Self>(fields, found)?,
                    span: node.span,
                })
            }
            NodeKind::Null => expected("a value", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        schemas.define("RawValue", |_| {
            let this = json!({ "$ref": "#/$defs/Value" });
            json!({
                "description": "An expression, a struct written as `Name: { field: … }`, or a list.",
                "anyOf": [
                    { "type": ["string", "number", "boolean"] },
                    { "type": "array", "items": this },
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": { "type": "object", "additionalProperties": this },
                    },
                ],
            })
        })
    }
}

impl Shape for RawArgs {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Sequence(items) => all::<RawValue>(items, found).map(Self::List),
            NodeKind::Mapping(by_name) => entries::<RawValue>(by_name, found).map(Self::ByName),
            _ => expected("a list of arguments, or a mapping by name,", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let value = RawValue::schema(schemas);
        json!({ "anyOf": [
            { "type": "array", "items": value },
            { "type": "object", "additionalProperties": value },
        ] })
    }
}

impl Shape for RawEmit {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        if let Some((event, fields)) = named(node) {
            let fields = entries::<RawValue>(fields, found)?;
            return Some(Self::ByName { event: event.clone(), fields, span: node.span });
        }
        match &node.kind {
            NodeKind::Scalar(_) => Text::read(node, found).map(Self::Pattern),
            NodeKind::Mapping(_) => {
                let wrong = Diagnostic::error(
                    node.span,
                    "an event by name is its name and a mapping of its fields",
                );
                found.push(
                    wrong.hint("write `lease.Signed: { who: tenant }`; several events are a list"),
                );
                None
            }
            _ => expected("an event", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let value = RawValue::schema(schemas);
        json!({ "anyOf": [
            { "type": "string" },
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": { "type": "object", "additionalProperties": value },
            },
        ] })
    }
}

impl Shape for RawChange {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(_) => Text::read(node, found).map(Self::Amount),
            NodeKind::Mapping(parties) => entries::<Text>(parties, found).map(Self::Token),
            _ => expected("an amount, or a mapping of amounts of a token,", node, found),
        }
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let amount = Text::schema(schemas);
        json!({ "anyOf": [amount, { "type": "object", "additionalProperties": amount }] })
    }
}
