//! What one node says is not enough where there are two, and what the machine's clock says is never asked.

use std::time::Duration;

use covenant_live::{journal::Journal, send::SendError};

use crate::rig::{World, check_journal, end, journal_file, right_end, run_once, twelve_steps};

#[test]
fn a_receipt_is_believed_when_a_second_node_agrees() {
    for doubts in [1, 2, 5] {
        let world = World::new();
        world.node.state().doubts = doubts;
        run_once(&world, &twelve_steps()).unwrap();
        assert_eq!(world.node.state().doubts, 0, "the second node was not asked");
        assert_eq!(end(&world), right_end());
        check_journal(&world);
    }
}

#[test]
fn two_nodes_that_keep_to_different_receipts_end_the_run() {
    let world = World::new();
    world.node.state().doubts = u64::MAX;
    let error = run_once(&world, &twelve_steps()).unwrap_err();
    assert!(matches!(error, SendError::Disagreement { .. }), "{error}");
    let reading = Journal::read(&world.disk, &journal_file()).unwrap().unwrap();
    let confirmed = |record: &_| matches!(record, covenant_live::journal::Record::Confirmed { .. });
    assert_eq!(reading.records.iter().filter(|record| confirmed(record)).count(), 0);
    // Once they agree, it goes on.
    world.node.state().doubts = 0;
    run_once(&world, &twelve_steps()).unwrap();
    assert_eq!(end(&world), right_end());
    check_journal(&world);
}

#[test]
fn a_clock_that_is_wrong_changes_nothing() {
    let journals = [Duration::ZERO, Duration::from_secs(60 * 60 * 24 * 365 * 50)].map(|skew| {
        let world = World { skew, ..World::new() };
        run_once(&world, &twelve_steps()).unwrap();
        assert_eq!(end(&world), right_end());
        world.disk.bytes(&journal_file())
    });
    assert!(journals[0] == journals[1], "the clock of the machine is in the journal");
}
