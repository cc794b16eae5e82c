//! What a project asks of the compiler.

use std::{collections::BTreeMap, path::PathBuf};

use semver::Version;
use serde_json::{Value, json};

use super::remapping::Remapping;

/// Compiler settings of a project, from foundry.toml or covenant.toml, with Foundry's defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The compiler the configuration names, if it does.
    pub compiler: Option<WantedCompiler>,
    /// The hard fork to compile for; the compiler's own default when absent.
    pub evm_version: Option<String>,
    /// Whether the optimizer runs.
    pub optimizer: bool,
    /// How often each opcode is expected to run.
    pub optimizer_runs: u64,
    /// Switches of single optimizer steps, passed to solc as they are.
    pub optimizer_details: Option<Value>,
    /// Whether code is generated through Yul.
    pub via_ir: bool,
    /// Which hash of the metadata ends the bytecode: `ipfs`, `bzzr1` or `none`.
    pub bytecode_hash: String,
    /// Whether metadata ends the bytecode at all.
    pub cbor_metadata: bool,
    /// Addresses of libraries that are linked by the compiler: file, then name, then address.
    pub libraries: BTreeMap<String, BTreeMap<String, String>>,
    /// Remappings that are written down, in order of precedence.
    pub(crate) remappings: Vec<Remapping>,
}

/// The compiler that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedCompiler {
    /// A released version.
    Version(Version),
    /// A program, or a folder that is the npm package `solc`.
    Path(PathBuf),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            compiler: None,
            evm_version: None,
            optimizer: false,
            optimizer_runs: 200,
            optimizer_details: None,
            via_ir: false,
            bytecode_hash: "ipfs".into(),
            cbor_metadata: true,
            libraries: BTreeMap::new(),
            remappings: Vec::new(),
        }
    }
}

impl Settings {
    /// The settings as standard JSON, without output selection; old compilers get only the keys they know.
    pub(crate) fn to_json(&self, version: &Version, remappings: &[String]) -> Value {
        let mut metadata = json!({});
        if *version >= Version::new(0, 6, 0) {
            metadata["bytecodeHash"] = json!(self.bytecode_hash);
        }
        if *version >= Version::new(0, 8, 18) {
            metadata["appendCBOR"] = json!(self.cbor_metadata);
        }
        let mut settings = json!({
            "remappings": remappings,
            "optimizer": { "enabled": self.optimizer, "runs": self.optimizer_runs },
            "metadata": metadata,
            "libraries": self.libraries,
        });
        if let Some(details) = &self.optimizer_details {
            settings["optimizer"]["details"] = details.clone();
        }
        if let Some(evm_version) = &self.evm_version {
            settings["evmVersion"] = json!(evm_version);
        }
        if self.via_ir {
            settings["viaIR"] = json!(true);
        }
        settings
    }

    /// Foundry's rule for the optimizer: off, unless it or a number of runs is asked for.
    pub(super) fn set_optimizer(&mut self, enabled: Option<bool>, runs: Option<u64>) {
        self.optimizer = enabled.unwrap_or_else(|| runs.is_some_and(|runs| runs > 0));
        self.optimizer_runs = runs.unwrap_or(200);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optimizer_follows_foundry() {
        let mut settings = Settings::default();
        for (enabled, runs, expected) in [
            (None, None, (false, 200)),
            (None, Some(10), (true, 10)),
            (None, Some(0), (false, 0)),
            (Some(true), None, (true, 200)),
            (Some(false), Some(9), (false, 9)),
        ] {
            settings.set_optimizer(enabled, runs);
            assert_eq!((settings.optimizer, settings.optimizer_runs), expected);
        }
    }

    #[test]
    fn old_compilers_get_only_keys_they_know() {
        let settings = Settings::default();
        assert!(
            settings.to_json(&Version::new(0, 5, 17), &[])["metadata"]
                .as_object()
                .unwrap()
                .is_empty()
        );
        assert_eq!(settings.to_json(&Version::new(0, 8, 37), &[])["metadata"]["appendCBOR"], true);
    }
}
