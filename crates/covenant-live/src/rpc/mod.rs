//! Asking nodes: JSON-RPC over HTTP, one question at a time, with an end to every wait.
//!
//! [`Client`] asks one endpoint until it fails for good, then the next. Before anything else is asked of an endpoint, and
//! again after it has failed, it has to name the chain that is meant, by number and by first block. Nothing of an
//! endpoint's address but scheme, host and port is ever shown, for the rest is often a key.

mod client;
mod endpoint;
mod error;
mod http;
mod patience;
mod reply;
mod types;

pub use client::Client;
pub use endpoint::Endpoint;
pub use error::{Complaint, RpcError};
pub use http::{Answer, Failure, Http, Limits, Transport};
pub use patience::Patience;
pub use reply::Refusal;
pub use types::{Block, CallRequest, Known, Log, Receipt};
