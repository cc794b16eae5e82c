//! What is followed of the times in a run holds at other times too: every bundled scenario is replayed at times that it
//! was not written for, chosen so that all that its transactions asked about them is still so. Each transaction must end
//! as before, and each time in storage must be what its shadow says.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use covenant_chain::{
    Chain, ChainOptions, Outcome, Timestamp, Transaction,
    shadow::{Constraint, InstantId, StorageShadows},
};
use covenant_compile::bundled;
use covenant_explore::zone::{Bound, Instant, Zone};
use covenant_scenario::{RunOptions, Scenario, event::TransactionEvent, plan::Plan, run};
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use rayon::prelude::*;

use crate::{
    binary::root,
    golden::{is_scenario, scenarios},
};

/// At how many other times each run is replayed.
const OTHER_TIMES: usize = 4;

/// A transaction and the time of its block.
type Sent = (u64, Transaction);

/// A chain on which everybody is rich, at a time.
fn chain(plan: &Plan, sent: &[Sent], time: u64) -> Chain {
    let options = ChainOptions {
        hard_fork: plan.chain.hard_fork,
        chain_id: plan.chain.id,
        timestamp: Timestamp(time),
        ..ChainOptions::default()
    };
    let mut chain = Chain::new(options).expect("a chain begins");
    for (_, transaction) in sent {
        let rich = U256::from(10).pow(U256::from(36));
        chain.set_balance(transaction.from, rich).expect("the chain can be written to");
    }
    chain
}

/// How a transaction ended: what it returned depends on the time, whether and by which error it failed does not.
fn ending(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Success { .. } => "success".to_owned(),
        Outcome::Revert { data } => format!("revert {:?}", data.get(..4)),
        Outcome::Halt { reason } => format!("halt {reason:?}"),
    }
}

/// What a run is at its own times.
struct Followed {
    endings: Vec<String>,
    /// All that was asked, with the order of the blocks.
    zone: Zone,
    shadows: StorageShadows,
    words: BTreeMap<(Address, U256), U256>,
}

/// The instant of a transaction: the epoch and the present of a zone come first.
fn instant(number: Option<InstantId>) -> Instant {
    number.map_or(Instant::EPOCH, |InstantId(number)| Instant(number as usize + 1))
}

fn within(zone: &Zone, constraint: &Constraint) -> Zone {
    let Ok(most) = i64::try_from(constraint.most) else { return zone.clone() };
    if most.unsigned_abs() >= 1 << 60 {
        return zone.clone();
    }
    let (x, y) = (instant(constraint.plus), instant(constraint.minus));
    zone.within(x, y, Bound::at_most(most)).expect("what was asked is so at the run's own times")
}

/// Follows a run; `None` where time gets into something that cannot be followed.
fn follow(plan: &Plan, sent: &[Sent]) -> Option<Followed> {
    let mut chain = chain(plan, sent, sent[0].0);
    let mut zone = Zone::anything(sent.len() + 1);
    let mut shadows = StorageShadows::new();
    let mut endings = Vec::new();
    for (number, (time, transaction)) in sent.iter().enumerate() {
        let id = InstantId(u32::try_from(number).expect("runs are short"));
        if number > 0 {
            // Blocks are in order.
            let earlier = InstantId(id.0 - 1);
            zone = within(&zone, &Constraint { plus: Some(earlier), minus: Some(id), most: 0 });
        }
        chain.set_now(Timestamp(*time)).expect("time goes on");
        let (receipt, followed) =
            chain.send_followed(transaction, id, shadows).expect("the transaction is valid");
        for constraint in &followed.constraints {
            zone = within(&zone, constraint);
        }
        if !followed.opaque.is_empty() {
            return None;
        }
        shadows = followed.storage;
        endings.push(ending(&receipt.outcome));
    }
    let word = |key: &(Address, U256)| chain.storage(key.0, key.1).expect("storage can be read");
    let words = shadows.keys().map(|key| (*key, word(key))).collect();
    Some(Followed { endings, zone, shadows, words })
}

/// Replays a run at other times.
fn replay(name: &str, plan: &Plan, sent: &[Sent], followed: &Followed, times: &[i64]) {
    let time = |number: usize| u64::try_from(times[number + 1]).expect("no time is negative");
    let mut chain = chain(plan, sent, time(0));
    for (number, (_, transaction)) in sent.iter().enumerate() {
        chain.set_now(Timestamp(time(number))).expect("blocks are in order");
        let receipt = chain.send(transaction).expect("the transaction is valid");
        let ending = ending(&receipt.outcome);
        assert_eq!(ending, followed.endings[number], "{name}: transaction {number} at {times:?}");
    }
    let value = |InstantId(number): InstantId| i128::from(times[number as usize + 1]);
    for (key, shadow) in &followed.shadows {
        let expected = shadow.at(followed.words[key], |term| term.value(value));
        let actual = chain.storage(key.0, key.1).expect("storage can be read");
        assert_eq!(expected, Some(actual), "{name}: slot {key:?} at {times:?}");
    }
}

/// Whether a run can be replayed from its transactions alone.
fn is_plain(plan: &Plan) -> bool {
    plan.chain.fork.is_none()
}

fn sent(event: &TransactionEvent) -> Sent {
    (event.at.0, event.sent.clone())
}

#[test]
fn runs_end_the_same_at_other_times_that_they_allow() {
    let build = bundled();
    let files = scenarios().into_iter().filter(|path| is_scenario(path)).collect::<Vec<_>>();
    let counts = files.par_iter().enumerate().map(|(seed, path)| {
        let scenario = Scenario::load(&root().join(path), &build);
        let scenario = scenario.unwrap_or_else(|invalid| panic!("{:#?}", invalid.diagnostics));
        let mut count = [0_usize; 3];
        for plan in scenario.plans.iter().filter(|plan| is_plain(plan)) {
            let run = run(plan, &RunOptions::default()).expect("the engine works");
            let sent = run.transactions().map(sent).collect::<Vec<_>>();
            if sent.is_empty() || sent.len() > 60 {
                continue;
            }
            count[0] += 1;
            let Some(followed) = follow(plan, &sent) else { continue };
            count[1] += 1;
            let name = format!("{} {:?}", path.display(), plan.name.case);
            let mut seeds = [0; 32];
            seeds[..8].copy_from_slice(&seed.to_le_bytes());
            let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &seeds);
            for _ in 0..OTHER_TIMES {
                let times = followed.zone.solution(|least, greatest| {
                    // Far enough to be another time, near enough to be one that a chain can have.
                    let room = greatest.unwrap_or(i64::MAX).min(least + 3_000_000) - least;
                    let room = u64::try_from(room).expect("the greatest is not below the least");
                    let step = if random.next_u64().is_multiple_of(3) {
                        0
                    } else {
                        random.next_u64() % (room + 1)
                    };
                    least + i64::try_from(step).expect("it is within the room")
                });
                count[2] +=
                    usize::from(times[1..].iter().zip(&sent).any(|(t, s)| *t != s.0 as i64));
                replay(&name, plan, &sent, &followed, &times);
            }
        }
        count
    });
    let total = counts.reduce(|| [0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
    let [runs, followed, replayed] = total;
    let enough = followed * 10 > runs * 9 && replayed > 2 * runs;
    assert!(enough, "of {runs} runs {followed} were followed, with {replayed} replays");
}
