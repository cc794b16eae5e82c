//! Why state of another chain could not be had.

use std::path::PathBuf;

use revm::database_interface::DBErrorMarker;

/// Why state of another chain could not be had. It is never taken for zero instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// The node's address is not one.
    #[error("`{url}` is not an http(s) address: {reason}")]
    Address {
        /// What was given, without what may be a secret.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The node could not be reached, answered too late, or not with JSON-RPC.
    #[error("cannot read {what} from {node}: {reason}")]
    Network {
        /// Host and port of the node; the rest of its address may be a secret.
        node: String,
        /// What was asked for.
        what: String,
        /// What happened.
        reason: String,
    },
    /// The node answered that it does not have it, or will not say.
    #[error("{node} refused to say {what}: {reason}")]
    Refused {
        /// Host and port of the node.
        node: String,
        /// What was asked for.
        what: String,
        /// Its words.
        reason: String,
    },
    /// The node is on another chain or at another history than the recording.
    #[error("{node} is not the node of the recording {}: {reason}", .file.display())]
    Mismatch {
        /// Host and port of the node.
        node: String,
        /// The recording.
        file: PathBuf,
        /// What differs.
        reason: String,
    },
    /// It is not in the recording, and there is no node to ask.
    #[error("{what} is not in {source_name}, and no node was given to ask")]
    Missing {
        /// What is missing.
        what: String,
        /// Where it was looked for.
        source_name: String,
    },
    /// The recording cannot be read or written, or is of something else.
    #[error("recording {}: {reason}", .file.display())]
    Recording {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl ForkError {
    /// Whether the network or the node is to blame, rather than a file or an option.
    pub const fn is_network(&self) -> bool {
        matches!(self, Self::Network { .. } | Self::Refused { .. } | Self::Mismatch { .. })
    }
}

impl DBErrorMarker for ForkError {}
