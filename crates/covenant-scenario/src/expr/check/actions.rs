//! What an actor does: a call of a contract, `transfer(to, amount)`, `deploy(Name, …)`.

use std::sync::Arc;

use alloy_json_abi::StateMutability;
use covenant_compile::Contract;

use super::{
    calls::{Method, MethodCall, is_view},
    checker::Checker,
    constants::all_have_values,
    constructors::constructor_is_payable,
    entities::{Builtin, Entity},
    suggest::did_you_mean,
};
use crate::{
    expr::{Action, Args, Ast, AstKind, Entry, Scope, Type, Typed},
    source::{Diagnostic, Severity, Span, Text},
};

/// An action, and what its text says about the transaction.
#[derive(Clone, Debug)]
pub struct CheckedAction {
    /// What is done.
    pub action: Action,
    /// Wei sent along, from `{value: …}`.
    pub value: Option<Typed>,
    /// Most gas the transaction may use, from `{gas: …}`.
    pub gas: Option<Typed>,
    /// The type of what it returns, which `as` and `last` get; the address for a deployment.
    pub returns: Type,
    /// Whether wei can be sent along.
    pub payable: bool,
    /// What is called, as it was written: `lease.pay`.
    pub label: String,
}

impl CheckedAction {
    /// The error for wei that would be sent where none can; `span` is the amount.
    pub fn refuse_value(&self, span: Span) -> Option<Diagnostic> {
        if self.payable {
            return None;
        }
        Some(if matches!(self.action, Action::Transfer { .. } | Action::Force { .. }) {
            let label = &self.label;
            Diagnostic::error(span, format!("`{label}` takes the amount as an argument"))
                .hint(format!("write `{label}(to, amount)`"))
        } else {
            Diagnostic::error(
                span,
                format!("`{}` is not payable, so no value can be sent with it", self.label),
            )
        })
    }
}

/// Checks an action. `args` are arguments that stand beside the call, by position or by name, instead of in it.
///
/// Returns `None` after an error, which is then among the diagnostics.
pub fn action(
    ast: &Ast,
    args: Option<&Args>,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<CheckedAction> {
    let before = diagnostics.len();
    let checked = Checker { scope, diagnostics }.action(ast, args);
    if let Some(checked) = &checked {
        let options = [&checked.value, &checked.gas].into_iter().flatten();
        all_have_values(checked.action.parts().into_iter().chain(options), scope, diagnostics);
    }
    let failed =
        diagnostics[before..].iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    checked.filter(|_| !failed)
}

impl Checker<'_> {
    /// Checks an action; constants without a value are not looked for.
    pub(super) fn action(&mut self, ast: &Ast, beside: Option<&Args>) -> Option<CheckedAction> {
        let (callee, within) = match &ast.kind {
            AstKind::Call(callee, args) => (&**callee, Some(args)),
            _ => (ast, None),
        };
        let (callee, options) = match &callee.kind {
            AstKind::Options(callee, options) => (&**callee, options.as_slice()),
            _ => (callee, &[][..]),
        };
        let args = self.one_of(ast, within, beside)?;
        let mut checked = match self.entity(callee)? {
            Entity::Method { target, contract, name } => {
                let method = Method {
                    target,
                    contract: &contract,
                    name: &name.name,
                    label: callee.to_string(),
                };
                self.method_action(method, within.is_some(), args, ast.span)
            }
            Entity::Builtin(Builtin::Transfer) => {
                self.sending("transfer", args, ast.span, |to, amount| Action::Transfer {
                    to,
                    amount,
                })
            }
            Entity::Builtin(Builtin::Force) => {
                self.sending("force", args, ast.span, |to, amount| Action::Force { to, amount })
            }
            Entity::Builtin(Builtin::Deploy) => self.deploy(within, beside, ast.span),
            entity => self.not_an_action(callee, &entity),
        };
        self.options(options, &mut checked);
        checked
    }

    fn one_of<'a>(
        &mut self,
        ast: &Ast,
        within: Option<&'a Args>,
        beside: Option<&'a Args>,
    ) -> Option<Option<&'a Args>> {
        match (within, beside) {
            (Some(within), Some(_)) if !within.is_empty() && !is_deploy(ast) => {
                self.report(Diagnostic::error(
                    ast.span,
                    "the arguments are given twice: in the call and in `args`",
                ))
            }
            (_, Some(beside)) => Some(Some(beside)),
            (within, None) => Some(within),
        }
    }

    fn method_action(
        &mut self,
        method: Method<'_>,
        parentheses: bool,
        args: Option<&Args>,
        span: Span,
    ) -> Option<CheckedAction> {
        let label = method.label.clone();
        let Some(args) = args else {
            debug_assert!(!parentheses, "parentheses are arguments");
            return self.report(
                Diagnostic::error(span, format!("`{label}` is named but not called"))
                    .hint(format!("write `{label}(…)`, or give the arguments under `args:`")),
            );
        };
        let MethodCall { target, function, args } = self.method_call(method, args, span)?;
        if is_view(&function.function) {
            self.diagnostics.push(
                Diagnostic::warning(
                    span,
                    format!(
                        "`{label}` only reads: as an action it is a transaction without effect"
                    ),
                )
                .hint("to look at the result, use `check:`"),
            );
        }
        let returns = function.output.clone();
        let payable = function.function.state_mutability == StateMutability::Payable;
        let action = Action::Call { target, function, args };
        Some(CheckedAction { action, value: None, gas: None, returns, payable, label })
    }

    /// `transfer(to, amount)` and its like.
    fn sending(
        &mut self,
        label: &str,
        args: Option<&Args>,
        span: Span,
        action: fn(Typed, Typed) -> Action,
    ) -> Option<CheckedAction> {
        let usage = format!("`{label}(to, amount)`");
        let (to, amount) = match args {
            Some(Args::Positional(values)) if values.len() == 2 => (&values[0], &values[1]),
            Some(Args::Named(entries)) => match (named(entries, "to"), named(entries, "amount")) {
                (Some(to), Some(amount)) if entries.len() == 2 => (to, amount),
                _ => return self.usage(span, &usage),
            },
            _ => return self.usage(span, &usage),
        };
        let to = self.address(to, &format!("the receiver of `{label}`"));
        let what = format!("the amount of `{label}`");
        let amount = self.value_as(amount, &Type::UINT256, Some(&what));
        let action = action(to?, amount?);
        let returns = Type::Tuple(Vec::new());
        Some(CheckedAction {
            action,
            value: None,
            gas: None,
            returns,
            payable: false,
            label: label.to_owned(),
        })
    }

    fn deploy(
        &mut self,
        within: Option<&Args>,
        beside: Option<&Args>,
        span: Span,
    ) -> Option<CheckedAction> {
        let Some(Args::Positional(values)) = within else {
            return self.usage(span, "`deploy(Name, …)`");
        };
        let Some((name, rest)) = values.split_first() else {
            return self.usage(span, "`deploy(Name, …)`");
        };
        let contract = self.contract_type(name)?;
        let rest = Args::Positional(rest.to_vec());
        let args = match beside {
            Some(_) if !rest.is_empty() => {
                return self
                    .error(span, "the arguments are given twice: in the call and in `args`");
            }
            Some(beside) => beside,
            None => &rest,
        };
        let args = self.constructor(&contract, Some(args), span)?;
        let payable = constructor_is_payable(&contract);
        let returns = Type::Address(Some(Arc::clone(&contract)));
        let label = format!("deploy({})", contract.id.name);
        let action = Action::Deploy { contract, args, span };
        Some(CheckedAction { action, value: None, gas: None, returns, payable, label })
    }

    /// The contract that `deploy` names, as a name or, with its file, as a string.
    fn contract_type(&mut self, ast: &Ast) -> Option<Arc<Contract>> {
        if let AstKind::String(name) = &ast.kind {
            return match self.scope.contract(&Text::plain(name.clone(), ast.span)) {
                Ok(contract) => Some(contract),
                Err(diagnostic) => self.report(Diagnostic { span: Some(ast.span), ..diagnostic }),
            };
        }
        match self.entity(ast)? {
            Entity::Contract(contract) => Some(contract),
            _ => self.report(
                Diagnostic::error(ast.span, format!("`{ast}` is not the name of a contract type"))
                    .hint("write `deploy(Lease, …)`, or `deploy(\"src/Lease.sol:Lease\", …)`"),
            ),
        }
    }

    fn not_an_action(&mut self, callee: &Ast, entity: &Entity) -> Option<CheckedAction> {
        let diagnostic = Diagnostic::error(callee.span, format!("`{callee}` is not an action"));
        self.report(match entity {
            Entity::Value(Typed { ty: Type::Address(Some(contract)), .. }) => {
                let example = contract.abi.functions.values().flatten().find(|function| !is_view(function));
                let example = example.map_or_else(|| "f".to_owned(), |function| function.name.clone());
                diagnostic.hint(format!("call one of its functions: `{callee}.{example}(…)`"))
            }
            _ => diagnostic.hint("an actor calls a function, transfers or deploys: `lease.pay(…)`, `transfer(to, amount)`"),
        })
    }

    fn options(&mut self, options: &[Entry], checked: &mut Option<CheckedAction>) {
        for option in options {
            let name = option.name.name.as_str();
            if name != "value" && name != "gas" {
                let message = format!("`{name}` is not a call option");
                let diagnostic = did_you_mean(
                    Diagnostic::error(option.name.span, message),
                    "",
                    name,
                    ["value", "gas"],
                );
                self.diagnostics.push(diagnostic);
                continue;
            }
            let amount = self.value_as(&option.value, &Type::UINT256, Some(&format!("`{name}`")));
            let Some(checked) = checked else { continue };
            if name == "value" {
                self.diagnostics.extend(checked.refuse_value(option.value.span));
            }
            let slot = if name == "value" { &mut checked.value } else { &mut checked.gas };
            if slot.is_some() {
                self.diagnostics
                    .push(Diagnostic::error(option.name.span, format!("`{name}` is given twice")));
            }
            *slot = amount;
        }
    }
}

fn is_deploy(ast: &Ast) -> bool {
    let AstKind::Call(callee, _) = &ast.kind else { return false };
    let callee = match &callee.kind {
        AstKind::Options(callee, _) => callee,
        _ => callee,
    };
    matches!(&callee.kind, AstKind::Name(name) if name == "deploy")
}

fn named<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Ast> {
    entries.iter().find(|entry| entry.name.name == name).map(|entry| &entry.value)
}
