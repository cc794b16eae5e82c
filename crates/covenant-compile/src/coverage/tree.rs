//! Syntax trees, as far as coverage needs them.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::items::Span;

/// A node of a syntax tree, or a list of nodes, or a word. Of what solc says of a node only [`KEPT`] is kept.
#[derive(Clone, Debug, Default)]
pub(super) enum Tree {
    #[default]
    Nothing,
    Word(String),
    Number(i64),
    Flag(bool),
    List(Vec<Self>),
    Node(Vec<(String, Self)>),
}

/// What is needed of nodes: how they are nested, and what tells branches apart.
const KEPT: [&str; 48] = [
    "AST",
    "arguments",
    "baseExpression",
    "block",
    "body",
    "cases",
    "clauses",
    "components",
    "condition",
    "constant",
    "contractKind",
    "endExpression",
    "errorCall",
    "errorName",
    "eventCall",
    "expression",
    "externalCall",
    "falseBody",
    "falseExpression",
    "indexExpression",
    "initialValue",
    "initializationExpression",
    "kind",
    "leftExpression",
    "leftHandSide",
    "loopExpression",
    "modifiers",
    "name",
    "nodeType",
    "nodes",
    "operator",
    "options",
    "parameters",
    "post",
    "pre",
    "referencedDeclaration",
    "rightExpression",
    "rightHandSide",
    "src",
    "startExpression",
    "statements",
    "subExpression",
    "trueBody",
    "trueExpression",
    "typeName",
    "value",
    "variableNames",
    "variables",
];

impl Tree {
    /// A part of a node.
    pub(super) fn get(&self, key: &str) -> &Self {
        const NOTHING: &Tree = &Tree::Nothing;
        match self {
            Self::Node(parts) => {
                parts.iter().find(|(name, _)| name == key).map_or(NOTHING, |(_, part)| part)
            }
            _ => NOTHING,
        }
    }

    /// A word of a node, empty if it has none.
    pub(super) fn word(&self, key: &str) -> &str {
        match self.get(key) {
            Self::Word(word) => word,
            _ => "",
        }
    }

    /// The kind of a node.
    pub(super) fn kind(&self) -> &str {
        self.word("nodeType")
    }

    /// Whether there is something.
    pub(super) const fn is_node(&self) -> bool {
        matches!(self, Self::Node(_))
    }

    /// The elements of a list.
    pub(super) fn list(&self, key: &str) -> &[Self] {
        match self.get(key) {
            Self::List(list) => list,
            _ => &[],
        }
    }

    /// Everything within a node, in the order of the tree.
    pub(super) fn children(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        match self {
            Self::List(list) => Box::new(list.iter()),
            Self::Node(parts) => Box::new(parts.iter().map(|(_, part)| part)),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Where a node is in its source; solc writes `start:length:source`.
    pub(super) fn span(&self) -> Option<Span> {
        let mut numbers = self.word("src").split(':').map(str::parse);
        let (start, length): (usize, usize) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(Span { start, end: start + length })
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a syntax tree")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        // Nodes are numbered below 2^32.
        Ok(Tree::Number(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_str<E>(self, word: &str) -> Result<Tree, E> {
        Ok(Tree::Word(word.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = seq.next_element()? {
            list.push(element);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut parts = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if KEPT.binary_search(&key.as_str()).is_ok() {
                parts.push((key, map.next_value()?));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Tree::Node(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_needed() {
        assert!(KEPT.is_sorted());
        let json = r#"{"nodeType": "Block", "src": "3:4:0", "documentation": {"src": "0:1:0"},
            "statements": [{"nodeType": "Return", "value": 1.5, "constant": true}]}"#;
        let tree: Tree = serde_json::from_str(json).unwrap();
        assert_eq!((tree.kind(), tree.span()), ("Block", Some(Span { start: 3, end: 7 })));
        assert_eq!(tree.list("statements")[0].kind(), "Return");
        assert!(!tree.get("documentation").is_node());
    }
}
