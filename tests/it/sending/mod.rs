//! Sending to real nodes, through everything that can happen in between.

mod baseline;
mod broken_resumes;
mod kills;
mod records;
mod recovery;
mod reorganisations;
mod stuck;
mod world;

use covenant_live::journal::StepState;
use covenant_tests::sending::run;

use crate::nodes::Kind;
use world::World;

#[test]
fn twelve_steps_with_a_revert_in_the_middle_land_on_every_node() {
    for kind in Kind::ALL {
        let world = World::new(kind);
        let landed = run(&world.job("whole"), &world.plan("whole")).unwrap();
        assert_eq!(landed.len(), 12, "{kind:?}");
        world.check("whole");
        let book = world.book("whole");
        let middle = book.step(covenant_live::journal::Position(9)).unwrap().state();
        assert_eq!(middle, StepState::Confirmed { success: false }, "{kind:?}");
        // Once more does nothing.
        assert_eq!(run(&world.job("whole"), &world.plan("whole")).unwrap(), landed, "{kind:?}");
        world.check("whole");
    }
}
