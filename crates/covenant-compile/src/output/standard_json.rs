//! A whole build out of standard JSON output.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ast::Ast,
    contract::{contract, parts_of_standard_json},
    json::Output,
};
use crate::artifact::{Build, ContractId, SourceFile, SourceId};

/// Reads standard JSON output. `rename` maps the names of sources as the compiler knows them to the names to show,
/// and `text` gives the text of a source by the compiler's name. The error says what cannot be read.
pub(crate) fn build(
    output: &Output,
    compiler: String,
    evm_version: Option<String>,
    rename: &dyn Fn(&str) -> String,
    text: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Result<Build, String> {
    let mut ast = Ast::default();
    let mut sources = BTreeMap::new();
    for (file, source) in &output.sources {
        let name = rename(file);
        if let Some(unit) = &source.ast {
            ast.add(&name, unit);
        }
        if let Some(id) = source.id {
            sources.insert(SourceId(id), SourceFile { path: name, text: text(file) });
        }
    }
    let mut contracts = BTreeMap::new();
    for (file, named) in &output.contracts {
        for (name, json) in named {
            let id = ContractId { file: rename(file), name: name.clone() };
            let parts = parts_of_standard_json(json);
            let read = contract(id.clone(), parts, &ast, rename)
                .map_err(|error| format!("{id}: {error}"))?;
            contracts.insert(id, Arc::new(read));
        }
    }
    Ok(Build { compiler, evm_version, contracts, sources, types: ast.file_level() })
}
