//! What happens in a script, and when.

use std::fmt::{self, Display};

use super::{cast::Who, dice::Dice, harness::Model, world::START};

/// Something that somebody does at a time.
#[derive(Clone, Debug)]
pub(super) struct Step<A> {
    pub(super) at: u64,
    pub(super) caller: Who,
    pub(super) act: A,
    /// Everything is looked at even if the call reverts.
    pub(super) look: bool,
}

impl<A: Display> Display for Step<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{} {}: {}", self.at - START, self.caller, self.act)
    }
}

/// What happens next: time passes, often to a moment when something changes, and somebody does something, often
/// something that works.
pub(super) fn drawn<M: Model>(model: &mut M, dice: &mut Dice) -> Step<M::Act> {
    let at = next_time(model, dice);
    model.set_now(at);
    let tries = if dice.chance(70) { 5 } else { 1 };
    let mut drawn = model.draw(dice);
    for _ in 1..tries {
        if model.clone().apply(drawn.0, &drawn.1).is_ok() {
            break;
        }
        drawn = model.draw(dice);
    }
    // Nobody has the key of the zero address, and no contract calls itself.
    let caller = match drawn.0 {
        Who::NOBODY
        | Who::CONTRACT
        | Who::LEASE
        | Who::ESCROW
        | Who::CODELESS
        | Who::AGENT
        | Who::OTHER_AGENT => Who::STRANGER,
        caller => caller,
    };
    Step { at, caller, act: drawn.1, look: dice.chance(25) }
}

/// Mostly the same moment, or a little later; often one of the next moments when something changes, or a second off.
fn next_time<M: Model>(model: &M, dice: &mut Dice) -> u64 {
    let now = model.books().now;
    if dice.chance(model.stays()) {
        return now;
    }
    let choice = 70 + dice.below(30);
    if choice < 80 {
        return now + 1 + dice.below(20);
    }
    let mut moments: Vec<u64> = model
        .moments()
        .into_iter()
        .flat_map(|moment| [moment.saturating_sub(1), moment, moment + 1])
        .filter(|moment| *moment >= now && *moment < START + (1 << 38))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments.truncate(if choice < 93 { 4 } else { 12 });
    if moments.is_empty() { now } else { dice.pick(&moments) }
}
