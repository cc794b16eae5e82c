//! What the sources declare.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tree::{kind_of, text_of, type_of};

/// The members of every struct and enumeration, by name: name and type.
#[derive(Debug, Default)]
pub struct Types {
    pub(super) structs: BTreeMap<String, Vec<(String, String)>>,
    pub(super) enums: BTreeMap<String, Vec<String>>,
}

impl Types {
    /// Adds what a syntax tree declares.
    pub fn add(&mut self, node: &Value) {
        let name = || text_of(node, "canonicalName").to_owned();
        let members = || node["members"].as_array().into_iter().flatten();
        match kind_of(node) {
            "StructDefinition" => {
                let members =
                    members().map(|it| (text_of(it, "name").to_owned(), type_of(it).to_owned()));
                self.structs.insert(name(), members.collect());
            }
            "EnumDefinition" => {
                let members = members().map(|it| text_of(it, "name").to_owned());
                self.enums.insert(name(), members.collect());
            }
            "SourceUnit" | "ContractDefinition" => {
                node["nodes"].as_array().into_iter().flatten().for_each(|inner| self.add(inner));
            }
            _ => {}
        }
    }
}
