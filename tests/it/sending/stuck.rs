//! Transactions that wait for too long are replaced by ones that pay more, and only one of each nonce lands.

use std::time::Duration;

use alloy_primitives::U64;
use covenant_live::{journal::Purpose, send::Options};
use covenant_tests::sending::{Job, run};
use serde_json::json;

use super::world::{World, ticking};
use crate::nodes::{Asking, Kind};

/// More than twice what a base fee is at first, so that what was offered before is too little.
const SPIKE: u64 = 20_000_000_000;

#[test]
fn what_is_stuck_is_replaced_and_lands_once() {
    for kind in [Kind::Anvil, Kind::Hardhat] {
        let world = World::new(kind);
        let (job, plan) = (world.job("stuck"), world.plan("stuck"));
        let (mut tick, mut spiked) = (ticking(), false);
        world.proxy.decide(move |question, node| {
            tick(question, node);
            let fate = question.pass_on(node);
            if !spiked && question.method == "eth_sendRawTransaction" {
                spiked = true;
                spike(node);
            }
            fate
        });
        let options = Options { stuck_after: Duration::from_secs(8), ..job.options.clone() };
        run(&Job { options, ..job }, &plan).unwrap();
        let book = world.book("stuck");
        let slots = book.steps().map(|step| step.slot.clone().unwrap());
        let replaced =
            slots.filter(|slot| slot.landed().unwrap().signed.purpose == Purpose::Replacement);
        assert!(replaced.count() > 0, "{kind:?}: nothing was stuck");
        world.check("stuck");
    }
}

fn spike(node: &mut Asking) {
    let methods = ["anvil_setNextBlockBaseFeePerGas", "hardhat_setNextBlockBaseFeePerGas"];
    let fee = json!([U64::from(SPIKE)]);
    assert!(methods.iter().any(|method| node.try_ask(method, &fee).is_ok()));
}
