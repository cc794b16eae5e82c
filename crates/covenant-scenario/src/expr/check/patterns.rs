//! Functions without a caller: by name, or with some of their arguments.

use super::{
    arguments::{Open, Signature},
    calls::is_view,
    checker::Checker,
    constants::all_have_values,
    entities::Entity,
};
use crate::{
    expr::{Args, Ast, AstKind, CallPattern, FunctionRef, Scope, Typed},
    source::{Diagnostic, Severity},
};

/// A function that is named but not called: `escrow.rule`.
#[derive(Clone, Debug)]
pub struct MethodName {
    /// The contract.
    pub target: Typed,
    /// The functions of this name: at least one.
    pub functions: Vec<FunctionRef>,
}

/// Checks the name of a function that changes state.
///
/// Returns `None` after an error, which is then among the diagnostics.
pub fn method_name(
    ast: &Ast,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<MethodName> {
    Checker { scope, diagnostics }.method_name(ast)
}

/// Checks a pattern of calls: the name of a function, or a call in which `_` stands for any argument.
///
/// Returns `None` after an error, which is then among the diagnostics.
pub fn call_pattern(
    ast: &Ast,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<CallPattern> {
    let before = diagnostics.len();
    let pattern = Checker { scope, diagnostics }.call_pattern(ast)?;
    let given = pattern.args.iter().flatten().flatten();
    all_have_values([&pattern.target].into_iter().chain(given), scope, diagnostics);
    let failed =
        diagnostics[before..].iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    (!failed).then_some(pattern)
}

impl Checker<'_> {
    fn call_pattern(&mut self, ast: &Ast) -> Option<CallPattern> {
        let AstKind::Call(callee, args) = &ast.kind else {
            let MethodName { target, functions } = self.method_name(ast)?;
            return Some(CallPattern { target, functions, args: None });
        };
        if let AstKind::Options(inner, _) = &callee.kind {
            return self.report(
                Diagnostic::error(callee.span, "what is sent along makes no difference here")
                    .hint(format!("write `{inner}(…)`")),
            );
        }
        let MethodName { target, functions } = self.method_name(callee)?;
        let (function, args) = self.open_arguments(callee, functions, args, ast)?;
        Some(CallPattern { target, functions: vec![function], args: Some(args) })
    }

    /// Chooses the overload by arguments, some of which may be left open.
    fn open_arguments(
        &mut self,
        callee: &Ast,
        functions: Vec<FunctionRef>,
        args: &Args,
        whole: &Ast,
    ) -> Option<(FunctionRef, Vec<Option<Typed>>)> {
        let signatures: Vec<Signature> = functions
            .iter()
            .map(|function| Signature {
                name: callee.to_string(),
                params: function
                    .function
                    .inputs
                    .iter()
                    .map(|input| input.name.clone())
                    .zip(function.inputs.iter().cloned())
                    .collect(),
            })
            .collect();
        let chosen = self.choose(&signatures, args, whole.span, Open::Allowed)?;
        let function = functions.into_iter().nth(chosen.index)?;
        Some((function, chosen.values))
    }

    fn method_name(&mut self, ast: &Ast) -> Option<MethodName> {
        let (target, contract, name) = match self.entity(ast)? {
            Entity::Method { target, contract, name } => (target, contract, name),
            _ => {
                return self.report(
                    Diagnostic::error(ast.span, format!("`{ast}` is not a function of a contract"))
                        .hint("name one of a declared contract, as in `escrow.release`"),
                );
            }
        };
        let all = contract.abi.functions.get(&name.name)?;
        let functions: Vec<FunctionRef> = all
            .iter()
            .filter(|function| !is_view(function))
            .map(|function| self.function_ref(&contract, function))
            .collect();
        if functions.is_empty() {
            return self.report(
                Diagnostic::error(ast.span, format!("`{ast}` only reads, so anyone can call it"))
                    .hint("name a function that changes state"),
            );
        }
        Some(MethodName { target, functions })
    }
}
