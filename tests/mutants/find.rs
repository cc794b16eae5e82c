//! Mutants of a source, from the compiler's syntax tree.

use std::{collections::BTreeMap, ops::Range};

use alloy_primitives::keccak256;
use serde_json::Value;

/// A change of one place in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The function that is changed, the kind of change, and its number among these: `Escrow.fund/boundary/1`.
    pub id: String,
    /// The source.
    pub file: String,
    /// The line that the change begins on.
    pub line: u32,
    /// The kind of change.
    pub kind: Kind,
    /// The bytes that are replaced.
    pub place: Range<usize>,
    /// What replaces them.
    pub after: String,
    /// The statement or declaration that is changed: who does not execute it cannot notice.
    pub scope: Range<usize>,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `<` becomes `<=`, or the other way round.
    Boundary,
    /// A comparison becomes its opposite.
    Comparison,
    /// `+` becomes `-`, `*` becomes `/`.
    Arithmetic,
    /// A quotient is rounded up.
    Rounding,
    /// `&&` becomes `||`.
    Logic,
    /// A condition or a truth value is turned round.
    Negation,
    /// The two values of `? :` are exchanged.
    Choice,
    /// An address becomes another one.
    Recipient,
    /// A number becomes another one: 0, one more, or another of its type.
    Amount,
    /// A number that is written down is one more.
    Constant,
    /// A member of an enumeration becomes the next one.
    State,
    /// A check is left out.
    MissingCheck,
    /// An assignment or a call is left out.
    MissingEffect,
}

impl Kind {
    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boundary => "boundary",
            Self::Comparison => "comparison",
            Self::Arithmetic => "arithmetic",
            Self::Rounding => "rounding",
            Self::Logic => "logic",
            Self::Negation => "negation",
            Self::Choice => "choice",
            Self::Recipient => "recipient",
            Self::Amount => "amount",
            Self::Constant => "constant",
            Self::State => "state",
            Self::MissingCheck => "missing-check",
            Self::MissingEffect => "missing-effect",
        }
    }
}

impl Mutant {
    /// The changed source.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        [&text[..self.place.start], &self.after, &text[self.place.end..]].concat()
    }

    /// A number that looks random and follows from seed and id, so that a choice survives changes elsewhere.
    #[must_use]
    pub fn rank(&self, seed: u64) -> [u8; 32] {
        keccak256(format!("{seed} {} {}", self.file, self.id)).0
    }
}

/// The members of every struct and enumeration, by name: name and type.
#[derive(Debug, Default)]
pub struct Types {
    structs: BTreeMap<String, Vec<(String, String)>>,
    enums: BTreeMap<String, Vec<String>>,
}

impl Types {
    /// Adds what a syntax tree declares.
    pub fn add(&mut self, node: &Value) {
        let name = || text_of(node, "canonicalName").to_owned();
        let members = || node["members"].as_array().into_iter().flatten();
        match kind_of(node) {
            "StructDefinition" => {
                let members =
                    members().map(|it| (text_of(it, "name").to_owned(), type_of(it).to_owned()));
                self.structs.insert(name(), members.collect());
            }
            "EnumDefinition" => {
                let members = members().map(|it| text_of(it, "name").to_owned());
                self.enums.insert(name(), members.collect());
            }
            "SourceUnit" | "ContractDefinition" => {
                node["nodes"].as_array().into_iter().flatten().for_each(|inner| self.add(inner));
            }
            _ => {}
        }
    }
}

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

struct Finder<'a> {
    text: &'a str,
    types: &'a Types,
    function: String,
    /// The variables of the function, with their types.
    variables: Vec<(String, String)>,
    scope: Range<usize>,
    found: Vec<Found>,
}

/// What an expression is used as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
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

    fn expression(&mut self, node: &Value, used: Use) {
        match kind_of(node) {
            "BinaryOperation" => self.binary(node, used),
            "UnaryOperation" => self.unary(node, used),
            "Assignment" => self.assignment(node),
            "Conditional" => self.conditional(node, used),
            "FunctionCall" => self.call(node, used),
            "TupleExpression" => list(node, "components").for_each(|it| self.expression(it, used)),
            "FunctionCallOptions" => {
                self.expression(&node["expression"], Use::Value);
                list(node, "options").for_each(|it| self.expression(it, Use::Moved));
            }
            "IndexAccess" => {
                self.swap(node, used);
                self.expression(&node["indexExpression"], Use::Value);
            }
            "MemberAccess" => {
                self.swap(node, used);
                if kind_of(&node["expression"]) == "FunctionCall" {
                    self.expression(&node["expression"], Use::Value);
                }
            }
            "Identifier" => self.swap(node, used),
            "Literal" => self.literal(node),
            _ => {}
        }
    }

    fn binary(&mut self, node: &Value, used: Use) {
        let (left, right) = (&node["leftExpression"], &node["rightExpression"]);
        let operator = text_of(node, "operator");
        let (whole, one, other) = (span(node), span(left), span(right));
        let between = one.end..other.start;
        let mut swap = |kind, by: &str| {
            let gap = self.text[between.clone()].replacen(operator, by, 1);
            let after =
                [&self.text[whole.start..one.end], &gap, &self.text[other.start..whole.end]]
                    .concat();
            self.add(kind, whole.clone(), after);
        };
        let (kind, by) = match operator {
            "<" => (Kind::Boundary, "<="),
            "<=" => (Kind::Boundary, "<"),
            ">" => (Kind::Boundary, ">="),
            ">=" => (Kind::Boundary, ">"),
            "==" => (Kind::Comparison, "!="),
            "!=" => (Kind::Comparison, "=="),
            "+" => (Kind::Arithmetic, "-"),
            "-" => (Kind::Arithmetic, "+"),
            "*" | "%" => (Kind::Arithmetic, "/"),
            "/" => (Kind::Arithmetic, "*"),
            "<<" => (Kind::Arithmetic, ">>"),
            ">>" => (Kind::Arithmetic, "<<"),
            "&&" => (Kind::Logic, "||"),
            "||" => (Kind::Logic, "&&"),
            "&" => (Kind::Logic, "|"),
            "|" => (Kind::Logic, "&"),
            _ => (Kind::Logic, operator),
        };
        if by != operator {
            swap(kind, by);
        }
        match operator {
            "<" => swap(Kind::Comparison, ">="),
            "<=" => swap(Kind::Comparison, ">"),
            ">" => swap(Kind::Comparison, "<="),
            ">=" => swap(Kind::Comparison, "<"),
            _ => {}
        }
        if operator == "/" {
            self.add(Kind::Rounding, whole.clone(), format!("({} + 1)", &self.text[whole]));
        }
        let is_comparison = matches!(operator, "<" | "<=" | ">" | ">=" | "==" | "!=");
        let inner = match used {
            Use::Told => Use::Told,
            _ if is_comparison => Use::Compared,
            _ => Use::Value,
        };
        self.expression(left, inner);
        self.expression(right, inner);
    }

    fn unary(&mut self, node: &Value, used: Use) {
        let (whole, inner) = (span(node), span(&node["subExpression"]));
        let operand = &self.text[inner];
        match text_of(node, "operator") {
            "!" => self.add(Kind::Negation, whole, operand.to_owned()),
            "++" => self.add(Kind::Arithmetic, whole, format!("{operand}--")),
            "--" => self.add(Kind::Arithmetic, whole, format!("{operand}++")),
            _ => {}
        }
        if text_of(node, "operator") == "!" {
            self.expression(&node["subExpression"], used);
        }
    }

    fn assignment(&mut self, node: &Value) {
        let (left, right) = (&node["leftHandSide"], &node["rightHandSide"]);
        let by = match text_of(node, "operator") {
            "+=" => Some("-="),
            "-=" => Some("+="),
            "*=" => Some("/="),
            "/=" => Some("*="),
            "|=" => Some("&="),
            "&=" => Some("|="),
            _ => None,
        };
        if let Some(by) = by {
            let gap = span(left).end..span(right).start;
            let after = self.text[gap.clone()].replacen(text_of(node, "operator"), by, 1);
            self.add(Kind::Arithmetic, gap, after);
        }
        if kind_of(left) == "IndexAccess" {
            self.expression(&left["indexExpression"], Use::Moved);
        }
        self.expression(right, Use::Moved);
    }

    fn conditional(&mut self, node: &Value, used: Use) {
        let (condition, one, other) =
            (&node["condition"], &node["trueExpression"], &node["falseExpression"]);
        let (first, second) = (span(one), span(other));
        let after = [
            &self.text[second.clone()],
            &self.text[first.end..second.start],
            &self.text[first.clone()],
        ];
        self.add(Kind::Choice, first.start..second.end, after.concat());
        self.expression(condition, if used == Use::Told { used } else { Use::Value });
        self.expression(one, used);
        self.expression(other, used);
    }

    fn call(&mut self, node: &Value, used: Use) {
        let called = &node["expression"];
        let name = text_of(called, "name");
        let inner = match (text_of(node, "kind"), name) {
            _ if used == Use::Told => Use::Told,
            // A cast passes its operand on.
            ("typeConversion", _) => used,
            (_, "require") => Use::Value,
            _ => Use::Moved,
        };
        if text_of(node, "kind") != "typeConversion" {
            self.expression(called, Use::Value);
        }
        let tells = |argument: &Value| type_of(argument).starts_with("error") || is_error(argument);
        for argument in list(node, "arguments") {
            self.expression(argument, if tells(argument) { Use::Told } else { inner });
        }
    }

    fn literal(&mut self, node: &Value) {
        let whole = span(node);
        match text_of(node, "kind") {
            "number" => {
                let text = &self.text[whole.clone()];
                // Addresses and other fixed bytes are not counted with.
                if !text.starts_with("0x") {
                    self.add(Kind::Constant, whole, format!("({text} + 1)"));
                }
            }
            "bool" => {
                let after = if &self.text[whole.clone()] == "true" { "false" } else { "true" };
                self.add(Kind::Negation, whole, after.to_owned());
            }
            _ => {}
        }
    }

    /// Another value of the same type in its place.
    fn swap(&mut self, node: &Value, used: Use) {
        let (ty, whole) = (type_of(node), span(node));
        if let Some(name) = ty.strip_prefix("enum ") {
            self.swap_member(node, name);
        }
        if used == Use::Told {
            return;
        }
        let text = &self.text[whole.clone()];
        let others = self.others(node, text, ty);
        match ty {
            "address" | "address payable" => {
                for other in others.iter().take(2) {
                    self.add(Kind::Recipient, whole.clone(), other.clone());
                }
            }
            _ if is_amount(ty) && used == Use::Moved => {
                self.add(Kind::Amount, whole.clone(), "0".to_owned());
                self.add(Kind::Amount, whole.clone(), format!("({text} + 1)"));
                if let Some(other) = others.first() {
                    self.add(Kind::Amount, whole, other.clone());
                }
            }
            _ if is_amount(ty) => {
                if let Some(other) = others.first() {
                    self.add(Kind::Amount, whole, other.clone());
                }
            }
            _ => {}
        }
    }

    /// Other expressions of a type that stand for something similar: members of the same struct, variables.
    fn others(&self, node: &Value, text: &str, ty: &str) -> Vec<String> {
        let mut others = Vec::new();
        let base = &node["expression"];
        if let Some(members) = type_of(base)
            .strip_prefix("struct ")
            .and_then(|name| self.types.structs.get(name.split(' ').next().unwrap_or_default()))
        {
            let own = text_of(node, "memberName");
            let base = &self.text[span(base)];
            let after = members.iter().skip_while(|(name, _)| name != own).skip(1);
            let before = members.iter().take_while(|(name, _)| name != own);
            let same = after.chain(before).filter(|(_, other)| other == ty);
            others.extend(same.map(|(name, _)| format!("{base}.{name}")));
            return others;
        }
        let variables = self.variables.iter().filter(|(name, other)| other == ty && name != text);
        others.extend(variables.map(|(name, _)| name.clone()));
        if ty == "address" && text != "msg.sender" {
            others.push("msg.sender".to_owned());
        }
        if ty == "address" && text == "msg.sender" {
            for (name, ty) in &self.variables {
                let Some(name_of) = ty.strip_prefix("struct ") else { continue };
                let key = name_of.split(' ').next().unwrap_or_default();
                let members = self.types.structs.get(key).into_iter().flatten();
                let addresses = members.filter(|(_, ty)| ty == "address");
                others.extend(addresses.map(|(member, _)| format!("{name}.{member}")));
            }
        }
        others
    }

    /// The next member of an enumeration.
    fn swap_member(&mut self, node: &Value, name: &str) {
        let own = text_of(node, "memberName");
        let Some(members) = self.types.enums.get(name) else { return };
        // Not a variable, but a member that is written down.
        let Some(index) = members.iter().position(|member| member == own) else { return };
        if !type_of(&node["expression"]).starts_with("type(enum ") || members.len() < 2 {
            return;
        }
        let base = &self.text[span(&node["expression"])];
        let next = format!("{base}.{}", members[(index + 1) % members.len()]);
        self.add(Kind::State, span(node), next);
    }

    fn add(&mut self, kind: Kind, place: Range<usize>, after: String) {
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

/// Whether nothing but a revert happens.
fn only_reverts(node: &Value) -> bool {
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
fn is_error(node: &Value) -> bool {
    kind_of(node) == "FunctionCall" && type_of(node) == "error"
}

fn is_amount(ty: &str) -> bool {
    ty.strip_prefix("uint").is_some_and(|bits| bits.parse::<u16>().is_ok())
}

fn kind_of(node: &Value) -> &str {
    text_of(node, "nodeType")
}

fn type_of(node: &Value) -> &str {
    node["typeDescriptions"]["typeString"].as_str().unwrap_or_default()
}

fn text_of<'a>(node: &'a Value, key: &str) -> &'a str {
    node[key].as_str().unwrap_or_default()
}

fn list<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    node[key].as_array().into_iter().flatten()
}

/// Where a node is in its source; solc writes `start:length:source`.
fn span(node: &Value) -> Range<usize> {
    let mut numbers = text_of(node, "src").split(':').map_while(|number| number.parse().ok());
    let start: usize = numbers.next().unwrap_or_default();
    start..start + numbers.next().unwrap_or_default()
}
