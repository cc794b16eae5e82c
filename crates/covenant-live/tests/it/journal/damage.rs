//! What is cut off, changed, lost, swapped or repeated is noticed.

use std::sync::Arc;

use covenant_live::{
    journal::{Journal, JournalError, Purpose, Record},
    storage::Storage,
};
use proptest::prelude::*;

use super::records::*;

use crate::{disk::SimulatedDisk, doom::Doom};

#[test]
fn a_journal_cut_anywhere_is_what_a_crash_leaves_or_refused() {
    let (records, bytes) = typical();
    let cuts = cut_everywhere(&records, &bytes);
    println!("{cuts} cuts of a journal of {} records", records.len());
}

#[test]
fn a_journal_with_any_byte_changed_is_refused() {
    let (_, bytes) = typical();
    let changes = change_everywhere(&bytes);
    println!("{changes} changes of {} bytes", bytes.len());
}

/// Records that became durable two, three and one at a time; each group, and the bytes.
fn grouped() -> (Vec<Vec<Record>>, Vec<u8>) {
    let disk = SimulatedDisk::new(Doom::never());
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let mut journal = Journal::begin(storage, &file(), &owner(), begun()).unwrap();
    let [one, two] = [0, 1].map(|at| signed(at, 1, u64::from(at), Purpose::Step, 0));
    let (first, second) = (hash_of(&one), hash_of(&two));
    let confirmed = Record::Confirmed { hash: first, block: block(1) };
    let groups = [
        vec![one, two],
        vec![Record::Sent { hash: first }, mined(first, 1, true), confirmed],
        vec![Record::Sent { hash: second }],
    ];
    for group in &groups {
        let before = disk.bytes(&file());
        for record in group {
            journal.stage(record).unwrap();
        }
        assert_eq!(disk.bytes(&file()), before, "what is staged is not written yet");
        assert_eq!(&journal.commit().unwrap(), group);
    }
    assert_eq!(journal.commit().unwrap(), []);
    drop(journal);
    ([vec![vec![Record::Begun(begun())]], groups.into()].concat(), disk.bytes(&file()))
}

#[test]
fn records_written_together_are_all_there_or_none() {
    let (groups, bytes) = grouped();
    for length in bytes.iter().position(|byte| *byte == b'\n').unwrap()..=bytes.len() {
        let reading = read(&bytes[..length]).unwrap();
        let kept = groups[..whole(&bytes, length)].concat();
        assert_eq!(reading.records, kept, "cut to {length} bytes");
    }
    assert_eq!(read(&bytes).unwrap().records, groups.concat());
    change_everywhere(&bytes);
}

#[test]
fn lines_that_are_lost_swapped_or_repeated_are_noticed() {
    let (_, bytes) = typical();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    for index in 0..lines.len() - 1 {
        let mut without = lines.clone();
        without.remove(index);
        let mut swapped = lines.clone();
        swapped.swap(index, index + 1);
        let mut repeated = lines.clone();
        repeated.insert(index, lines[index]);
        for wrong in [without, swapped, repeated] {
            let error = read(&wrong.concat()).unwrap_err();
            assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
        }
    }
    // Another journal's line, itself whole.
    let (_, other) = written(&[(0, 0, 0)]);
    let other: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
    let error = read(&[lines[0], lines[1], other[1]].concat()).unwrap_err();
    assert!(matches!(error, JournalError::Damaged { line: 3, .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_journal_reads_as_it_was_written(
        candidates in prop::collection::vec(any::<(u8, u8, u8)>(), 0..120)
    ) {
        let (records, bytes) = written(&candidates);
        let reading = read(&bytes).unwrap();
        prop_assert_eq!(&reading.records, &records);
        prop_assert_eq!(reading.torn, 0);
    }

    #[test]
    fn any_journal_survives_cuts_and_notices_changes(
        candidates in prop::collection::vec(any::<(u8, u8, u8)>(), 0..16)
    ) {
        let (records, bytes) = written(&candidates);
        cut_everywhere(&records, &bytes);
        change_everywhere(&bytes);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&bytes).is_err());
    }
}
