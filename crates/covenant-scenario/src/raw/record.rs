//! One table for each record of the format.

use crate::{
    source::{Diagnostic, Span, Text},
    yaml::{Node, NodeKind},
};

use super::{closest::closest, shape::Shape};

/// Defines a record: a mapping with a fixed set of keys.
///
/// A row is `"key" => field: Type`, with `as Shape` where the type alone does not say how it is written. The struct, its reader
/// and its JSON Schema come from the one table, so that they cannot say different things.
macro_rules! record {
    (
        $(#[doc = $about:literal])+
        $visibility:vis struct $name:ident is $what:literal {
            $(
                $(#[doc = $doc:literal])+
                $key:literal => $field:ident: $type:ty $(as $shape:ty)?
            ),+ $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        $visibility struct $name {
            $(
                $(#[doc = $doc])+
                $visibility $field: $type,
            )+
            /// Where the record stands.
            $visibility span: $crate::source::Span,
        }

        impl $name {
            /// Every key, in the order of the table.
            pub(super) const KEYS: &'static [&'static str] = &[$($key),+];

            /// Reads the record from the entries of a mapping.
            pub(super) fn from_fields(
                fields: &$crate::raw::record::Fields<'_>,
                found: &mut Vec<$crate::source::Diagnostic>,
            ) -> Option<Self> {
                $(let $field = fields.take::<$crate::raw::record::shape!($type $(as $shape)?)>($key, found);)+
                Some(Self { $($field: $field?,)+ span: fields.span })
            }

            /// Every key with its description, its schema and whether it has to be there.
            pub(super) fn properties(schemas: &mut $crate::raw::schema::Schemas) -> Vec<$crate::raw::schema::Property> {
                vec![$($crate::raw::schema::Property::of::<$crate::raw::record::shape!($type $(as $shape)?)>(
                    $key,
                    concat!($($doc),+),
                    schemas,
                )),+]
            }
        }

        impl $crate::raw::shape::Shape for $name {
            type Out = Self;

            fn read(node: &$crate::yaml::Node, found: &mut Vec<$crate::source::Diagnostic>) -> Option<Self> {
                let fields = $crate::raw::record::Fields::of(node, $what, found)?;
                let known = fields.only(Self::KEYS, found);
                let record = Self::from_fields(&fields, found)?;
                known.then_some(record)
            }

            fn schema(schemas: &mut $crate::raw::schema::Schemas) -> serde_json::Value {
                schemas.record(stringify!($name), concat!($($about),+), Self::properties)
            }
        }
    };
}

/// The shape of a field: the one that is named, or that of its type.
macro_rules! shape {
    ($type:ty as $shape:ty) => {
        $shape
    };
    ($type:ty) => {
        $type
    };
}

pub(super) use {record, shape};

/// The entries of a mapping, from which a record takes what it knows.
pub(super) struct Fields<'a> {
    what: &'static str,
    entries: Vec<(&'a Text, &'a Node)>,
    /// The whole mapping.
    pub(super) span: Span,
}

impl<'a> Fields<'a> {
    /// The entries of a node; nothing at all counts as a mapping without any.
    pub(super) fn of(
        node: &'a Node,
        what: &'static str,
        found: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let entries = match &node.kind {
            NodeKind::Mapping(entries) => entries.iter().map(|(key, value)| (key, value)).collect(),
            NodeKind::Null => Vec::new(),
            _ => {
                let wrong = format!("{what} is written as a mapping, and this is {}", node.what());
                found.push(Diagnostic::error(node.span, wrong));
                return None;
            }
        };
        Some(Self { what, entries, span: node.span })
    }

    /// The entries, each with its key.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a Text, &'a Node)> {
        self.entries.iter().copied()
    }

    /// Whether there is such a key.
    pub(super) fn get(&self, key: &str) -> Option<(&'a Text, &'a Node)> {
        self.entries().find(|(name, _)| name.value == key)
    }

    /// Reports every key that is not one of these; returns whether there was none.
    pub(super) fn only(&self, keys: &[&str], found: &mut Vec<Diagnostic>) -> bool {
        let before = found.len();
        for (key, _) in self.entries().filter(|(key, _)| !keys.contains(&key.as_str())) {
            found.push(unknown_key(key, self.what, keys));
        }
        found.len() == before
    }

    /// The value of a key.
    pub(super) fn take<S: Shape>(&self, key: &str, found: &mut Vec<Diagnostic>) -> Option<S::Out> {
        match self.get(key) {
            Some((_, node)) => S::read(node, found),
            None => S::absent().or_else(|| {
                let span = self.entries.first().map_or(self.span, |(first, _)| first.span);
                found.push(Diagnostic::error(span, format!("{} needs the key `{key}`", self.what)));
                None
            }),
        }
    }
}

/// A key that a record does not have.
fn unknown_key(key: &Text, what: &str, keys: &[&str]) -> Diagnostic {
    let wrong = format!("{what} has no key `{}`", crate::yaml::brief(&key.value));
    let found = Diagnostic::error(key.span, wrong);
    match closest(&key.value, keys.iter().copied()) {
        Some(known) => found.hint(format!("did you mean `{known}`?")),
        None => found.hint(format!("its keys are {}", list(keys))),
    }
}

/// `` `a`, `b` and `c` ``
pub(super) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
