//! From a syntax tree to what there is to cover.

use super::{
    items::{BranchItem, Entry, FunctionItem, Items, Span, StatementItem, Ways},
    report::BranchKind,
    tree::Tree,
};

/// Everything that there is to cover in a source.
pub(super) fn find(unit: &Tree, text: &str) -> Items {
    let mut finder = Finder { text, ..Finder::default() };
    unit.list("nodes").iter().for_each(|node| finder.declaration(node));
    let functions = finder.named_functions();
    let mut items = Items { functions, ..finder.items };
    items.statements.sort_by_key(|item| (item.span.start, item.span.end));
    items.branches.sort_by_key(|item| (item.span.start, item.span.end));
    items
}

#[derive(Debug, Default)]
struct Finder<'a> {
    text: &'a str,
    items: Items,
    /// The contract that is being looked at, with a dot behind it; nothing at file level.
    contract: String,
    /// The function or modifier that is being looked at.
    callable: Option<Span>,
    /// The parameters of each function that was found.
    parameters: Vec<String>,
}

impl Finder<'_> {
    /// A part of a file or of a contract.
    fn declaration(&mut self, node: &Tree) {
        match node.kind() {
            "ContractDefinition" => {
                self.contract = format!("{}.", node.word("name"));
                node.list("nodes").iter().for_each(|inner| self.declaration(inner));
                self.contract.clear();
            }
            "FunctionDefinition" | "ModifierDefinition" if node.get("body").is_node() => {
                self.callable(node);
            }
            // The value of a constant is compiled where it is used.
            "VariableDeclaration" if !matches!(node.get("constant"), Tree::Flag(true)) => {
                if let (Some(span), Some(head)) = (node.span(), node.get("value").span()) {
                    self.items.statements.push(StatementItem { span, head, callable: None });
                    self.look(node.get("value"));
                }
            }
            _ => {}
        }
    }

    fn callable(&mut self, node: &Tree) {
        let Some(span) = node.span() else { return };
        self.items.callables.push(span);
        if node.kind() == "FunctionDefinition" {
            let (name, entry) = match node.word("kind") {
                kind @ ("constructor" | "receive" | "fallback") => (kind, Entry::InPlace),
                _ => (node.word("name"), Entry::Jump),
            };
            let name = format!("{}{name}", self.contract);
            self.items.functions.push(FunctionItem { name, span, entry });
            self.parameters.push(self.parameters(node));
        }
        self.callable = Some(span);
        self.look(node.get("modifiers"));
        self.look(node.get("body"));
        self.callable = None;
    }

    /// The types of a function's parameters as they are written.
    fn parameters(&self, function: &Tree) -> String {
        let parameters = function.get("parameters").list("parameters").iter();
        let types = parameters.filter_map(|parameter| {
            let Span { start, end } = parameter.get("typeName").span()?;
            self.text.get(start..end)
        });
        types.collect::<Vec<_>>().join(",")
    }

    /// The functions; those that share a name with others have their parameters behind it.
    fn named_functions(&mut self) -> Vec<FunctionItem> {
        let functions = std::mem::take(&mut self.items.functions);
        let is_shared = |name: &str| functions.iter().filter(|item| item.name == name).count() > 1;
        let named = functions.iter().zip(&self.parameters).map(|(item, parameters)| {
            let mut item = item.clone();
            if is_shared(&item.name) {
                item.name = format!("{}({parameters})", item.name);
            }
            item
        });
        named.collect()
    }

    /// A part of a function.
    fn look(&mut self, node: &Tree) {
        if let Some(span) = node.span() {
            self.statement(node, span);
            if let Some((kind, ways)) = branch(node) {
                self.items.branches.push(BranchItem { span, kind, ways });
            }
        }
        node.children().for_each(|child| self.look(child));
    }

    fn statement(&mut self, node: &Tree, span: Span) {
        let head = match node.kind() {
            "ExpressionStatement"
            | "VariableDeclarationStatement"
            | "Return"
            | "EmitStatement"
            | "RevertStatement"
            | "Break"
            | "Continue"
            | "YulExpressionStatement"
            | "YulVariableDeclaration"
            | "YulAssignment"
            | "YulBreak"
            | "YulContinue"
            | "YulLeave" => Some(span),
            "IfStatement" | "WhileStatement" | "DoWhileStatement" | "ForStatement" | "YulIf"
            | "YulForLoop" => node.get("condition").span(),
            "TryStatement" => node.get("externalCall").span(),
            "YulSwitch" => node.get("expression").span(),
            _ => None,
        };
        if let Some(head) = head {
            let callable = self.callable;
            self.items.statements.push(StatementItem { span, head, callable });
        }
    }
}

/// What kind of branch a node is, if it is one.
fn branch(node: &Tree) -> Option<(BranchKind, Ways)> {
    Some(match node.kind() {
        "IfStatement" | "YulIf" => (BranchKind::If, Ways::Falls),
        "Conditional" => (BranchKind::Conditional, Ways::Jumps),
        "BinaryOperation" => match node.word("operator") {
            "&&" => (BranchKind::And, Ways::Falls),
            "||" => (BranchKind::Or, Ways::Falls),
            _ => return None,
        },
        "FunctionCall" if is_require(node.get("expression")) => (BranchKind::Require, Ways::Jumps),
        "DoWhileStatement" => (BranchKind::Loop, Ways::Jumps),
        "WhileStatement" | "ForStatement" | "YulForLoop" => {
            // `for (;;)` does not choose.
            node.get("condition").span()?;
            (BranchKind::Loop, Ways::Falls)
        }
        "TryStatement" => (BranchKind::Try, catches(node)?),
        "YulSwitch" => {
            let cases = node.list("cases").iter();
            let cases: Vec<Span> =
                cases.filter(|case| case.get("value").is_node()).filter_map(Tree::span).collect();
            // With `default` alone there is one way.
            if cases.is_empty() {
                return None;
            }
            (BranchKind::Switch, Ways::Cases(cases))
        }
        _ => return None,
    })
}

/// Whether this is the built-in function, rather than one that somebody declared.
fn is_require(called: &Tree) -> bool {
    called.kind() == "Identifier"
        && called.word("name") == "require"
        && matches!(called.get("referencedDeclaration"), Tree::Number(..0))
}

fn catches(node: &Tree) -> Option<Ways> {
    let call = node.get("externalCall").span()?;
    // The first clause is what is done when the call succeeds.
    let clauses = node.list("clauses").get(1..)?;
    let fallback = clauses.iter().position(|clause| clause.word("errorName").is_empty());
    let clauses = clauses.iter().filter_map(Tree::span).collect();
    Some(Ways::Try { call, clauses, fallback })
}
