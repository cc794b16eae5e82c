//! The journal: cut anywhere, changed anywhere, written by processes that die, on disks that fill up.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use alloy_primitives::{Address, B256, Bytes, U128, U256, keccak256};
use covenant_chain::Timestamp;
use covenant_live::{
    journal::{
        Begun, BlockRef, Forgetting, Identity, Journal, JournalError, Look, Mined, Position,
        Purpose, Reading, Record, Signed, StepId, StepState,
    },
    storage::{Disk, LockError, Owner, Storage},
};
use proptest::prelude::*;

use crate::{disk::SimulatedDisk, doom::Doom};

fn file() -> PathBuf {
    PathBuf::from("deployments/31337/lease.jsonl")
}

fn owner() -> Owner {
    Owner { pid: 7, host: "here".to_owned(), since: Timestamp(1_000) }
}

fn begun() -> Begun {
    Begun {
        format: Begun::FORMAT,
        program: "covenant 0.0.0".to_owned(),
        chain_id: 31_337,
        genesis: keccak256("genesis"),
        scenario: "lease".to_owned(),
        start: Timestamp(1_767_225_600),
        lets: [("rent".to_owned(), "3 ether".to_owned())].into(),
        actors: [("tenant \"ä\"\n".to_owned(), Address::repeat_byte(1))].into(),
    }
}

fn signed(position: u32, sender: u8, nonce: u64, purpose: Purpose, salt: u64) -> Record {
    let text = format!("{position} {sender} {nonce} {salt}");
    Record::Signed(Signed {
        step: StepId {
            position: Position(position),
            name: format!("step{position}"),
            identity: Identity::of(&[&position.to_be_bytes()]),
        },
        purpose,
        sender: Address::repeat_byte(sender),
        nonce,
        hash: keccak256(&text),
        raw: Bytes::from(text.into_bytes()),
        creates: position.is_multiple_of(2).then(|| Address::repeat_byte(9)),
        value: U256::from(salt),
        gas_limit: 21_000,
        max_fee: U128::from(u128::MAX),
        priority_fee: U128::from(1),
        at: Timestamp(5),
    })
}

fn block(number: u64) -> BlockRef {
    BlockRef { number, hash: keccak256(number.to_be_bytes()) }
}

fn mined(hash: B256, number: u64, success: bool) -> Record {
    let gas_price = Some(U128::from(7));
    Record::Mined(Mined {
        hash,
        block: block(number),
        index: 0,
        success,
        gas_used: 21_000,
        gas_price,
    })
}

fn hash_of(record: &Record) -> B256 {
    let Record::Signed(signed) = record else { panic!("{record:?} is not a signature") };
    signed.hash
}

/// A record that may or may not follow from those before it, out of few enough that many do.
fn candidate(kind: u8, a: u8, b: u8) -> Record {
    let position = u32::from(a % 4);
    let nonce = u64::from(b % 6);
    let salt = u64::from(b % 3);
    let purpose = [Purpose::Step, Purpose::Step, Purpose::Replacement, Purpose::Cancellation]
        [usize::from(b % 4)];
    let transaction = signed(position, a % 2, nonce, purpose, salt);
    let hash = hash_of(&transaction);
    let step = Position(position);
    match kind % 12 {
        0..=2 => transaction,
        3 => Record::Sent { hash },
        4 => mined(hash, u64::from(a % 3), !b.is_multiple_of(5)),
        5 => Record::Confirmed { hash, block: block(u64::from(a % 3)) },
        6 => Record::Replaced {
            hash,
            by: hash_of(&signed(position, a % 2, nonce, purpose, salt + 1)),
        },
        7 => Record::Cancelled { step, hash },
        8 => Record::Reorganised { hash, block: block(u64::from(a % 3)) },
        9 => Record::Forgotten {
            step,
            why: if b.is_multiple_of(2) { Forgetting::Redo } else { Forgetting::LeaveOut },
        },
        10 => Record::Bound { step, name: format!("n{b}"), value: "\u{1F600}\"\\".to_owned() },
        _ => [
            Record::Looked(Look { block: block(u64::from(b)), at: Timestamp(u64::from(b)) }),
            Record::Parked { step, until: Timestamp(u64::from(b)) },
            Record::Resumed { program: "covenant".to_owned(), at: Timestamp(9) },
            Record::Finished { steps: 4 },
        ][usize::from(a % 4)]
        .clone(),
    }
}

/// Writes what follows out of `candidates`, and returns the records and the bytes.
fn written(candidates: &[(u8, u8, u8)]) -> (Vec<Record>, Vec<u8>) {
    let disk = SimulatedDisk::new(Doom::never());
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let mut journal = Journal::begin(storage, &file(), &owner(), begun()).unwrap();
    let mut records = vec![Record::Begun(begun())];
    for (kind, a, b) in candidates {
        let record = candidate(*kind, *a, *b);
        match journal.append(&record) {
            Ok(()) => records.push(record),
            Err(JournalError::Order { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    drop(journal);
    (records, disk.bytes(&file()))
}

/// Steps of every kind, so that the exhaustive tests meet every record.
fn typical() -> (Vec<Record>, Vec<u8>) {
    let disk = SimulatedDisk::new(Doom::never());
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let mut journal = Journal::begin(storage, &file(), &owner(), begun()).unwrap();
    let one = signed(0, 1, 0, Purpose::Step, 0);
    let two = signed(1, 1, 1, Purpose::Step, 0);
    let more = signed(1, 1, 1, Purpose::Replacement, 1);
    let three = signed(2, 1, 2, Purpose::Step, 0);
    let none = signed(2, 1, 2, Purpose::Cancellation, 1);
    let (first, second, third) = (hash_of(&one), hash_of(&more), hash_of(&none));
    let records = [
        one,
        Record::Sent { hash: first },
        mined(first, 1, true),
        Record::Reorganised { hash: first, block: block(1) },
        mined(first, 2, true),
        Record::Confirmed { hash: first, block: block(2) },
        Record::Bound { step: Position(0), name: "id".to_owned(), value: "1".to_owned() },
        two.clone(),
        more,
        mined(second, 3, false),
        Record::Confirmed { hash: second, block: block(3) },
        Record::Replaced { hash: hash_of(&two), by: second },
        Record::Looked(Look { block: block(4), at: Timestamp(9) }),
        Record::Parked { step: Position(2), until: Timestamp(10) },
        Record::Resumed { program: "covenant".to_owned(), at: Timestamp(11) },
        three,
        none,
        mined(third, 4, true),
        Record::Confirmed { hash: third, block: block(4) },
        Record::Cancelled { step: Position(2), hash: third },
        Record::Forgotten { step: Position(2), why: Forgetting::LeaveOut },
        Record::Finished { steps: 3 },
    ];
    let mut all = vec![Record::Begun(begun())];
    for record in records {
        journal.append(&record).unwrap();
        all.push(record);
    }
    drop(journal);
    (all, disk.bytes(&file()))
}

fn read(bytes: &[u8]) -> Result<Reading, JournalError> {
    let disk = SimulatedDisk::with_file(&file(), bytes);
    Journal::read(&disk, &file()).map(|reading| reading.expect("the file is there"))
}

/// How many lines are whole, newline or not, if the file is cut to this length.
fn whole(bytes: &[u8], length: usize) -> usize {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(end, _)| end);
    ends.take_while(|end| *end <= length).count()
}

/// Cuts `bytes` everywhere; returns how often.
fn cut_everywhere(records: &[Record], bytes: &[u8]) -> usize {
    for length in 0..=bytes.len() {
        let kept = whole(bytes, length);
        let cut = &bytes[..length];
        if kept == 0 {
            let error = read(cut).unwrap_err();
            assert!(matches!(error, JournalError::Damaged { line: 1, .. }), "{error}");
            continue;
        }
        let reading = read(cut).unwrap();
        assert_eq!(reading.records, records[..kept], "cut to {length} bytes");
        let disk = SimulatedDisk::with_file(&file(), cut);
        let storage: Arc<dyn Storage> = Arc::new(disk.clone());
        let mut journal = Journal::open(storage, &file(), &owner()).unwrap().unwrap();
        assert_eq!(journal.dropped(), reading.torn);
        // What comes next is well received, and what was torn is gone.
        journal.append(&resumed()).unwrap();
        let after = read(&disk.bytes(&file())).unwrap();
        assert_eq!(after.records[..kept], records[..kept]);
        assert_eq!(after.records[kept..], [resumed()]);
        assert_eq!(after.torn, 0);
    }
    bytes.len() + 1
}

fn resumed() -> Record {
    Record::Resumed { program: "covenant".to_owned(), at: Timestamp(2) }
}

/// Changes every byte of `bytes` in several ways, one at a time; returns how often.
fn change_everywhere(bytes: &[u8]) -> usize {
    let mut changed = bytes.to_vec();
    let mut count = 0;
    for place in 0..bytes.len() {
        let was = bytes[place];
        let others = [was ^ 0x01, was ^ 0x20, was ^ 0x80, !was, 0, b'\n', b' ', b'}', b'"', b'0'];
        for other in others.into_iter().filter(|other| *other != was) {
            changed[place] = other;
            let reading = read(&changed);
            assert!(
                matches!(reading, Err(JournalError::Damaged { .. })),
                "byte {place} changed from {was} to {other} was not noticed"
            );
            count += 1;
        }
        changed[place] = was;
    }
    count
}

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

#[test]
fn the_book_says_what_became_of_each_step() {
    let (_, bytes) = typical();
    let Reading { book, .. } = read(&bytes).unwrap();
    let states: Vec<StepState> = book.steps().map(|step| step.state()).collect();
    let forgotten = StepState::Forgotten(Forgetting::LeaveOut);
    let expected = [
        StepState::Confirmed { success: true },
        StepState::Confirmed { success: false },
        forgotten,
    ];
    assert_eq!(states, expected);
    assert_eq!(book.next_nonce(Address::repeat_byte(1)), Some(3));
    assert_eq!(book.next_nonce(Address::repeat_byte(2)), None);
    assert_eq!(book.bound().collect::<Vec<_>>(), [("id", Position(0), "1")]);
    assert_eq!((book.parked(), book.finished()), (None, Some(3)));
    let created = book.step(Position(0)).unwrap().created();
    assert_eq!(created, Some((Address::repeat_byte(9), true)));
    let second = book.step(Position(1)).unwrap().slot.as_ref().unwrap();
    assert_eq!(second.attempts.iter().map(|it| it.replaced).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn what_does_not_follow_is_not_written() {
    let disk = SimulatedDisk::new(Doom::never());
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let mut journal = Journal::begin(storage, &file(), &owner(), begun()).unwrap();
    let one = signed(0, 1, 4, Purpose::Step, 0);
    let hash = hash_of(&one);
    journal.append(&one).unwrap();
    let before = disk.bytes(&file());
    let other_identity = match signed(0, 1, 4, Purpose::Replacement, 9) {
        Record::Signed(mut signed) => {
            signed.step.identity = Identity::of(&[b"other"]);
            Record::Signed(signed)
        }
        other => other,
    };
    let wrong = [
        Record::Begun(begun()),
        one.clone(),
        signed(1, 1, 4, Purpose::Step, 0),
        signed(1, 1, 3, Purpose::Step, 0),
        signed(1, 1, 5, Purpose::Replacement, 0),
        signed(0, 1, 5, Purpose::Replacement, 0),
        signed(0, 1, 4, Purpose::Step, 1),
        other_identity,
        Record::Sent { hash: B256::ZERO },
        Record::Confirmed { hash, block: block(1) },
        Record::Reorganised { hash, block: block(1) },
        Record::Cancelled { step: Position(0), hash },
        Record::Forgotten { step: Position(0), why: Forgetting::Redo },
        Record::Replaced { hash, by: hash },
        Record::Bound { step: Position(3), name: "a".to_owned(), value: "1".to_owned() },
    ];
    for record in wrong {
        let error = journal.append(&record).unwrap_err();
        assert!(matches!(error, JournalError::Order { .. }), "{record:?}: {error}");
        assert_eq!(disk.bytes(&file()), before);
    }
    journal.append(&Record::Sent { hash }).unwrap();
}

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

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/folder/lease.jsonl");
    let disk: Arc<dyn Storage> = Arc::new(Disk);
    assert!(Journal::open(Arc::clone(&disk), &file, &owner()).unwrap().is_none());
    let first = Journal::begin(Arc::clone(&disk), &file, &owner(), begun()).unwrap();
    assert!(first.stale_owner().is_none());
    let held = |error: JournalError| match error {
        JournalError::Lock(LockError::Held { owner, .. }) => owner,
        other => panic!("{other}"),
    };
    let error = Journal::open(Arc::clone(&disk), &file, &owner()).unwrap_err();
    assert!(error.to_string().contains("process 7 on here, since 1000"), "{error}");
    assert_eq!(held(error), Some(owner()));
    let error = Journal::begin(Arc::clone(&disk), &file, &owner(), begun()).unwrap_err();
    assert_eq!(held(error), Some(owner()));
    // Reading needs no lock.
    assert_eq!(Journal::read(&Disk, &file).unwrap().unwrap().records.len(), 1);
    drop(first);
    let again = Journal::open(Arc::clone(&disk), &file, &owner()).unwrap().unwrap();
    assert!(again.stale_owner().is_none(), "it was let go in good order");
    drop(again);
    let error = Journal::begin(disk, &file, &owner(), begun()).unwrap_err();
    assert!(matches!(error, JournalError::Exists { .. }), "{error}");
}

#[test]
fn a_stale_lock_is_recognised_and_one_of_another_machine_is_not_broken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lease.jsonl");
    let lock = folder.path().join("lease.jsonl.lock");
    let disk: Arc<dyn Storage> = Arc::new(Disk);
    drop(Journal::begin(Arc::clone(&disk), &file, &owner(), begun()).unwrap());
    let left = |owner: &Owner| std::fs::write(&lock, serde_json::to_vec(owner).unwrap()).unwrap();
    let dead = Owner { pid: 6, ..owner() };
    left(&dead);
    let journal = Journal::open(Arc::clone(&disk), &file, &owner()).unwrap().unwrap();
    assert_eq!(journal.stale_owner(), Some(&dead));
    drop(journal);
    left(&Owner { host: "elsewhere".to_owned(), ..owner() });
    for _ in 0..2 {
        let error = Journal::open(Arc::clone(&disk), &file, &owner()).unwrap_err();
        let elsewhere = matches!(&error, JournalError::Lock(LockError::Elsewhere { .. }));
        assert!(elsewhere, "{error}");
        assert!(error.to_string().ends_with("delete the file and try again"), "{error}");
    }
    std::fs::remove_file(&lock).unwrap();
    Journal::open(disk, &file, &owner()).unwrap().unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lease.jsonl");
    let mut journal = Journal::begin(Arc::new(Disk), &file, &owner(), begun()).unwrap();
    journal.append(&signed(0, 1, 0, Purpose::Step, 0)).unwrap();
    let mode = |file: &Path| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn another_format_is_named() {
    let disk = SimulatedDisk::new(Doom::never());
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    let newer = Begun { format: 2, program: "covenant 9".to_owned(), ..begun() };
    drop(Journal::begin(storage, &file(), &owner(), newer).unwrap());
    let error = Journal::read(&disk, &file()).unwrap_err();
    let expected = "has format 2, and this program writes format 1; continue with the version that began it (covenant 9)";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[test]
fn identities_depend_on_every_part() {
    let identity = Identity::of(&[b"ab", b"c"]);
    assert_ne!(identity, Identity::of(&[b"a", b"bc"]));
    assert_ne!(identity, Identity::of(&[b"abc"]));
    assert_ne!(identity, Identity::of(&[b"ab", b"c", b""]));
    assert_eq!(identity, Identity::of(&[b"ab", b"c"]));
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
