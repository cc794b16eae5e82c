//! Networks, as covenant.toml and foundry.toml describe them.

mod error;
mod settings;

pub use error::NetworkError;
pub use settings::{NetworkSettings, RpcAddress, networks};
