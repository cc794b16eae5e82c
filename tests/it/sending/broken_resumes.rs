//! The three cases in which `forge script --resume` loses its way.

use std::sync::{Arc, atomic::Ordering};

use covenant_live::{
    journal::{Position, Record, StepState},
    send::{Expectation, Options, SendError},
};
use covenant_tests::sending::{run, start};
use serde_json::Value;

use super::world::{World, once, ticking};
use crate::nodes::{Fate, Kind};

#[test]
fn a_reverted_transaction_in_the_middle_is_neither_skipped_nor_sent_again() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let (job, plan) = (world.job("middle"), world.plan("middle"));
        // The process ends as soon as the revert is seen.
        let (mut sender, locks) = start(&job, &plan).unwrap();
        let stop = Arc::clone(&job.options.stop);
        sender.watch(move |record| {
            if matches!(record, Record::Mined(mined) if !mined.success) {
                stop.store(true, Ordering::Relaxed);
            }
        });
        let error = sender.run(&plan.steps()).unwrap_err();
        assert!(matches!(error, SendError::Interrupted), "{kind:?}: {error}");
        drop((sender, locks));
        assert!(world.book("middle").finished().is_none());
        job.options.stop.store(false, Ordering::Relaxed);
        run(&job, &plan).unwrap();
        world.check("middle");
    }
}

#[test]
fn a_revert_that_was_not_expected_ends_the_run_and_every_later_one() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let (job, plan) = (world.job("surprise"), world.plan("surprise"));
        let mut steps = plan.steps();
        steps[9].expects = Expectation::Success;
        let mut sent = Vec::new();
        for _ in 0..2 {
            let (mut sender, _locks) = start(&job, &plan).unwrap();
            let error = sender.run(&steps).unwrap_err();
            let SendError::Unexpected { step, success: false, .. } = error else {
                panic!("{kind:?}: {error}");
            };
            assert_eq!(step.position, Position(9));
            let mut asking = world.node.asking();
            sent.push(["anna", "bert", "cleo"].map(|name| asking.nonce(plan.account(name))));
        }
        assert_eq!(sent[0], sent[1], "{kind:?}");
        let state = world.book("surprise").step(Position(9)).unwrap().state();
        assert_eq!(state, StepState::Confirmed { success: false });
    }
}

#[test]
fn receipts_come_in_any_order() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let (job, plan) = (world.job("order"), world.plan("order"));
        // Nobody sees a receipt of the first two transactions before that of the third was seen.
        let (mut sent, mut third_was_seen) = (Vec::new(), false);
        let mut tick = ticking();
        world.proxy.decide(move |question, node| {
            tick(question, node);
            let asks = question.method == "eth_getTransactionReceipt";
            let place = sent.iter().position(|it| it == &question.params[0]);
            if asks && !third_was_seen && place.is_some_and(|place| place < 2) {
                return question.answer(&Value::Null);
            }
            let fate = question.pass_on(node);
            let Fate::Answered(answer) = &fate else { return fate };
            let result = serde_json::from_slice::<Value>(answer).unwrap()["result"].take();
            third_was_seen |= asks && place == Some(2) && !result.is_null();
            if question.method == "eth_sendRawTransaction" {
                sent.push(result);
            }
            fate
        });
        run(&job, &plan).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        world.check("order");
    }
}

#[test]
fn a_lost_answer_after_delivery_is_no_loss() {
    for (kind, losses) in [(Kind::Anvil, 12), (Kind::Hardhat, 12), (Kind::Ganache, 3)] {
        let world = World::new(kind);
        for nth in 0..losses {
            let prefix = format!("lost-{nth}");
            let (job, plan) = (world.job(&prefix), world.plan(&prefix));
            let mut sends = 0;
            let fires = move |question: &crate::nodes::Question| {
                sends += u32::from(question.method == "eth_sendRawTransaction");
                sends == nth + 1
            };
            world.proxy.decide(once(fires, true));
            run(&job, &plan).unwrap_or_else(|error| panic!("{kind:?}, {prefix}: {error}"));
            world.check(&prefix);
        }
    }
}

#[test]
fn a_process_that_gives_up_after_a_lost_answer_is_resumed() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let (job, plan) = (world.job("gives-up"), world.plan("gives-up"));
        let mut deaf = false;
        let mut tick = ticking();
        world.proxy.decide(move |question, node| {
            tick(question, node);
            if deaf {
                return Fate::Broken;
            }
            deaf = question.method == "eth_sendRawTransaction";
            let fate = question.pass_on(node);
            if deaf { Fate::Broken } else { fate }
        });
        let options = Options { window: 1, ..job.options.clone() };
        let error =
            run(&covenant_tests::sending::Job { options, ..job.clone() }, &plan).unwrap_err();
        assert!(error.is_passing(), "{kind:?}: {error}");
        world.proxy.decide(once(|_| false, false));
        run(&job, &plan).unwrap();
        world.check("gives-up");
    }
}
