//! Foundry's `out` folder: one JSON file a contract, `File.sol/Name.json`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use alloy_primitives::keccak256;
use serde::Deserialize;
use serde_json::Value;

use super::{JsonFile, json, problem, stale, string};
use crate::{
    artifact::{Build, Contract, ContractId, SourceFile, SourceId},
    error::CompileError,
    output::{Ast, CodeParts, Parts, Unit, contract},
    project::Project,
};

/// Reads the artifacts.
pub(super) fn read(
    project: &Project,
    folder: &Path,
    files: &[JsonFile],
) -> Result<Build, CompileError> {
    let mut artifacts = Vec::new();
    let mut ids = SourceIds::default();
    for file in files {
        if file.is_build_info() {
            ids.add_build_info(&json(&file.path)?);
        } else if let Some(artifact) = Artifact::of(file)? {
            artifacts.push(artifact);
        }
    }
    check_sources(project, folder, &artifacts)?;
    let mut ast = Ast::default();
    let mut trees = BTreeSet::new();
    for artifact in &artifacts {
        ids.add_artifact(artifact);
        if let Some(unit) = &artifact.json.ast
            && trees.insert(artifact.id.file.clone())
        {
            ast.add(&artifact.id.file, unit);
        }
    }
    let mut build = Build { types: ast.file_level(), ..Build::default() };
    for artifact in &artifacts {
        let contract = artifact.contract(&ast, ids.consistent)?;
        build.contracts.insert(artifact.id.clone(), Arc::new(contract));
    }
    build.sources = ids.sources(project);
    build.evm_version = artifacts
        .iter()
        .find_map(|a| string(&a.json.metadata, &["settings", "evmVersion"]))
        .map(str::to_owned);
    let version = artifacts
        .iter()
        .find_map(|artifact| string(&artifact.json.metadata, &["compiler", "version"]));
    let version = version.map(|version| format!("{version}, ")).unwrap_or_default();
    build.compiler = format!("{version}artifacts of Foundry in {}", folder.display());
    Ok(build)
}

/// The artifact of a contract as written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactJson {
    abi: Option<Value>,
    bytecode: Option<Value>,
    deployed_bytecode: Option<Value>,
    #[serde(default)]
    metadata: Value,
    storage_layout: Option<Value>,
    ast: Option<Unit>,
    id: Option<u32>,
}

/// The artifact of a contract.
struct Artifact<'a> {
    file: &'a JsonFile,
    id: ContractId,
    json: ArtifactJson,
}

impl<'a> Artifact<'a> {
    /// Reads an artifact; nothing for JSON of another kind.
    fn of(file: &'a JsonFile) -> Result<Option<Self>, CompileError> {
        let json: ArtifactJson = json(&file.path)?;
        if json.abi.is_none() || json.bytecode.is_none() {
            return Ok(None);
        }
        let target = json
            .metadata
            .get("settings")
            .and_then(|settings| settings.get("compilationTarget")?.as_object());
        let named = target.and_then(|target| target.iter().next());
        let id = match named {
            Some((path, name)) => {
                ContractId { file: path.clone(), name: name.as_str().unwrap_or_default().into() }
            }
            None => {
                let from_tree = json.ast.as_ref().and_then(|unit| unit.absolute_path.clone());
                let name = file.name.rsplit('/').next().and_then(|last| last.split('.').next());
                let (Some(path), Some(name)) = (from_tree, name) else {
                    return Err(problem(
                        &file.path,
                        "the artifact does not say which source it was made from",
                        Some("`ast = true` in foundry.toml adds it; then build again"),
                    ));
                };
                ContractId { file: path, name: name.into() }
            }
        };
        Ok(Some(Self { file, id, json }))
    }

    fn contract(&self, ast: &Ast, source_maps: bool) -> Result<Contract, CompileError> {
        let code = |json| {
            let mut parts = Option::as_ref(json).map(CodeParts::of).unwrap_or_default();
            parts.source_map = parts.source_map.filter(|_| source_maps);
            parts
        };
        let docs = |key: &str| self.json.metadata.get("output")?.get(key);
        let parts = Parts {
            abi: self.json.abi.as_ref(),
            creation: code(&self.json.bytecode),
            runtime: code(&self.json.deployed_bytecode),
            storage: self.json.storage_layout.as_ref(),
            userdoc: docs("userdoc"),
            devdoc: docs("devdoc"),
        };
        contract(self.id.clone(), parts, ast, &str::to_owned)
            .map_err(|message| problem(&self.file.path, &message, None))
    }
}

/// Which number stands for which source. Artifacts of several compilations may number differently; source maps
/// are of no use then.
struct SourceIds {
    paths: BTreeMap<u32, String>,
    consistent: bool,
}

impl Default for SourceIds {
    fn default() -> Self {
        Self { paths: BTreeMap::new(), consistent: true }
    }
}

impl SourceIds {
    fn add_build_info(&mut self, json: &Value) {
        for (id, path) in
            json.get("source_id_to_path").and_then(Value::as_object).into_iter().flatten()
        {
            if let (Ok(id), Some(path)) = (id.parse(), path.as_str()) {
                self.add(id, path);
            }
        }
    }

    fn add_artifact(&mut self, artifact: &Artifact<'_>) {
        if let Some(id) = artifact.json.id {
            self.add(id, &artifact.id.file);
        }
    }

    fn add(&mut self, id: u32, path: &str) {
        let known = self.paths.entry(id).or_insert_with(|| path.to_owned());
        self.consistent &= known == path;
    }

    fn sources(self, project: &Project) -> BTreeMap<SourceId, SourceFile> {
        let source = |(id, path): (u32, String)| {
            let text = fs::read_to_string(project.contracts_root().join(&path)).ok().map(Arc::from);
            (SourceId(id), SourceFile { path, text })
        };
        self.paths.into_iter().map(source).collect()
    }
}

/// Compares the hashes in the metadata with the sources on disk.
fn check_sources(
    project: &Project,
    folder: &Path,
    artifacts: &[Artifact<'_>],
) -> Result<(), CompileError> {
    let mut checked = BTreeSet::new();
    for artifact in artifacts {
        let sources = artifact.json.metadata.get("sources").and_then(Value::as_object);
        for (path, source) in sources.into_iter().flatten() {
            let Some(hash) = string(source, &["keccak256"]) else { continue };
            if !checked.insert((path.clone(), hash.to_owned())) {
                continue;
            }
            // A source that is gone is not stale: artifacts may be read far from where they were made.
            let Ok(bytes) = fs::read(project.contracts_root().join(path)) else { continue };
            if keccak256(bytes).to_string() != hash {
                return Err(stale(folder, path, "forge build"));
            }
        }
    }
    Ok(())
}
