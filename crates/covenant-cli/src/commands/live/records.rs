//! What a run leaves behind for other programs: `addresses.json`, and Foundry's `broadcast/`.

use std::path::Path;

use covenant_live::{
    journal::Journal,
    records::{describe, receipts, write_addresses, write_broadcast},
    run::{LiveError, Voyage},
    storage::Disk,
};

use super::target::Target;
use crate::terminal::Terminal;

/// Writes the files anew from the journal. They can be written again at any time, so that they were not is only said.
pub(super) fn leave(target: &Target, voyage: &Voyage, journal: &Path, terminal: &Terminal) {
    if let Err(reason) = write(target, voyage, journal) {
        terminal.note(&format!(
            "warning: the files for other programs were not written, which the next run does: {reason}"
        ));
    }
}

fn write(target: &Target, voyage: &Voyage, journal: &Path) -> Result<(), String> {
    let words = |error: &dyn std::error::Error| error.to_string();
    let reading = Journal::read(&Disk, journal).map_err(|error| words(&error))?;
    let Some(reading) = reading else { return Ok(()) };
    let book = &reading.book;
    if book.steps().next().is_none() {
        return Ok(());
    }
    let descriptions = describe(book, &[&target.plan.build, &target.plan.bundled]);
    let addresses = journal.with_file_name("addresses.json");
    write_addresses(&Disk, &addresses, book, &target.name, &descriptions)
        .map_err(|error| words(&error))?;
    let mut client = voyage.connect().map_err(|error: LiveError| words(&error))?;
    let receipts = receipts(&mut client, book).map_err(|error| words(&error))?;
    let broadcast = crate::paths::relative(target.project.root()).join("broadcast");
    write_broadcast(&Disk, &broadcast, book, &target.name, &descriptions, &[], &receipts)
        .map_err(|error| words(&error))
}
