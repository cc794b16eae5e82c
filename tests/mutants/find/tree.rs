//! Reading the compiler's syntax tree.

use std::ops::Range;

use serde_json::Value;

/// Whether nothing but a revert happens.
pub(super) fn only_reverts(node: &Value) -> bool {
    match kind_of(node) {
        "RevertStatement" => true,
        "Block" => {
            let mut statements = list(node, "statements");
            statements.next().is_some_and(only_reverts) && statements.next().is_none()
        }
        "ExpressionStatement" => text_of(&node["expression"]["expression"], "name") == "revert",
        _ => false,
    }
}

/// Whether a call makes an error rather than a value.
pub(super) fn is_error(node: &Value) -> bool {
    kind_of(node) == "FunctionCall" && type_of(node) == "error"
}

pub(super) fn is_amount(ty: &str) -> bool {
    ty.strip_prefix("uint").is_some_and(|bits| bits.parse::<u16>().is_ok())
}

pub(super) fn kind_of(node: &Value) -> &str {
    text_of(node, "nodeType")
}

pub(super) fn type_of(node: &Value) -> &str {
    node["typeDescriptions"]["typeString"].as_str().unwrap_or_default()
}

pub(super) fn text_of<'a>(node: &'a Value, key: &str) -> &'a str {
    node[key].as_str().unwrap_or_default()
}

pub(super) fn list<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    node[key].as_array().into_iter().flatten()
}

/// Where a node is in its source; solc writes `start:length:source`.
pub(super) fn span(node: &Value) -> Range<usize> {
    let mut numbers = text_of(node, "src").split(':').map_while(|number| number.parse().ok());
    let start: usize = numbers.next().unwrap_or_default();
    start..start + numbers.next().unwrap_or_default()
}
