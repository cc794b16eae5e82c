//! Calls: of functions, types and built-ins.

use std::sync::Arc;

use alloy_json_abi::{Function, StateMutability};
use covenant_compile::Contract;

use super::{
    arguments::{Open, Signature},
    checker::{Checker, typed},
    entities::Entity,
};
use crate::{
    expr::{Args, Ast, FunctionRef, Kind, Scope, Type, Typed},
    source::{Diagnostic, Span},
};

/// A call of a function with its arguments.
#[derive(Debug)]
pub(super) struct MethodCall {
    pub(super) target: Typed,
    pub(super) function: FunctionRef,
    pub(super) args: Vec<Typed>,
}

/// A contract's function before its overload is chosen.
#[derive(Debug)]
pub(super) struct Method<'a> {
    pub(super) target: Typed,
    pub(super) contract: &'a Arc<Contract>,
    pub(super) name: &'a str,
    /// As the user wrote it: `lease.pay`.
    pub(super) label: String,
}

impl Checker<'_> {
    pub(super) fn call(&mut self, whole: &Ast, callee: &Ast, args: &Args) -> Option<Typed> {
        if let crate::expr::AstKind::Options(inner, _) = &callee.kind {
            return self.no_options(inner, callee.span);
        }
        match self.entity(callee)? {
            Entity::Method { target, contract, name } => {
                let label = callee.to_string();
                let method = Method { target, contract: &contract, name: &name.name, label };
                self.view_call(method, args, whole.span)
            }
            Entity::Builtin(builtin) => self.builtin_call(builtin, whole, callee, args),
            Entity::Elementary(elementary) => self.cast(whole, elementary, args),
            Entity::Contract(contract) => self.contract_at(whole, &contract, args),
            Entity::Struct(structure) => self.struct_call(whole, callee, &structure, args),
            Entity::Enum(found) => self.enum_from(whole, &found, args),
            Entity::Wrap(ty) => self.wrap(whole, &ty, args),
            Entity::ValueType(_) => {
                let message = format!("`{callee}` is a value type");
                self.report(
                    Diagnostic::error(whole.span, message)
                        .hint(format!("write `{callee}.wrap(…)`")),
                )
            }
            Entity::TypeOf(_) => self.error(whole.span, format!("`{callee}` is not a function")),
            Entity::Value(value) => {
                let message = format!("`{callee}` is {}, not a function", value.ty);
                self.error(whole.span, message)
            }
        }
    }

    /// A call in an expression, which must not change state.
    fn view_call(&mut self, method: Method<'_>, args: &Args, span: Span) -> Option<Typed> {
        let label = method.label.clone();
        let MethodCall { target, function, args } = self.method_call(method, args, span)?;
        if !is_view(&function.function) {
            return self.report(
                Diagnostic::error(
                    span,
                    format!("`{label}` changes state, so it cannot be part of an expression"),
                )
                .hint(format!("let an actor call it, as a step: `tenant: {label}(…)`")),
            );
        }
        let ty = function.output.clone();
        Some(typed(Kind::Call { target: Box::new(target), function, args }, ty, span))
    }

    /// Chooses the overload of a method and checks its arguments.
    pub(super) fn method_call(
        &mut self,
        method: Method<'_>,
        args: &Args,
        span: Span,
    ) -> Option<MethodCall> {
        let functions = method.contract.abi.functions.get(method.name)?;
        let signatures: Vec<Signature> = functions
            .iter()
            .map(|function| Signature {
                name: method.label.clone(),
                params: function
                    .inputs
                    .iter()
                    .map(|input| {
                        (input.name.clone(), self.scope.param_type(method.contract, input))
                    })
                    .collect(),
            })
            .collect();
        let chosen = self.choose(&signatures, args, span, Open::Never)?;
        let function = self.function_ref(method.contract, &functions[chosen.index]);
        Some(MethodCall {
            target: method.target,
            function,
            args: chosen.values.into_iter().flatten().collect(),
        })
    }

    pub(super) fn function_ref(
        &self,
        contract: &Arc<Contract>,
        function: &Function,
    ) -> FunctionRef {
        let inputs: Vec<Type> =
            function.inputs.iter().map(|input| self.scope.param_type(contract, input)).collect();
        FunctionRef {
            selector: function.selector(),
            contract: Arc::clone(contract),
            function: Arc::new(function.clone()),
            inputs: inputs.into(),
            output: self.scope.output_type(contract, &function.outputs),
        }
    }
}

/// Every function of a contract that is no view, in the order of their signatures.
pub fn acts(contract: &Arc<Contract>, scope: &Scope) -> Vec<FunctionRef> {
    let mut diagnostics = Vec::new();
    let checker = Checker { scope, diagnostics: &mut diagnostics };
    let mut acts: Vec<_> = contract
        .abi
        .functions()
        .filter(|function| !is_view(function))
        .map(|function| checker.function_ref(contract, function))
        .collect();
    acts.sort_by_key(|act| act.function.signature());
    acts
}

/// Whether a function only reads.
pub(super) const fn is_view(function: &Function) -> bool {
    matches!(function.state_mutability, StateMutability::View | StateMutability::Pure)
}
