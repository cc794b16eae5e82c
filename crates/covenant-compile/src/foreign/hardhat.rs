//! Hardhat's `artifacts` folder, of versions 2 and 3.
//!
//! Each contract has a file with its ABI and code; the rest (syntax trees, source maps, sources) is in `build-info`,
//! in one file for version 2, and in an input and an output file for version 3.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use serde::Deserialize;
use serde_json::Value;

use super::{JsonFile, json, problem, stale, string};
use crate::{
    artifact::{Build, ContractId},
    error::CompileError,
    output::{self, Output},
    project::Project,
};

/// What version 3 puts before the names of the project's own sources.
const OWN_PREFIX: &str = "project/";

/// Whether Hardhat wrote these files.
pub(super) fn wrote(files: &[JsonFile]) -> bool {
    let first = files.iter().find(|file| !file.is_build_info());
    let format: Option<Value> = first.and_then(|file| json(&file.path).ok());
    format.is_some_and(|json| {
        string(&json, &["_format"]).is_some_and(|format| format.starts_with("hh"))
    })
}

/// Reads the artifacts.
pub(super) fn read(
    project: &Project,
    folder: &Path,
    files: &[JsonFile],
) -> Result<Build, CompileError> {
    let mut wanted: BTreeMap<String, BTreeSet<ContractId>> = BTreeMap::new();
    for file in
        files.iter().filter(|file| !file.is_build_info() && !file.name.ends_with(".dbg.json"))
    {
        let artifact: Value = json(&file.path)?;
        let (Some(source), Some(name)) =
            (string(&artifact, &["sourceName"]), string(&artifact, &["contractName"]))
        else {
            continue;
        };
        let id = ContractId { file: source.to_owned(), name: name.to_owned() };
        let info = build_info(file, &artifact).ok_or_else(|| {
            problem(
                &file.path,
                "the artifact does not say which build it belongs to",
                Some("run `npx hardhat compile --force`"),
            )
        })?;
        wanted.entry(info).or_default().insert(id);
    }
    let mut build = Build {
        compiler: format!("artifacts of Hardhat in {}", folder.display()),
        ..Build::default()
    };
    let several = wanted.len() > 1;
    for (info, ids) in wanted {
        let part = compilation(project, folder, &info)?;
        build.evm_version = build.evm_version.or(part.evm_version);
        if build.contracts.is_empty() {
            build.compiler = format!("{}, {}", part.compiler, build.compiler);
        }
        if !several {
            build.sources = part.sources;
        }
        build.types.structs.extend(part.types.structs);
        build.types.enums.extend(part.types.enums);
        build.types.values.extend(part.types.values);
        for (id, contract) in part.contracts.into_iter().filter(|(id, _)| ids.contains(id)) {
            let mut contract = Arc::unwrap_or_clone(contract);
            // Compilations number their sources independently, so source maps only hold for a single one.
            if several {
                contract.creation.source_map.clear();
                contract.runtime.source_map.clear();
            }
            build.contracts.insert(id, Arc::new(contract));
        }
    }
    Ok(build)
}

/// The name of the build an artifact belongs to: version 3 says so in it, version 2 in the file beside it.
fn build_info(file: &JsonFile, artifact: &Value) -> Option<String> {
    if let Some(id) = string(artifact, &["buildInfoId"]) {
        return Some(id.to_owned());
    }
    let beside: Value = json(&file.path.with_extension("dbg.json")).ok()?;
    let path = string(&beside, &["buildInfo"])?;
    Some(path.rsplit('/').next()?.strip_suffix(".json")?.to_owned())
}

/// A file of `build-info`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BuildInfo {
    solc_version: Option<String>,
    solc_long_version: Option<String>,
    #[serde(default)]
    user_source_name_map: BTreeMap<String, String>,
    input: Option<Value>,
    output: Option<Output>,
}

/// Reads one compilation out of `build-info`.
fn compilation(project: &Project, folder: &Path, info: &str) -> Result<Build, CompileError> {
    let infos = folder.join("build-info");
    let input_path = infos.join(format!("{info}.json"));
    let info_file: BuildInfo = json(&input_path)?;
    let separate = infos.join(format!("{info}.output.json"));
    let output =
        if separate.is_file() { json::<BuildInfo>(&separate)?.output } else { info_file.output };
    let output = output.ok_or_else(|| {
        problem(&input_path, "the build has no output", Some("run `npx hardhat compile --force`"))
    })?;
    let input = info_file.input.unwrap_or_default();
    let names = Names::of(&info_file.user_source_name_map);
    check_sources(project, folder, input.get("sources"), &names)?;
    let content = |unit: &str| string(&input, &["sources", unit, "content"]);
    let version =
        info_file.solc_long_version.or(info_file.solc_version).unwrap_or_else(|| "solc".into());
    let evm_version = string(&input, &["settings", "evmVersion"]).map(str::to_owned);
    let text = |unit: &str| content(unit).map(Arc::from);
    output::build(&output, version, evm_version, &|unit| names.shown(unit), &text)
        .map_err(|message| problem(&input_path, &message, None))
}

/// The names of sources as the project knows them, by the names that version 3 gives the compiler.
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(user_source_names: &BTreeMap<String, String>) -> Self {
        Self(user_source_names.iter().map(|(user, input)| (input.clone(), user.clone())).collect())
    }

    fn shown(&self, unit: &str) -> String {
        let own = || unit.strip_prefix(OWN_PREFIX).unwrap_or(unit).to_owned();
        self.0.get(unit).cloned().unwrap_or_else(own)
    }
}

/// Compares the sources that were compiled with those on disk.
fn check_sources(
    project: &Project,
    folder: &Path,
    sources: Option<&Value>,
    names: &Names,
) -> Result<(), CompileError> {
    for (unit, source) in sources.and_then(Value::as_object).into_iter().flatten() {
        let name = names.shown(unit);
        // A source that is gone is not stale: artifacts may be read far from where they were made.
        let Ok(text) = fs::read_to_string(project.contracts_root().join(&name)) else { continue };
        if string(source, &["content"]).is_some_and(|compiled| compiled != text) {
            return Err(stale(folder, &name, "npx hardhat compile"));
        }
    }
    Ok(())
}
