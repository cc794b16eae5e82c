//! Arguments of constructors.

use std::sync::Arc;

use alloy_json_abi::StateMutability;
use covenant_compile::{Contract, ContractKind};

use super::{
    arguments::{Open, Signature},
    checker::Checker,
    constants::all_have_values,
};
use crate::{
    expr::{Args, Scope, Typed},
    source::{Diagnostic, Span},
};

/// Checks the arguments of a contract's constructor; `span` is where missing ones are reported.
///
/// Returns `None` after an error, which is then among the diagnostics: also when the contract cannot be deployed.
pub fn constructor(
    contract: &Arc<Contract>,
    args: Option<&Args>,
    span: Span,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Typed>> {
    let args = Checker { scope, diagnostics }.constructor(contract, args, span)?;
    all_have_values(&args, scope, diagnostics).then_some(args)
}

/// Whether wei can be sent with the deployment.
pub fn constructor_is_payable(contract: &Contract) -> bool {
    contract
        .abi
        .constructor
        .as_ref()
        .is_some_and(|found| found.state_mutability == StateMutability::Payable)
}

impl Checker<'_> {
    pub(super) fn constructor(
        &mut self,
        contract: &Arc<Contract>,
        args: Option<&Args>,
        span: Span,
    ) -> Option<Vec<Typed>> {
        let kind = match contract.kind {
            ContractKind::Contract => None,
            ContractKind::Abstract => Some("an abstract contract"),
            ContractKind::Interface => Some("an interface"),
            ContractKind::Library => Some("a library"),
        };
        if let Some(kind) = kind {
            return self.error(
                span,
                format!("`{}` is {kind}, which cannot be deployed", contract.id.name),
            );
        }
        let inputs =
            contract.abi.constructor.as_ref().map_or(&[][..], |constructor| &constructor.inputs);
        let params = inputs
            .iter()
            .map(|input| (input.name.clone(), self.scope.param_type(contract, input)))
            .collect();
        let signature = Signature { name: contract.id.name.clone(), params };
        let none = Args::Positional(Vec::new());
        let chosen = self.choose(&[signature], args.unwrap_or(&none), span, Open::Never)?;
        Some(chosen.values.into_iter().flatten().collect())
    }
}
