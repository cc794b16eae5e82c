//! Conditions on the EVM against a reference: random programs, most of them sound, some of them broken in one place.
//!
//! The contract `ProgramHarness` shows what the library `Program` does. The reference decides what is wrong with a
//! program, and its truth, from the description of programs alone, by recursion over sets.
//! `COVENANT_FUZZ_CASES` says how many programs there are, `COVENANT_FUZZ_SEED` where to begin.

use alloy_dyn_abi::{DynSolValue, FunctionExt, JsonAbiExt};
use alloy_primitives::{Address, U256};
use covenant_chain::{Call, Chain, ChainOptions, Outcome, Transaction};
use covenant_compile::{Contract, bundled};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::programs::{Flaw, MAX_NODES, Reference, Truth, node, set};

/// How many programs there are unless told otherwise.
const CASES: u32 = 6_000;

/// How many leaves the programs choose from; more than a program may have nodes.
const LEAVES: usize = 40;

/// How a program comes to be: for each node a recipe, for which there is always a sound node.
#[derive(Clone, Debug)]
struct Recipe {
    kind: u8,
    how_many: Index,
    argument: Index,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    (select(&[1, 1, 1, 1, 2, 2, 3][..]), any::<Index>(), any::<Index>())
        .prop_map(|(kind, how_many, argument)| Recipe { kind, how_many, argument })
}

/// A sound program: nodes that have no parent yet become the children of later ones.
fn build(recipes: &[Recipe]) -> Vec<U256> {
    let mut words = Vec::new();
    let mut roots: Vec<usize> = Vec::new();
    let mut free: Vec<usize> = (0..LEAVES).collect();
    for recipe in recipes {
        if words.len() + 2 > MAX_NODES {
            break;
        }
        let index = words.len();
        if recipe.kind == 1 || roots.is_empty() {
            let leaf = free.swap_remove(recipe.argument.index(free.len()));
            words.push(node(1, leaf, &[]));
        } else if recipe.kind == 2 {
            let taken: Vec<usize> = roots.drain(recipe.how_many.index(roots.len())..).collect();
            words.push(node(2, 1 + recipe.argument.index(taken.len()), &taken));
        } else {
            let child = roots.swap_remove(recipe.how_many.index(roots.len()));
            words.push(node(3, 0, &[child]));
        }
        roots.push(index);
    }
    if roots.len() > 1 {
        let threshold = 1 + recipes[0].argument.index(roots.len());
        words.push(node(2, threshold, &roots));
    }
    words
}

/// One way to break a program, or to leave it as it is.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    FlipBit(Index, u8),
    Drop(Index),
    Repeat(Index),
    Swap(Index, Index),
    Word(Index, u64),
    Lengthen(usize),
    Clear,
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        30 => Just(Change::Nothing),
        30 => (place(), 0..56u8).prop_map(|(at, bit)| Change::FlipBit(at, bit)),
        4 => (place(), any::<u8>()).prop_map(|(at, bit)| Change::FlipBit(at, bit)),
        6 => place().prop_map(Change::Drop),
        6 => place().prop_map(Change::Repeat),
        6 => (place(), place()).prop_map(|(a, b)| Change::Swap(a, b)),
        4 => (place(), any::<u64>()).prop_map(|(at, word)| Change::Word(at, word)),
        2 => (1..40usize).prop_map(Change::Lengthen),
        1 => Just(Change::Clear),
    ]
}

impl Change {
    fn apply(&self, words: &mut Vec<U256>) {
        let length = words.len();
        match self {
            Self::Nothing => {}
            Self::FlipBit(at, bit) => words[at.index(length)] ^= U256::ONE << usize::from(*bit),
            Self::Drop(at) => drop(words.remove(at.index(length))),
            Self::Repeat(at) => words.push(words[at.index(length)]),
            Self::Swap(a, b) => words.swap(a.index(length), b.index(length)),
            Self::Word(at, word) => words[at.index(length)] = U256::from(*word),
            Self::Lengthen(by) => words.extend((0..*by).map(|i| U256::from(1 + (i << 8)))),
            Self::Clear => words.clear(),
        }
    }
}

/// The contract on a chain of its own.
struct Harness {
    chain: Chain,
    contract: std::sync::Arc<Contract>,
    address: Address,
}

impl Harness {
    fn new() -> Self {
        let contract = bundled().find("ProgramHarness").expect("it is bundled").clone();
        let mut chain = Chain::new(ChainOptions::default()).expect("a chain begins");
        let from = Address::with_last_byte(0xaa);
        let address = chain.create_address(from).expect("the chain answers");
        let code = contract.creation.bytes.clone();
        let receipt = chain.send(&Transaction::create(from, code)).expect("it is mined");
        assert!(receipt.outcome.is_success(), "{:?}", receipt.outcome);
        Self { chain, contract, address }
    }

    /// Calls a function and returns the words that it answers.
    fn call(&self, name: &str, words: &[U256], others: [U256; 2]) -> Vec<U256> {
        let function = &self.contract.abi.function(name).expect("it is there")[0];
        let uint = |word: &U256| DynSolValue::Uint(*word, 256);
        let args = [
            DynSolValue::Array(words.iter().map(uint).collect()),
            uint(&others[0]),
            uint(&others[1]),
        ];
        let input = function.abi_encode_input(&args).expect("the arguments fit");
        let outcome = self.chain.call(&Call::new(self.address, input)).expect("the chain answers");
        let Outcome::Success { output, .. } = outcome else { panic!("{name}: {outcome:?}") };
        let answer = function.abi_decode_output(&output).expect("the answer fits");
        answer.iter().map(|value| value.as_uint().expect("a number").0).collect()
    }
}

fn for_many<S: Strategy>(inputs: &S, property: impl Fn(S::Value))
where
    S::Value: std::fmt::Debug,
{
    let cases = setting("COVENANT_FUZZ_CASES")
        .map_or(CASES, |cases| u32::try_from(cases).unwrap_or(u32::MAX));
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&setting("COVENANT_FUZZ_SEED").unwrap_or_default().to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let outcome = TestRunner::new_with_rng(config, rng).run(inputs, |input| {
        property(input);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "how much to try is up to who runs the tests")]
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

#[test]
fn programs_are_refused_for_the_reason_that_the_reference_gives_and_else_have_its_truth() {
    let harness = Harness::new();
    let inputs = (
        vec(recipe(), 1..40),
        change(),
        vec(select(&[Truth::Pending, Truth::True, Truth::False][..]), 256),
        select(&[LEAVES, LEAVES, LEAVES, 1, 20][..]),
        proptest::collection::btree_set(0..LEAVES, 0..2),
    );
    let seen = std::cell::RefCell::new(std::collections::BTreeMap::<String, usize>::new());
    for_many(&inputs, |(recipes, change, truths, leaves, unstable)| {
        let mut words = build(&recipes);
        change.apply(&mut words);
        let reference = Reference::new(&words, leaves, &unstable);
        let (expected, index) =
            reference.flaw().map_or((0, 0), |(flaw, index)| (flaw as usize, index));
        let others = [U256::from(leaves), set(unstable.iter().copied())];
        let actual = harness.call("flawOf", &words, others);
        assert_eq!(
            actual,
            [U256::from(expected), U256::from(index)],
            "expected {:?} of {words:x?}",
            reference.flaw()
        );

        let mut outcome = format!("{:?}", reference.flaw().map(|(flaw, _)| flaw));
        if expected == 0 {
            let truth = reference.truth(words.len() - 1, &|leaf| truths[leaf]);
            let those = |which| set((0..256).filter(|leaf| truths[*leaf] == which));
            let actual =
                harness.call("evaluate", &words, [those(Truth::True), those(Truth::False)]);
            assert_eq!(actual, [U256::from(truth as usize)], "expected {truth:?} of {words:x?}");
            outcome = format!("{truth:?}");
        }
        *seen.borrow_mut().entry(outcome).or_default() += 1;
    });

    // Nothing was left out: every flaw, and every truth, has occurred.
    let seen = seen.into_inner();
    for flaw in 1..=Flaw::Orphan as usize {
        let name = [
            Flaw::Empty,
            Flaw::TooLong,
            Flaw::UnknownKind,
            Flaw::DirtyBits,
            Flaw::UnknownLeaf,
            Flaw::DuplicateLeaf,
            Flaw::NoChildren,
            Flaw::ChildNotBefore,
            Flaw::SharedChild,
            Flaw::ZeroThreshold,
            Flaw::ThresholdTooHigh,
            Flaw::NotUnary,
            Flaw::NotUnstable,
            Flaw::Orphan,
        ][flaw - 1];
        assert!(seen.contains_key(&format!("Some({name:?})")), "{name:?} never occurred: {seen:?}");
    }
    for truth in [Truth::Pending, Truth::True, Truth::False] {
        let count = seen.get(&format!("{truth:?}")).copied().unwrap_or_default();
        assert!(count > 50, "{truth:?} occurred {count} times: {seen:?}");
    }
}
