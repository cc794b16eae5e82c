//! Processes that die, and disks that fill up.

use std::sync::Arc;

use covenant_live::{
    journal::{Journal, JournalError, Record},
    storage::Storage,
};

use super::records::*;

use crate::{disk::SimulatedDisk, doom::Doom};

/// Writes the typical journal, resuming as often as the process dies; returns how many records it wrote durably.
fn write_until_done(disk: &SimulatedDisk, records: &[Record]) -> usize {
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let opened = Journal::open(Arc::clone(&storage), &file(), &owner()).unwrap();
    let mut journal = match opened {
        Some(journal) => journal,
        None => Journal::begin(storage, &file(), &owner(), begun()).unwrap(),
    };
    let known = Journal::read(disk, &file()).unwrap().unwrap().records;
    assert_eq!(known, records[..known.len()], "nothing was made up");
    for record in &records[known.len()..] {
        journal.append(record).unwrap();
    }
    known.len()
}

#[test]
fn a_process_that_dies_at_any_operation_loses_nothing_it_acted_upon() {
    let (records, bytes) = typical();
    let calm = Doom::never();
    let disk = SimulatedDisk::new(calm.clone());
    write_until_done(&disk, &records);
    let moments = calm.moments();
    let mut runs = 0;
    for moment in 0..moments {
        for chance in 0..6 {
            let doom = Doom::never();
            doom.at(moment);
            let disk = SimulatedDisk::new(doom.clone());
            assert_eq!(Doom::process(|| write_until_done(&disk, &records)), None);
            // A record is acted upon after the last of its eight moments; the file takes eight too to come into being.
            let acted_upon = usize::try_from(moment / 8).unwrap();
            disk.crash(chance * 7_919 + moment);
            let known = write_until_done(&disk, &records);
            assert!(known >= acted_upon, "moment {moment}: {known} of {acted_upon}");
            assert!(known <= acted_upon + 1);
            assert_eq!(disk.bytes(&file()), bytes);
            runs += 1;
        }
    }
    println!("{runs} crashes at {moments} moments");
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    let (records, _) = typical();
    let calm = SimulatedDisk::new(Doom::never());
    write_until_done(&calm, &records);
    for operation in 0..calm.operations() {
        for partly in [0, 1, 40, 10_000] {
            let disk = SimulatedDisk::new(Doom::never());
            disk.fill(operation, partly);
            let storage: Arc<dyn Storage> = Arc::new(disk.clone());
            let mut written = 0;
            match Journal::begin(Arc::clone(&storage), &file(), &owner(), begun()) {
                Err(error) => assert!(matches!(error, JournalError::Io { .. }), "{error}"),
                Ok(mut journal) => {
                    written = 1;
                    let mut rest = records[1..].iter();
                    let failed = rest.by_ref().find_map(|record| {
                        let failed = journal.append(record).err();
                        written += usize::from(failed.is_none());
                        failed
                    });
                    assert!(matches!(failed, Some(JournalError::Io { .. })), "{failed:?}");
                    disk.free();
                    let again = journal.append(&resumed()).unwrap_err();
                    assert!(matches!(again, JournalError::Broken { .. }), "{again}");
                }
            }
            disk.free();
            disk.crash(operation);
            let known = write_until_done(&disk, &records);
            assert!(
                (written..=written + 1).contains(&known),
                "{written} were written, {known} are known"
            );
        }
    }
}
