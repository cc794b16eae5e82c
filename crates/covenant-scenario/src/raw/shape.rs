//! The shapes that values of the format have.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::{schema::Schemas, value::Entries};
use crate::{
    source::{Diagnostic, Text},
    yaml::{Node, NodeKind},
};

/// How a value is written: how it is read, and how an editor is told about it.
pub(super) trait Shape {
    /// What it is read into.
    type Out;

    /// Reads it. What is wrong is added to `found`, and then there is no value.
    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self::Out>;

    /// What a key that is left out stands for; nothing for a key that has to be there.
    fn absent() -> Option<Self::Out> {
        None
    }

    /// Its JSON Schema.
    fn schema(schemas: &mut Schemas) -> Value;
}

/// Reports something of another shape than it should have.
pub(super) fn expected<T>(wanted: &str, node: &Node, found: &mut Vec<Diagnostic>) -> Option<T> {
    let wrong = match node.kind {
        NodeKind::Null => format!("{wanted} is missing here"),
        _ => format!("{wanted} belongs here, and this is {}", node.what()),
    };
    let wrong = Diagnostic::error(node.span, wrong);
    found.push(match mistaken_key(node) {
        Some(hint) => wrong.hint(hint),
        None => wrong,
    });
    None
}

/// Why something may have become a mapping that was not meant to be one.
fn mistaken_key(node: &Node) -> Option<&'static str> {
    let NodeKind::Mapping(entries) = &node.kind else { return None };
    let (key, _) = entries.first()?;
    if key.value.starts_with('-') {
        return Some("write a blank after the dash");
    }
    let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    (!key.value.chars().all(name))
        .then_some("an expression with `: ` in it has to be put in quotes")
}

/// Reads every item, so that all errors are found, and then wants all of them.
pub(super) fn all<S: Shape>(items: &[Node], found: &mut Vec<Diagnostic>) -> Option<Vec<S::Out>> {
    let read: Vec<_> = items.iter().map(|item| S::read(item, found)).collect();
    read.into_iter().collect()
}

/// Reads every entry.
pub(super) fn entries<S: Shape>(
    entries: &[(Text, Node)],
    found: &mut Vec<Diagnostic>,
) -> Option<Entries<S::Out>> {
    let read: Vec<_> =
        entries.iter().map(|(key, node)| Some((key.clone(), S::read(node, found)?))).collect();
    read.into_iter().collect()
}

impl Shape for Text {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar(text) if text.value.trim().is_empty() => {
                found.push(Diagnostic::error(node.span, "this text is empty"));
                None
            }
            NodeKind::Scalar(text) => Some(text.clone()),
            _ => expected("text", node, found),
        }
    }

    fn schema(_: &mut Schemas) -> Value {
        // To an editor `1` and `true` are no strings, but every value is taken as its text.
        json!({ "type": ["string", "number", "boolean"] })
    }
}

/// `true` or `false`, as text.
pub(super) struct Flag;

impl Shape for Flag {
    type Out = Text;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Text> {
        let text = Text::read(node, found)?;
        if matches!(text.as_str(), "true" | "false") {
            return Some(text);
        }
        found.push(Diagnostic::error(text.span, "`true` or `false` belongs here"));
        None
    }

    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "boolean" })
    }
}

/// A key that has to be there, though what it holds could be left out elsewhere.
pub(super) struct Required<S>(PhantomData<S>);

impl<S: Shape> Shape for Required<S> {
    type Out = S::Out;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self::Out> {
        S::read(node, found)
    }

    fn schema(schemas: &mut Schemas) -> Value {
        S::schema(schemas)
    }
}

/// A key that may be left out.
pub(super) struct Optional<S>(PhantomData<S>);

impl<S: Shape> Shape for Optional<S> {
    type Out = Option<S::Out>;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self::Out> {
        S::read(node, found).map(Some)
    }

    fn absent() -> Option<Self::Out> {
        Some(None)
    }

    fn schema(schemas: &mut Schemas) -> Value {
        S::schema(schemas)
    }
}

impl<T: Shape<Out = T>> Shape for Option<T> {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        Optional::<T>::read(node, found)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn schema(schemas: &mut Schemas) -> Value {
        T::schema(schemas)
    }
}

/// A list.
impl<T: Shape<Out = T>> Shape for Vec<T> {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Sequence(items) => all::<T>(items, found),
            _ => expected("a list", node, found),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "array", "items": T::schema(schemas) })
    }
}

/// One value, or a list of at least one.
pub(super) struct OneOrMany<S>(PhantomData<S>);

impl<S: Shape> Shape for OneOrMany<S> {
    type Out = Vec<S::Out>;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self::Out> {
        match &node.kind {
            NodeKind::Sequence(items) if items.is_empty() => {
                found.push(
                    Diagnostic::error(node.span, "this list is empty").hint("leave the key out"),
                );
                None
            }
            NodeKind::Sequence(items) => all::<S>(items, found),
            _ => S::read(node, found).map(|one| vec![one]),
        }
    }

    fn absent() -> Option<Self::Out> {
        Some(Vec::new())
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let one = S::schema(schemas);
        json!({ "anyOf": [one, { "type": "array", "minItems": 1, "items": one }] })
    }
}

/// A mapping whose keys the user chooses.
impl<T: Shape<Out = T>> Shape for Entries<T> {
    type Out = Self;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.kind {
            NodeKind::Mapping(mapping) => entries::<T>(mapping, found),
            _ => expected("a mapping", node, found),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "object", "additionalProperties": T::schema(schemas) })
    }
}

/// A mapping whose keys are names that expressions use.
pub(super) struct Named<S>(PhantomData<S>);

impl<S: Shape> Shape for Named<S> {
    type Out = Entries<S::Out>;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self::Out> {
        let NodeKind::Mapping(mapping) = &node.kind else {
            return expected("a mapping of names", node, found);
        };
        let bad = mapping.iter().filter(|(name, _)| !is_identifier(name, found)).count();
        let read = entries::<S>(mapping, found);
        if bad == 0 { read } else { None }
    }

    fn absent() -> Option<Self::Out> {
        Some(Vec::new())
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let value = S::schema(schemas);
        json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z_$][A-Za-z0-9_$]*$" },
            "additionalProperties": value,
        })
    }
}

/// A mapping of names, or just a list of names where everything else is left out.
pub(super) struct Roster<S>(PhantomData<S>);

impl<S: Shape> Shape for Roster<S> {
    type Out = Entries<S::Out>;

    fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self::Out> {
        let NodeKind::Sequence(items) = &node.kind else {
            return Named::<S>::read(node, found);
        };
        let names = all::<Text>(items, found)?;
        let mut seen = std::collections::HashMap::new();
        let mut roster = Vec::new();
        for name in names {
            if let Some(first) = seen.insert(name.value.clone(), name.span) {
                let wrong = Diagnostic::error(
                    name.span,
                    format!("`{}` is here twice", crate::yaml::brief(&name.value)),
                );
                found.push(wrong.related(first, "first here"));
            } else if is_identifier(&name, found) {
                let plain = Node { span: name.span, kind: NodeKind::Null };
                roster.push((name, S::read(&plain, found)?));
            }
        }
        (roster.len() == items.len()).then_some(roster)
    }

    fn absent() -> Option<Self::Out> {
        Some(Vec::new())
    }

    fn schema(schemas: &mut Schemas) -> Value {
        let mapping = Named::<S>::schema(schemas);
        json!({ "anyOf": [mapping, { "type": "array", "items": { "type": "string" }, "uniqueItems": true }] })
    }
}

/// Whether a name can be used in an expression; reports it if not.
fn is_identifier(name: &Text, found: &mut Vec<Diagnostic>) -> bool {
    const LONGEST: usize = 64;
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$');
    let mut chars = name.value.chars();
    let wrong =
        if !(chars.next().is_some_and(starts) && chars.all(|c| starts(c) || c.is_ascii_digit())) {
            format!("`{}` cannot be a name", crate::yaml::brief(&name.value))
        } else if name.value.len() > LONGEST {
            format!("this name is longer than {LONGEST} letters")
        } else {
            return true;
        };
    found.push(
        Diagnostic::error(name.span, wrong)
            .hint("a name has letters, digits, `_` and `$`, and starts with no digit"),
    );
    false
}
