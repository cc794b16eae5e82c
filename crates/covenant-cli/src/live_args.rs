//! What may be typed about live networks.

use std::path::PathBuf;

use alloy_primitives::{U256, utils::parse_units};
use clap::{Args, ValueHint};

use crate::args::{CompileArgs, PasswordArgs, SourceArgs};

/// How something is sent to a live network. Beside these, the parties are bound to accounts in
/// [networks.NAME.actors] of covenant.toml.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Live networks")]
pub(crate) struct LiveArgs {
    #[command(flatten)]
    pub(crate) deployer: SourceArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    /// Send nothing that could bring the cost of all steps, values and fees, above this: `0.5 ether`, `20 gwei`, or wei.
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub(crate) max_spend: Option<U256>,
    /// Where a date has to be waited for, end with exit code 75 instead, and say when to come back.
    #[arg(long)]
    pub(crate) park: bool,
    /// Go on with what was begun; where nothing was, nothing is sent.
    #[arg(long = "continue")]
    pub(crate) go_on: bool,
    /// Do this step again, which reverted or was cancelled: its nonce is used up first. Steps count from 1.
    #[arg(long, value_name = "STEP", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) redo: Vec<u32>,
    /// Leave this step out: its nonce is used up first.
    #[arg(long, value_name = "STEP", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) forget: Vec<u32>,
    /// Go on with the nonces that come next where something else has used those that were planned. Contracts that are
    /// created later get other addresses.
    #[arg(long)]
    pub(crate) replan: bool,
    /// Do not ask before the first transaction is sent.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Arguments of `covenant plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Write the result as JSON to stdout.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) deployer: SourceArgs,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// Arguments of `covenant deploy`.
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Write the result as JSON to stdout.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) live: LiveArgs,
}

/// Arguments of `covenant status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// A scenario file, one case as FILE::CASE, or a journal (*.jsonl).
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Also ask this network what became of each transaction.
    #[arg(long, value_name = "NAME")]
    pub(crate) network: Option<String>,
    /// Write the result as JSON to stdout.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
}

/// Which scenario, and where.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// A scenario file, or one case as FILE::CASE.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The network, by its name in covenant.toml or foundry.toml.
    #[arg(long, value_name = "NAME")]
    pub(crate) network: String,
    #[command(flatten)]
    pub(crate) compile: CompileArgs,
}

/// Reads an amount of wei.
fn amount(text: &str) -> Result<U256, String> {
    let wrong = || "expected an amount such as `0.5 ether`, `20 gwei` or `1000` (wei)".to_owned();
    let text = text.trim();
    let (number, unit) = match text.find(|it: char| it.is_ascii_alphabetic()) {
        Some(at) => (text[..at].trim(), text[at..].trim()),
        None => (text, "wei"),
    };
    if !matches!(unit, "wei" | "gwei" | "ether") || number.starts_with('-') {
        return Err(wrong());
    }
    let number = number.replace('_', "");
    let (whole, parts) = number.split_once('.').unwrap_or((&number, "0"));
    let most = match unit {
        "ether" => 18,
        "gwei" => 9,
        _ => 0,
    };
    let is_number =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    // Less than a wei is no amount.
    let is_fine = parts.trim_end_matches('0').len() <= most;
    if !is_number(whole) || !is_number(parts) || !is_fine {
        return Err(wrong());
    }
    parse_units(&number, unit).map(|units| units.get_absolute()).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_have_units() {
        let cases = [("1", "1"), ("20 gwei", "20000000000"), ("0.5 ether", "500000000000000000")];
        for (text, wei) in cases {
            assert_eq!(amount(text).expect("it is one").to_string(), wei, "{text}");
        }
        for text in ["", "ether", "-1 ether", "1 finney", "0.1 wei", "1e3", "1. ether", ".5 ether"]
        {
            assert!(amount(text).is_err(), "{text}");
        }
    }
}
