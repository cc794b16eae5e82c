//! What is stuck, what costs too much, and who cannot pay.

use alloy_primitives::U256;
use covenant_live::{
    journal::{Purpose, Record},
    send::{Options, SendError},
};

use super::runs::*;

use crate::rig::{World, account, end, options, right_end, run_once, start, step, twelve_steps};

#[test]
fn what_is_stuck_is_replaced_at_most_four_times_and_only_one_lands() {
    for ignored in [1, 4] {
        let world = World::new();
        let steps = [step(0, "anna", Some(account("dora")), &[])];
        let (mut sender, _locks) = start(&world, options()).unwrap();
        let node = world.node.clone();
        let mut seen = 0;
        sender.watch(move |record| {
            // The node sits on all but the last one.
            if matches!(record, Record::Sent { .. }) && seen < ignored {
                seen += 1;
                node.state().ignore_all();
            }
        });
        sender.run(&steps).unwrap();
        assert_eq!(signatures(&world, Purpose::Replacement), ignored);
        let replaced =
            records(&world).iter().filter(|it| matches!(it, Record::Replaced { .. })).count();
        assert_eq!(replaced, ignored);
        assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 1);
    }
    let world = World::new();
    let steps = [step(0, "anna", Some(account("dora")), &[])];
    let (mut sender, _locks) = start(&world, options()).unwrap();
    let node = world.node.clone();
    sender.watch(move |_| node.state().ignore_all());
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Waiting { .. }), "{error}");
    assert_eq!(signatures(&world, Purpose::Replacement), 4);
}

#[test]
fn nobody_pays_more_than_the_bound() {
    let world = World::new();
    let low = Options { max_fee: 900_000_000, ..options() };
    let steps = [step(0, "anna", Some(account("dora")), &[])];
    let (mut sender, _locks) = start(&world, low).unwrap();
    let error = sender.run(&steps).unwrap_err().to_string();
    assert!(error.contains("the base fee is over 900000000 wei"), "{error}");
    assert!(world.node.state().taken.is_empty());
    drop((sender, _locks));
    let spend = Options { max_spend: Some(U256::from(1_000)), ..options() };
    let (mut sender, _locks) = start(&world, spend).unwrap();
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::MaxSpend { .. }), "{error}");
    assert!(world.node.state().taken.is_empty());
}

#[test]
fn an_account_without_money_is_named_before_anything_is_signed() {
    let world = World::new();
    world.node.fund(account("anna"), U256::from(3));
    let error = run_once(&world, &twelve_steps()).unwrap_err();
    assert!(matches!(&error, SendError::Funds { have, .. } if *have == U256::from(3)), "{error}");
    assert_eq!(signatures(&world, Purpose::Step), 0);
    world.node.fund(account("anna"), U256::from(10).pow(U256::from(20)));
    run_until_done(&world, &twelve_steps());
    assert_eq!(end(&world), right_end());
}
