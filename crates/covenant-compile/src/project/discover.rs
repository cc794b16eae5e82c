//! Finding the project that a file belongs to.

use std::path::{Path, PathBuf, absolute};

use super::{
    covenant::{self, Covenant, Networks},
    foundry::{self, Folders, Profile},
    settings::Settings,
};
use crate::error::CompileError;

/// The names a Hardhat configuration goes by.
const HARDHAT_CONFIGS: [&str; 4] =
    ["hardhat.config.ts", "hardhat.config.js", "hardhat.config.cjs", "hardhat.config.mjs"];

/// How a Solidity project is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// foundry.toml: sources in `src`, every setting known.
    Foundry,
    /// hardhat.config.*: sources in `contracts`. The configuration is a program, so its settings are not
    /// known; defaults hold, or `[solidity]` in covenant.toml.
    Hardhat,
    /// Neither: sources in `src` or `contracts`, settings from covenant.toml.
    Plain,
}

/// A project: a folder with covenant.toml, foundry.toml or hardhat.config.*, and the Solidity project it uses.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
    contracts_root: PathBuf,
    layout: Layout,
    folders: Folders,
    settings: Settings,
    scenarios: Option<String>,
    networks: Networks,
}

impl Project {
    /// Finds the project of a file or folder: the nearest folder above with covenant.toml, foundry.toml or
    /// hardhat.config.*.
    ///
    /// # Errors
    /// When there is none, or a configuration file in it is wrong.
    pub fn discover(from: &Path) -> Result<Self, CompileError> {
        let start = absolute(from).map_err(CompileError::reading(from))?;
        start
            .ancestors()
            .find(|folder| is_project(folder))
            .map_or_else(|| Err(CompileError::NoProject { from: start.clone() }), Self::open)
    }

    /// Opens the project in exactly this folder.
    ///
    /// # Errors
    /// When a configuration file in it is wrong.
    pub fn open(root: &Path) -> Result<Self, CompileError> {
        let covenant = if root.join("covenant.toml").is_file() {
            covenant::read(root)?
        } else {
            Covenant::default()
        };
        let contracts_root = match &covenant.contracts {
            Some(folder) => normalized(&root.join(folder)),
            None => root.to_owned(),
        };
        let (layout, folders, settings) = solidity_project(&contracts_root, covenant.solidity)?;
        Ok(Self {
            root: root.to_owned(),
            contracts_root,
            layout,
            folders,
            settings,
            scenarios: covenant.scenarios,
            networks: covenant.networks,
        })
    }

    /// The folder that makes it a project.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the Solidity project, which source paths are relative to.
    #[must_use]
    pub fn contracts_root(&self) -> &Path {
        &self.contracts_root
    }

    /// The folder of Solidity sources.
    #[must_use]
    pub fn sources_root(&self) -> PathBuf {
        self.contracts_root.join(&self.folders.src)
    }

    /// Where covenant.toml says that scenarios are.
    #[must_use]
    pub fn scenarios(&self) -> Option<PathBuf> {
        self.scenarios.as_ref().map(|folder| self.root.join(folder))
    }

    /// The hard fork the project compiles for, if it says so.
    #[must_use]
    pub fn evm_version(&self) -> Option<&str> {
        self.settings.evm_version.as_deref()
    }

    /// How the Solidity project is laid out.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// What the project asks of the compiler.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The same project with other settings of the compiler.
    pub(crate) fn with_settings(&self, settings: Settings) -> Self {
        Self { settings, ..self.clone() }
    }

    /// The `[networks.*]` tables of covenant.toml, uninterpreted.
    #[must_use]
    pub const fn networks(&self) -> &Networks {
        &self.networks
    }

    /// The folder of committed artifacts: `artifacts` in a Foundry or plain project.
    #[must_use]
    pub fn committed_artifacts(&self) -> PathBuf {
        self.contracts_root.join("artifacts")
    }

    /// The folder that Foundry or Hardhat writes its artifacts to.
    #[must_use]
    pub fn tool_artifacts(&self) -> PathBuf {
        let folder =
            if self.layout == Layout::Hardhat { "artifacts" } else { self.folders.out.as_str() };
        self.contracts_root.join(folder)
    }

    /// The source folder relative to the Solidity project.
    pub(crate) fn src(&self) -> &str {
        &self.folders.src
    }

    /// Folders of tests and scripts, relative to the Solidity project.
    pub(crate) fn excluded(&self) -> &[String] {
        &self.folders.excluded
    }

    /// Folders of libraries, relative to the Solidity project.
    pub(crate) fn libs(&self) -> &[String] {
        &self.folders.libs
    }
}

/// Reads the settings of the Solidity project in a folder.
fn solidity_project(
    root: &Path,
    solidity: Option<(Option<String>, Folders, Settings)>,
) -> Result<(Layout, Folders, Settings), CompileError> {
    if root.join("foundry.toml").is_file() {
        let (folders, settings) = foundry::read(root)?;
        return Ok((Layout::Foundry, folders, settings));
    }
    let layout = if hardhat_config(root).is_some() { Layout::Hardhat } else { Layout::Plain };
    let (src, mut folders, settings) = solidity.unwrap_or_else(|| {
        (None, foundry::folders(&Profile::default(), root), Settings::default())
    });
    if layout == Layout::Hardhat && src.is_none() {
        folders.src = "contracts".into();
    }
    Ok((layout, folders, settings))
}

/// Whether a folder is a project.
fn is_project(folder: &Path) -> bool {
    folder.join("covenant.toml").is_file()
        || folder.join("foundry.toml").is_file()
        || hardhat_config(folder).is_some()
}

/// The Hardhat configuration in a folder.
fn hardhat_config(folder: &Path) -> Option<PathBuf> {
    HARDHAT_CONFIGS.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// Resolves `.` and `..` by the text of the path alone.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
