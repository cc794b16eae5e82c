//! The types that an ABI mentions.

use std::collections::BTreeSet;

use alloy_json_abi::{EventParam, InternalType, JsonAbi, Param};

use super::ast::mentioned_names;
use crate::artifact::{SolType, StructDef, TypeDefs};

/// The names of structs, enums and value types in an ABI.
pub(super) fn mentioned(abi: &JsonAbi) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    walk(abi, &mut |internal, _| {
        if let Some(ty) = internal.and_then(|internal| SolType::parse(&internal.to_string())) {
            mentioned_names(&ty, &mut names);
        }
    });
    names
}

/// The structs of an ABI, for artifacts without a syntax tree; enums and value types stay unknown.
pub(super) fn structs(abi: &JsonAbi) -> TypeDefs {
    let mut types = TypeDefs::default();
    walk(abi, &mut |internal, components| {
        let Some(mut ty) = internal.and_then(|internal| SolType::parse(&internal.to_string()))
        else {
            return;
        };
        while let SolType::Array(element, _) = ty {
            ty = *element;
        }
        let SolType::Struct(name) = ty else { return };
        let fields = components.iter().map(|field| {
            let internal = field.internal_type.as_ref().map(ToString::to_string);
            Some((field.name.clone(), SolType::parse(internal.as_deref().unwrap_or(&field.ty))?))
        });
        if let Some(fields) = fields.collect() {
            types.structs.insert(name, StructDef { fields });
        }
    });
    types
}

/// What is done with each parameter: its internal type and its fields.
type Visit<'a> = dyn FnMut(Option<&InternalType>, &[Param]) + 'a;

/// Visits every parameter of an ABI and every field within.
fn walk(abi: &JsonAbi, visit: &mut Visit<'_>) {
    for param in abi.constructor.iter().flat_map(|constructor| &constructor.inputs) {
        walk_param(param, visit);
    }
    for function in abi.functions() {
        function.inputs.iter().chain(&function.outputs).for_each(|param| walk_param(param, visit));
    }
    for error in abi.errors() {
        error.inputs.iter().for_each(|param| walk_param(param, visit));
    }
    for event in abi.events() {
        event.inputs.iter().for_each(|param| walk_event_param(param, visit));
    }
}

fn walk_event_param(param: &EventParam, visit: &mut Visit<'_>) {
    visit(param.internal_type.as_ref(), &param.components);
    param.components.iter().for_each(|field| walk_param(field, visit));
}

fn walk_param(param: &Param, visit: &mut Visit<'_>) {
    visit(param.internal_type.as_ref(), &param.components);
    param.components.iter().for_each(|field| walk_param(field, visit));
}
