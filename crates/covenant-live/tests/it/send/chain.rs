//! What a chain has already, would not take, or takes back.

use covenant_live::{
    journal::Position,
    rpc::RpcError,
    send::{SendError, Step},
};

use super::runs::*;

use crate::{
    faults::Fault,
    parallel::in_parallel,
    rig::{
        World, check_journal, counter, end, journal_file, right_end, run_once, step, twelve_steps,
    },
};

#[test]
fn code_that_is_there_already_or_is_another_is_not_taken_for_ours() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let again = [Step { id: step(20, "anna", None, &[]).id, ..twelve_steps()[6].clone() }];
    let error = run_once(&world, &again).unwrap_err();
    assert!(matches!(error, SendError::Occupied { same: true, .. }), "{error}");
    let mut other = counter(21, "anna", &[]);
    other.code =
        Some(covenant_live::send::CodeCheck { code: vec![1; 21].into(), open: Vec::new() });
    let error = run_once(&world, &[other.clone()]).unwrap_err();
    assert!(matches!(error, SendError::OtherCode { .. }), "{error}");
    // Where immutable values are, anything may be.
    other.code = Some(covenant_live::send::CodeCheck {
        code: vec![1; 21].into(),
        open: vec![0..10, 10..21],
    });
    run_once(&world, &[other]).unwrap();
}

#[test]
fn a_step_that_would_fail_is_not_sent() {
    let world = World::new();
    let mut steps = twelve_steps();
    steps[9].gas_limit = None;
    let error = run_once(&world, &steps).unwrap_err();
    assert!(
        matches!(&error, SendError::WouldFail { step, .. } if step.position == Position(9)),
        "{error}"
    );
}

#[test]
fn another_chain_of_the_same_number_is_refused() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let other = World::new();
    other.node.state().blocks[0].hash = alloy_primitives::keccak256("begun anew");
    other.disk.set(&journal_file(), &world.disk.bytes(&journal_file()));
    let error = run_once(&other, &twelve_steps()).unwrap_err();
    assert!(matches!(error, SendError::Rpc(RpcError::WrongGenesis { .. })), "{error}");
    assert!(other.node.state().taken.is_empty());
}

#[test]
fn a_reorganisation_after_the_end_is_repaired_by_the_next_run() {
    for (depth, forget) in [(1, true), (1, false), (4, true), (30, true)] {
        let world = World::new();
        let steps = twelve_steps();
        run_until_done(&world, &steps);
        world.node.state().reorganise(depth, forget);
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "depth {depth}");
        check_journal(&world);
    }
}

#[test]
fn a_deeper_reorganisation_than_was_waited_for_is_never_silently_wrong() {
    let steps = twelve_steps();
    let (calls, _) = undisturbed(&World::new());
    let jobs: Vec<(u64, bool)> =
        (0..calls).flat_map(|call| [(call, true), (call, false)]).collect();
    let stopped = in_parallel(&jobs, |(call, forget)| {
        let world = World::new();
        world.node.plan_fault(*call, Fault::Reorganise { depth: 4, forget: *forget });
        // What happens after the last look of a run is for the next one to see.
        match run_once(&world, &steps).and_then(|_| run_once(&world, &steps)) {
            Ok(_) => {
                assert_eq!(end(&world), right_end(), "at question {call}, forgotten: {forget}");
                check_journal(&world);
                0
            }
            // What waits in other accounts' names may land before what it needs: that is said.
            Err(SendError::OutOfOrder { .. } | SendError::Unexpected { .. }) => 1,
            Err(error) => panic!("{error}"),
        }
    });
    println!(
        "{} reorganisations of four blocks with two waited for: {stopped} stopped the run",
        jobs.len()
    );
}
