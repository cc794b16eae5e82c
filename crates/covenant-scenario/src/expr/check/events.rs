//! Events that are expected.

use std::sync::Arc;

use alloy_json_abi::Event;
use covenant_compile::Contract;

use super::{
    arguments::{Open, Signature},
    checker::Checker,
    constants::all_have_values,
    entities::Entity,
    suggest::did_you_mean,
};
use crate::{
    expr::{Args, Ast, AstKind, EventPattern, Ident, Name, Scope, Type, Typed},
    source::{Diagnostic, Span},
};

/// Checks a pattern for an event: `lease.Signed(_, tenant)`, `Lease.Signed`, `Signed({who: tenant})`.
///
/// `_`, and in named fields what is left out, matches anything; an event without arguments matches whatever its fields
/// are. Returns `None` after an error, which is then among the diagnostics.
pub fn event_pattern(
    ast: &Ast,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<EventPattern> {
    let pattern = Checker { scope, diagnostics }.event(ast)?;
    all_have_values(pattern.fields.iter().flatten(), scope, diagnostics).then_some(pattern)
}

/// An event, the contract it was found in, and who must have emitted it.
struct Found {
    emitter: Option<Typed>,
    label: String,
    candidates: Vec<(Arc<Contract>, Event)>,
}

impl Checker<'_> {
    fn event(&mut self, ast: &Ast) -> Option<EventPattern> {
        let (path, args) = match &ast.kind {
            AstKind::Call(path, args) => (&**path, Some(args)),
            _ => (ast, None),
        };
        let found = match &path.kind {
            AstKind::Name(name) => self.bare_event(name, path.span),
            AstKind::Member(base, name) => self.event_of(base, name),
            _ => self.report(
                Diagnostic::error(path.span, "this is not an event")
                    .hint("write `lease.Signed(_, tenant)`"),
            ),
        }?;
        self.event_fields(found, args, ast.span)
    }

    fn event_of(&mut self, base: &Ast, name: &Ident) -> Option<Found> {
        let (emitter, contract) = match self.entity(base)? {
            Entity::Contract(contract) => (None, contract),
            Entity::Value(value) => match &value.ty {
                Type::Address(Some(contract)) => {
                    let contract = Arc::clone(contract);
                    (Some(value), contract)
                }
                _ => return self.no_events(base),
            },
            _ => return self.no_events(base),
        };
        let label = format!("{base}.{}", name.name);
        if let Some(events) = contract.abi.events.get(&name.name) {
            let candidates =
                events.iter().map(|event| (Arc::clone(&contract), event.clone())).collect();
            return Some(Found { emitter, label, candidates });
        }
        let diagnostic = Diagnostic::error(
            name.span,
            format!("`{}` has no event `{}`", contract.id.name, name.name),
        );
        let events = contract.abi.events.keys().map(String::as_str);
        let diagnostic = did_you_mean(diagnostic, &format!("{base}."), &name.name, events);
        if diagnostic.hint.is_some() {
            return self.report(diagnostic);
        }
        let known: Vec<&str> = contract.abi.events.keys().map(String::as_str).collect();
        self.report(if known.is_empty() {
            diagnostic.hint(format!("`{}` declares no events", contract.id.name))
        } else {
            diagnostic.hint(format!("its events are {}", known.join(", ")))
        })
    }

    fn no_events<T>(&mut self, base: &Ast) -> Option<T> {
        self.report(
            Diagnostic::error(base.span, format!("`{base}` is not a contract that emits events"))
                .hint("write `lease.Signed(…)` for a declared contract, `Lease.Signed(…)` for any contract of the type"),
        )
    }

    /// An event without its contract: one that some declared contract has, from whomever.
    fn bare_event(&mut self, name: &str, span: Span) -> Option<Found> {
        let mut candidates: Vec<(Arc<Contract>, Event)> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (owner, declared) in self.scope.names() {
            let (Name::Instance(_, contract) | Name::Token(_, contract)) = declared else {
                continue;
            };
            names.extend(contract.abi.events.keys().map(|event| format!("{owner}.{event}")));
            for event in contract.abi.events.get(name).into_iter().flatten() {
                if !candidates.iter().any(|(_, known)| known.selector() == event.selector()) {
                    candidates.push((Arc::clone(contract), event.clone()));
                }
            }
        }
        if !candidates.is_empty() {
            return Some(Found { emitter: None, label: name.to_owned(), candidates });
        }
        if self.scope.any_failed() {
            // It may well be an event of a contract whose declaration is wrong.
            return None;
        }
        let diagnostic =
            Diagnostic::error(span, format!("no declared contract has an event `{name}`"));
        let near = super::closest(
            name,
            names.iter().filter_map(|full| full.split_once('.').map(|(_, event)| event)),
        );
        let near = near.and_then(|near| {
            names.iter().find(|full| full.ends_with(&format!(".{near}"))).cloned()
        });
        self.report(match near {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic,
        })
    }

    fn event_fields(
        &mut self,
        found: Found,
        args: Option<&Args>,
        span: Span,
    ) -> Option<EventPattern> {
        let signatures: Vec<Signature> = found
            .candidates
            .iter()
            .map(|(contract, event)| Signature {
                name: found.label.clone(),
                params: event
                    .inputs
                    .iter()
                    .map(|input| (input.name.clone(), self.scope.event_param_type(contract, input)))
                    .collect(),
            })
            .collect();
        let (index, fields) = match args {
            Some(args) => {
                let chosen = self.choose(&signatures, args, span, Open::Allowed)?;
                (chosen.index, chosen.values)
            }
            None if signatures.len() == 1 => (0, vec![None; signatures[0].params.len()]),
            None => {
                let message = format!("there are several events `{}`", found.label);
                let all: Vec<String> = found
                    .candidates
                    .iter()
                    .map(|(_, event)| format!("`{}`", event.signature()))
                    .collect();
                return self.report(
                    Diagnostic::error(span, message)
                        .hint(format!("give the arguments of {}", all.join(" or "))),
                );
            }
        };
        let types =
            signatures.into_iter().nth(index)?.params.into_iter().map(|(_, ty)| ty).collect();
        let event = Arc::new(found.candidates.into_iter().nth(index)?.1);
        Some(EventPattern { emitter: found.emitter, event, types, fields, span })
    }
}
