//! Calls with too little gas.
//!
//! Most calls that run out of gas do nothing at all. But a call that another contract makes meanwhile gets no more than 63
//! of 64 parts of what is left (EIP-150): it may fail where the one that made it goes on, and succeeds without it. Whoever
//! calls chooses how much gas there is. What matters is whether it is just too little for the next thing to succeed, so the
//! least gas is looked for with which a call does what it does with plenty, and then one unit less is tried.

use covenant_chain::{ChainError, Difference, Outcome, shadow::StorageShadows};
use covenant_scenario::world::World;

use super::{Move, Pace, Trouble};

/// A call that needs all the gas that it uses, told by what it calls, how much it uses, and how many calls it makes of its
/// own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fed {
    pub(super) opening: usize,
    pub(super) gas: u64,
    pub(super) calls: u32,
}

/// Gas limits with which a call succeeds, and does something else than with plenty.
pub(super) struct Limits {
    pub(super) limits: Vec<u64>,
    pub(super) executions: u64,
}

/// No more than so many are looked for.
const MOST: usize = 4;

/// No call costs less.
const LEAST: u64 = 21_000;

/// Looks for them where the world is, in which a move used so much gas.
pub(super) fn limits(world: &mut World, one: &Move, used: u64) -> Result<Limits, Trouble> {
    let here = world.chain.snapshot();
    let pace = Pace::of(world);
    let mut found = Limits { limits: Vec::new(), executions: 0 };
    let plain = one.transaction(world).map_err(Trouble::Eval)?;
    let mut effect = |gas: u64| -> Result<Option<Vec<Difference>>, ChainError> {
        found.executions += 1;
        let transaction = plain.clone().with_gas_limit(gas);
        let sent =
            world.chain.send_compared(&transaction, pace.clock(), StorageShadows::new(), None);
        world.chain.restore(&here);
        match sent {
            Ok((receipt, _, differences)) => {
                let succeeded = matches!(receipt.outcome, Outcome::Success { .. });
                Ok(succeeded.then_some(differences))
            }
            Err(ChainError::Rejected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    };
    let mut limits = Vec::new();
    // What was given back at the end had to be there before, and so had what was kept back in calls.
    let mut plenty = 2 * used + 100_000;
    let mut usual = effect(plenty)?;
    while let (Some(done), true) = (&usual, limits.len() < MOST) {
        let (mut less, mut enough) = (LEAST - 1, plenty);
        while enough - less > 1 {
            let middle = less + (enough - less) / 2;
            if effect(middle)?.as_ref() == Some(done) { enough = middle } else { less = middle }
        }
        // What fails with just too little may succeed with less still, if something fails earlier then.
        let parts = (0..8).map(|part| LEAST + less.saturating_sub(LEAST) * (8 - part) / 8);
        let mut next = None;
        for gas in parts {
            if let Some(other) = effect(gas)? {
                next = Some((gas, other));
                break;
            }
        }
        usual = next.map(|(gas, other)| {
            limits.push(gas);
            plenty = gas;
            other
        });
    }
    found.limits = limits;
    Ok(found)
}
