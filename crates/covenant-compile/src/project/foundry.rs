//! Reading foundry.toml.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;
use toml::Spanned;

use super::{
    config::ConfigFile,
    remapping::Remapping,
    settings::{Settings, WantedCompiler},
};
use crate::error::CompileError;

/// The parts of foundry.toml that matter here; everything else in it is Foundry's business.
#[derive(Debug, Default, Deserialize)]
struct FoundryToml {
    #[serde(default)]
    profile: Profiles,
}

#[derive(Debug, Default, Deserialize)]
struct Profiles {
    #[serde(default)]
    default: Profile,
}

/// `[profile.default]`, and `[solidity]` of covenant.toml, which has the same keys.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Profile {
    pub(super) src: Option<String>,
    pub(super) test: Option<String>,
    pub(super) script: Option<String>,
    pub(super) out: Option<String>,
    pub(super) libs: Option<Vec<String>>,
    pub(super) remappings: Option<Vec<Spanned<String>>>,
    pub(super) solc: Option<Spanned<String>>,
    pub(super) solc_version: Option<Spanned<String>>,
    pub(super) auto_detect_solc: Option<bool>,
    pub(super) evm_version: Option<Spanned<String>>,
    pub(super) optimizer: Option<bool>,
    pub(super) optimizer_runs: Option<u64>,
    pub(super) optimizer_details: Option<toml::Table>,
    pub(super) via_ir: Option<bool>,
    pub(super) bytecode_hash: Option<Spanned<String>>,
    pub(super) cbor_metadata: Option<bool>,
    pub(super) libraries: Option<Vec<Spanned<String>>>,
}

/// Where the parts of a Solidity project are, relative to its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folders {
    pub(super) src: String,
    pub(super) excluded: Vec<String>,
    pub(super) out: String,
    pub(super) libs: Vec<String>,
}

/// Reads foundry.toml and remappings.txt of a folder.
pub(super) fn read(root: &Path) -> Result<(Folders, Settings), CompileError> {
    let path = root.join("foundry.toml");
    let file = ConfigFile::read(&path)?;
    let profile = file.parse::<FoundryToml>()?.profile.default;
    apply(&profile, &file, root)
}

/// Turns a profile into folders and settings.
pub(super) fn apply(
    profile: &Profile,
    file: &ConfigFile<'_>,
    root: &Path,
) -> Result<(Folders, Settings), CompileError> {
    let mut settings = Settings { evm_version: evm_version(profile, file)?, ..Settings::default() };
    settings.compiler = compiler(profile, file, root)?;
    settings.set_optimizer(profile.optimizer, profile.optimizer_runs);
    if let Some(details) = &profile.optimizer_details {
        let json =
            serde_json::to_value(details).map_err(|error| file.error(None, error.to_string()))?;
        settings.optimizer_details = Some(json);
    }
    settings.via_ir = profile.via_ir.unwrap_or(false);
    settings.cbor_metadata = profile.cbor_metadata.unwrap_or(true);
    if let Some(hash) = &profile.bytecode_hash {
        if !["ipfs", "bzzr1", "none"].contains(&hash.as_ref().as_str()) {
            let message = format!(
                "`{}` is not a bytecode hash; write `ipfs`, `bzzr1` or `none`",
                hash.as_ref()
            );
            return Err(file.error(Some(hash.span()), message));
        }
        settings.bytecode_hash.clone_from(hash.as_ref());
    }
    settings.libraries = libraries(profile, file)?;
    settings.remappings = remappings(profile, file, root)?;
    Ok((folders(profile, root), settings))
}

/// The folders a profile names, or Foundry's defaults.
pub(super) fn folders(profile: &Profile, root: &Path) -> Folders {
    let named = |name: &Option<String>, default: &str| {
        let name = name.as_deref().unwrap_or(default);
        let name = name.trim_start_matches("./").trim_end_matches('/');
        if name == "." { String::new() } else { name.to_owned() }
    };
    let default_src = if !root.join("src").is_dir() && root.join("contracts").is_dir() {
        "contracts"
    } else {
        "src"
    };
    Folders {
        src: named(&profile.src, default_src),
        excluded: vec![named(&profile.test, "test"), named(&profile.script, "script")],
        out: named(&profile.out, "out"),
        libs: profile.libs.clone().unwrap_or_else(|| vec!["lib".into()]),
    }
}

/// The hard forks that solc compiles for, by the names it knows them by.
const EVM_VERSIONS: [&str; 14] = [
    "homestead",
    "tangerineWhistle",
    "spuriousDragon",
    "byzantium",
    "constantinople",
    "petersburg",
    "istanbul",
    "berlin",
    "london",
    "paris",
    "shanghai",
    "cancun",
    "prague",
    "osaka",
];

/// The hard fork a profile names, spelled as solc does; Foundry takes capitals and small letters for the same.
fn evm_version(profile: &Profile, file: &ConfigFile<'_>) -> Result<Option<String>, CompileError> {
    let Some(named) = &profile.evm_version else { return Ok(None) };
    let known = EVM_VERSIONS.iter().find(|known| known.eq_ignore_ascii_case(named.as_ref()));
    match known {
        Some(known) => Ok(Some((*known).to_owned())),
        None => {
            let known = EVM_VERSIONS.join(", ");
            let message = format!("`{}` is not a hard fork; known are {known}", named.as_ref());
            Err(file.error(Some(named.span()), message))
        }
    }
}

/// The compiler a profile names: `solc` (a version or a path), else `solc_version`.
fn compiler(
    profile: &Profile,
    file: &ConfigFile<'_>,
    root: &Path,
) -> Result<Option<WantedCompiler>, CompileError> {
    // Foundry lets detection by pragma win when it is asked for in so many words.
    let Some(named) = profile.solc.as_ref().or(profile.solc_version.as_ref()) else {
        return Ok(None);
    };
    if profile.auto_detect_solc == Some(true) {
        return Ok(None);
    }
    let text = named.as_ref().trim();
    let number = text.trim_start_matches(['v', '=']);
    if let Ok(version) = semver::Version::parse(number) {
        if !version.pre.is_empty() {
            let message = format!("`{text}` is a prerelease; only released compilers are used");
            return Err(file.error(Some(named.span()), message));
        }
        return Ok(Some(WantedCompiler::Version(semver::Version::new(
            version.major,
            version.minor,
            version.patch,
        ))));
    }
    if text.is_empty() || text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        let message = format!("`{text}` is not a compiler version such as `0.8.37`, nor a path");
        return Err(file.error(Some(named.span()), message));
    }
    Ok(Some(WantedCompiler::Path(root.join(text))))
}

/// Addresses of linked libraries, written `src/Math.sol:Math:0x…`.
fn libraries(
    profile: &Profile,
    file: &ConfigFile<'_>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, CompileError> {
    let mut libraries: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for entry in profile.libraries.iter().flatten() {
        let mut parts = entry.as_ref().splitn(3, ':');
        let (Some(path), Some(name), Some(address)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(file.error(
                Some(entry.span()),
                "a library is written `file.sol:Name:0xaddress`".into(),
            ));
        };
        if address.parse::<alloy_primitives::Address>().is_err() {
            return Err(file.error(Some(entry.span()), format!("`{address}` is not an address")));
        }
        libraries.entry(path.into()).or_default().insert(name.into(), address.into());
    }
    Ok(libraries)
}

/// Written remappings: those of foundry.toml, then those of remappings.txt that it does not repeat.
fn remappings(
    profile: &Profile,
    file: &ConfigFile<'_>,
    root: &Path,
) -> Result<Vec<Remapping>, CompileError> {
    let mut remappings = Vec::new();
    for entry in profile.remappings.iter().flatten() {
        let remapping = Remapping::parse(entry.as_ref()).ok_or_else(|| {
            file.error(Some(entry.span()), "a remapping is written `prefix/=folder/`".into())
        })?;
        remappings.push(remapping);
    }
    let path = root.join("remappings.txt");
    if path.is_file() {
        let listed = ConfigFile::read(&path)?;
        let mut offset = 0;
        for line in listed.text().split_inclusive('\n') {
            let bytes = offset..offset + line.trim_end().len();
            offset += line.len();
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let remapping = Remapping::parse(line).ok_or_else(|| {
                listed.error(Some(bytes), "a remapping is written `prefix/=folder/`".into())
            })?;
            let known = |other: &Remapping| {
                other.prefix == remapping.prefix && other.context == remapping.context
            };
            if !remappings.iter().any(known) {
                remappings.push(remapping);
            }
        }
    }
    Ok(remappings)
}
