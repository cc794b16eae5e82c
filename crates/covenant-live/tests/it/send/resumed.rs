//! What the next run does with steps that are open, before it comes to them.

use std::{collections::BTreeSet, time::Duration};

use alloy_primitives::B256;
use covenant_chain::Timestamp;
use covenant_live::{
    journal::{Forgetting, Identity, Journal, Position, Purpose, Record},
    send::{SendError, Step},
};

use super::runs::*;

use crate::{
    doom::Doom,
    node::START,
    parallel::in_parallel,
    rig::{World, account, journal_file, options, run_once, start, step},
};

/// A payment by `anna`.
fn paid(position: u32) -> Step {
    step(position, "anna", Some(account("dora")), &[])
}

/// Something that has nothing to do with it.
fn other() -> Step {
    step(9, "bert", Some(account("dora")), &[])
}

/// What was signed to do a step.
fn signed_for(world: &World, position: u32) -> BTreeSet<B256> {
    let Some(reading) = Journal::read(&world.disk, &journal_file()).unwrap() else {
        return BTreeSet::new();
    };
    let does = |record| match record {
        Record::Signed(it)
            if it.step.position.0 == position && it.purpose != Purpose::Cancellation =>
        {
            Some(it.hash)
        }
        _ => None,
    };
    reading.records.into_iter().filter_map(does).collect()
}

/// How often the node was given any of these.
fn given(world: &World, hashes: &BTreeSet<B256>) -> u32 {
    let state = world.node.state();
    hashes.iter().filter_map(|hash| state.taken.get(hash)).sum()
}

/// The world after a run that died at a moment.
fn died(steps: &[Step], moment: u64) -> World {
    let world = World::new();
    world.doom.at(moment);
    assert!(Doom::process(|| run_once(&world, steps)).is_none(), "it dies at {moment}");
    world.disk.crash(moment);
    world
}

/// At how many moments a run can die.
fn moments(steps: &[Step]) -> Vec<u64> {
    let world = World::new();
    run_once(&world, steps).unwrap();
    (0..world.doom.moments()).collect()
}

/// A world in which the steps were signed, and none of them arrived.
fn never_arrived(steps: &[Step]) -> World {
    let worlds = moments(steps).into_iter().map(|moment| died(steps, moment));
    let mut fitting = worlds.filter(|world| {
        let all = steps.iter().all(|step| !signed_for(world, step.id.position.0).is_empty());
        all && world.node.state().taken.is_empty()
    });
    fitting.next().expect("a run can die between writing down and sending")
}

fn changed(step: &Step) -> Step {
    let mut changed = step.clone();
    changed.id.identity = Identity::of(&[b"something else"]);
    changed
}

#[test]
fn whenever_a_run_dies_nothing_is_sent_past_its_deadline() {
    let by = START + 120;
    let steps = [Step { by: Some(Timestamp(by)), ..paid(0) }, other()];
    let given_up = in_parallel(&moments(&steps), |moment| {
        let world = died(&steps, *moment);
        // What waits is stuck, and time goes on.
        world.node.state().ignore_all();
        world.node.advance(Duration::from_secs(300));
        let before = given(&world, &signed_for(&world, 0));
        // The next run looks after it before it comes to it, and then comes to it.
        run_once(&world, &steps[1..]).unwrap();
        let came = run_once(&world, &steps);
        let own = signed_for(&world, 0);
        assert_eq!(given(&world, &own), before, "it was sent again: {moment}");
        let state = world.node.state();
        let late = state.blocks.iter().filter(|block| block.timestamp >= by);
        let landed = late.flat_map(|block| &block.transactions).any(|hash| own.contains(hash));
        assert!(!landed, "it landed too late: {moment}");
        drop(state);
        let cancelled = signatures(&world, Purpose::Cancellation) > 0;
        assert!(!cancelled || matches!(came, Err(SendError::Expired { .. })), "{came:?}");
        u64::from(cancelled)
    });
    println!("{given_up} were given up");
    assert!(given_up > 0);
}

#[test]
fn whenever_a_run_dies_what_never_arrived_waits_until_the_next_one_comes_to_it() {
    let steps = [paid(0), other()];
    let waited = in_parallel(&moments(&steps), |moment| {
        let world = died(&steps, *moment);
        let own = signed_for(&world, 0);
        let never = !own.is_empty() && given(&world, &own) == 0;
        run_once(&world, &steps[1..]).unwrap();
        if never {
            assert_eq!(given(&world, &own), 0, "it was sent before: {moment}");
            let error = run_once(&world, &[changed(&steps[0]), other()]).unwrap_err();
            assert!(matches!(error, SendError::Changed { landed: false, .. }), "{error}");
            assert_eq!(given(&world, &own), 0, "it was sent before it was refused: {moment}");
        }
        assert_eq!(run_once(&world, &steps).unwrap().len(), 2);
        assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 1);
        u64::from(never)
    });
    println!("{waited} never arrived");
    assert!(waited > 0);
}

#[test]
fn what_has_to_come_behind_one_that_never_arrived_says_so() {
    let world = never_arrived(&[paid(0)]);
    let error = run_once(&world, &[paid(1)]).unwrap_err();
    assert!(matches!(&error, SendError::Behind { first, .. } if first.position == Position(0)));
    assert!(error.to_string().contains("`--redo 1`"), "{error}");
    assert!(world.node.state().taken.is_empty(), "nothing was sent");
    let (mut sender, locks) = start(&world, options()).unwrap();
    assert!(sender.release(Position(0), Forgetting::LeaveOut).unwrap());
    drop((sender, locks));
    assert_eq!(run_once(&world, &[paid(1)]).unwrap().len(), 1);
    assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 2);
}

#[test]
fn what_is_given_up_behind_one_that_never_arrived_is_given_up_once_that_has() {
    let steps = [paid(0), paid(1)];
    let world = never_arrived(&steps);
    let (first, second) = (signed_for(&world, 0), signed_for(&world, 1));
    let (mut sender, _locks) = start(&world, options()).unwrap();
    assert!(!sender.release(Position(1), Forgetting::Redo).unwrap(), "it is not its turn");
    assert_eq!(given(&world, &first), 0);
    sender.run(&steps[..1]).unwrap();
    assert!(sender.release(Position(1), Forgetting::Redo).unwrap());
    assert_eq!(sender.run(&steps).unwrap().len(), 2);
    assert_eq!(given(&world, &second), 0, "what was given up was never sent");
    assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 3);
}

#[test]
fn what_is_left_of_a_shorter_scenario_is_said() {
    let world = never_arrived(&[paid(0)]);
    let (mut sender, _locks) = start(&world, options()).unwrap();
    sender.run(&[other()]).unwrap();
    assert_eq!(sender.left_over().map(|step| step.position), Some(Position(0)));
    sender.run(&[paid(0), other()]).unwrap();
    assert_eq!(sender.left_over(), None);
}
