//! The standard JSON that goes into the compiler, and the key of its result.

use std::collections::BTreeMap;

use semver::Version;
use serde_json::{Value, json};

use crate::{digest::sha256, project::Settings, sources::SourceSet};

/// Changes whenever the same compiler output would be read differently, so that older results are not used.
pub(crate) const OUTPUT_FORMAT: u32 = 1;

/// What the compiler is given: settings without output selection, and sources by name.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    /// The settings as standard JSON.
    pub(crate) settings: Value,
    sources: &'a SourceSet,
}

impl<'a> Input<'a> {
    /// The input for these sources under these settings.
    pub(crate) fn new(settings: &Settings, version: &Version, sources: &'a SourceSet) -> Self {
        Self { settings: settings.to_json(version, &sources.remappings), sources }
    }

    /// The hash of each source by name.
    pub(crate) fn hashes(&self) -> BTreeMap<&'a str, &'a str> {
        self.sources
            .files
            .iter()
            .map(|(unit, source)| (unit.as_str(), source.sha256.as_str()))
            .collect()
    }

    /// The standard JSON with the sources in full.
    pub(crate) fn standard_json(&self) -> Value {
        self.asking_for(output_selection())
    }

    /// The same, asking for syntax trees alone.
    pub(crate) fn standard_json_for_trees(&self) -> Value {
        self.asking_for(json!({ "*": { "": ["ast"] } }))
    }

    fn asking_for(&self, output: Value) -> Value {
        let sources: BTreeMap<&str, Value> = self
            .sources
            .files
            .iter()
            .map(|(unit, source)| (unit.as_str(), json!({ "content": &*source.text })))
            .collect();
        let mut settings = self.settings.clone();
        settings["outputSelection"] = output;
        json!({ "language": "Solidity", "sources": sources, "settings": settings })
    }

    /// The key of the result: a hash over the input, sources by their hashes, and the compiler version.
    pub(crate) fn key(&self, version: &Version) -> String {
        let keyed = json!({
            "format": OUTPUT_FORMAT,
            "solc": version.to_string(),
            "settings": self.settings,
            "sources": self.hashes(),
        });
        sha256(keyed.to_string().as_bytes())
    }
}

/// Everything an artifact is made of, and no more.
fn output_selection() -> Value {
    json!({
        "*": {
            "": ["ast"],
            "*": [
                "abi",
                "userdoc",
                "devdoc",
                "storageLayout",
                "evm.bytecode.object",
                "evm.bytecode.sourceMap",
                "evm.bytecode.linkReferences",
                "evm.deployedBytecode.object",
                "evm.deployedBytecode.sourceMap",
                "evm.deployedBytecode.linkReferences",
                "evm.deployedBytecode.immutableReferences",
            ],
        },
    })
}
