//! One contract out of compiler output or a foreign artifact.

use alloy_json_abi::JsonAbi;
use alloy_primitives::{Bytes, hex};
use serde_json::Value;

use super::{ast::Ast, storage, types};
use crate::artifact::{Code, Contract, ContractId, ContractKind, ImmutableRef, LibraryRef};

/// The parts a contract is made of, wherever they came from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts<'a> {
    pub(crate) abi: Option<&'a Value>,
    pub(crate) creation: CodeParts<'a>,
    pub(crate) runtime: CodeParts<'a>,
    pub(crate) storage: Option<&'a Value>,
    pub(crate) userdoc: Option<&'a Value>,
    pub(crate) devdoc: Option<&'a Value>,
}

/// The parts of a piece of code.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CodeParts<'a> {
    pub(crate) object: Option<&'a str>,
    pub(crate) source_map: Option<&'a str>,
    pub(crate) links: Option<&'a Value>,
    pub(crate) immutables: Option<&'a Value>,
}

/// The parts of a contract in standard JSON output.
pub(crate) fn parts_of_standard_json(json: &Value) -> Parts<'_> {
    let code = |name: &str| {
        json.get("evm").and_then(|evm| evm.get(name)).map(CodeParts::of).unwrap_or_default()
    };
    Parts {
        abi: json.get("abi"),
        creation: code("bytecode"),
        runtime: code("deployedBytecode"),
        storage: json.get("storageLayout"),
        userdoc: json.get("userdoc"),
        devdoc: json.get("devdoc"),
    }
}

impl<'a> CodeParts<'a> {
    /// Reads solc's object for a piece of code, which Foundry's artifacts share.
    pub(crate) fn of(json: &'a Value) -> Self {
        Self {
            object: json.get("object").and_then(Value::as_str),
            source_map: json.get("sourceMap").and_then(Value::as_str),
            links: json.get("linkReferences"),
            immutables: json.get("immutableReferences"),
        }
    }

    /// The code, or why it cannot be read.
    fn read(self) -> Result<Code, String> {
        let libraries = self.links.map(library_refs).unwrap_or_default();
        let immutables = self.immutables.map(immutable_refs).unwrap_or_default();
        let mut digits =
            self.object.unwrap_or_default().trim_start_matches("0x").as_bytes().to_vec();
        for library in &libraries {
            let start = library.offset as usize * 2;
            let place = digits
                .get_mut(start..start + 40)
                .ok_or("a link reference lies outside the bytecode")?;
            place.fill(b'0');
        }
        let bytes = hex::decode(&digits)
            .map_err(|error| format!("the bytecode is not hexadecimal: {error}"))?;
        let source_map = self.source_map.unwrap_or_default().to_owned();
        Ok(Code { bytes: Bytes::from(bytes), libraries, immutables, source_map })
    }
}

/// Puts a contract together. The error says which part cannot be read.
pub(crate) fn contract(
    id: ContractId,
    parts: Parts<'_>,
    ast: &Ast,
    library_name: &dyn Fn(&str) -> String,
) -> Result<Contract, String> {
    let abi: JsonAbi = match parts.abi {
        Some(abi) => serde::Deserialize::deserialize(abi)
            .map_err(|error| format!("the ABI cannot be read: {error}"))?,
        None => JsonAbi::default(),
    };
    let mut creation = parts.creation.read()?;
    let mut runtime = parts.runtime.read()?;
    for reference in creation.libraries.iter_mut().chain(&mut runtime.libraries) {
        reference.library.file = library_name(&reference.library.file);
    }
    let known = ast.kind(&id);
    let types = if known.is_some() {
        ast.types_of(&id, &types::mentioned(&abi))
    } else {
        types::structs(&abi)
    };
    Ok(Contract {
        kind: known.unwrap_or_else(|| guess_kind(&abi, &runtime)),
        bases: ast.bases(&id),
        types,
        types_known: known.is_some(),
        storage: parts.storage.and_then(storage::layout),
        notice: notice(parts).or_else(|| ast.notice(&id)),
        abi,
        creation,
        runtime,
        id,
    })
}

/// The contract's `@notice`, else its `@title`.
fn notice(parts: Parts<'_>) -> Option<String> {
    let text = |docs: Option<&Value>, key: &str| Some(docs?.get(key)?.as_str()?.to_owned());
    text(parts.userdoc, "notice")
        .or_else(|| text(parts.devdoc, "title"))
        .filter(|text| !text.is_empty())
}

/// Without a syntax tree the code tells: a library begins by pushing its own address to compare with.
fn guess_kind(abi: &JsonAbi, runtime: &Code) -> ContractKind {
    const OWN_ADDRESS: [u8; 3] = [0x73, 0, 0];
    const COMPARED: [u8; 2] = [0x30, 0x14];
    let bytes = &runtime.bytes;
    if bytes.starts_with(&OWN_ADDRESS) && bytes.get(21..23) == Some(&COMPARED) {
        ContractKind::Library
    } else if !bytes.is_empty() {
        ContractKind::Contract
    } else if abi.constructor.is_some() {
        ContractKind::Abstract
    } else {
        ContractKind::Interface
    }
}

/// Reads `{file: {Name: [{start, length}]}}`, sorted by place.
fn library_refs(json: &Value) -> Vec<LibraryRef> {
    let mut refs = Vec::new();
    for (file, libraries) in json.as_object().into_iter().flatten() {
        for (name, places) in libraries.as_object().into_iter().flatten() {
            let library = ContractId { file: file.clone(), name: name.clone() };
            for offset in
                places.as_array().into_iter().flatten().filter_map(|place| number(place, "start"))
            {
                refs.push(LibraryRef { library: library.clone(), offset });
            }
        }
    }
    refs.sort_by_key(|reference| reference.offset);
    refs
}

/// Reads `{id: [{start, length}]}`, sorted by place.
fn immutable_refs(json: &Value) -> Vec<ImmutableRef> {
    let places = json
        .as_object()
        .into_iter()
        .flat_map(|ids| ids.values())
        .filter_map(Value::as_array)
        .flatten();
    let mut refs: Vec<ImmutableRef> = places
        .filter_map(|place| {
            Some(ImmutableRef { offset: number(place, "start")?, length: number(place, "length")? })
        })
        .collect();
    refs.sort_by_key(|reference| reference.offset);
    refs
}

fn number(json: &Value, key: &str) -> Option<u32> {
    json.get(key)?.as_u64()?.try_into().ok()
}
