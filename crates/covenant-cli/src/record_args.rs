//! What may be typed about what was deployed: `covenant verify`, `covenant recover`.

use std::path::PathBuf;

use alloy_primitives::Address;
use clap::{Args, ValueEnum, ValueHint};

use crate::args::CompileArgs;

/// Arguments of `covenant verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The journal of a deployment, in the project's `deployments` folder.
    #[arg(value_name = "JOURNAL", value_hint = ValueHint::FilePath)]
    pub(crate) journal: PathBuf,
    /// Which interface the service has.
    #[arg(long, value_enum, default_value_t = ServiceKind::Sourcify)]
    pub(crate) service: ServiceKind,
    /// The address of the service [default: the public one].
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The variable of the environment that has the key of an account at the service; Etherscan wants one.
    #[arg(long, value_name = "VARIABLE", default_value = "ETHERSCAN_API_KEY")]
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
}

/// The interface of a service that verifies sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServiceKind {
    /// Sourcify's, version 2.
    Sourcify,
    /// Etherscan's, version 2, which many explorers share.
    Etherscan,
}

/// Arguments of `covenant recover`.
#[derive(Debug, Args)]
pub(crate) struct RecoverArgs {
    /// The project, or anything in it.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// The network, as covenant.toml names it.
    #[arg(long, value_name = "NAME")]
    pub(crate) network: String,
    /// An account that has sent something.
    #[arg(long, value_name = "ADDRESS", required = true)]
    pub(crate) sender: Vec<Address>,
    /// The first block to look at, where the node does not know the state of every block.
    #[arg(long, value_name = "BLOCK", requires = "to_block")]
    pub(crate) from_block: Option<u64>,
    /// The last block to look at.
    #[arg(long, value_name = "BLOCK", requires = "from_block")]
    pub(crate) to_block: Option<u64>,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
}
