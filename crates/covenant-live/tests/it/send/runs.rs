//! Runs of the twelve steps, again and again until they are done.

use std::time::Duration;

use covenant_live::{
    journal::{Journal, Purpose, Record},
    rpc::RpcError,
    send::{SendError, Step},
};

use crate::{
    faults::Fault,
    rig::{World, journal_file, run_once, twelve_steps},
};

/// How many processes a run may need: each ends with an error that says to run it again. The longest fault is another
/// chain for eight questions, and each process asks one before it refuses.
pub(super) const PROCESSES: u32 = 10;

/// Runs processes until one is done; returns how many there were.
pub(super) fn run_until_done(world: &World, steps: &[Step]) -> u32 {
    let mut errors = Vec::new();
    for process in 1..=PROCESSES {
        let result = run_once(world, steps);
        errors.extend(result.as_ref().err().map(ToString::to_string));
        match result {
            Ok(landed) => {
                assert_eq!(landed.len(), steps.len());
                return process;
            }
            Err(SendError::Rpc(RpcError::WrongChain { .. })) => {}
            Err(error) if error.is_passing() => {}
            Err(error) => panic!("{error}: {error:?}"),
        }
        world.node.advance(Duration::from_secs(60));
    }
    panic!("{PROCESSES} processes were not enough: {errors:#?}");
}

/// A world that waits for deeper blocks than the fault takes away.
pub(super) fn world_for(fault: Fault) -> World {
    let confirmations = if let Fault::Reorganise { depth, .. } = fault { depth + 1 } else { 2 };
    World { confirmations: confirmations as u64, ..World::new() }
}

/// What the undisturbed run asks, and how many moments it has.
pub(super) fn undisturbed(world: &World) -> (u64, u64) {
    assert_eq!(run_until_done(world, &twelve_steps()), 1);
    let calls = world.node.state().calls;
    (calls, world.doom.moments())
}

pub(super) fn records(world: &World) -> Vec<Record> {
    Journal::read(&world.disk, &journal_file()).unwrap().unwrap().records
}

pub(super) fn signatures(world: &World, wanted: Purpose) -> usize {
    let is =
        |record: &&Record| matches!(record, Record::Signed(signed) if signed.purpose == wanted);
    records(world).iter().filter(is).count()
}
