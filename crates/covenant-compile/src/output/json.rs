//! The shape of standard JSON output, as far as it matters.
//!
//! Syntax trees are read with a fixed shape rather than as free JSON: what is not named here (function bodies, most of
//! all) is skipped without being kept, and may be nested to any depth.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Standard JSON output.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Output {
    /// Messages.
    #[serde(default)]
    pub(crate) errors: Vec<Value>,
    /// Sources by name.
    #[serde(default)]
    pub(crate) sources: BTreeMap<String, OutputSource>,
    /// Contracts by file and name.
    #[serde(default)]
    pub(crate) contracts: BTreeMap<String, BTreeMap<String, Value>>,
}

/// What the output says of a source.
#[derive(Debug, Deserialize)]
pub(crate) struct OutputSource {
    /// Its number in source maps.
    pub(crate) id: Option<u32>,
    /// Its syntax tree.
    pub(crate) ast: Option<Unit>,
}

/// The syntax tree of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Unit {
    /// The name of the file.
    pub(crate) absolute_path: Option<String>,
    /// What other files can import, by name, and by number.
    #[serde(default)]
    pub(super) exported_symbols: BTreeMap<String, Vec<i64>>,
    #[serde(default)]
    pub(super) nodes: Vec<Node>,
}

/// A declaration in a file or a contract. Each kind has some of the fields.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Node {
    #[serde(default)]
    pub(super) node_type: String,
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) canonical_name: Option<String>,
    pub(super) contract_kind: Option<String>,
    pub(super) r#abstract: Option<bool>,
    pub(super) fully_implemented: Option<bool>,
    #[serde(default)]
    pub(super) linearized_base_contracts: Vec<i64>,
    pub(super) documentation: Option<Value>,
    #[serde(default)]
    pub(super) members: Vec<Member>,
    pub(super) underlying_type: Option<Typed>,
    #[serde(default)]
    pub(super) nodes: Vec<Self>,
}

/// A field of a struct or a member of an enum.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) type_descriptions: Option<TypeDescriptions>,
}

/// Anything with a type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Typed {
    pub(super) type_descriptions: TypeDescriptions,
}

/// A type by the name solc gives it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypeDescriptions {
    pub(super) type_string: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_may_be_nested_to_any_depth() {
        let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
        let json = format!(
            r#"{{"sources": {{"A.sol": {{"id": 0, "ast": {{"nodes": [{{"id": 1, "body": {deep}}}]}}}}}}}}"#
        );
        let output: Output = serde_json::from_str(&json).unwrap();
        assert_eq!(output.sources["A.sol"].ast.as_ref().unwrap().nodes[0].id, 1);
    }
}
