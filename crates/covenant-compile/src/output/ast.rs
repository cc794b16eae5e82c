//! What the syntax trees of all sources declare.

use std::collections::{BTreeMap, BTreeSet};

use super::json::{Member, Node, TypeDescriptions, Unit};
use crate::artifact::{ContractId, ContractKind, EnumDef, SolType, StructDef, TypeDefs};

/// The declarations of a compilation that scenarios can name.
#[derive(Debug, Default)]
pub(crate) struct Ast {
    contracts: BTreeMap<ContractId, ContractNode>,
    contract_ids: BTreeMap<i64, ContractId>,
    definitions: BTreeMap<i64, Definition>,
    by_name: BTreeMap<String, Vec<i64>>,
    /// Declarations at file level that each file can see, imported ones included.
    visible: BTreeMap<String, BTreeSet<i64>>,
}

/// A contract as declared.
#[derive(Debug)]
struct ContractNode {
    kind: ContractKind,
    linearized: Vec<i64>,
    types: Vec<i64>,
    notice: Option<String>,
}

/// A struct, enum or value type.
#[derive(Debug)]
struct Definition {
    name: String,
    file: String,
    at_file_level: bool,
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    Struct(StructDef),
    Enum(EnumDef),
    Value(SolType),
}

impl Ast {
    /// Adds the syntax tree of a file.
    pub(crate) fn add(&mut self, file: &str, unit: &Unit) {
        let exported = unit.exported_symbols.values().flatten().copied();
        self.visible.entry(file.to_owned()).or_default().extend(exported);
        for node in &unit.nodes {
            if node.node_type == "ContractDefinition" {
                self.add_contract(file, node);
            } else if let Some(id) = self.add_definition(file, node, true) {
                self.visible.entry(file.to_owned()).or_default().insert(id);
            }
        }
    }

    /// What the source declares a contract as.
    pub(crate) fn kind(&self, id: &ContractId) -> Option<ContractKind> {
        self.contracts.get(id).map(|node| node.kind)
    }

    /// What the comment of a contract tells users.
    pub(crate) fn notice(&self, id: &ContractId) -> Option<String> {
        self.contracts.get(id)?.notice.clone()
    }

    /// What a contract inherits from, nearest first.
    pub(crate) fn bases(&self, id: &ContractId) -> Vec<ContractId> {
        let linearized =
            self.contracts.get(id).map(|node| node.linearized.as_slice()).unwrap_or_default();
        linearized.iter().skip(1).filter_map(|base| self.contract_ids.get(base)).cloned().collect()
    }

    /// Every type that may be named through a contract or is mentioned by `mentioned` or by one of these.
    pub(crate) fn types_of(&self, id: &ContractId, mentioned: &BTreeSet<String>) -> TypeDefs {
        let mut chosen: BTreeMap<&str, i64> = BTreeMap::new();
        let node = self.contracts.get(id);
        let lines = node.map(|node| node.linearized.as_slice()).unwrap_or_default();
        let nodes =
            lines.iter().filter_map(|line| self.contracts.get(self.contract_ids.get(line)?));
        let declared = nodes.flat_map(|node| &node.types).copied();
        let visible = self.visible.get(&id.file).into_iter().flatten().copied();
        for number in declared.chain(visible) {
            if let Some(definition) = self.definitions.get(&number) {
                chosen.entry(&definition.name).or_insert(number);
            }
        }
        self.close_over(mentioned, &id.file, &mut chosen);
        self.defs(chosen.values().copied())
    }

    /// Every type declared at file level.
    pub(crate) fn file_level(&self) -> TypeDefs {
        self.defs(
            self.definitions
                .iter()
                .filter(|(_, definition)| definition.at_file_level)
                .map(|(id, _)| *id),
        )
    }

    /// Adds the types that are mentioned by name, and those that these mention in turn.
    fn close_over<'a>(
        &'a self,
        mentioned: &BTreeSet<String>,
        file: &str,
        chosen: &mut BTreeMap<&'a str, i64>,
    ) {
        let mut queue: Vec<String> = mentioned.iter().cloned().collect();
        for id in chosen.values() {
            queue.extend(self.definitions[id].mentions());
        }
        while let Some(name) = queue.pop() {
            if chosen.contains_key(name.as_str()) {
                continue;
            }
            let Some((known, ids)) = self.by_name.get_key_value(&name) else { continue };
            // The same name in several files: the one in this file is meant, if there is one.
            let same_file = ids.iter().find(|id| self.definitions[*id].file == file);
            let Some(id) = same_file.or_else(|| ids.first()) else { continue };
            chosen.insert(known, *id);
            queue.extend(self.definitions[id].mentions());
        }
    }

    fn defs(&self, ids: impl Iterator<Item = i64>) -> TypeDefs {
        let mut types = TypeDefs::default();
        for definition in ids.filter_map(|id| self.definitions.get(&id)) {
            let name = definition.name.clone();
            match &definition.shape {
                Shape::Struct(shape) => insert(&mut types.structs, name, shape),
                Shape::Enum(shape) => insert(&mut types.enums, name, shape),
                Shape::Value(wrapped) => insert(&mut types.values, name, wrapped),
            }
        }
        types
    }

    fn add_contract(&mut self, file: &str, node: &Node) {
        let Some(name) = &node.name else { return };
        let contract = ContractId { file: file.to_owned(), name: name.clone() };
        let kind = match node.contract_kind.as_deref() {
            Some("interface") => ContractKind::Interface,
            Some("library") => ContractKind::Library,
            _ if is_abstract(node) => ContractKind::Abstract,
            _ => ContractKind::Contract,
        };
        let types =
            node.nodes.iter().filter_map(|inner| self.add_definition(file, inner, false)).collect();
        self.contract_ids.insert(node.id, contract.clone());
        let linearized = node.linearized_base_contracts.clone();
        self.contracts
            .insert(contract, ContractNode { kind, linearized, types, notice: notice(node) });
    }

    fn add_definition(&mut self, file: &str, node: &Node, at_file_level: bool) -> Option<i64> {
        let shape = match node.node_type.as_str() {
            "StructDefinition" => {
                Shape::Struct(StructDef { fields: node.members.iter().filter_map(field).collect() })
            }
            "EnumDefinition" => Shape::Enum(EnumDef {
                members: node.members.iter().map(|member| member.name.clone()).collect(),
            }),
            "UserDefinedValueTypeDefinition" => {
                Shape::Value(type_of(&node.underlying_type.as_ref()?.type_descriptions)?)
            }
            _ => return None,
        };
        let name = node.canonical_name.as_ref().or(node.name.as_ref())?.clone();
        self.by_name.entry(name.clone()).or_default().push(node.id);
        self.definitions
            .insert(node.id, Definition { name, file: file.to_owned(), at_file_level, shape });
        Some(node.id)
    }
}

/// Adds a type, unless one of its name is there.
fn insert<T: Clone>(types: &mut BTreeMap<String, T>, name: String, shape: &T) {
    types.entry(name).or_insert_with(|| shape.clone());
}

impl Definition {
    /// The names of the types that its fields have.
    fn mentions(&self) -> Vec<String> {
        let Shape::Struct(shape) = &self.shape else { return Vec::new() };
        let mut names = BTreeSet::new();
        for (_, ty) in &shape.fields {
            mentioned_names(ty, &mut names);
        }
        names.into_iter().collect()
    }
}

/// The names of declared types within a type.
pub(super) fn mentioned_names(ty: &SolType, names: &mut BTreeSet<String>) {
    match ty {
        SolType::Struct(name) | SolType::Enum(name) | SolType::Value(name) => {
            names.insert(name.clone());
        }
        SolType::Array(element, _) => mentioned_names(element, names),
        SolType::Mapping(key, value) => {
            mentioned_names(key, names);
            mentioned_names(value, names);
        }
        _ => {}
    }
}

/// The `@notice` of a comment: what stands before any tag counts as one.
fn notice(node: &Node) -> Option<String> {
    let documentation = node.documentation.as_ref()?;
    let text = documentation.as_str().or_else(|| documentation.get("text")?.as_str())?;
    let mut words = Vec::new();
    let mut in_notice = true;
    for word in text.split_whitespace() {
        if word.starts_with('@') {
            in_notice = word == "@notice";
        } else if in_notice {
            words.push(word);
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// A contract that cannot be deployed; compilers before 0.6 say so by `fullyImplemented` alone.
fn is_abstract(node: &Node) -> bool {
    node.r#abstract.unwrap_or(false) || node.fully_implemented == Some(false)
}

fn field(member: &Member) -> Option<(String, SolType)> {
    Some((member.name.clone(), type_of(member.type_descriptions.as_ref()?)?))
}

/// A type by the name solc gives it, which is canonical.
fn type_of(descriptions: &TypeDescriptions) -> Option<SolType> {
    SolType::parse(descriptions.type_string.as_deref()?)
}
