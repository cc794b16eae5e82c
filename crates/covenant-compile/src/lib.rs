//! Solidity project to artifacts, with diagnostics that carry file, line and column.
//!
//! The only crate that starts a compiler. [`Project::discover`] finds the project a file belongs to,
//! [`Project::build`] yields a [`Build`]: from the committed artifacts or the content-addressed store when the exact
//! input was compiled before, else by solc. Everything a scenario can name is in the [`Contract`]s of the build.
//!
//! Libraries neither print nor read the environment: [`BuildOptions`] carries what the caller knows of its machine,
//! and [`Progress`] tells it what happens.

mod artifact;
mod bundled;
mod committed;
mod compile;
pub mod coverage;
mod diagnostic;
mod digest;
mod error;
mod foreign;
mod identify;
mod link;
mod named;
mod options;
mod output;
mod position;
mod project;
mod solc;
mod source_map;
mod sources;
mod store;

pub use artifact::{
    Build, Code, Contract, ContractId, ContractKind, EnumDef, FindError, ImmutableRef, LibraryRef,
    SolType, SourceFile, SourceId, StorageLayout, StorageSlot, StructDef, TypeDefs,
};
pub use bundled::{bundled, bundled_files, try_bundled};
pub use committed::Freshness;
pub use diagnostic::{Diagnostic, Note, Severity};
pub use error::{Attempt, CompileError, CompileErrorKind, ConfigError, MissingImport, NoCompiler};
pub use link::{DeployError, LinkError, MAX_INIT_CODE, MAX_RUNTIME_CODE};
pub use named::ShowPath;
pub use options::{BuildOptions, OnProgress, Progress, Surroundings};
pub use position::{Place, Position};
pub use project::{Layout, Networks, Project, Settings, WantedCompiler};
pub use solc::{Compiler, CompilerKind, CompilerReport};
pub use source_map::{Jump, SourceLocation, SourceMap};
