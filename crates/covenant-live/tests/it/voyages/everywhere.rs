//! Undisturbed, dying at every moment, and past every fault at every question.

use super::{
    rig::{SCENARIO, Story, World, may_be_tried_again},
    spread::{count, spread},
};

use crate::{
    doom::Doom,
    faults::{self, Fault},
    parallel::in_parallel,
};

/// At how many questions each fault is tried.
const SPREAD: u64 = 24;

/// What the undisturbed run asks, and how many moments it has at which a process may die.
fn undisturbed(story: &Story, world: &World) -> (u64, u64) {
    assert_eq!(world.perform_until_done(story), 1);
    let calls = world.node.state().calls;
    (calls, world.doom.moments())
}

/// Each fault, with the questions at which it happens.
fn jobs(story: &Story, count: u64) -> Vec<(u64, u32, Fault)> {
    let mut jobs = Vec::new();
    for (seed, (row, fault)) in (1..).zip(faults::all()) {
        let (calls, _) = undisturbed(story, &World::facing(fault));
        jobs.extend(spread(calls, count, seed).into_iter().map(|call| (call, row, fault)));
    }
    jobs
}

#[test]
fn a_voyage_is_performed_with_several_steps_in_flight() {
    let story = Story::of(SCENARIO);
    let world = World::new();
    assert_eq!(world.perform_until_done(&story), 1);
    world.check("undisturbed");
    let taken = {
        let state = world.node.state();
        let together = state.blocks.iter().map(|it| it.transactions.len());
        let together: Vec<usize> = together.filter(|it| *it > 0).collect();
        assert_eq!(together, [3, 3, 2, 1, 1, 1, 1, 1]);
        state.taken.clone()
    };
    assert!(taken.values().all(|times| *times == 1));
    // A second run finds everything done, and sends nothing.
    assert_eq!(world.perform_until_done(&story), 1);
    assert_eq!(world.node.state().taken, taken);
}

#[test]
fn a_process_may_die_at_any_moment_of_a_voyage() {
    let story = Story::of(SCENARIO);
    let (_, moments) = undisturbed(&story, &World::new());
    let jobs: Vec<u64> = (0..moments).collect();
    let runs = in_parallel(&jobs, |moment| {
        let world = World::new();
        world.doom.at(*moment);
        let died = Doom::process(|| world.end_of(&story));
        assert!(died.is_none(), "it dies at {moment}: {died:?}");
        world.crash(*moment);
        world.perform_until_done(&story);
        world.check(&format!("after a death at moment {moment}"));
        1
    });
    println!("{runs} deaths, one at each of {moments} moments: no step twice, none lost");
    assert_eq!(runs, moments);
}

#[test]
fn every_fault_of_a_node_during_a_voyage() {
    let story = Story::of(SCENARIO);
    let jobs = jobs(&story, count(SPREAD));
    let again = in_parallel(&jobs, |(call, row, fault)| {
        let world = World::facing(*fault);
        world.node.plan_fault(*call, *fault);
        let processes = world.perform_until_done(&story);
        world.check(&format!("row {row}, {fault:?} at question {call}"));
        u64::from(processes - 1)
    });
    println!("{} runs with a fault; {again} more processes were needed", jobs.len());
}

#[test]
fn every_fault_of_a_node_and_a_death_soon_after() {
    let story = Story::of(SCENARIO);
    let jobs = jobs(&story, count(SPREAD).div_ceil(8));
    let deaths = in_parallel(&jobs, |(call, row, fault)| {
        let world = World::facing(*fault);
        world.node.plan_fault(*call, *fault);
        // There are some five questions for each moment at which a process may die.
        world.doom.at(call / 5 + 3);
        let died = match Doom::process(|| world.end_of(&story)) {
            None => true,
            Some(Ok(_)) => false,
            Some(Err(error)) => {
                assert!(may_be_tried_again(&error), "{error}: {error:?}");
                false
            }
        };
        world.doom.at(u64::MAX);
        world.crash(*call);
        world.perform_until_done(&story);
        world.check(&format!("row {row}, {fault:?} at question {call}, and a death"));
        u64::from(died)
    });
    println!("{} runs with a fault, {deaths} of them with a death as well", jobs.len());
}

#[test]
fn a_full_disk_stops_a_voyage_before_anything_is_sent_that_is_not_written_down() {
    let story = Story::of(SCENARIO);
    let calm = World::new();
    calm.perform_until_done(&story);
    let operations: Vec<u64> = (0..calm.disk.operations()).collect();
    let runs = in_parallel(&operations, |operation| {
        let world = World::new();
        world.disk.fill(*operation, usize::try_from(operation % 50).unwrap());
        // What is written for other programs at the end is not the journal; there the run only says so.
        let performed = world.perform(&story);
        world.disk.free();
        let whole = performed.is_ok_and(|done| done.outcome.is_ok());
        let finished = world.is_finished();
        assert!(!whole || finished, "full at operation {operation}");
        world.perform_until_done(&story);
        world.check(&format!("full at operation {operation}"));
        1
    });
    println!("{runs} runs, with the disk full at each operation");
}
