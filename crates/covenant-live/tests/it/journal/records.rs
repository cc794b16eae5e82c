//! Journals to be damaged, and what reading them may give.

use std::{path::PathBuf, sync::Arc};

use alloy_primitives::{Address, B256, Bytes, U128, U256, keccak256};
use covenant_chain::Timestamp;
use covenant_live::{
    journal::{
        Begun, BlockRef, Forgetting, Identity, Journal, JournalError, Look, Mined, Position,
        Purpose, Reading, Record, Signed, StepId,
    },
    storage::{Owner, Storage},
};

use crate::{disk::SimulatedDisk, doom::Doom};

pub(super) fn file() -> PathBuf {
    PathBuf::from("deployments/31337/lease.jsonl")
}

pub(super) fn owner() -> Owner {
    Owner { pid: 7, host: "here".to_owned(), since: Timestamp(1_000) }
}

pub(super) fn begun() -> Begun {
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

pub(super) fn signed(position: u32, sender: u8, nonce: u64, purpose: Purpose, salt: u64) -> Record {
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
        by: (salt > 0).then_some(Timestamp(u64::MAX)),
    })
}

pub(super) fn block(number: u64) -> BlockRef {
    BlockRef { number, hash: keccak256(number.to_be_bytes()) }
}

pub(super) fn mined(hash: B256, number: u64, success: bool) -> Record {
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

pub(super) fn hash_of(record: &Record) -> B256 {
    let Record::Signed(signed) = record else { panic!("{record:?} is not a signature") };
    signed.hash
}

/// A record that may or may not follow from those before it, out of few enough that many do.
pub(super) fn candidate(kind: u8, a: u8, b: u8) -> Record {
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
pub(super) fn written(candidates: &[(u8, u8, u8)]) -> (Vec<Record>, Vec<u8>) {
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
pub(super) fn typical() -> (Vec<Record>, Vec<u8>) {
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
        Record::LookedAgain { place: 0, look: Look { block: block(5), at: Timestamp(9) } },
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

pub(super) fn read(bytes: &[u8]) -> Result<Reading, JournalError> {
    let disk = SimulatedDisk::with_file(&file(), bytes);
    Journal::read(&disk, &file()).map(|reading| reading.expect("the file is there"))
}

/// How many lines are whole, newline or not, if the file is cut to this length.
pub(super) fn whole(bytes: &[u8], length: usize) -> usize {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(end, _)| end);
    ends.take_while(|end| *end <= length).count()
}

/// Cuts `bytes` everywhere; returns how often.
pub(super) fn cut_everywhere(records: &[Record], bytes: &[u8]) -> usize {
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

pub(super) fn resumed() -> Record {
    Record::Resumed { program: "covenant".to_owned(), at: Timestamp(2) }
}

/// Changes every byte of `bytes` in several ways, one at a time; returns how often.
pub(super) fn change_everywhere(bytes: &[u8]) -> usize {
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
