//! A scenario of three contracts and ten steps, a process that performs it, and what must be true when it is done.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use alloy_primitives::{Address, B256, U256};
use covenant_chain::{Call, Chain, Timestamp};
use covenant_live::{
    clock::Clock,
    journal::{Journal, Position, Record, StepState},
    keys::{Network, NetworkKeys},
    network::NetworkSettings,
    rpc::RpcError,
    run::{Cast, LiveError, Machine, Performed, SCENE, Voyage, Waiting},
    send::{OnForeign, SendError, Signer},
};
use covenant_scenario::{
    RunOptions, Scenario,
    event::{Run, Verdict},
    plan::Plan,
};
use tempfile::TempDir;

use crate::{
    disk::SimulatedDisk,
    doom::Doom,
    faults::Fault,
    node::{Node, START},
    rig::{account, key},
};

/// Sepolia's: its clock is nobody's, and sixteen transactions of an account may wait.
const CHAIN_ID: u64 = 11_155_111;
/// How many transactions the scenario has.
pub(super) const TRANSACTIONS: usize = 13;
/// How many processes one run may need: each ends with an error that says to run it again.
pub(super) const PROCESSES: u32 = 12;

/// Deployments that have nothing to do with each other, calls that need them and each other, of two accounts; a date, a
/// deadline, a look at the chain, and a call that has to revert.
pub(super) const SCENARIO: &str = r#"
scenario: voyage
actors: [anna, bert]
contracts:
  a: { deploy: TestToken, args: ['"a"', '"A"', 18] }
  b: { deploy: TestToken, args: ['"b"', '"B"', 18] }
  c: { deploy: TestToken, args: ['"c"', '"C"', 18] }
steps:
  - anna: a.mint(bert, 5)
  - anna: b.mint(bert, 7)
  - anna: c.mint(anna, 9)
  - bert: a.transfer(anna, 2)
  - bert: b.approve(anna, 3)
  - bert: c.transfer(anna, 100)
    expect: { reverts: any }
  - anna: b.transferFrom(bert, anna, 3)
    by: start + 2 days
  - wait: 1 minutes
  - anna: a.transfer(bert, a.balanceOf(anna) - 1)
  - bert: transfer(anna, 5)
    expect: { changes: { anna: 5, bert: -5 } }
  - bert: c.mint(bert, 1)
ensures:
  - a.balanceOf(bert) == 4
  - b.balanceOf(anna) == 3
  - gained(bert) == -5
"#;

/// The scenario, bound to accounts.
pub(super) struct Story {
    pub(super) plan: Arc<Plan>,
    pub(super) cast: Cast,
}

impl Story {
    pub(super) fn of(text: &str) -> Self {
        let build = covenant_compile::bundled();
        let scenario = Scenario::parse(Path::new("voyage.yaml"), text, &build).unwrap();
        let accounts = [(SCENE, "anna"), ("anna", "anna"), ("bert", "bert")];
        let accounts = accounts.map(|(name, whose)| (name.to_owned(), account(whose)));
        let cast = Cast { accounts: accounts.into() };
        let plan = Arc::new(cast.bind(&scenario.plans[0], &network(2)).unwrap());
        Self { plan, cast }
    }
}

fn network(confirmations: u64) -> NetworkSettings {
    NetworkSettings {
        name: "sea".to_owned(),
        rpc: Vec::new(),
        keys: NetworkKeys { network: Network::of(CHAIN_ID), actors: BTreeMap::new() },
        confirmations,
        max_fee: 200_000_000_000,
        window: None,
        explorer: None,
    }
}

/// Everything that outlives a process.
#[derive(Debug)]
pub(super) struct World {
    pub(super) node: Node,
    pub(super) disk: SimulatedDisk,
    pub(super) doom: Doom,
    /// How deep a block must be.
    pub(super) confirmations: u64,
    /// What is kept of states that were read.
    folder: TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        let doom = Doom::never();
        let node = Node::network(CHAIN_ID, doom.clone());
        for name in ["anna", "bert"] {
            node.fund(account(name), RICH);
        }
        let folder = tempfile::tempdir().unwrap();
        Self { node, disk: SimulatedDisk::new(doom.clone()), doom, confirmations: 2, folder }
    }

    /// One that waits for deeper blocks than the fault takes away.
    pub(super) fn facing(fault: Fault) -> Self {
        let confirmations = if let Fault::Reorganise { depth, .. } = fault { depth + 1 } else { 2 };
        Self { confirmations: confirmations as u64, ..Self::new() }
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.folder.path().join("voyage.jsonl")
    }

    fn voyage(&self) -> Voyage {
        let (disk, clock, node) = (self.disk.clone(), self.node.clock(), self.node.clone());
        let clock: Arc<dyn Clock> = clock;
        let folder = self.folder.path();
        Voyage {
            network: network(self.confirmations),
            addresses: ["https://one.example/secret-key", "https://two.example/?key=secret"]
                .map(str::to_owned)
                .into(),
            journal: self.journal(),
            broadcast: folder.join("broadcast"),
            locks: folder.join("locks"),
            program: "test".to_owned(),
            now: Timestamp(START),
            max_spend: None,
            waiting: Waiting::Here,
            foreign: OnForeign::Refuse,
            release: Vec::new(),
            stop: Arc::default(),
            machine: Machine::new(Arc::new(disk), clock, move || Ok(node.transport())),
        }
    }

    /// One process, from its start to its end.
    pub(super) fn perform(&self, story: &Story) -> Result<Performed, Box<LiveError>> {
        self.perform_watched(story, |_| ())
    }

    /// The same; `watch` hears of every record.
    pub(super) fn perform_watched(
        &self,
        story: &Story,
        watch: impl FnMut(&Record) + 'static,
    ) -> Result<Performed, Box<LiveError>> {
        let signers = ["anna", "bert"].map(|name| Box::new(key(name)) as Box<dyn Signer>);
        let options = RunOptions::default();
        let voyage = self.voyage();
        Ok(voyage.perform(&story.plan, &story.cast, signers.into(), &options, watch)?)
    }

    /// Runs processes until one is done; returns how many there were.
    pub(super) fn perform_until_done(&self, story: &Story) -> u32 {
        let mut errors = Vec::new();
        for process in 1..=PROCESSES {
            match self.end_of(story) {
                Ok(Ended::Well) => return process,
                // All is done, and it says that it could not compare it; the next process does.
                Ok(Ended::Untold) => {}
                Ok(ended) => panic!("{ended:?}"),
                Err(error) => {
                    assert!(may_be_tried_again(&error), "{error}: {error:?}");
                    errors.push(error.to_string());
                }
            }
            self.node.advance(Duration::from_secs(60));
        }
        panic!("{PROCESSES} processes were not enough: {errors:#?}");
    }

    /// One process; if it came to its end, everything held and nothing differs from the simulation.
    pub(super) fn end_of(&self, story: &Story) -> Result<Ended, Box<LiveError>> {
        let performed = self.perform(story)?;
        let run = match performed.outcome {
            Ok(run) => run,
            Err((error, _)) => return Err(Box::new(error)),
        };
        assert_eq!(performed.differences, [], "the network did what the simulation does");
        let failures: Vec<_> = run.failures().collect();
        if self.has_reverted() {
            assert_eq!(run.verdict, Verdict::Failed);
            return Ok(Ended::Reverted);
        }
        assert_eq!(run.verdict, Verdict::Passed, "{failures:#?}");
        if performed.not_compared.as_deref().is_some_and(|why| why.contains("in its order")) {
            return Ok(Ended::OutOfOrder);
        }
        let left = [performed.not_compared, performed.not_recorded].into_iter().flatten();
        if let Some(why) = left.reduce(|one, other| format!("{one}; {other}")) {
            assert!(self.node.state().since_fault() <= LAST, "{why}");
            return Ok(Ended::Untold);
        }
        if !self.is_all_there() {
            return Ok(Ended::Gone);
        }
        self.compare_times(&run);
        Ok(Ended::Well)
    }

    /// The same, where three blocks may go away whenever they like. `None` if a step was sent just when they did, and
    /// landed before what it needs.
    pub(super) fn perform_past_reorganisations(&self, story: &Story) -> Option<u32> {
        for process in 1..=PROCESSES {
            match self.end_of(story) {
                Ok(Ended::Well) => return Some(process),
                Ok(Ended::Reverted | Ended::OutOfOrder) => return None,
                Ok(Ended::Untold) => {}
                // That is after the last look at them, which nobody can notice before the next one.
                Ok(Ended::Gone) => assert!(self.node.state().since_fault() <= LAST, "not noticed"),
                Err(error) => assert!(may_be_tried_again(&error), "{error}: {error:?}"),
            }
            self.node.advance(Duration::from_secs(60));
        }
        panic!("{PROCESSES} processes were not enough");
    }

    /// Whether a step that should have run to its end is in a block and did not.
    fn has_reverted(&self) -> bool {
        let reading = Journal::read(&self.disk, &self.journal()).unwrap().unwrap();
        let failed = StepState::Confirmed { success: false };
        reading.book.steps().any(|it| it.id.position != REVERTS && it.state() == failed)
    }

    /// Whether everything that the journal calls confirmed is on the chain.
    fn is_all_there(&self) -> bool {
        let reading = Journal::read(&self.disk, &self.journal()).unwrap().unwrap();
        let state = self.node.state();
        let mut landings = reading.book.steps().map(|step| step.slot.as_ref()?.landing.as_ref());
        landings.all(|landing| {
            landing.is_some_and(|it| {
                let number = usize::try_from(it.mined.block.number).unwrap();
                state.blocks.get(number).is_some_and(|block| block.hash == it.mined.block.hash)
            })
        })
    }

    /// What was told of each transaction is what the chain has in the end.
    fn compare_times(&self, run: &Run) {
        let reading = Journal::read(&self.disk, &self.journal()).unwrap().unwrap();
        let state = self.node.state();
        let told: Vec<u64> = run.transactions().map(|event| event.at.0).collect();
        let landings = reading.book.steps().map(|step| {
            let mined = &step.slot.as_ref().unwrap().landing.as_ref().unwrap().mined;
            let block = &state.blocks[usize::try_from(mined.block.number).unwrap()];
            assert_eq!(block.hash, mined.block.hash);
            block.timestamp
        });
        assert_eq!(told, landings.collect::<Vec<_>>());
    }

    /// Whether the journal says that all is done.
    pub(super) fn is_finished(&self) -> bool {
        let reading = Journal::read(&self.disk, &self.journal()).ok().flatten();
        reading.is_some_and(|reading| reading.book.finished().is_some())
    }

    /// The power fails, and time goes by.
    pub(super) fn crash(&self, chance: u64) {
        self.disk.crash(chance);
        if chance.is_multiple_of(5) {
            let views = self.journal().with_extension("views");
            // Perhaps nothing was read before.
            let _ = std::fs::remove_dir_all(views);
        }
        self.node.advance(Duration::from_secs((chance % 7) * 9));
    }

    pub(super) fn check(&self, story: &str) {
        self.check_journal(story);
        let state = self.node.state();
        let chain: &Chain = &state.chain;
        let [a, b, c] = contracts();
        let people = ["anna", "bert"].map(account);
        let tokens = people.map(|it| [a, b, c].map(|token| balance_of(chain, token, it)));
        let numbers = |all: [u64; 3]| all.map(U256::from);
        assert_eq!(tokens, [[1, 3, 9], [4, 4, 1]].map(numbers), "{story}");
        let nonces = people.map(|it| chain.nonce(it).unwrap());
        assert_eq!(nonces, [8, 5], "each step once: {story}");
        let money = people.map(|it| chain.balance(it).unwrap() + state.fees_of(it));
        assert_eq!(money, [RICH + U256::from(5), RICH - U256::from(5)], "{story}");
        let count: usize = state.blocks.iter().map(|block| block.transactions.len()).sum();
        assert_eq!(count, TRANSACTIONS, "{story}");
    }

    /// The journal is whole, knows every transaction and every address, and ends with all steps done.
    fn check_journal(&self, story: &str) {
        let reading = Journal::read(&self.disk, &self.journal()).unwrap().unwrap();
        let book = &reading.book;
        assert_eq!(book.finished(), Some(u32::try_from(TRANSACTIONS).unwrap()), "{story}");
        let created = |position| book.step(Position(position)).unwrap().created();
        assert_eq!([0, 1, 2].map(created), contracts().map(|it| Some((it, true))), "{story}");
        let done = |step: &StepState| matches!(step, StepState::Confirmed { .. });
        assert!(book.steps().all(|step| done(&step.state())), "{story}");
        assert_eq!(book.steps().count(), TRANSACTIONS, "{story}");
        let state = self.node.state();
        let mined: BTreeSet<B256> =
            state.blocks.iter().flat_map(|block| block.transactions.clone()).collect();
        for hash in mined.iter().chain(state.taken.keys()) {
            assert!(book.step_of(*hash).is_some(), "{hash} was not written down: {story}");
        }
        // Nothing is in a block after its deadline.
        let transfer = book.step(Position(9)).unwrap().slot.as_ref().unwrap();
        let block = transfer.landing.as_ref().unwrap().mined.block.number;
        let at = state.blocks[usize::try_from(block).unwrap()].timestamp;
        assert!(at < book.begun().start.0 + 2 * 86_400, "{story}");
        let text = String::from_utf8(self.disk.bytes(&self.journal())).unwrap();
        for secret in ["secret", "one.example", "two.example"] {
            assert!(!text.contains(secret), "the journal holds an address of a node: {story}");
        }
    }
}

/// How a process ended that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// All held, and all of it is on the chain.
    Well,
    /// A step failed on the chain, and it said so.
    Reverted,
    /// A step landed before one that comes before it, and it said so.
    OutOfOrder,
    /// All held, but it was not compared with its simulation, or not written down for others, and it said why: the node
    /// failed while that was done.
    Untold,
    /// Something went away after it had looked for the last time.
    Gone,
}

/// The step that has to revert.
const REVERTS: Position = Position(8);
/// How many questions there are at most after everything was looked at for the last time.
const LAST: u64 = 80;

/// What everybody has at first.
const RICH: U256 = U256::from_limbs([0x6BC7_5E2D_6310_0000, 0x5, 0, 0]);

/// The contracts of the scenario.
pub(super) fn contracts() -> [Address; 3] {
    [0, 1, 2].map(|nonce| account("anna").create(nonce))
}

/// Whether the error says that running it again may be enough, or the node was on another chain for a while.
pub(super) fn may_be_tried_again(error: &LiveError) -> bool {
    let other_chain = matches!(
        error,
        LiveError::Rpc(RpcError::WrongChain { .. })
            | LiveError::Send(SendError::Rpc(RpcError::WrongChain { .. }))
    );
    error.is_passing() || other_chain
}

pub(super) fn balance_of(chain: &Chain, token: Address, whose: Address) -> U256 {
    let mut input = vec![0x70, 0xa0, 0x82, 0x31];
    input.extend_from_slice(whose.into_word().as_slice());
    let outcome = chain.call(&Call::new(token, input)).unwrap();
    U256::from_be_slice(outcome.data().unwrap())
}
