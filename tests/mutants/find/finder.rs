//! The way through a source: declarations, statements, and what of them is left out.

use std::{collections::BTreeMap, ops::Range};

use serde_json::Value;

use super::{
    mutant::{Kind, Mutant},
    tree::{kind_of, list, only_reverts, span, text_of, type_of},
    types::Types,
};

/// Every mutant of a source, in the order of their places.
#[must_use]
pub fn find(file: &str, text: &str, tree: &Value, types: &Types) -> Vec<Mutant> {
    let mut finder = Finder {
        text,
        types,
        function: String::new(),
        variables: Vec::new(),
        scope: 0..text.len(),
        found: Vec::new(),
    };
    for node in list(tree, "nodes") {
        finder.declaration(node, "");
    }
    finder.mutants(file)
}

/// A change without its number.
struct Found {
    function: String,
    kind: Kind,
    place: Range<usize>,
    after: String,
    scope: Range<usize>,
}

pub(super) struct Finder<'a> {
    pub(super) text: &'a str,
    pub(super) types: &'a Types,
    function: String,
    /// The variables of the function, with their types.
    pub(super) variables: Vec<(String, String)>,
    scope: Range<usize>,
    found: Vec<Found>,
}

/// What an expression is used as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// For its value.
    Value,
    /// As an amount or a receiver: an argument, what is assigned or returned.
    Moved,
    /// As a side of a comparison, whose boundaries are moved by other means.
    Compared,
    /// To say what went wrong or what happened.
    Told,
}

impl Finder<'_> {
    fn declaration(&mut self, node: &Value, contract: &str) {
        match kind_of(node) {
            "ContractDefinition" if text_of(node, "contractKind") != "interface" => {
                let contract = format!("{}.", text_of(node, "name"));
                list(node, "nodes").for_each(|inner| self.declaration(inner, &contract));
            }
            "FunctionDefinition" | "ModifierDefinition" if node["body"].is_object() => {
                let name = match text_of(node, "kind") {
                    kind @ ("constructor" | "receive" | "fallback") => kind,
                    _ => text_of(node, "name"),
                };
                self.function = format!("{contract}{name}");
                self.variables.clear();
                self.variables_of(&node["parameters"]);
                self.variables_of(&node["returnParameters"]);
                self.variables_of(&node["body"]);
                self.scope = span(node);
                for modifier in list(node, "modifiers") {
                    if text_of(modifier, "kind") == "modifierInvocation" {
                        self.add(Kind::MissingCheck, span(modifier), String::new());
                    }
                }
                self.statement(&node["body"]);
            }
            "VariableDeclaration" if node["value"].is_object() => {
                self.function = format!("{contract}{}", text_of(node, "name"));
                self.variables.clear();
                self.scope = span(node);
                self.expression(&node["value"], Use::Value);
            }
            _ => {}
        }
    }

    /// Everything that is declared within a node.
    fn variables_of(&mut self, node: &Value) {
        match node {
            Value::Object(parts) => {
                if kind_of(node) == "VariableDeclaration" {
                    let variable = (text_of(node, "name").to_owned(), type_of(node).to_owned());
                    if !variable.0.is_empty() {
                        self.variables.push(variable);
                    }
                }
                parts.values().for_each(|part| self.variables_of(part));
            }
            Value::Array(parts) => parts.iter().for_each(|part| self.variables_of(part)),
            _ => {}
        }
    }

    fn statement(&mut self, node: &Value) {
        let outer = self.scope.clone();
        match kind_of(node) {
            "Block" | "UncheckedBlock" => {
                list(node, "statements").for_each(|inner| self.statement(inner));
            }
            "IfStatement" => self.if_statement(node),
            "ForStatement" => {
                self.statement(&node["initializationExpression"]);
                self.within(&node["condition"], Use::Value);
                self.statement(&node["loopExpression"]);
                self.statement(&node["body"]);
            }
            "WhileStatement" | "DoWhileStatement" => {
                self.within(&node["condition"], Use::Value);
                self.statement(&node["body"]);
            }
            "TryStatement" => {
                self.within(&node["externalCall"], Use::Value);
                list(node, "clauses").for_each(|clause| self.statement(&clause["block"]));
            }
            "ExpressionStatement" => {
                self.scope = span(node);
                self.expression_statement(node);
            }
            "VariableDeclarationStatement" => {
                self.scope = span(node);
                self.expression(&node["initialValue"], Use::Moved);
            }
            "Return" => {
                self.scope = span(node);
                self.expression(&node["expression"], Use::Moved);
            }
            "EmitStatement" => {
                self.scope = span(node);
                self.expression(&node["eventCall"], Use::Told);
            }
            _ => {}
        }
        self.scope = outer;
    }

    /// An expression that a statement with other parts begins with.
    fn within(&mut self, node: &Value, used: Use) {
        if node.is_object() {
            self.scope = span(node);
            self.expression(node, used);
        }
    }

    fn if_statement(&mut self, node: &Value) {
        let condition = span(&node["condition"]);
        self.scope = condition.clone();
        if only_reverts(&node["trueBody"]) && !node["falseBody"].is_object() {
            self.add(Kind::MissingCheck, span(node), "{}".to_owned());
        } else {
            let after = format!("!({})", &self.text[condition.clone()]);
            self.add(Kind::Negation, condition, after);
        }
        self.expression(&node["condition"], Use::Value);
        self.statement(&node["trueBody"]);
        self.statement(&node["falseBody"]);
    }

    fn expression_statement(&mut self, node: &Value) {
        let expression = &node["expression"];
        let whole = span(expression);
        match kind_of(expression) {
            "Assignment" | "UnaryOperation" => self.add(Kind::MissingEffect, whole, "0".to_owned()),
            "FunctionCall" => {
                let called = &expression["expression"];
                let name = text_of(called, "name");
                let is_view = [" view", " pure"].iter().any(|word| type_of(called).contains(word));
                let kind = if is_view || name == "require" {
                    Kind::MissingCheck
                } else {
                    Kind::MissingEffect
                };
                if !matches!(name, "revert" | "assert") {
                    self.add(kind, whole, "0".to_owned());
                }
            }
            _ => {}
        }
        self.expression(expression, Use::Value);
    }

    pub(super) fn add(&mut self, kind: Kind, place: Range<usize>, after: String) {
        let (function, scope) = (self.function.clone(), self.scope.clone());
        self.found.push(Found { function, kind, place, after, scope });
    }

    fn mutants(mut self, file: &str) -> Vec<Mutant> {
        self.found.sort_by_key(|found| (found.place.start, found.place.end));
        let mut numbers: BTreeMap<(String, Kind), usize> = BTreeMap::new();
        let mut mutants = Vec::new();
        for Found { function, kind, place, after, scope } in self.found {
            let number = numbers.entry((function.clone(), kind)).or_default();
            *number += 1;
            let before = self.text[..place.start].bytes().filter(|byte| *byte == b'\n').count();
            mutants.push(Mutant {
                id: format!("{function}/{}/{number}", kind.name()),
                file: file.to_owned(),
                line: u32::try_from(before + 1).expect("sources are short"),
                kind,
                place,
                after,
                scope,
            });
        }
        mutants
    }
}
