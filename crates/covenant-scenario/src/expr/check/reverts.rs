//! Reverts that are expected.

use std::{collections::BTreeMap, sync::Arc};

use alloy_json_abi::Error;
use covenant_compile::Contract;

use super::{
    arguments::{Open, Signature},
    checker::Checker,
    constants::all_have_values,
    entities::Entity,
    suggest::did_you_mean,
};
use crate::{
    expr::{Args, Ast, AstKind, Ident, Name, RevertPattern, Scope, Type, parse::parse},
    source::{Diagnostic, Span, Text},
};

/// Checks what a revert is expected to say: `Lease.Lease_WrongState(_, 3)`, `Panic(0x11)`, `any`, or the text of a
/// `require`.
///
/// A text in YAML quotes that is not an error's name is the text of a `require`; so is anything in quotes of its own.
/// Returns `None` after an error, which is then among the diagnostics.
pub fn revert_pattern(
    text: &Text,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<RevertPattern> {
    let pattern = Checker { scope, diagnostics }.revert(text)?;
    let parts = match &pattern {
        RevertPattern::Error { args, .. } => args.iter().flatten().collect(),
        RevertPattern::Panic(Some(code)) => vec![code],
        RevertPattern::Any | RevertPattern::Message(_) | RevertPattern::Panic(None) => Vec::new(),
    };
    all_have_values(parts, scope, diagnostics).then_some(pattern)
}

impl Checker<'_> {
    fn revert(&mut self, text: &Text) -> Option<RevertPattern> {
        // Quotes belong to the place of a text but not to its value.
        let quoted = !text.as_str().is_empty() && text.span_of(0..1).start > text.span.start;
        let message = || Some(RevertPattern::Message(text.as_str().to_owned()));
        let ast = match parse(text) {
            Ok(ast) => ast,
            Err(_) if quoted && !text.as_str().is_empty() => return message(),
            Err(diagnostic) => {
                let sentence = text.as_str().trim().contains(' ') && !text.as_str().contains('(');
                let hint = "a `require` string stands in quotes: `reverts: \"…\"`";
                return self.report(if sentence { diagnostic.hint(hint) } else { diagnostic });
            }
        };
        match &ast.kind {
            AstKind::String(message) => Some(RevertPattern::Message(message.clone())),
            AstKind::Name(name) if name == "any" => Some(RevertPattern::Any),
            AstKind::Name(name) if name == "Panic" => Some(RevertPattern::Panic(None)),
            AstKind::Name(name) if quoted && self.errors_named(name).is_empty() => message(),
            AstKind::Name(name) => {
                let candidates = self.bare_error(name, ast.span)?;
                self.error_arguments(name.clone(), candidates, None, ast.span)
            }
            AstKind::Member(base, name) => self.error_of(base, name, None, ast.span),
            AstKind::Call(path, args) => self.error_call(path, args, ast.span),
            _ if quoted => message(),
            _ => self.report(
                Diagnostic::error(ast.span, format!("`{ast}` is not an error"))
                    .hint("write an error like `Lease.WrongState(_, 3)`, a `require` string in quotes, `Panic(0x11)` or `any`"),
            ),
        }
    }

    fn error_call(&mut self, path: &Ast, args: &Args, span: Span) -> Option<RevertPattern> {
        match &path.kind {
            AstKind::Name(name) if name == "Panic" => self.panic(args, span),
            AstKind::Name(name) if name == "Error" => match args {
                Args::Positional(values) => match values.as_slice() {
                    [Ast { kind: AstKind::String(message), .. }] => {
                        Some(RevertPattern::Message(message.clone()))
                    }
                    _ => self.usage(span, "`Error(\"…\")`"),
                },
                Args::Named(_) => self.usage(span, "`Error(\"…\")`"),
            },
            AstKind::Name(name) => {
                let candidates = self.bare_error(name, path.span)?;
                self.error_arguments(name.clone(), candidates, Some(args), span)
            }
            AstKind::Member(base, name) => self.error_of(base, name, Some(args), span),
            _ => self.error(path.span, format!("`{path}` is not an error")),
        }
    }

    fn panic(&mut self, args: &Args, span: Span) -> Option<RevertPattern> {
        match args {
            Args::Positional(values) => match values.as_slice() {
                [Ast { kind: AstKind::Name(name), .. }] if name == "_" => {
                    Some(RevertPattern::Panic(None))
                }
                [code] => {
                    let code = self.value_as(code, &Type::UINT256, Some("the code of a panic"))?;
                    Some(RevertPattern::Panic(Some(code)))
                }
                _ => self.usage(span, "`Panic(0x11)`"),
            },
            Args::Named(_) => self.usage(span, "`Panic(0x11)`"),
        }
    }

    /// An error by its contract, which may also be a library or the contract that only passes it on.
    fn error_of(
        &mut self,
        base: &Ast,
        name: &Ident,
        args: Option<&Args>,
        span: Span,
    ) -> Option<RevertPattern> {
        let contract = match self.entity(base)? {
            Entity::Contract(contract) => contract,
            Entity::Value(value) => match &value.ty {
                Type::Address(Some(contract)) => Arc::clone(contract),
                _ => return self.error(base.span, format!("`{base}` is not a contract")),
            },
            _ => return self.error(base.span, format!("`{base}` is not a contract")),
        };
        let label = format!("{base}.{}", name.name);
        let own: Vec<(Arc<Contract>, Error)> = contract
            .abi
            .errors
            .get(&name.name)
            .into_iter()
            .flatten()
            .map(|error| (Arc::clone(&contract), error.clone()))
            .collect();
        if !own.is_empty() {
            return self.error_arguments(label, own, args, span);
        }
        let diagnostic = Diagnostic::error(
            name.span,
            format!("`{}` has no error `{}`", contract.id.name, name.name),
        );
        let errors = contract.abi.errors.keys().map(String::as_str);
        let diagnostic = did_you_mean(diagnostic, &format!("{base}."), &name.name, errors);
        if diagnostic.hint.is_some() {
            return self.report(diagnostic);
        }
        let elsewhere =
            self.errors_named(&name.name).first().map(|(owner, _)| owner.id.name.clone());
        self.report(match elsewhere {
            Some(owner) => diagnostic
                .hint(format!("it is an error of `{owner}`: write `{owner}.{}`", name.name)),
            None => diagnostic,
        })
    }

    fn bare_error(&mut self, name: &str, span: Span) -> Option<Vec<(Arc<Contract>, Error)>> {
        let candidates = self.errors_named(name);
        if !candidates.is_empty() {
            return Some(candidates);
        }
        if self.scope.any_failed() {
            // It may well be an error of a contract whose declaration is wrong.
            return None;
        }
        let diagnostic = Diagnostic::error(span, format!("no contract has an error `{name}`"));
        let known: Vec<String> = self
            .scope
            .builds()
            .flat_map(|build| build.contracts.values())
            .flat_map(|contract| {
                contract.abi.errors.keys().map(|error| format!("{}.{error}", contract.id.name))
            })
            .collect();
        let near = super::closest(
            name,
            known.iter().filter_map(|full| full.split_once('.').map(|(_, error)| error)),
        );
        let near = near.and_then(|near| {
            known.iter().find(|full| full.ends_with(&format!(".{near}"))).cloned()
        });
        self.report(match near {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint("a `require` string stands in quotes: `reverts: \"…\"`"),
        })
    }

    /// Every error of a name, one for each signature: those of declared contracts, and only without any, all others.
    fn errors_named(&self, name: &str) -> Vec<(Arc<Contract>, Error)> {
        let declared = self.scope.names().filter_map(|(_, declared)| match declared {
            Name::Instance(_, contract) | Name::Token(_, contract) => Some(contract),
            _ => None,
        });
        let found = distinct(name, declared);
        if found.is_empty() {
            return distinct(name, self.scope.builds().flat_map(|build| build.contracts.values()));
        }
        found
    }

    fn error_arguments(
        &mut self,
        label: String,
        candidates: Vec<(Arc<Contract>, Error)>,
        args: Option<&Args>,
        span: Span,
    ) -> Option<RevertPattern> {
        let signatures: Vec<Signature> = candidates
            .iter()
            .map(|(contract, error)| Signature {
                name: label.clone(),
                params: error
                    .inputs
                    .iter()
                    .map(|input| (input.name.clone(), self.scope.param_type(contract, input)))
                    .collect(),
            })
            .collect();
        let (index, args) = match args {
            Some(args) => {
                let chosen = self.choose(&signatures, args, span, Open::Allowed)?;
                (chosen.index, chosen.values)
            }
            None if signatures.len() == 1 => (0, vec![None; signatures[0].params.len()]),
            None => {
                let all: Vec<String> = candidates
                    .iter()
                    .map(|(_, error)| format!("`{}`", error.signature()))
                    .collect();
                let message = format!("there are several errors `{label}`");
                return self.report(
                    Diagnostic::error(span, message)
                        .hint(format!("give the arguments of {}", all.join(" or "))),
                );
            }
        };
        let types =
            signatures.into_iter().nth(index)?.params.into_iter().map(|(_, ty)| ty).collect();
        let error = Arc::new(candidates.into_iter().nth(index)?.1);
        Some(RevertPattern::Error { error, types, args })
    }
}

fn distinct<'a>(
    name: &str,
    contracts: impl Iterator<Item = &'a Arc<Contract>>,
) -> Vec<(Arc<Contract>, Error)> {
    let mut found = BTreeMap::new();
    for contract in contracts {
        for error in contract.abi.errors.get(name).into_iter().flatten() {
            found.entry(error.signature()).or_insert_with(|| (Arc::clone(contract), error.clone()));
        }
    }
    found.into_values().collect()
}
