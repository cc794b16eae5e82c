//! Conditions on the EVM against a reference: random programs, most of them sound, some of them broken in one place.
//!
//! The contract `ProgramHarness` shows what the library `Program` does. The reference decides what is wrong with a
//! program, and its truth, from the description of programs alone, by recursion over sets.
//! `COVENANT_FUZZ_CASES` says how many programs there are, `COVENANT_FUZZ_SEED` where to begin.

use std::collections::BTreeSet;

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

/// How many programs there are unless told otherwise.
const CASES: u32 = 6_000;

const MAX_NODES: usize = 32;

/// How many leaves the programs choose from; more than a program may have nodes.
const LEAVES: usize = 40;

/// What is wrong with a program; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Empty = 1,
    TooLong,
    UnknownKind,
    DirtyBits,
    UnknownLeaf,
    DuplicateLeaf,
    NoChildren,
    ChildNotBefore,
    SharedChild,
    ZeroThreshold,
    ThresholdTooHigh,
    NotUnary,
    NotUnstable,
    Orphan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Pending,
    True,
    False,
}

/// One node, read from its word.
struct Node {
    kind: u8,
    argument: usize,
    children: BTreeSet<usize>,
    /// Whether a bit beyond these is set.
    dirty: bool,
}

impl Node {
    fn read(word: U256) -> Self {
        let children = (0..MAX_NODES).filter(|child| word.bit(16 + child)).collect();
        Self {
            kind: word.byte(0),
            argument: usize::from(word.byte(1)),
            children,
            dirty: (48..256).any(|bit| word.bit(bit)),
        }
    }

    fn is_leaf(&self) -> bool {
        self.kind == 1
    }
}

/// What the description of programs says.
struct Reference<'a> {
    nodes: Vec<Node>,
    leaves: usize,
    unstable: &'a BTreeSet<usize>,
}

impl<'a> Reference<'a> {
    fn new(words: &[U256], leaves: usize, unstable: &'a BTreeSet<usize>) -> Self {
        Self { nodes: words.iter().copied().map(Node::read).collect(), leaves, unstable }
    }

    /// The first thing that is wrong, and where.
    fn flaw(&self) -> Option<(Flaw, usize)> {
        if self.nodes.is_empty() {
            return Some((Flaw::Empty, 0));
        }
        if self.nodes.len() > MAX_NODES {
            return Some((Flaw::TooLong, MAX_NODES));
        }
        let at = |index: usize| self.flaw_of_node(index).map(|flaw| (flaw, index));
        (0..self.nodes.len()).find_map(at).or_else(|| {
            let parented = self.children_before(self.nodes.len());
            let orphan = (0..self.nodes.len() - 1).find(|index| !parented.contains(index));
            orphan.map(|index| (Flaw::Orphan, index))
        })
    }

    fn flaw_of_node(&self, index: usize) -> Option<Flaw> {
        let node = &self.nodes[index];
        let flaws = [
            (!(1..=3).contains(&node.kind), Flaw::UnknownKind),
            (node.dirty || node.is_leaf() && !node.children.is_empty(), Flaw::DirtyBits),
        ];
        let first = |flaws: &[(bool, Flaw)]| {
            flaws.iter().find(|(is_wrong, _)| *is_wrong).map(|(_, flaw)| *flaw)
        };
        first(&flaws).or_else(|| {
            if node.is_leaf() {
                let mut earlier = self.nodes[..index].iter().filter(|node| node.is_leaf());
                let twice = earlier.any(|other| other.argument == node.argument);
                return first(&[
                    (node.argument >= self.leaves, Flaw::UnknownLeaf),
                    (twice, Flaw::DuplicateLeaf),
                ]);
            }
            let taken = self.children_before(index);
            first(&[
                (node.children.is_empty(), Flaw::NoChildren),
                (node.children.iter().any(|child| *child >= index), Flaw::ChildNotBefore),
                (!node.children.is_disjoint(&taken), Flaw::SharedChild),
            ])
            .or_else(|| {
                if node.kind == 3 {
                    let unary = node.children.len() == 1 && node.argument == 0;
                    let unstable = node.children.iter().any(|child| self.is_unstable(*child));
                    return first(&[(!unary, Flaw::NotUnary), (unstable, Flaw::NotUnstable)]);
                }
                first(&[
                    (node.argument == 0, Flaw::ZeroThreshold),
                    (node.argument > node.children.len(), Flaw::ThresholdTooHigh),
                ])
            })
        })
    }

    /// The children of all nodes before this one.
    fn children_before(&self, index: usize) -> BTreeSet<usize> {
        self.nodes[..index].iter().flat_map(|node| node.children.iter().copied()).collect()
    }

    /// Whether a node's truth may change once it is decided.
    fn is_unstable(&self, index: usize) -> bool {
        let node = &self.nodes[index];
        if node.is_leaf() {
            return self.unstable.contains(&node.argument);
        }
        node.children.iter().any(|child| self.is_unstable(*child))
    }

    /// The truth of a node of a program that is sound.
    fn truth(&self, index: usize, leaf: &impl Fn(usize) -> Truth) -> Truth {
        let node = &self.nodes[index];
        let children = || node.children.iter().map(|child| self.truth(*child, leaf));
        match node.kind {
            1 => leaf(node.argument),
            2 => {
                let surely = children().filter(|truth| *truth == Truth::True).count();
                let perhaps = children().filter(|truth| *truth == Truth::Pending).count();
                if surely >= node.argument {
                    Truth::True
                } else if surely + perhaps < node.argument {
                    Truth::False
                } else {
                    Truth::Pending
                }
            }
            _ => match children().next() {
                Some(Truth::True) => Truth::False,
                Some(Truth::False) => Truth::True,
                _ => Truth::Pending,
            },
        }
    }
}

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
    let node = |kind: usize, argument: usize, children: &[usize]| {
        let set = children.iter().fold(U256::ZERO, |set, child| set | (U256::ONE << *child));
        U256::from(kind) | (U256::from(argument) << 8) | (set << 16)
    };
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

/// The members of a set as the contract writes it.
fn set(members: impl IntoIterator<Item = usize>) -> U256 {
    members.into_iter().fold(U256::ZERO, |set, member| set | (U256::ONE << member))
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
