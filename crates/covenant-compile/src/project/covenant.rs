//! Reading covenant.toml.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::{
    config::ConfigFile,
    foundry::{self, Folders, Profile},
    settings::Settings,
};
use crate::error::CompileError;

/// The `[networks.*]` tables of covenant.toml, uninterpreted: live runs read them.
pub type Networks = toml::Table;

/// covenant.toml as written. Every key is optional; an unknown one is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CovenantToml {
    contracts: Option<Spanned<String>>,
    scenarios: Option<String>,
    #[serde(default)]
    networks: Networks,
    solidity: Option<Spanned<Solidity>>,
}

/// `[solidity]`: compiler settings for projects without foundry.toml, with its keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Solidity {
    src: Option<String>,
    remappings: Option<Vec<Spanned<String>>>,
    solc: Option<Spanned<String>>,
    evm_version: Option<Spanned<String>>,
    optimizer: Option<bool>,
    optimizer_runs: Option<u64>,
    via_ir: Option<bool>,
    bytecode_hash: Option<Spanned<String>>,
    cbor_metadata: Option<bool>,
    libraries: Option<Vec<Spanned<String>>>,
}

/// covenant.toml, checked.
#[derive(Debug, Default)]
pub(super) struct Covenant {
    pub(super) contracts: Option<String>,
    pub(super) scenarios: Option<String>,
    pub(super) networks: Networks,
    /// Source folder and settings of `[solidity]`.
    pub(super) solidity: Option<(Option<String>, Folders, Settings)>,
}

/// Reads the covenant.toml of a folder; `contracts_root` tells where its `contracts` leads.
pub(super) fn read(root: &Path) -> Result<Covenant, CompileError> {
    let path = root.join("covenant.toml");
    let file = ConfigFile::read(&path)?;
    let written: CovenantToml = file.parse()?;
    let contracts = written.contracts.as_ref().map(|folder| folder.as_ref().as_str());
    let contracts_root = root.join(contracts.unwrap_or("."));
    if !contracts_root.is_dir() {
        let at = written.contracts.as_ref().map(Spanned::span);
        return Err(file
            .error(at, format!("`contracts`: there is no folder `{}`", contracts.unwrap_or("."))));
    }
    let solidity = match written.solidity {
        None => None,
        Some(solidity) if contracts_root.join("foundry.toml").is_file() => {
            let message = "compiler settings belong in foundry.toml, which this project has; remove [solidity]";
            return Err(file.error(Some(solidity.span()), message.into()));
        }
        Some(solidity) => {
            let profile = solidity.into_inner().into_profile();
            let (folders, settings) = foundry::apply(&profile, &file, &contracts_root)?;
            Some((profile.src, folders, settings))
        }
    };
    Ok(Covenant {
        contracts: written.contracts.map(Spanned::into_inner),
        scenarios: written.scenarios,
        networks: written.networks,
        solidity,
    })
}

impl Solidity {
    /// The same settings as a Foundry profile.
    fn into_profile(self) -> Profile {
        Profile {
            src: self.src,
            remappings: self.remappings,
            solc: self.solc,
            evm_version: self.evm_version,
            optimizer: self.optimizer,
            optimizer_runs: self.optimizer_runs,
            via_ir: self.via_ir,
            bytecode_hash: self.bytecode_hash,
            cbor_metadata: self.cbor_metadata,
            libraries: self.libraries,
            ..Profile::default()
        }
    }
}
