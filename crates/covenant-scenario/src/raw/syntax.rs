//! The syntax of every expression in a tree whose shapes may be wrong.

use super::steps::STEP_KEYS;
use crate::{
    expr::parse,
    source::Diagnostic,
    yaml::{Node, NodeKind},
};

/// Reports what is wrong with the syntax of the expressions of a scenario. What is no expression, or is not where it
/// belongs, is passed over.
pub(super) fn of_scenario(node: &Node, found: &mut Vec<Diagnostic>) {
    for (key, value) in entries(node) {
        match key {
            "let" | "always" | "ensures" | "until" => expressions(value, found),
            "steps" => steps(value, found),
            "rules" => items(value).iter().for_each(|rule| of_rule(rule, found)),
            "cases" => entries(value).for_each(|(_, case)| of_scenario(case, found)),
            "actors" => of_declarations(value, &["balance", "args"], found),
            "contracts" => of_declarations(value, &["value", "at", "args"], found),
            "tokens" => of_declarations(value, &["mint"], found),
            "explore" => of_exploration(value, found),
            "properties" => properties(value, found),
            _ => {}
        }
    }
}

fn of_rule(rule: &Node, found: &mut Vec<Diagnostic>) {
    for (key, value) in entries(rule) {
        match key {
            "when" => expressions(value, found),
            "then" => steps(value, found),
            _ => {}
        }
    }
}

fn of_exploration(node: &Node, found: &mut Vec<Diagnostic>) {
    for (key, value) in entries(node) {
        match key {
            "claims" | "values" | "dust" => expressions(value, found),
            "actors" => entries(value)
                .filter(|(_, moves)| !matches!(moves.kind, NodeKind::Scalar(_)))
                .for_each(|(_, moves)| expressions(moves, found)),
            _ => {}
        }
    }
}

/// Of a property in words, nothing is an expression.
fn properties(node: &Node, found: &mut Vec<Diagnostic>) {
    let one = std::slice::from_ref(node);
    let all = if matches!(node.kind, NodeKind::Sequence(_)) { items(node) } else { one };
    all.iter().flat_map(entries).for_each(|(_, value)| expressions(value, found));
}

fn of_declarations(node: &Node, keys: &[&str], found: &mut Vec<Diagnostic>) {
    for (_, declared) in entries(node) {
        entries(declared)
            .filter(|(key, _)| keys.contains(key))
            .for_each(|(_, value)| expressions(value, found));
    }
}

fn steps(node: &Node, found: &mut Vec<Diagnostic>) {
    for (key, value) in items(node).iter().flat_map(entries) {
        match key {
            "together" | "do" => steps(value, found),
            "check" | "value" | "gas_limit" | "args" => expressions(value, found),
            "expect" => entries(value)
                .filter(|(key, _)| ["changes", "returns"].contains(key))
                .for_each(|(_, value)| expressions(value, found)),
            _ if !STEP_KEYS.contains(&key) && matches!(value.kind, NodeKind::Scalar(_)) => {
                expressions(value, found)
            }
            _ => {}
        }
    }
}

/// Every text in a node is an expression.
fn expressions(node: &Node, found: &mut Vec<Diagnostic>) {
    match &node.kind {
        NodeKind::Scalar(text) => found.extend(parse(text).err()),
        NodeKind::Sequence(items) => items.iter().for_each(|item| expressions(item, found)),
        NodeKind::Mapping(entries) => {
            entries.iter().for_each(|(_, value)| expressions(value, found))
        }
        NodeKind::Null => {}
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.kind {
        NodeKind::Sequence(items) => items,
        _ => &[],
    }
}

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = match &node.kind {
        NodeKind::Mapping(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|(key, value)| (key.as_str(), value))
}
