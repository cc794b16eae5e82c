//! What would happen, and what has happened, in words.

use std::fmt::Write;

use alloy_primitives::{U256, utils::format_ether};
use covenant_live::run::{Difference, Forecast, Voyage};
use covenant_report::{
    model::{Detail, ScenarioReport},
    text::{Layout, TextOptions, Verbosity},
};
use covenant_scenario::{
    event::{PartyKind, Run},
    time::format_timestamp,
};

use super::target::Target;
use crate::terminal::Terminal;

/// What would be sent.
pub(super) fn forecast(forecast: &Forecast, voyage: &Voyage) -> String {
    let mut text = String::new();
    let network = &voyage.network;
    let chain_id = network.keys.network.chain_id();
    let _ = writeln!(
        text,
        "{} (chain {chain_id}), simulated on block {}; start = {}\n",
        network.name,
        forecast.block,
        format_timestamp(forecast.start)
    );
    let names = forecast.run.book.names();
    let width = forecast.transactions.iter().map(|it| it.name.chars().count()).max();
    let width = width.unwrap_or_default().min(48);
    for (index, it) in forecast.transactions.iter().enumerate() {
        let sender = names.label(it.sender);
        let _ = write!(
            text,
            "{:>4}  {}  {:<width$}  {sender}  gas {}",
            index + 1,
            format_timestamp(it.at),
            it.name,
            it.gas
        );
        if !it.value.is_zero() {
            let _ = write!(text, "  sends {}", ether(it.value));
        }
        if let Some(created) = it.creates {
            let _ = write!(text, "  at {created}");
        }
        text.push('\n');
    }
    text.push_str(&accounts(forecast, voyage));
    let _ = writeln!(
        text,
        "\n{} transactions, at most {} in all at {} gwei per gas; nothing was sent",
        forecast.transactions.len(),
        ether(forecast.spend),
        gwei(forecast.max_fee)
    );
    if let Some(why) = &forecast.too_exact {
        let _ = writeln!(
            text,
            "\nwarning: it fails when blocks are some seconds late, as they are on a network whose clock is not ours:\n  {why}"
        );
    }
    text
}

/// Who sends, what he has, and what he needs.
fn accounts(forecast: &Forecast, voyage: &Voyage) -> String {
    let mut text = "\n".to_owned();
    let _ = writeln!(text, "accounts that send");
    for account in &forecast.accounts {
        let missing = account.needs.saturating_sub(account.has);
        let _ = write!(
            text,
            "  {}  {}  has {}, needs up to {}",
            account.actor,
            account.address,
            ether(account.has),
            ether(account.needs)
        );
        if !missing.is_zero() && !voyage.network.is_development() {
            let _ = write!(text, "  MISSING {}", ether(missing));
        }
        text.push('\n');
    }
    text
}

fn ether(wei: U256) -> String {
    let text = format_ether(wei);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} ether")
}

fn gwei(wei: u128) -> String {
    let text = alloy_primitives::utils::format_units(wei, "gwei").unwrap_or_default();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What did not hold in a simulation, as for a run.
pub(super) fn failures(target: &Target, run: &Run, terminal: &Terminal) {
    if run.failures().next().is_some() {
        terminal.out(&timeline(target, run, Layout::Timeline, terminal, 0));
    }
}

/// A run as `covenant run` shows it.
pub(super) fn timeline(
    target: &Target,
    run: &Run,
    layout: Layout,
    terminal: &Terminal,
    verbose: u8,
) -> String {
    let report = ScenarioReport::ran(run, Vec::new(), &target.sources, Detail::Full);
    let options = TextOptions { verbosity: Verbosity(verbose), colour: terminal.colour(), layout };
    covenant_report::text::scenario(&report, &target.sources, &options)
}

/// Where the contracts are.
pub(super) fn addresses(run: &Run, voyage: &Voyage) -> String {
    let mut text = String::new();
    let found = run.parties.iter().filter(|party| party.kind != PartyKind::Actor);
    for party in found {
        let Some(address) = party.address else { continue };
        let link = voyage
            .network
            .explorer
            .as_deref()
            .map(|explorer| format!("  {}/address/{address}", explorer.trim_end_matches('/')));
        let _ = writeln!(text, "{}  {address}{}", party.name, link.unwrap_or_default());
    }
    text
}

/// Where the network did otherwise than the simulation.
pub(super) fn differences(differences: &[Difference]) -> String {
    let mut text = String::new();
    for Difference { step, what, network, simulation } in differences {
        let _ = writeln!(
            text,
            "difference in {what}{}\n  network:    {}\n  simulation: {}",
            if step.is_empty() { String::new() } else { format!(" of `{step}`") },
            network.replace('\n', "\n              "),
            simulation.replace('\n', "\n              ")
        );
    }
    text
}
