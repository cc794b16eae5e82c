//! Three blocks go away after they were two deep: that is noticed, and repaired.

use std::sync::{Arc, Mutex};

use alloy_primitives::U64;
use covenant_live::{
    journal::{Journal, Record},
    storage::Disk,
};
use covenant_tests::sending::{run, start};
use serde_json::{Value, json};

use super::world::World;
use crate::nodes::{Asking, Kind};

/// The state of a node after each of its blocks, where it can be put back.
type Snapshots = Arc<Mutex<Vec<Value>>>;

/// Takes a snapshot after each block.
fn remember(world: &World) -> Snapshots {
    let snapshots: Snapshots = Arc::default();
    let (taken, mut looks) = (Arc::clone(&snapshots), 0);
    world.proxy.decide(move |question, node| {
        if question.is_look() {
            looks += 1;
            if looks % 3 == 0 {
                node.mine();
                taken.lock().expect("it is sent").push(node.ask("evm_snapshot", &json!([])));
            }
        }
        question.pass_on(node)
    });
    snapshots
}

/// Three blocks go away; what was in them is in no block, and no node remembers it.
fn reorganise(kind: Kind, node: &mut Asking, snapshots: &Snapshots) {
    if kind == Kind::Anvil {
        node.ask("anvil_reorg", &json!([3, []]));
        return;
    }
    let mut snapshots = snapshots.lock().expect("it is sent");
    let at = snapshots.len() - 4;
    assert_eq!(node.ask("evm_revert", &json!([snapshots[at]])), json!(true));
    snapshots.truncate(at);
    // Other blocks come in their place, of other times.
    if kind == Kind::Hardhat {
        let time = node.ask("eth_getBlockByNumber", &json!(["latest", false]))["timestamp"].clone();
        let time: U64 = serde_json::from_value(time).expect("it is sent");
        let later = json!([time + U64::from(1_000)]);
        node.ask("evm_setNextBlockTimestamp", &later);
    }
    for _ in 0..3 {
        node.mine();
        snapshots.push(node.ask("evm_snapshot", &json!([])));
    }
}

fn reorganised(world: &World) -> usize {
    let reading =
        Journal::read(&Disk, &world.journal("deep")).expect("it is sent").expect("it is sent");
    reading.records.iter().filter(|it| matches!(it, Record::Reorganised { .. })).count()
}

#[test]
fn three_blocks_go_away_while_it_runs() {
    for kind in [Kind::Anvil, Kind::Hardhat] {
        let world = World::new(kind);
        let (job, plan) = (world.job("deep"), world.plan("deep"));
        let snapshots = remember(&world);
        let (mut sender, _locks) = start(&job, &plan).expect("it is sent");
        let (mut node, mut confirmed) = (world.node.asking(), 0);
        sender.watch(move |record| {
            confirmed += u32::from(matches!(record, Record::Confirmed { .. }));
            if confirmed == 5 && matches!(record, Record::Confirmed { .. }) {
                reorganise(kind, &mut node, &snapshots);
            }
        });
        sender.run(&plan.steps()).expect("it is sent");
        assert!(reorganised(&world) > 0, "{kind:?}: nothing was noticed");
        world.check("deep");
    }
}

#[test]
fn three_blocks_go_away_while_nobody_looks() {
    for kind in [Kind::Anvil, Kind::Hardhat] {
        let world = World::new(kind);
        let (job, plan) = (world.job("deep"), world.plan("deep"));
        let snapshots = remember(&world);
        run(&job, &plan).expect("it is sent");
        assert_eq!(reorganised(&world), 0);
        reorganise(kind, &mut world.node.asking(), &snapshots);
        run(&job, &plan).expect("it is sent");
        assert!(reorganised(&world) > 0, "{kind:?}: nothing was noticed");
        world.check("deep");
    }
}
