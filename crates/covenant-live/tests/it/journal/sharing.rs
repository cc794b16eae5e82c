//! One process at a time; who may read it; formats and identities.

use std::{path::Path, sync::Arc};

use covenant_live::{
    journal::{Begun, Identity, Journal, JournalError, Purpose},
    storage::{Disk, LockError, Owner, Storage},
};

use super::records::*;

use crate::{disk::SimulatedDisk, doom::Doom};

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
