//! States are read of the very block, whatever a node knows of blocks' hashes.

use super::{
    rig::{SCENARIO, Story, World},
    spread::{count, spread},
};

use crate::{faults::Fault, node::Hashes, parallel::in_parallel};

#[test]
fn nodes_that_do_not_know_blocks_by_their_hashes_are_asked_by_number() {
    let story = Story::of(SCENARIO);
    for hashes in [Hashes::Known, Hashes::Refused, Hashes::Ignored] {
        let world = World::new();
        world.node.state().hashes = hashes;
        assert_eq!(world.perform_until_done(&story), 1, "{hashes:?}");
        world.check(&format!("{hashes:?}"));
        let calls = world.node.state().calls;
        println!("{calls} questions where hashes are {hashes:?}");
        // Also while blocks go away.
        let jobs = spread(calls, count(48), 1);
        in_parallel(&jobs, |call| {
            let world = World::new();
            world.node.state().hashes = hashes;
            world.node.plan_fault(*call, Fault::Lose { depth: 3 });
            if world.perform_past_reorganisations(&story).is_some() {
                world.check(&format!("{hashes:?}, three blocks away at question {call}"));
            }
            1
        });
    }
}
