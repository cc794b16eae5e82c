//! Three blocks go away of which two were waited for.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::{
    rig::{SCENARIO, Story, World},
    spread::{count, spread},
};

use crate::{doom::Doom, faults::Fault, parallel::in_parallel};

/// How many blocks go away; one more than was waited for.
const DEPTH: usize = 3;
/// Between the last look at the chain and what is sent there are no more questions than this.
const SOON: usize = 3;

/// What the undisturbed run asks, and how many moments it has at which a process may die.
fn undisturbed(story: &Story) -> (u64, u64) {
    let world = World::new();
    assert_eq!(world.perform_until_done(story), 1);
    let calls = world.node.state().calls;
    (calls, world.doom.moments())
}

/// A world in which a process died at this moment.
fn died_at(story: &Story, moment: u64) -> World {
    let world = World::new();
    world.doom.at(moment);
    assert!(Doom::process(|| world.end_of(story)).is_none(), "it dies at {moment}");
    world.crash(moment);
    world
}

/// Whether something was sent right after this question, without a look at the chain in between that could have told.
fn is_sent_after(world: &World, call: u64) -> bool {
    let state = world.node.state();
    let after = state.methods.iter().skip(usize::try_from(call).unwrap() + 1);
    after.take(SOON).any(|method| method == "eth_sendRawTransaction")
}

#[test]
fn three_blocks_go_away_while_the_run_is_dead() {
    let story = Story::of(SCENARIO);
    let (_, moments) = undisturbed(&story);
    let jobs: Vec<u64> = (0..moments).collect();
    let runs = in_parallel(&jobs, |moment| {
        let world = died_at(&story, *moment);
        world.node.state().lose(DEPTH);
        world.node.advance(Duration::from_secs(moment % 40));
        world.perform_until_done(&story);
        world.check(&format!("dead at moment {moment} while three blocks went away"));
        1
    });
    println!("{runs} deaths, while each of which three blocks went away");
}

#[test]
fn three_blocks_go_away_during_a_run() {
    let story = Story::of(SCENARIO);
    let (calls, _) = undisturbed(&story);
    let jobs = spread(calls, count(360), 1);
    let failed = AtomicU64::new(0);
    let again = in_parallel(&jobs, |call| {
        let world = World::new();
        world.node.plan_fault(*call, Fault::Lose { depth: DEPTH });
        let Some(processes) = world.perform_past_reorganisations(&story) else {
            assert!(is_sent_after(&world, *call), "at question {call}");
            failed.fetch_add(1, Ordering::SeqCst);
            return 0;
        };
        world.check(&format!("three blocks went away at question {call}"));
        u64::from(processes - 1)
    });
    let failed = failed.into_inner();
    println!(
        "{} runs, during each of which three blocks went away: {again} more processes were needed, and in {failed} a \
         step was sent just then and landed before what it needs, which was said",
        jobs.len()
    );
}

#[test]
fn three_blocks_go_away_after_a_resumed_run_has_compared_what_was_settled() {
    let story = Story::of(SCENARIO);
    let (_, moments) = undisturbed(&story);
    let mut jobs = Vec::new();
    for part in 1..=6 {
        // The process that goes on asks so many questions, if nothing happens.
        let moment = moments * part / 7;
        let world = died_at(&story, moment);
        let before = world.node.state().calls;
        world.perform_until_done(&story);
        let after = world.node.state().calls;
        let calls = spread(after - before, count(40), part);
        jobs.extend(calls.into_iter().map(|call| (moment, before + call)));
    }
    let failed = AtomicU64::new(0);
    let again = in_parallel(&jobs, |(moment, call)| {
        let world = died_at(&story, *moment);
        world.node.plan_fault(*call, Fault::Lose { depth: DEPTH });
        let Some(processes) = world.perform_past_reorganisations(&story) else {
            assert!(is_sent_after(&world, *call), "at question {call}");
            failed.fetch_add(1, Ordering::SeqCst);
            return 0;
        };
        world.check(&format!("dead at moment {moment}, three blocks away at question {call}"));
        u64::from(processes - 1)
    });
    let failed = failed.into_inner();
    println!(
        "{} resumed runs, during each of which three blocks went away: {again} more processes were needed, and in \
         {failed} a step was sent just then and landed before what it needs, which was said",
        jobs.len()
    );
}

#[test]
fn three_blocks_of_which_a_node_remembers_something_are_never_silently_lost() {
    let story = Story::of(SCENARIO);
    let (calls, _) = undisturbed(&story);
    let mut jobs = Vec::new();
    for forget in [true, false] {
        jobs.extend(spread(calls, count(120), 2).into_iter().map(|call| (call, forget)));
    }
    // What waits at a node in other accounts' names may land before what it needs: that is said.
    let said = in_parallel(&jobs, |(call, forget)| {
        let world = World::new();
        let fault = Fault::Reorganise { depth: DEPTH, forget: *forget };
        world.node.plan_fault(*call, fault);
        if world.perform_past_reorganisations(&story).is_none() {
            return 1;
        }
        world.check(&format!("{fault:?} at question {call}"));
        0
    });
    println!(
        "{} reorganisations of three blocks with two waited for: {said} were said",
        jobs.len()
    );
}
