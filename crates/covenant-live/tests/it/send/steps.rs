//! Steps that revert, are given up, come too late, were overtaken, or have changed.

use std::{sync::Arc, sync::atomic::AtomicBool};

use alloy_primitives::Address;
use covenant_chain::Timestamp;
use covenant_live::{
    journal::{Forgetting, Position, Purpose, Record},
    send::{OnForeign, Options, SendError, Step},
};

use super::runs::*;

use crate::{
    node::BLOCK_TIME,
    rig::{World, account, counter, end, options, right_end, run_once, start, step, twelve_steps},
};

/// Two steps, of which the second reverts where it should not.
fn reverting() -> Vec<Step> {
    let mut steps = twelve_steps();
    steps.truncate(10);
    // Nonces stay as they are in the plan.
    steps[9].expects = covenant_live::send::Expectation::Success;
    steps
}

#[test]
fn a_step_that_reverted_stops_the_run_and_is_never_skipped() {
    let world = World::new();
    let steps = reverting();
    for _ in 0..3 {
        let error = run_once(&world, &steps).unwrap_err();
        let unexpected = matches!(&error, SendError::Unexpected { step, success: false, .. } if step.position == Position(9));
        assert!(unexpected, "{error}");
    }
    assert_eq!(world.node.state().chain.nonce(account("bert")).unwrap(), 4);
    // Done again with another nonce, it reverts again; left out, the rest is done.
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.release(Position(9), Forgetting::Redo).unwrap();
    drop((sender, locks));
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(error, SendError::Unexpected { .. }), "{error}");
    assert_eq!(world.node.state().chain.nonce(account("bert")).unwrap(), 5);
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.release(Position(9), Forgetting::LeaveOut).unwrap();
    drop((sender, locks));
    assert_eq!(run_once(&world, &steps).unwrap().len(), 9);
    assert_eq!(world.node.state().chain.nonce(account("bert")).unwrap(), 5);
}

#[test]
fn what_is_done_is_not_done_again() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let (mut sender, _locks) = start(&world, options()).unwrap();
    let error = sender.release(Position(3), Forgetting::Redo).unwrap_err();
    assert!(matches!(error, SendError::Done { .. }), "{error}");
    assert_eq!(end(&world), right_end());
}

#[test]
fn forgetting_a_step_uses_its_nonce_up_first() {
    let world = World::new();
    let steps = [counter(0, "anna", &[]), counter(1, "anna", &[])];
    // It is signed and taken, then the run is interrupted; the node sits on it.
    let stop = Arc::new(AtomicBool::new(false));
    let (mut sender, locks) =
        start(&world, Options { stop: Arc::clone(&stop), window: 1, ..options() }).unwrap();
    let node = world.node.clone();
    let flag = Arc::clone(&stop);
    sender.watch(move |record| {
        if matches!(record, Record::Sent { .. }) {
            node.state().ignore_all();
            flag.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    });
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Interrupted), "{error}");
    drop((sender, locks));
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.release(Position(0), Forgetting::Redo).unwrap();
    assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 1);
    assert!(records(&world).iter().any(|it| matches!(it, Record::Cancelled { .. })));
    drop((sender, locks));
    let landed = run_once(&world, &steps).unwrap();
    let created: Vec<Option<Address>> = landed.iter().map(|it| it.created).collect();
    let expected = [1, 2].map(|nonce| Some(account("anna").create(nonce)));
    assert_eq!(created, expected);
    assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 3);
}

#[test]
fn a_step_does_not_land_after_its_last_moment() {
    let world = World::new();
    let by = Some(Timestamp(crate::node::START + 120));
    let steps = [Step { by, ..step(0, "anna", Some(account("dora")), &[]) }];
    let (mut sender, locks) = start(&world, options()).unwrap();
    let node = world.node.clone();
    let mut first = true;
    sender.watch(move |record| {
        if matches!(record, Record::Sent { .. }) && std::mem::take(&mut first) {
            node.state().ignore_all();
        }
    });
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Expired { .. }), "{error}");
    assert_eq!(signatures(&world, Purpose::Cancellation), 1);
    drop((sender, locks));
    let state = world.node.state();
    assert_eq!(state.chain.nonce(account("anna")).unwrap(), 1);
    drop(state);
    // The same again: it stays so, and a step whose time is over is not even signed.
    assert!(matches!(run_once(&world, &steps).unwrap_err(), SendError::Expired { .. }));
    let late = [Step { by, ..step(1, "bert", Some(account("dora")), &[]) }];
    assert!(matches!(run_once(&world, &late).unwrap_err(), SendError::Expired { .. }));
    assert_eq!(signatures(&world, Purpose::Step), 1);
}

#[test]
fn a_nonce_that_somebody_else_used_stops_the_run() {
    let world = World::new();
    let steps = [counter(0, "anna", &[]), counter(1, "anna", &[0])];
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.run(&steps[..1]).unwrap();
    drop((sender, locks));
    world.node.state().chain.set_nonce(account("anna"), 4).unwrap();
    world.node.advance(BLOCK_TIME);
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(error, SendError::Foreign { nonce: 1, .. }), "{error}");
    let (mut sender, _locks) =
        start(&world, Options { foreign: OnForeign::Replan, ..options() }).unwrap();
    let landed = sender.run(&steps).unwrap();
    assert_eq!(landed[1].created, Some(account("anna").create(4)));
}

#[test]
fn a_signed_step_that_was_overtaken_is_signed_anew_only_if_asked() {
    let world = World::new();
    let steps = [counter(0, "anna", &[])];
    let (mut sender, locks) = start(&world, options()).unwrap();
    let node = world.node.clone();
    sender.watch(move |record| {
        if matches!(record, Record::Sent { .. }) {
            let mut state = node.state();
            state.pool.clear();
            state.chain.set_nonce(account("anna"), 1).unwrap();
        }
    });
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Foreign { nonce: 0, step: Some(_), .. }), "{error}");
    drop((sender, locks));
    let (mut sender, _locks) =
        start(&world, Options { foreign: OnForeign::Replan, ..options() }).unwrap();
    let landed = sender.run(&steps).unwrap();
    assert_eq!(landed[0].created, Some(account("anna").create(1)));
    assert!(records(&world).iter().any(|it| matches!(it, Record::Overtaken { .. })));
}

#[test]
fn a_step_that_changed_after_it_was_signed_is_refused_by_name() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let mut steps = twelve_steps();
    steps[4] = Step { id: steps[5].id.clone(), ..steps[4].clone() };
    steps[4].id.position = Position(4);
    steps.remove(5);
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(&error, SendError::Changed { what: "content", .. }), "{error}");
    let advice = "it is on the chain, where it stays; put the step back as it was, or give up what was done with `--forget 5`";
    assert!(error.to_string().contains(advice), "{error}");
    let mut steps = twelve_steps();
    steps[4].sender = account("anna");
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(error, SendError::Changed { what: "sender", .. }), "{error}");
    assert_eq!(end(&world), right_end());
}
