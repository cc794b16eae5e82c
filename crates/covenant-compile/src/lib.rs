//! Solidity project to artifacts, with diagnostics that carry file, line and column.
//!
//! The only crate that starts a compiler. [`Project::discover`] finds the project a file belongs to,
//! [`Project::build`] yields a [`Build`]: from the content-addressed store when the exact input was compiled
//! before, else by solc. Everything a scenario can name is in the [`Contract`]s of the build.

mod artifact;

pub use artifact::{
    Build, Code, Contract, ContractId, ContractKind, EnumDef, FindError, ImmutableRef, LibraryRef, SolType, SourceFile,
    SourceId, StorageLayout, StorageSlot, StructDef, TypeDefs,
};
