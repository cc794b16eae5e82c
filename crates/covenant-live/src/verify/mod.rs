//! The source of a contract is published: the exact input of its compiler goes to a service that compiles it again and
//! compares the result with the chain.
//!
//! [`Submission::of_created`] takes what a service needs out of a journal and a build, so it works for every contract that
//! was deployed, linked libraries and constructor arguments included. [`submit`] hands it in, and waits for the verdict.

mod error;
mod etherscan;
mod sourcify;
mod submission;

use std::time::Duration;

pub use error::VerifyError;
pub use submission::Submission;

use crate::{clock::Clock, rpc::Http};

/// A service that verifies sources.
#[derive(Clone, Debug)]
pub enum Service {
    /// One with the interface of Sourcify, version 2: `https://sourcify.dev/server`.
    Sourcify {
        /// Its address, without what follows the server.
        address: String,
    },
    /// One with the interface of Etherscan, version 2: `https://api.etherscan.io/v2/api`.
    Etherscan {
        /// Its address, without a question.
        address: String,
        /// The key of an account there, which is never shown.
        key: Key,
    },
}

/// The key of an account at a service, which is never shown.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// Keeps a key.
    pub const fn new(key: String) -> Self {
        Self(key)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What a service found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The code is that of these sources, to the last byte of its metadata.
    Exact,
    /// The code is that of these sources; names or comments may differ.
    Match,
    /// It had been verified before.
    Already,
}

/// How long to wait for a verdict.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// How often to ask.
    pub times: u32,
    /// Before asking again.
    pub pause: Duration,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { times: 60, pause: Duration::from_secs(3) }
    }
}

/// Hands a contract in, and waits for what the service says of it.
///
/// # Errors
///
/// [`VerifyError`].
pub fn submit(
    http: &mut Http,
    clock: &dyn Clock,
    waiting: Waiting,
    service: &Service,
    submission: &Submission,
) -> Result<Verdict, VerifyError> {
    match service {
        Service::Sourcify { address } => {
            sourcify::submit(http, clock, waiting, address, submission)
        }
        Service::Etherscan { address, key } => {
            etherscan::submit(http, clock, waiting, address, &key.0, submission)
        }
    }
}
