//! `covenant status`

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use covenant_live::{
    journal::{Book, Forgetting, Journal, Slot, StepBook, StepState},
    network::NetworkSettings,
    rpc::{Client, RpcError},
    run::LiveError,
    storage::Disk,
};
use covenant_report::model::{STATUS_SCHEMA, StatusReport};
use covenant_scenario::time::format_timestamp;

use super::{
    json,
    target::{Target, deployments, journal, network, voyage},
};
use crate::{
    args::StatusArgs,
    exit::{Exit, Failure},
    paths::project,
    terminal::Terminal,
};

/// A network to ask, if one was named.
type Asked = Option<(NetworkSettings, Client)>;

/// Says how far a scenario is.
pub(crate) fn status(args: &StatusArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let (journals, mut asked) = journals(args, terminal)?;
    if journals.is_empty() && !args.json {
        terminal.out("nothing was sent to any network\n");
        return Ok(Exit::Held);
    }
    let mut reports = Vec::new();
    for file in journals {
        let reading = Journal::read(&Disk, &file).map_err(LiveError::from)?;
        let Some(reading) = reading else {
            return Err(Failure::usage(format!("there is no journal {}", file.display())));
        };
        let said = on_chain_all(&reading.book, &mut asked)?;
        if args.json {
            reports.push(json::journal(&file, &reading.book, &said));
        } else {
            terminal.out(&told(&file, &reading.book, &said));
        }
    }
    if args.json {
        let (schema, exit_code) = (STATUS_SCHEMA.to_owned(), Exit::Held.code());
        let report = StatusReport { schema, exit_code, journals: reports };
        terminal.out(&covenant_report::json(&report));
    }
    Ok(Exit::Held)
}

fn journals(args: &StatusArgs, terminal: &Terminal) -> Result<(Vec<PathBuf>, Asked), Failure> {
    if args.file.extension().is_some_and(|end| end == "jsonl") {
        let asked = match &args.network {
            None => None,
            Some(name) => {
                let settings = network(&project(&args.file)?, name)?;
                Some(connected(settings, &args.file)?)
            }
        };
        return Ok((vec![args.file.clone()], asked));
    }
    let target = Target::read(&args.file, &args.compile, terminal)?;
    if let Some(name) = &args.network {
        let voyage = voyage(&target, network(&target.project, name)?)?;
        let file = voyage.journal.clone();
        let client = voyage.connect()?;
        let found = if file.exists() { vec![file] } else { Vec::new() };
        return Ok((found, Some((voyage.network, client))));
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir(deployments(&target.project))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u64>().ok())
        .map(|chain_id| journal(&target.project, chain_id, &target.name))
        .filter(|file| file.exists())
        .collect();
    found.sort();
    Ok((found, None))
}

fn connected(settings: NetworkSettings, file: &Path) -> Result<(NetworkSettings, Client), Failure> {
    let voyage = super::target::of_journal(settings, file)?;
    let client = voyage.connect()?;
    Ok((voyage.network, client))
}

/// What the chain says of each step, if it is asked.
fn on_chain_all(book: &Book, asked: &mut Asked) -> Result<Vec<Option<String>>, Failure> {
    let said = book.steps().map(|step| match asked {
        Some((settings, client)) => on_chain(step, settings, client).map(Some),
        None => Ok(None),
    });
    said.collect()
}

fn told(file: &Path, book: &Book, on_chain: &[Option<String>]) -> String {
    let begun = book.begun();
    let mut text = format!(
        "{}\n  {} on chain {}; start = {}\n",
        file.display(),
        begun.scenario,
        begun.chain_id,
        format_timestamp(begun.start)
    );
    for (step, said) in book.steps().zip(on_chain) {
        let _ = writeln!(
            text,
            "  {:>3}  {:<12}  {}{}",
            step.id.position,
            state(step.state()),
            step.id.name,
            details(step)
        );
        if let Some(said) = said {
            let _ = writeln!(text, "       {said}");
        }
    }
    let _ = writeln!(text, "  {}", next(book));
    text
}

pub(super) const fn state(state: StepState) -> &'static str {
    match state {
        StepState::Signed => "signed",
        StepState::Sent => "sent",
        StepState::Mined { success: true } => "in a block",
        StepState::Mined { success: false } => "reverting",
        StepState::Confirmed { success: true } => "confirmed",
        StepState::Confirmed { success: false } => "reverted",
        StepState::Cancelled => "cancelled",
        StepState::Forgotten(Forgetting::Redo) => "to be redone",
        StepState::Forgotten(Forgetting::LeaveOut) => "left out",
    }
}

fn details(step: &StepBook) -> String {
    let mut text = String::new();
    if let Some(slot) = &step.slot {
        let hash = slot.landed().unwrap_or_else(|| slot.latest()).signed.hash;
        let _ = write!(text, "  {hash}");
        if let Some(landing) = &slot.landing {
            let _ = write!(text, "  block {}", landing.mined.block.number);
        }
    }
    let open = step.slot.as_ref().filter(|slot| !slot.is_settled() && !slot.is_cancelled());
    if let Some(by) = open.and_then(Slot::by) {
        let _ = write!(text, "  must not land from {} on", format_timestamp(by));
    }
    if let Some((address, _)) = step.created() {
        let _ = write!(text, "  at {address}");
    }
    text
}

/// What the chain says of a step.
fn on_chain(
    step: &StepBook,
    settings: &NetworkSettings,
    client: &mut Client,
) -> Result<String, Failure> {
    let Some(slot) = &step.slot else { return Ok("the chain: nothing is waited for".to_owned()) };
    for attempt in slot.attempts.iter().rev() {
        let hash = attempt.signed.hash;
        let failed = |error: RpcError| Failure::from(LiveError::from(error));
        if let Some(receipt) = client.receipt(hash).map_err(failed)? {
            let block = receipt.block_number.unwrap_or_default();
            let known = slot.landing.as_ref().map(|landing| landing.mined.block.hash);
            let moved = known.is_some() && known != receipt.block_hash;
            let note = if moved { ", which is another block than the journal's" } else { "" };
            let link = settings.explorer.as_deref().map_or(String::new(), |explorer| {
                format!("  {}/tx/{hash}", explorer.trim_end_matches('/'))
            });
            return Ok(format!("the chain: in block {block}{note}{link}"));
        }
        if client.known(hash).map_err(failed)?.is_some() {
            return Ok("the chain: it waits to be put into a block".to_owned());
        }
    }
    Ok("the chain: it does not know it".to_owned())
}

/// What the next run does.
pub(super) fn next(book: &Book) -> String {
    let wrong = book.steps().find(|step| {
        let reverted =
            matches!(step.state(), StepState::Confirmed { success: false } | StepState::Cancelled);
        reverted && book.finished().is_none()
    });
    let open = book.steps().find(|step| step.slot.as_ref().is_some_and(|slot| !slot.is_settled()));
    match (book.finished(), open, book.parked(), wrong) {
        (Some(steps), ..) => format!("done: all {steps} steps are confirmed"),
        (_, Some(step), ..) => format!("next: the run goes on with {}", step.id),
        (_, _, Some((step, until)), _) => {
            format!("next: step {step}, not before {}", format_timestamp(until))
        }
        (_, _, _, Some(step)) => format!(
            "next: unless a revert was expected, {} needs --redo {} or --forget {}",
            step.id, step.id.position, step.id.position
        ),
        _ => "next: the run goes on after the last step".to_owned(),
    }
}
