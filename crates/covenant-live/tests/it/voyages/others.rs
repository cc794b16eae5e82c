//! Blocks in which many transactions of others are in front of ours.

use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{Address, B256, U256, keccak256};
use covenant_chain::Transaction;
use covenant_live::{journal::Record, run::Performed};
use covenant_scenario::event::Verdict;

use super::rig::{SCENARIO, Story, World, contracts};

use crate::{node::Foreign, rig::account};

/// How many of others are in front of ours.
const CROWD: u64 = 60;
/// The step that is behind them in its block.
const STEP: &str = "a.mint(bert, 5)";

fn stranger(number: u64) -> Address {
    account(&format!("stranger {number}"))
}

/// `function(whom, amount)` of a token, by somebody else.
fn asks(number: u64, token: Address, function: &str, whom: Address) -> Transaction {
    let selector = keccak256(format!("{function}(address,uint256)"));
    let words = [whom.into_word(), B256::from(U256::from(1_000))];
    let input = [&selector[..4], words[0].as_slice(), words[1].as_slice()].concat();
    Transaction::call(stranger(number), token, input).with_gas_limit(200_000)
}

/// Payments of types 0, 1 and 2, the second with a list of what is looked at; one that fails; and those that are given.
fn crowd(special: impl Fn(u64) -> Option<(Transaction, u64)>) -> Vec<Foreign> {
    let [a, _, c] = contracts();
    let one = |number: u64| {
        let mut pays = Transaction::call(stranger(number), stranger(number + 1), Vec::new())
            .with_value(U256::from(number))
            .with_gas_limit(90_000);
        if number % 3 == 1 {
            let item = AccessListItem { address: a, storage_keys: vec![B256::ZERO] };
            pays.access_list = AccessList(vec![item]);
        }
        let ordinary = match number {
            // It has nothing that it could give away.
            20 => (asks(number, c, "transfer", account("bert")), 2),
            _ => (pays, number % 3),
        };
        let (transaction, kind) = special(number).unwrap_or(ordinary);
        Foreign { transaction, kind, price: 1_000_000_001, number, told_gas: None }
    };
    (0..CROWD).map(one).collect()
}

/// Performs the scenario, with others in front of a step.
fn behind(others: Vec<Foreign>) -> (World, Performed) {
    let world = World::new();
    for number in 0..CROWD {
        world.node.fund(stranger(number), U256::from(10).pow(U256::from(18)));
    }
    let node = world.node.clone();
    let mut others = Some(others);
    let watch = move |record: &Record| {
        let Record::Signed(signed) = record else { return };
        if signed.step.name == STEP {
            node.state().others = others.take().unwrap_or_default();
        }
    };
    let performed = world.perform_watched(&Story::of(SCENARIO), watch).unwrap();
    let largest = world.node.state().blocks.iter().map(|it| it.transactions.len()).max();
    assert_eq!(largest, Some(usize::try_from(CROWD).unwrap() + 3), "they are in one block");
    let run = performed.outcome.as_ref().unwrap();
    assert_eq!(run.verdict, Verdict::Passed, "{:#?}", run.failures().collect::<Vec<_>>());
    (world, performed)
}

/// How many questions a run has, and how many of them are about receipts.
fn questions(world: &World) -> (u64, usize) {
    let state = world.node.state();
    let receipts = state.methods.iter().filter(|it| *it == "eth_getTransactionReceipt").count();
    (state.calls, receipts)
}

/// What is told of the step, of which only the gas is another.
fn gas_alone(performed: &Performed) -> bool {
    let said: Vec<_> = performed.differences.iter().map(|it| (&*it.step, it.what)).collect();
    said == [(STEP, "gas")]
}

#[test]
fn what_others_did_in_front_of_a_step_is_executed_and_only_the_whole_differs() {
    let [a, ..] = contracts();
    // There are some already, so that ours costs less.
    let mints = |number| (number == 30).then(|| (asks(30, a, "mint", stranger(30)), 2));
    let (world, performed) = behind(crowd(mints));
    // Where it is, it did what it does there; the scenario knows nothing of others, and so the whole says so.
    assert!(gas_alone(&performed), "{:#?}", performed.differences);
    assert_eq!(performed.not_compared, None);
    let (calls, receipts) = questions(&world);
    let (quiet, _) = behind(crowd(|_| None));
    let (fewer, fewer_receipts) = questions(&quiet);
    println!(
        "{calls} questions, {receipts} of them for receipts, instead of {fewer} and {fewer_receipts}: one for the \
         block, and for each of {CROWD} others in front one for its receipt and three for its account"
    );
    assert_eq!(receipts - fewer_receipts, usize::try_from(CROWD).unwrap());
}

#[test]
fn those_of_others_that_change_nothing_are_not_even_asked_for() {
    let blobs = |number| {
        let pays = Transaction::call(stranger(0), stranger(1), Vec::new()).with_gas_limit(21_000);
        (number == 0).then_some((pays, 3))
    };
    let (_, performed) = behind(crowd(blobs));
    assert_eq!((performed.differences, performed.not_compared), (Vec::new(), None));
}

#[test]
fn those_of_others_that_cannot_be_executed_here_are_named() {
    let [a, ..] = contracts();
    for (kind, words) in [(3, "type 3, with blobs"), (4, "type 4"), (126, "type 126")] {
        let mints = |number| (number == 30).then(|| (asks(30, a, "mint", stranger(30)), kind));
        let others = crowd(mints);
        let hash = others[30].hash();
        let (_, performed) = behind(others);
        let why = performed.not_compared.as_deref().unwrap_or_default();
        assert!(why.contains(STEP) && why.contains(words), "{why}");
        assert!(why.contains(&hash.to_string()), "{why}");
        // Nothing of it is lost in the whole either.
        assert!(gas_alone(&performed), "{:#?}", performed.differences);
    }
}

#[test]
fn one_that_does_something_else_here_than_it_did_there_is_named() {
    let [a, ..] = contracts();
    // The node says that it was allowed less gas than it used.
    let mints = |number| (number == 30).then(|| (asks(30, a, "mint", stranger(30)), 2));
    let mut others = crowd(mints);
    others[30].told_gas = Some(40_000);
    let hash = others[30].hash();
    let (_, performed) = behind(others);
    let why = performed.not_compared.unwrap_or_default();
    assert!(why.contains(&hash.to_string()) && why.contains("something else here"), "{why}");
}
