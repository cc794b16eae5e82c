//! The parameters of everything that can be called to change something.

use std::{collections::BTreeSet, sync::Arc};

use alloy_json_abi::Param;
use covenant_compile::Contract;

use super::calls::is_view;
use crate::expr::{Name, Scope, Type};

/// The types of the parameters of a name, each once, of all functions of declared contracts and tokens that are no
/// views.
pub fn parameters_named(scope: &Scope, name: &str) -> Vec<Type> {
    let mut types: Vec<Type> = Vec::new();
    for (contract, param) in parameters(scope).filter(|(_, param)| param.name == name) {
        let ty = scope.param_type(contract, param);
        if !types.iter().any(|known| known.same(&ty)) {
            types.push(ty);
        }
    }
    types
}

/// The names of all such parameters.
pub fn parameter_names(scope: &Scope) -> BTreeSet<&str> {
    parameters(scope)
        .map(|(_, param)| param.name.as_str())
        .filter(|name| !name.is_empty())
        .collect()
}

fn parameters(scope: &Scope) -> impl Iterator<Item = (&Arc<Contract>, &Param)> {
    scope
        .names()
        .filter_map(|(_, name)| match name {
            Name::Instance(_, contract) | Name::Token(_, contract) => Some(contract),
            _ => None,
        })
        .flat_map(|contract| {
            let functions = contract.abi.functions.values().flatten();
            let acting = functions.filter(|function| !is_view(function));
            acting.flat_map(|function| &function.inputs).map(move |param| (contract, param))
        })
}
