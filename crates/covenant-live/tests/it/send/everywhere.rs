//! Undisturbed, dying at every moment, and past every fault at every question.

use std::time::Duration;

use covenant_live::{
    journal::{Journal, StepState},
    rpc::RpcError,
    send::SendError,
};

use super::runs::*;

use crate::{
    doom::Doom,
    faults::{self, Fault},
    parallel::in_parallel,
    rig::{World, check_journal, contracts, end, journal_file, right_end, run_once, twelve_steps},
};

#[test]
fn twelve_steps_land_once_each() {
    let world = World::new();
    let steps = twelve_steps();
    let landed = run_once(&world, &steps).unwrap();
    assert_eq!(end(&world), right_end());
    check_journal(&world);
    assert!(landed.windows(2).all(|pair| pair[0].position < pair[1].position));
    assert_eq!([0, 1, 6, 7].map(|at| landed[at].created), contracts().map(Some));
    let book = Journal::read(&world.disk, &journal_file()).unwrap().unwrap().book;
    assert!(book.steps().all(|step| matches!(step.state(), StepState::Confirmed { .. })));
    // A second run finds everything done, and sends nothing.
    let taken = world.node.state().taken.clone();
    assert_eq!(run_once(&world, &steps).unwrap(), landed);
    assert_eq!(world.node.state().taken, taken);
    assert!(taken.values().all(|times| *times == 1));
}

#[test]
fn a_process_may_die_at_any_moment() {
    let (_, moments) = undisturbed(&World::new());
    let steps = twelve_steps();
    let jobs: Vec<u64> = (0..moments).collect();
    let runs = in_parallel(&jobs, |moment| {
        let world = World::new();
        world.doom.at(*moment);
        assert!(Doom::process(|| run_once(&world, &steps)).is_none(), "it dies at {moment}");
        world.disk.crash(*moment);
        // Time goes on while nobody looks; now and then a lot of it.
        world.node.advance(Duration::from_secs((*moment % 7) * 9));
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "after a death at moment {moment}");
        check_journal(&world);
        1
    });
    println!("{runs} deaths, one at each of {moments} moments: no step twice, none lost");
    assert_eq!(runs, moments);
}

#[test]
fn processes_may_die_again_and_again() {
    let steps = twelve_steps();
    let jobs: Vec<u64> = (1..=60).collect();
    let deaths = in_parallel(&jobs, |seed| {
        let world = World::new();
        let mut random = *seed;
        let mut deaths = 0;
        loop {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            world.doom.at(world.doom.moments() + (random >> 33) % 160);
            if let Some(result) = Doom::process(|| run_once(&world, &steps)) {
                assert!(result.is_ok(), "{result:?}");
                break;
            }
            world.disk.crash(random);
            deaths += 1;
        }
        assert_eq!(end(&world), right_end(), "seed {seed}");
        check_journal(&world);
        deaths
    });
    println!("{} runs with {deaths} deaths in all", jobs.len());
}

#[test]
fn every_fault_at_every_question() {
    let steps = twelve_steps();
    let faults: Vec<(u32, Fault, u64)> = faults::all()
        .into_iter()
        .map(|(row, fault)| (row, fault, undisturbed(&world_for(fault)).0))
        .collect();
    let jobs: Vec<(u64, u32, Fault)> = faults
        .iter()
        .flat_map(|(row, fault, calls)| (0..*calls).map(move |call| (call, *row, *fault)))
        .collect();
    let again = in_parallel(&jobs, |(call, row, fault)| {
        let world = world_for(*fault);
        world.node.plan_fault(*call, *fault);
        let processes = run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "row {row}, {fault:?} at question {call}");
        check_journal(&world);
        u64::from(processes - 1)
    });
    println!(
        "{} runs: {} faults, each at every question of {} or more; {again} more processes were needed",
        jobs.len(),
        faults.len(),
        faults.iter().map(|(_, _, calls)| calls).min().unwrap()
    );
}

#[test]
fn every_fault_and_a_death_soon_after() {
    let steps = twelve_steps();
    let faults: Vec<(u32, Fault, u64)> = faults::all()
        .into_iter()
        .map(|(row, fault)| (row, fault, undisturbed(&world_for(fault)).0))
        .collect();
    let jobs: Vec<(u64, Fault)> = faults
        .iter()
        .flat_map(|(_, fault, calls)| (0..*calls).step_by(17).map(move |call| (call, *fault)))
        .collect();
    let deaths = in_parallel(&jobs, |(call, fault)| {
        let world = world_for(*fault);
        world.node.plan_fault(*call, *fault);
        world.doom.at(call * 3 + 11);
        let died = match Doom::process(|| run_once(&world, &steps)) {
            None => true,
            Some(Ok(_)) => false,
            Some(Err(error)) => {
                let passing = error.is_passing()
                    || matches!(error, SendError::Rpc(RpcError::WrongChain { .. }));
                assert!(passing, "{error}");
                false
            }
        };
        world.doom.at(u64::MAX);
        world.disk.crash(*call);
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "{fault:?} at question {call}");
        check_journal(&world);
        u64::from(died)
    });
    println!("{} runs with a fault, {deaths} of them with a death as well", jobs.len());
}

#[test]
fn a_full_disk_stops_before_anything_is_sent_that_is_not_written_down() {
    let calm = World::new();
    let steps = twelve_steps();
    run_until_done(&calm, &steps);
    let operations: Vec<u64> = (0..calm.disk.operations()).collect();
    let runs = in_parallel(&operations, |operation| {
        let world = World::new();
        world.disk.fill(*operation, usize::try_from(operation % 50).unwrap());
        let error = run_once(&world, &steps).unwrap_err();
        assert!(matches!(error, SendError::Journal(_)), "{error}");
        world.disk.free();
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "full at operation {operation}");
        check_journal(&world);
        1
    });
    println!("{runs} runs, with the disk full at each operation");
}
