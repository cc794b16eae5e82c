//! The content-addressed store of results.
//!
//! An entry is a file named by the key of its input. It begins with a checksum of the rest, so that an entry that
//! was cut short or changed is recognised and made anew. Entries are moved into place whole, so any number of
//! processes may read and write the same store.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    artifact::{Build, Contract, SourceFile, SourceId, TypeDefs},
    diagnostic::Diagnostic,
    digest::sha256,
};

/// What every entry begins with; the number changes with the form of entries.
const MAGIC: &str = "covenant build 1\n";

/// A build as it is kept: without source texts, which are at hand whenever the key is known.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    compiler: String,
    evm_version: Option<String>,
    contracts: Vec<Contract>,
    sources: Vec<(u32, String)>,
    types: TypeDefs,
    /// The compiler's warnings.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl Stored {
    /// Takes from a build what is kept.
    pub(crate) fn new(build: &Build, warnings: Vec<Diagnostic>) -> Self {
        Self {
            compiler: build.compiler.clone(),
            evm_version: build.evm_version.clone(),
            contracts: build.contracts.values().map(|contract| Contract::clone(contract)).collect(),
            sources: build.sources.iter().map(|(id, source)| (id.0, source.path.clone())).collect(),
            types: build.types.clone(),
            warnings,
        }
    }

    /// The build, with source texts by name.
    pub(crate) fn into_build(self, text: &dyn Fn(&str) -> Option<Arc<str>>) -> Build {
        let source = |(id, path): (u32, String)| {
            let text = text(&path);
            (SourceId(id), SourceFile { path, text })
        };
        Build {
            compiler: self.compiler,
            evm_version: self.evm_version,
            contracts: self
                .contracts
                .into_iter()
                .map(|contract| (contract.id.clone(), Arc::new(contract)))
                .collect(),
            sources: self.sources.into_iter().map(source).collect::<BTreeMap<_, _>>(),
            types: self.types,
        }
    }
}

/// Where the result of an input is.
pub(crate) fn entry(store: &Path, key: &str) -> PathBuf {
    store.join("builds").join(key)
}

/// Reads an entry; nothing when it is absent or damaged.
pub(crate) fn load(path: &Path) -> Option<Stored> {
    let bytes = fs::read(path).ok()?;
    let rest = bytes.strip_prefix(MAGIC.as_bytes())?;
    let (checksum, rest) = rest.split_at_checked(64)?;
    let body = rest.strip_prefix(b"\n")?;
    if sha256(body).as_bytes() != checksum {
        return None;
    }
    serde_json::from_slice(body).ok()
}

/// Writes an entry.
pub(crate) fn save(path: &Path, stored: &Stored) -> io::Result<()> {
    let body = serde_json::to_string(stored)?;
    write_atomically(path, format!("{MAGIC}{}\n{body}", sha256(body.as_bytes())).as_bytes())
}

/// Writes a file so that readers see all of it or nothing; creates the folders above it.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_data()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private; the store and committed artifacts are as readable as other files.
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}
