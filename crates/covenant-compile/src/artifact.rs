//! What a compiled project consists of: the types that every other crate reads.

use std::{collections::BTreeMap, fmt, sync::Arc};

use alloy_json_abi::JsonAbi;
use alloy_primitives::Bytes;
use serde::{Deserialize, Serialize};

/// A compiled project: every contract of it, and the sources they came from.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// The exact compiler, as it names itself (`0.8.37+commit.…`), or where the artifacts were read from.
    pub compiler: String,
    /// The hard fork the code was compiled for (`prague`), where known.
    pub evm_version: Option<String>,
    /// Every contract, interface and library, by file and name.
    pub contracts: BTreeMap<ContractId, Arc<Contract>>,
    /// The source files by the number that source maps use.
    pub sources: BTreeMap<SourceId, SourceFile>,
    /// Structs, enums and value types declared at file level.
    pub types: TypeDefs,
}

/// The number of a source file in source maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(pub u32);

/// One source file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as the compiler knows it, relative to the project.
    pub path: String,
    /// The text, where it is at hand: needed to show the line a revert came from.
    pub text: Option<Arc<str>>,
}

/// The full name of a contract: `src/Lease.sol:Lease`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContractId {
    /// The source path as the compiler knows it.
    pub file: String,
    /// The name in the source.
    pub name: String,
}

impl fmt::Display for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.name)
    }
}

/// What the source declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContractKind {
    /// A contract that can be deployed.
    Contract,
    /// A contract with unimplemented functions.
    Abstract,
    /// An interface.
    Interface,
    /// A library.
    Library,
}

/// One compiled contract, interface or library.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contract {
    /// File and name.
    pub id: ContractId,
    /// What the source declares.
    pub kind: ContractKind,
    /// What it inherits from, nearest first, itself left out; empty when `types_known` is false.
    #[serde(default)]
    pub bases: Vec<ContractId>,
    /// The ABI with internal types; errors that inner libraries revert with are included where solc lists them.
    pub abi: JsonAbi,
    /// Init code, before linking.
    pub creation: Code,
    /// Code on chain, before linking and with immutables zero.
    pub runtime: Code,
    /// Structs, enums and value types that may be named through this contract, inherited ones included,
    /// and every one that its ABI mentions. Only the structs of the ABI when `types_known` is false.
    pub types: TypeDefs,
    /// Whether the AST was at hand, so that `types` is complete.
    pub types_known: bool,
    /// Where state variables are, when known.
    pub storage: Option<StorageLayout>,
    /// The `@notice` (or title) of the contract, if it has one.
    pub notice: Option<String>,
}

/// Bytecode, perhaps with places for library addresses and immutables.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Code {
    /// The bytes, zero where a library address or an immutable belongs.
    pub bytes: Bytes,
    /// Where library addresses (20 bytes each) must be written.
    pub libraries: Vec<LibraryRef>,
    /// Where immutables (32 bytes each) are written by the constructor; runtime code only.
    pub immutables: Vec<ImmutableRef>,
    /// solc's compressed source map; empty when unknown.
    pub source_map: String,
}

/// A place in the code where the address of a library belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryRef {
    /// The library.
    pub library: ContractId,
    /// Byte offset of the 20-byte address.
    pub offset: u32,
}

/// A place in the runtime code where an immutable is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImmutableRef {
    /// Byte offset.
    pub offset: u32,
    /// Length in bytes.
    pub length: u32,
}

/// Structs, enums and user-defined value types by canonical name: `Lease.Terms`, or `Terms` at file level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDefs {
    /// Structs.
    pub structs: BTreeMap<String, StructDef>,
    /// Enums.
    pub enums: BTreeMap<String, EnumDef>,
    /// User-defined value types and what they wrap.
    pub values: BTreeMap<String, SolType>,
}

/// A struct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructDef {
    /// Field names and types in order of declaration.
    pub fields: Vec<(String, SolType)>,
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumDef {
    /// Members in order.
    pub members: Vec<String>,
}

/// A Solidity type by name; structs, enums and value types refer to [`TypeDefs`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SolType {
    /// `bool`
    Bool,
    /// `uintN`, with N in bits.
    Uint(u16),
    /// `intN`, with N in bits.
    Int(u16),
    /// `address` or `address payable`
    Address,
    /// `bytesN`, with N in bytes.
    FixedBytes(u8),
    /// `bytes`
    Bytes,
    /// `string`
    String,
    /// `T[]`, or `T[n]` with a length.
    Array(Box<Self>, Option<u64>),
    /// A struct by canonical name.
    Struct(String),
    /// An enum by canonical name; `uint8` in the ABI.
    Enum(String),
    /// A contract or interface by name; `address` in the ABI.
    Contract(String),
    /// A user-defined value type by canonical name.
    Value(String),
    /// A function pointer, `bytes24` in the ABI.
    Function,
    /// A mapping, which only storage has.
    Mapping(Box<Self>, Box<Self>),
}

/// Where a contract keeps its state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageLayout {
    /// The variables in order.
    pub slots: Vec<StorageSlot>,
    /// For each struct by canonical name, where its members are, relative to its first slot.
    pub structs: BTreeMap<String, Vec<StorageSlot>>,
}

/// One state variable or struct member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageSlot {
    /// Its name.
    pub label: String,
    /// Its slot, decimal; relative for struct members.
    pub slot: String,
    /// Its first byte within the slot, counted from the low end.
    pub offset: u8,
    /// Its size in bytes (of the whole value, 32 for what is hashed elsewhere).
    pub bytes: u64,
    /// Its type.
    pub ty: SolType,
}

/// Why a contract was not found by name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// No contract has this name.
    #[error("no contract is named `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// Several contracts have this name.
    #[error("`{name}` is declared in several files; write {}", candidates.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" or "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// Every contract of this name.
        candidates: Vec<ContractId>,
    },
}

impl Build {
    /// Finds a contract by name (`Lease`) or by file and name (`src/Lease.sol:Lease`, or the end of the path).
    ///
    /// # Errors
    /// When there is none, or when several share the name.
    pub fn find(&self, name: &str) -> Result<&Arc<Contract>, FindError> {
        let (file, short) = match name.rsplit_once(':') {
            Some((file, short)) => (Some(file), short),
            None => (None, name),
        };
        let matches: Vec<&Arc<Contract>> = self
            .contracts
            .values()
            .filter(|contract| {
                contract.id.name == short
                    && file.is_none_or(|file| path_ends_with(&contract.id.file, file))
            })
            .collect();
        match matches.as_slice() {
            [] => Err(FindError::Unknown { name: name.to_owned() }),
            [one] => Ok(one),
            several => Err(FindError::Ambiguous {
                name: name.to_owned(),
                candidates: several.iter().map(|contract| contract.id.clone()).collect(),
            }),
        }
    }
}

impl Build {
    /// Every custom error that any contract, interface or library of the build knows, with where it was found. The
    /// same error may come up several times, under each contract that inherits or uses it.
    pub fn errors(&self) -> impl Iterator<Item = (&ContractId, &alloy_json_abi::Error)> {
        self.contracts
            .values()
            .flat_map(|contract| contract.abi.errors().map(|error| (&contract.id, error)))
    }

    /// Every event that any contract, interface or library of the build knows, with where it was found.
    pub fn events(&self) -> impl Iterator<Item = (&ContractId, &alloy_json_abi::Event)> {
        self.contracts
            .values()
            .flat_map(|contract| contract.abi.events().map(|event| (&contract.id, event)))
    }
}

impl Contract {
    /// What an artifact of another tool lacks, and the Foundry settings that add it; nothing when it is whole.
    #[must_use]
    pub fn missing_parts_advice(&self) -> Option<String> {
        let tree = (!self.types_known)
            .then_some("its enums, value types and inherited types are unknown: set `ast = true`");
        let layout = (self.storage.is_none() && !self.runtime.bytes.is_empty())
            .then_some("its storage layout is unknown: set `extra_output = [\"storageLayout\"]`");
        let parts: Vec<&str> = tree.into_iter().chain(layout).collect();
        (!parts.is_empty()).then(|| {
            let name = &self.id.name;
            format!(
                "the artifact of `{name}` is incomplete; {}, in foundry.toml, and build again",
                parts.join("; ")
            )
        })
    }
}

/// Whether `path` is `end`, or ends with it at a folder boundary.
fn path_ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}
