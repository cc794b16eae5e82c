//! What is wrong with the description of a network.

use std::{io, path::PathBuf};

use crate::keys::KeyError;

/// What is wrong with the description of a network.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file says something that makes no sense.
    #[error("{}:{line}:{column}: {message}", .file.display())]
    Wrong {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// There is no network of this name.
    #[error("there is no network `{name}`{}", listed(.known))]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// foundry.toml names an endpoint, but nobody says which chain it is on.
    #[error("foundry.toml has an endpoint `{name}`, but does not say which chain that is")]
    WhichChain {
        /// The name.
        name: String,
    },
    /// A variable of the environment that an address needs is not set.
    #[error(
        "the address of network `{network}` needs the environment variable {variable}, which is not set"
    )]
    Variable {
        /// The network.
        network: String,
        /// The variable.
        variable: String,
    },
    /// An address has a `${` without an end.
    #[error("the address of network `{network}` has a `${{` without a `}}`")]
    Unclosed {
        /// The network.
        network: String,
    },
    /// What it says of keys is wrong.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

impl NetworkError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { name, .. } | Self::WhichChain { name } => Some(format!(
                "describe it in covenant.toml: [networks.{name}] with rpc = \"https://…\" (or \"${{VARIABLE}}\") and chain_id = …"
            )),
            Self::Variable { variable, .. } => {
                Some(format!("export {variable}=https://…, the address of a node"))
            }
            Self::Keys(error) => error.hint(),
            _ => None,
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        ", nor any other".to_owned()
    } else {
        format!("; there is {}", names.join(", "))
    }
}
