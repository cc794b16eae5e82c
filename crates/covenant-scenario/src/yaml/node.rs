//! The tree.

use crate::source::{Span, Text};

/// A piece of YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it stands. Behind an alias, that is where the anchor stands.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Nothing: a key without a value, a dash without an item.
    Null,
    /// Text.
    Scalar(Text),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys, none of them twice, and their values, in file order.
    Mapping(Vec<(Text, Node)>),
}

impl Node {
    /// What it is, in words for a message.
    pub const fn what(&self) -> &'static str {
        match &self.kind {
            NodeKind::Null => "nothing",
            NodeKind::Scalar(_) => "text",
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
        }
    }
}
