//! What the book says of the records, and which of them cannot follow.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use covenant_live::{
    journal::{
        Forgetting, Identity, Journal, JournalError, Position, Purpose, Reading, Record, StepState,
    },
    storage::Storage,
};

use super::records::*;

use crate::{disk::SimulatedDisk, doom::Doom};

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

#[test]
fn a_signature_of_before_deadlines_were_written_down_is_read_and_written_as_it_was() {
    let zeros = "0".repeat(64);
    let address = "0".repeat(40);
    let old = format!(
        r#"{{"type":"signed","step":{{"position":0,"name":"pay","identity":"0x{zeros}"}},"purpose":"step","sender":"0x{address}","nonce":3,"hash":"0x{zeros}","raw":"0x02","creates":null,"value":"0x1","gas_limit":21000,"max_fee":"0x5","priority_fee":"0x1","at":5}}"#
    );
    let record: Record = serde_json::from_str(&old).unwrap();
    assert!(matches!(&record, Record::Signed(signed) if signed.by.is_none()), "{record:?}");
    assert_eq!(serde_json::to_string(&record).unwrap(), old);
    let Record::Signed(mut signed) = record else { unreachable!("it was just looked at") };
    signed.by = Some(covenant_chain::Timestamp(7));
    let new = serde_json::to_string(&Record::Signed(signed)).unwrap();
    assert_eq!(new, old.replace(r#""at":5"#, r#""at":5,"by":7"#));
}

#[test]
fn the_earliest_deadline_of_a_nonce_counts() {
    let storage: Arc<dyn Storage> = Arc::new(SimulatedDisk::new(Doom::never()));
    let mut journal = Journal::begin(storage, &file(), &owner(), begun()).unwrap();
    let by =
        |journal: &Journal| journal.book().step(Position(0)).unwrap().slot.as_ref().unwrap().by();
    for (purpose, at, earliest) in [
        (Purpose::Step, None, None),
        (Purpose::Replacement, Some(9), Some(9)),
        (Purpose::Replacement, Some(7), Some(7)),
        (Purpose::Cancellation, Some(8), Some(7)),
    ] {
        let salt = at.unwrap_or_default();
        let Record::Signed(mut signed) = signed(0, 1, 0, purpose, salt) else {
            unreachable!("it is a signature")
        };
        signed.by = at.map(covenant_chain::Timestamp);
        journal.append(&Record::Signed(signed)).unwrap();
        assert_eq!(by(&journal), earliest.map(covenant_chain::Timestamp));
    }
}
