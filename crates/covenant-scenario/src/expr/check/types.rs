//! The types of parameters, and types by name.

use std::sync::Arc;

use alloy_json_abi::{EventParam, InternalType, JsonAbi, Param};
use covenant_compile::{Contract, SolType, TypeDefs};

use crate::expr::{
    Scope,
    types::{EnumType, IntSize, StructType, Type},
};

/// How deeply struct types may contain each other; a struct that contains itself, through an array, has no ABI type.
const MAX_DEPTH: usize = 32;

/// A type that a source declares.
#[derive(Clone, Debug)]
pub(super) enum NamedType {
    Struct(Arc<StructType>),
    Enum(Arc<EnumType>),
    /// A user-defined value type and what it wraps.
    Value(Type),
}

/// Several declarations that a name could mean.
#[derive(Debug)]
pub(super) struct Ambiguous(pub(super) Vec<String>);

impl Scope {
    /// The type of a parameter or of a field.
    pub(in crate::expr) fn param_type(&self, contract: &Contract, param: &Param) -> Type {
        self.abi_type(contract, &param.ty, &param.components, param.internal_type.as_ref())
    }

    /// The type of a field of an event.
    pub(in crate::expr) fn event_param_type(
        &self,
        contract: &Contract,
        param: &EventParam,
    ) -> Type {
        self.abi_type(contract, &param.ty, &param.components, param.internal_type.as_ref())
    }

    /// The type of what a function returns.
    pub(in crate::expr) fn output_type(&self, contract: &Contract, outputs: &[Param]) -> Type {
        match outputs {
            [one] => self.param_type(contract, one),
            _ => Type::Tuple(
                outputs
                    .iter()
                    .map(|output| {
                        let name = (!output.name.is_empty()).then(|| output.name.clone());
                        (name, self.param_type(contract, output))
                    })
                    .collect(),
            ),
        }
    }

    fn abi_type(
        &self,
        contract: &Contract,
        ty: &str,
        components: &[Param],
        internal: Option<&InternalType>,
    ) -> Type {
        if let Some(element) = ty.strip_suffix(']')
            && let Some((element, length)) = element.rsplit_once('[')
        {
            let element = self.abi_type(contract, element, components, internal);
            return Type::Array(Box::new(element), length.parse().ok());
        }
        match internal {
            Some(InternalType::Enum { contract: owner, ty }) => {
                let name = canonical(owner.as_deref(), ty);
                if let Some(NamedType::Enum(found)) = self.declared(Some(contract), &name, 0) {
                    return Type::Enum(found);
                }
            }
            Some(InternalType::Contract(name)) => {
                let name = name.split('[').next().unwrap_or(name);
                return Type::Address(self.contract_of_type(name));
            }
            _ => {}
        }
        if ty == "tuple" {
            let name = match internal {
                Some(
                    InternalType::Struct { contract, ty } | InternalType::Other { contract, ty },
                ) => canonical(contract.as_deref(), ty),
                _ => "struct".to_owned(),
            };
            let fields = components
                .iter()
                .map(|field| (field.name.clone(), self.param_type(contract, field)))
                .collect();
            return Type::Struct(Arc::new(StructType { name, fields }));
        }
        elementary(ty)
    }

    /// A type that may be named through a contract: its own, an inherited one, or one that its file can see.
    pub(super) fn type_in(
        &self,
        contract: &Contract,
        name: &str,
    ) -> Result<Option<NamedType>, Ambiguous> {
        let own = format!("{}.{name}", contract.id.name);
        if let Some(found) = self.declared_by(&contract.types, Some(contract), &own, 0) {
            return Ok(Some(found));
        }
        let mut candidates = type_names(&contract.types);
        candidates.extend(abi_struct_names(&contract.abi));
        candidates.retain(|candidate| candidate.rsplit('.').next() == Some(name));
        candidates.sort();
        candidates.dedup();
        match candidates.as_slice() {
            [] => Ok(None),
            [one] => {
                Ok(self.declared(Some(contract), one, 0).or_else(|| self.abi_struct(contract, one)))
            }
            several if several.contains(&own) => Ok(self.abi_struct(contract, &own)),
            _ => Err(Ambiguous(candidates)),
        }
    }

    /// A type that is declared outside of any contract.
    pub(super) fn file_type(&self, name: &str) -> Option<NamedType> {
        self.builds().find_map(|build| self.declared_by(&build.types, None, name, 0))
    }

    /// A type by canonical name, as seen from a contract.
    fn declared(&self, contract: Option<&Contract>, name: &str, depth: usize) -> Option<NamedType> {
        contract.and_then(|owner| self.declared_by(&owner.types, contract, name, depth)).or_else(
            || {
                self.builds()
                    .find_map(|build| self.declared_by(&build.types, contract, name, depth))
            },
        )
    }

    fn declared_by(
        &self,
        types: &TypeDefs,
        contract: Option<&Contract>,
        name: &str,
        depth: usize,
    ) -> Option<NamedType> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(definition) = types.structs.get(name) {
            let fields = definition
                .fields
                .iter()
                .map(|(field, ty)| {
                    Some((field.clone(), self.source_type(contract, ty, depth + 1)?))
                })
                .collect::<Option<_>>()?;
            return Some(NamedType::Struct(Arc::new(StructType { name: name.to_owned(), fields })));
        }
        if let Some(definition) = types.enums.get(name) {
            let members = definition.members.clone();
            return Some(NamedType::Enum(Arc::new(EnumType { name: name.to_owned(), members })));
        }
        let wrapped = types.values.get(name)?;
        self.source_type(contract, wrapped, depth + 1).map(NamedType::Value)
    }

    /// A type of the source; `None` for a mapping, which values do not have.
    fn source_type(&self, contract: Option<&Contract>, ty: &SolType, depth: usize) -> Option<Type> {
        Some(match ty {
            SolType::Bool => Type::Bool,
            SolType::Uint(bits) => Type::Int(Some(IntSize { signed: false, bits: *bits })),
            SolType::Int(bits) => Type::Int(Some(IntSize { signed: true, bits: *bits })),
            SolType::Address => Type::ADDRESS,
            SolType::FixedBytes(size) => Type::FixedBytes(*size),
            SolType::Bytes => Type::Bytes,
            SolType::String => Type::String,
            SolType::Array(element, length) => {
                let length = length.map(usize::try_from).transpose().ok()?;
                Type::Array(Box::new(self.source_type(contract, element, depth)?), length)
            }
            SolType::Struct(name) | SolType::Enum(name) | SolType::Value(name) => {
                match self.declared(contract, name, depth)? {
                    NamedType::Struct(found) => Type::Struct(found),
                    NamedType::Enum(found) => Type::Enum(found),
                    NamedType::Value(wrapped) => wrapped,
                }
            }
            SolType::Contract(name) => Type::Address(self.contract_of_type(name)),
            SolType::Function => Type::FixedBytes(24),
            SolType::Mapping(..) => return None,
        })
    }

    /// A struct that the ABI mentions, for artifacts without an AST.
    fn abi_struct(&self, contract: &Contract, name: &str) -> Option<NamedType> {
        let param = struct_params(&contract.abi).into_iter().find(|(found, _)| found == name)?.1;
        match self.abi_type(contract, "tuple", &param.components, param.internal_type.as_ref()) {
            Type::Struct(found) => Some(NamedType::Struct(found)),
            _ => None,
        }
    }
}

fn type_names(types: &TypeDefs) -> Vec<String> {
    types.structs.keys().chain(types.enums.keys()).chain(types.values.keys()).cloned().collect()
}

/// The names by which types of a contract can be written after a dot, for suggestions.
pub(super) fn short_type_names(contract: &Contract) -> Vec<String> {
    let mut names = type_names(&contract.types);
    names.extend(abi_struct_names(&contract.abi));
    names.iter().filter_map(|name| name.rsplit('.').next()).map(str::to_owned).collect()
}

fn abi_struct_names(abi: &JsonAbi) -> Vec<String> {
    struct_params(abi).into_iter().map(|(name, _)| name).collect()
}

/// Every struct parameter of the ABI with the canonical name of its type.
fn struct_params(abi: &JsonAbi) -> Vec<(String, Param)> {
    let mut found = Vec::new();
    let mut pending: Vec<Param> = abi
        .functions()
        .flat_map(|function| function.inputs.iter().chain(&function.outputs))
        .chain(abi.errors().flat_map(|error| &error.inputs))
        .chain(abi.constructor.iter().flat_map(|constructor| &constructor.inputs))
        .cloned()
        .collect();
    while let Some(param) = pending.pop() {
        pending.extend(param.components.iter().cloned());
        if let Some(InternalType::Struct { contract, ty }) = &param.internal_type {
            found.push((canonical(contract.as_deref(), ty), param));
        }
    }
    found
}

/// `Lease.Terms` from what the ABI says about a parameter, which may add array brackets.
fn canonical(contract: Option<&str>, ty: &str) -> String {
    let ty = ty.split('[').next().unwrap_or(ty);
    contract.map_or_else(|| ty.to_owned(), |contract| format!("{contract}.{ty}"))
}

/// A type of the ABI that is neither tuple nor array.
fn elementary(ty: &str) -> Type {
    let bits = |digits: &str| if digits.is_empty() { Some(256) } else { digits.parse().ok() };
    if let Some(bits) = ty.strip_prefix("uint").and_then(bits) {
        return Type::Int(Some(IntSize { signed: false, bits }));
    }
    if let Some(bits) = ty.strip_prefix("int").and_then(bits) {
        return Type::Int(Some(IntSize { signed: true, bits }));
    }
    match ty {
        "bool" => Type::Bool,
        "address" => Type::ADDRESS,
        "string" => Type::String,
        "function" => Type::FixedBytes(24),
        _ => ty
            .strip_prefix("bytes")
            .and_then(|size| size.parse().ok())
            .map_or(Type::Bytes, Type::FixedBytes),
    }
}
