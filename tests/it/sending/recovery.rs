//! Journals that are lost, or damaged in the middle, are rebuilt from the chain; then nothing is sent twice.

use std::{
    collections::BTreeSet,
    fs,
    sync::{Arc, atomic::Ordering},
};

use alloy_primitives::U64;
use covenant_chain::Timestamp;
use covenant_live::{
    journal::{JournalError, Record},
    recover::{Outcome, RecoverError, Recovery, Scan},
    send::SendError,
    storage::{Disk, Owner},
};
use covenant_tests::sending::{Job, Plan, begun, client, run, start};
use serde_json::json;

use super::world::World;
use crate::nodes::Kind;

/// Sends steps until so many are confirmed.
fn send_some(world: &World, name: &str, confirmed: usize) -> (Job, Plan) {
    let (job, plan) = (world.job(name), world.plan(name));
    let (mut sender, locks) = start(&job, &plan).expect("it can be recovered");
    let (stop, mut left) = (Arc::clone(&job.options.stop), confirmed);
    sender.watch(move |record| {
        left -= usize::from(matches!(record, Record::Confirmed { .. }) && left > 0);
        stop.store(left == 0, Ordering::Relaxed);
    });
    match sender.run(&plan.steps()) {
        Ok(landed) => assert_eq!(landed.len(), confirmed),
        Err(error) => assert!(matches!(error, SendError::Interrupted), "{error}"),
    }
    drop((sender, locks));
    job.options.stop.store(false, Ordering::Relaxed);
    (job, plan)
}

fn recover(job: &Job, plan: &Plan, range: Option<(u64, u64)>) -> Result<Outcome, RecoverError> {
    let mut client = client(job)?;
    let accounts: BTreeSet<_> = plan.keys().iter().map(covenant_chain::Key::address).collect();
    let scan = Scan::new(&mut client, &accounts, range)?;
    let owner = Owner::this_process(Timestamp(0));
    let begun = begun(job.chain_id, client.genesis());
    let mut recovery = Recovery::begin(scan, Arc::new(Disk), &job.journal, &owner, begun, 2)?;
    for step in plan.steps() {
        recovery.claim(&mut client, &step)?;
    }
    recovery.finish()
}

/// What waits is put into blocks.
fn settle(world: &World) {
    let mut asking = world.node.asking();
    for _ in 0..3 {
        asking.mine();
    }
}

#[test]
fn a_deleted_journal_is_rebuilt() {
    for kind in [Kind::Anvil, Kind::Hardhat] {
        let world = World::new(kind);
        for confirmed in [3, 7, 12] {
            let name = format!("deleted-{confirmed}");
            let (job, plan) = send_some(&world, &name, confirmed);
            fs::remove_file(&job.journal).expect("it can be recovered");
            settle(&world);
            let outcome = recover(&job, &plan, None).expect("it can be recovered");
            assert!(outcome.steps >= confirmed, "{kind:?}: {outcome:?}");
            assert_eq!((outcome.unknown.len(), outcome.kept), (0, None));
            run(&job, &plan).unwrap_or_else(|error| panic!("{kind:?} {name}: {error}"));
            world.check(&name);
        }
    }
}

#[test]
fn a_journal_that_is_damaged_in_the_middle_is_rebuilt_and_kept() {
    let world = World::new(Kind::Anvil);
    let (job, plan) = send_some(&world, "damaged", 8);
    let mut bytes = fs::read(&job.journal).expect("it can be recovered");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&job.journal, &bytes).expect("it can be recovered");
    let error = run(&job, &plan).expect_err("it is refused");
    assert!(matches!(error, SendError::Journal(JournalError::Damaged { .. })), "{error}");
    settle(&world);
    let head = world.node.asking().number("eth_blockNumber", &json!([]));
    let outcome = recover(&job, &plan, Some((0, head))).expect("it can be recovered");
    assert!(outcome.steps >= 8);
    assert_eq!(
        fs::read(outcome.kept.expect("it can be recovered")).expect("it can be recovered"),
        bytes
    );
    run(&job, &plan).expect("it can be recovered");
    world.check("damaged");
}

#[test]
fn a_range_that_is_too_short_and_what_still_waits_are_refused() {
    let world = World::new(Kind::Anvil);
    let (job, plan) = send_some(&world, "short", 8);
    fs::remove_file(&job.journal).expect("it can be recovered");
    settle(&world);
    let head = world.node.asking().number("eth_blockNumber", &json!([]));
    for range in [(0, 4), (head, head)] {
        let error = recover(&job, &plan, Some(range)).expect_err("it is refused");
        assert!(matches!(error, RecoverError::Incomplete { .. }), "{error}");
    }
    // Somebody's payment that waits.
    let mut asking = world.node.asking();
    let anna = plan.account("anna");
    asking.ask("anvil_impersonateAccount", &json!([anna]));
    let payment = json!([{ "from": anna, "to": anna, "value": U64::from(1) }]);
    asking.ask("eth_sendTransaction", &payment);
    // Past the proxy, which would make a block.
    let direct = Job { nodes: vec![world.node.url().to_owned()], ..job.clone() };
    let error = recover(&direct, &plan, Some((0, head))).expect_err("it is refused");
    assert!(matches!(error, RecoverError::Pending { count: 1, .. }), "{error}");
    assert!(!job.journal.exists());
}
