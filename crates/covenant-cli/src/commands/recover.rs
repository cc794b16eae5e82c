//! `covenant recover`

use std::fmt::Write;

use covenant_compile::{Build, bundled};
use covenant_live::{
    recover::{Found, RecoverError, Scan},
    rpc::Client,
};

use super::live::{deployments, network, of_journal, rebuild};
use crate::{
    args::RecoverArgs,
    environment,
    exit::{Exit, Failure},
    paths::project,
    prepare::{named, progress},
    terminal::Terminal,
};

/// Rebuilds the journal of a scenario, or lists what accounts have sent and created.
pub(crate) fn recover(args: &RecoverArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    if args.sender.is_empty() { rebuild(args, terminal) } else { list(args, terminal) }
}

/// Finds on the chain what accounts have sent and created.
fn list(args: &RecoverArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let project = project(&args.path)?;
    let settings = network(&project, &args.network)?;
    let on_progress = |event| progress(terminal, &project, event);
    let build = project
        .build(&environment::build_options(&args.compile), &on_progress)
        .map_err(|error| named(&project, error))?;
    // No journal of this name is ever written: nothing is known that would have to fit the chain.
    let voyage = of_journal(settings, &deployments(&project).join("recovered.jsonl"))?;
    let mut client = voyage.connect()?;
    let accounts = args.sender.iter().copied().collect();
    let scan = Scan::new(&mut client, &accounts, args.from_block.zip(args.to_block))?;
    let bundled = bundled();
    let builds = [&build, &*bundled];
    let mut text = String::new();
    for found in scan.all() {
        line(&mut text, found, &builds, &mut client)?;
    }
    if text.is_empty() {
        text.push_str("nothing was sent\n");
    }
    terminal.out(&covenant_report::escape_lines(&text));
    Ok(Exit::Held)
}

/// One transaction: who, when, and what it created or called.
fn line(
    text: &mut String,
    found: &Found,
    builds: &[&Build],
    client: &mut Client,
) -> Result<(), RecoverError> {
    let Found { hash, block, sender, nonce, to, input, .. } = found;
    let receipt = client.receipt(*hash)?;
    let success = receipt.and_then(|it| it.status).is_some_and(|it| it.to::<u64>() == 1);
    let what = match to {
        Some(to) => format!("to {to}"),
        None => {
            let address = sender.create(*nonce);
            let code = client.code(address, block.number)?;
            // What was sent and what is there have to be of the same contract, immutable values aside.
            let contract = builds.iter().find_map(|build| {
                let sent = build.contract_with_code(input, true)?;
                let there = build.contract_with_code(&code, false)?;
                (sent.id == there.id).then(|| sent.id.to_string())
            });
            let name = contract.unwrap_or_else(|| "a contract of another project".to_owned());
            format!("created {name} at {address}")
        }
    };
    let end = if success { "" } else { ", which reverted" };
    writeln!(text, "{sender} nonce {nonce} block {} {what}{end} ({hash})", block.number)
        .expect("a string can be written to");
    Ok(())
}

impl From<RecoverError> for Failure {
    fn from(error: RecoverError) -> Self {
        Self::new(Exit::Network, &error)
    }
}
