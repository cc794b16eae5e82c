//! What may be typed about what was deployed: `covenant verify`, `covenant recover`.

use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use clap::{Args, ValueEnum, ValueHint};
use covenant_chain::Timestamp;
use covenant_scenario::time::parse_date;

use crate::args::{CompileArgs, PasswordArgs, SourceArgs};

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
    /// The scenario whose journal is lost, or one case as FILE::CASE; with `--sender`, the project, or anything in it.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) path: PathBuf,
    /// The network, as covenant.toml names it.
    #[arg(long, value_name = "NAME")]
    pub(crate) network: String,
    /// List what this account has sent and created, instead of rebuilding the journal of a scenario.
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["start", "redo", "forget", "foreign"])]
    pub(crate) sender: Vec<Address>,
    /// What `start` was, where what was sent does not tell: a date as 2026-02-01T12:30:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) start: Option<Timestamp>,
    /// This step failed, and was done again with `--redo`. Steps count from 1.
    #[arg(long, value_name = "STEP", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) redo: Vec<u32>,
    /// This step failed, and was left out with `--forget`.
    #[arg(long, value_name = "STEP", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) forget: Vec<u32>,
    /// This transaction is of one of the scenario's accounts, and has nothing to do with the scenario.
    #[arg(long, value_name = "HASH")]
    pub(crate) foreign: Vec<B256>,
    #[command(flatten)]
    pub(crate) deployer: SourceArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    /// The first block to look at, where the node does not know the state of every block.
    #[arg(long, value_name = "BLOCK", requires = "to_block")]
    pub(crate) from_block: Option<u64>,
    /// The last block to look at.
    #[arg(long, value_name = "BLOCK", requires = "from_block")]
    pub(crate) to_block: Option<u64>,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
}

/// Arguments of `covenant schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of what.
    #[arg(value_enum, default_value_t = SchemaOf::Scenario)]
    pub(crate) of: SchemaOf,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// Scenario files.
    Scenario,
    /// What `covenant run --json` writes.
    Report,
    /// What `covenant check --json` writes.
    Check,
    /// What `covenant explore --json` writes.
    Explore,
    /// What `covenant deadlines --json` writes.
    Deadlines,
    /// What `covenant keys list --json` writes.
    Keys,
    /// What `covenant plan --json` writes.
    Plan,
    /// What `covenant status --json` writes.
    Status,
    /// What `covenant run --network NAME --json` writes.
    Live,
}

/// Reads a moment: a date, or seconds since 1970.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Timestamp(seconds));
    }
    // As it is printed, there is a space between the two parts.
    parse_date(&text.replacen(' ', "T", 1)).map_err(|error| error.to_string())
}
