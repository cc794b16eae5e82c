//! Twelve steps of three accounts, a process that sends them, and what must be true when it is done.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use alloy_primitives::{Address, B256, Bytes, U256, hex, keccak256};
use covenant_chain::{CREATE2_DEPLOYER, Key, Timestamp};
use covenant_live::{
    clock::Clock,
    journal::{Begun, Identity, Journal, JournalError, Position, Record, StepId},
    rpc::{Client, Endpoint, Patience},
    send::{CodeCheck, Expectation, Landed, Options, SendError, Sender, Signer, Step},
    storage::{Lock, Owner, Storage},
};

use crate::{
    disk::SimulatedDisk,
    doom::Doom,
    node::{Node, START},
};

pub(crate) const CHAIN_ID: u64 = 31_337;
/// Counts how often it is called without data; returns the count when called with data.
const COUNTER: [u8; 21] = hex!("36600c575f546001015f55005b5f545f5260205ff3");
const REVERTER: [u8; 3] = hex!("5f5ffd");

pub(crate) fn key(name: &str) -> Key {
    Key::derive(name)
}

pub(crate) fn account(name: &str) -> Address {
    key(name).address()
}

/// Init code that leaves `runtime` behind.
fn init_code(runtime: &[u8]) -> Bytes {
    let length = u8::try_from(runtime.len()).unwrap();
    [&[0x60, length, 0x60, 10, 0x5f, 0x39, 0x60, length, 0x5f, 0xf3], runtime].concat().into()
}

pub(crate) fn step(position: u32, sender: &str, to: Option<Address>, after: &[u32]) -> Step {
    let text = format!("step {position} of {sender} to {to:?}");
    Step {
        id: StepId {
            position: Position(position),
            name: format!("step-{position}"),
            identity: Identity::of(&[text.as_bytes()]),
        },
        sender: account(sender),
        to,
        value: U256::ZERO,
        input: Bytes::new(),
        gas_limit: None,
        creates: None,
        code: None,
        expects: Expectation::Success,
        after: after.iter().map(|position| Position(*position)).collect(),
        by: None,
    }
}

pub(crate) fn counter(position: u32, sender: &str, after: &[u32]) -> Step {
    let code = Some(CodeCheck { code: COUNTER.into(), open: Vec::new() });
    Step { input: init_code(&COUNTER), code, ..step(position, sender, None, after) }
}

/// The contracts of the plan.
pub(crate) fn contracts() -> [Address; 4] {
    let salt = B256::repeat_byte(7);
    [
        account("anna").create(0),
        account("anna").create(1),
        CREATE2_DEPLOYER.create2(salt, keccak256(init_code(&COUNTER))),
        account("bert").create(2),
    ]
}

/// Contracts, calls that count, payments, a factory, and a call that must revert.
pub(crate) fn twelve_steps() -> Vec<Step> {
    let [first, second, third, reverter] = contracts();
    let factory_input = [B256::repeat_byte(7).as_slice(), &init_code(&COUNTER)].concat();
    let pay = |step: Step, wei: u64| Step { value: U256::from(wei), ..step };
    vec![
        counter(0, "anna", &[]),
        counter(1, "anna", &[]),
        pay(step(2, "bert", Some(account("cleo")), &[]), 5),
        step(3, "anna", Some(first), &[0]),
        step(4, "bert", Some(first), &[0]),
        step(5, "cleo", Some(second), &[1]),
        Step {
            input: factory_input.into(),
            creates: Some(third),
            code: Some(CodeCheck { code: COUNTER.into(), open: Vec::new() }),
            ..step(6, "anna", Some(CREATE2_DEPLOYER), &[])
        },
        Step { input: init_code(&REVERTER), ..step(7, "bert", None, &[]) },
        pay(step(8, "cleo", Some(account("dora")), &[2]), 7),
        Step {
            gas_limit: Some(60_000),
            expects: Expectation::Revert,
            ..step(9, "bert", Some(reverter), &[7])
        },
        step(10, "cleo", Some(third), &[6]),
        step(11, "anna", Some(first), &[3, 4, 10]),
    ]
}

/// Everything that outlives a process.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) node: Node,
    pub(crate) disk: SimulatedDisk,
    pub(crate) doom: Doom,
    /// How deep a block must be.
    pub(crate) confirmations: u64,
    /// What the clock of the machine is ahead of everybody else's.
    pub(crate) skew: Duration,
}

/// A clock that is wrong.
#[derive(Debug)]
struct Skewed(Arc<dyn Clock>, Duration);

impl Clock for Skewed {
    fn now(&self) -> Duration {
        self.0.now() + self.1
    }

    fn sleep(&self, time: Duration) {
        self.0.sleep(time);
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let doom = Doom::never();
        let node = Node::new(doom.clone());
        for name in ["anna", "bert", "cleo"] {
            node.fund(account(name), U256::from(10).pow(U256::from(20)));
        }
        Self {
            node,
            disk: SimulatedDisk::new(doom.clone()),
            doom,
            confirmations: 2,
            skew: Duration::ZERO,
        }
    }
}

pub(crate) fn options() -> Options {
    Options {
        confirmations: 2,
        max_fee: 200_000_000_000,
        poll: Duration::from_secs(12),
        ..Options::default()
    }
}

pub(crate) fn journal_file() -> PathBuf {
    PathBuf::from("deployments/31337/twelve.jsonl")
}

/// A new process: takes the locks, opens or begins the journal, connects.
pub(crate) fn start(world: &World, options: Options) -> Result<(Sender, Vec<Lock>), SendError> {
    let names = ["anna", "bert", "cleo"];
    let signers = names.map(|name| Box::new(key(name)) as Box<dyn Signer>);
    start_with(world, options, signers.into())
}

pub(crate) fn start_with(
    world: &World,
    options: Options,
    signers: Vec<Box<dyn Signer>>,
) -> Result<(Sender, Vec<Lock>), SendError> {
    let owner = Owner { pid: 1, host: "here".to_owned(), since: Timestamp(START) };
    let storage: Arc<dyn Storage> = Arc::new(world.disk.clone());
    let locks = signers
        .iter()
        .map(|signer| {
            let folder = PathBuf::from("locks");
            Lock::take_sender(&*storage, &folder, CHAIN_ID, signer.address(), &owner)
        })
        .collect::<Result<_, _>>()
        .map_err(JournalError::from)?;
    let opened = Journal::open(Arc::clone(&storage), &journal_file(), &owner)?;
    let genesis = opened.as_ref().map(|journal| journal.book().begun().genesis);
    let endpoints = ["https://one.example/secret-key", "https://two.example/?key=secret"];
    let endpoints = endpoints.map(|address| Endpoint::parse(address).unwrap()).into();
    let patience = Patience::default();
    let transport = world.node.transport();
    let clock: Arc<dyn Clock> = Arc::new(Skewed(world.node.clock(), world.skew));
    let client =
        Client::connect(transport, Arc::clone(&clock), endpoints, CHAIN_ID, genesis, patience)?;
    let journal = match opened {
        Some(mut journal) => {
            let record = Record::Resumed { program: "test".to_owned(), at: Timestamp(START) };
            journal.append(&record)?;
            journal
        }
        None => Journal::begin(storage, &journal_file(), &owner, begun(client.genesis()))?,
    };
    Ok((Sender::new(client, journal, clock, signers, options)?, locks))
}

pub(crate) fn begun(genesis: B256) -> Begun {
    Begun {
        format: Begun::FORMAT,
        program: "test".to_owned(),
        chain_id: CHAIN_ID,
        genesis,
        scenario: "twelve".to_owned(),
        start: Timestamp(START),
        lets: BTreeMap::new(),
        actors: BTreeMap::new(),
    }
}

/// One process: from the start to the end of the run.
pub(crate) fn run_once(world: &World, steps: &[Step]) -> Result<Vec<Landed>, SendError> {
    let confirmations = world.confirmations;
    let (mut sender, _locks) = start(world, Options { confirmations, ..options() })?;
    sender.run(steps)
}

/// What a chain is like after the twelve steps, timestamps and fees aside.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct End {
    nonces: Vec<u64>,
    balances: Vec<U256>,
    codes: Vec<Bytes>,
    counts: Vec<U256>,
    transactions: usize,
}

/// Looks at everything that the twelve steps change.
pub(crate) fn end(world: &World) -> End {
    let state = world.node.state();
    let people = ["anna", "bert", "cleo", "dora"].map(account);
    let chain = &state.chain;
    End {
        nonces: people.iter().map(|it| chain.nonce(*it).unwrap()).collect(),
        balances: people.iter().map(|it| chain.balance(*it).unwrap()).collect(),
        codes: contracts().iter().map(|it| chain.code(*it).unwrap()).collect(),
        counts: contracts()[..3].iter().map(|it| state.read(*it)).collect(),
        transactions: state.blocks.iter().map(|block| block.transactions.len()).sum(),
    }
}

/// The end that is right: each step once.
pub(crate) fn right_end() -> End {
    let rich = U256::from(10).pow(U256::from(20));
    let code = Bytes::from(COUNTER);
    End {
        nonces: vec![5, 4, 3, 0],
        balances: vec![rich, rich - U256::from(5), rich - U256::from(2), U256::from(7)],
        codes: vec![code.clone(), code.clone(), code, REVERTER.into()],
        counts: vec![U256::from(3), U256::from(1), U256::from(1)],
        transactions: 12,
    }
}

/// The journal is whole, finished with every step, and knows every address.
pub(crate) fn check_journal(world: &World) {
    let reading = Journal::read(&world.disk, &journal_file()).unwrap().unwrap();
    let created = |position| reading.book.step(Position(position)).unwrap().created();
    let addresses = [0, 1, 6, 7].map(created);
    assert_eq!(addresses, contracts().map(|address| Some((address, true))));
    assert_eq!(reading.book.steps().count(), 12);
    let bytes = world.disk.bytes(&journal_file());
    let text = String::from_utf8(bytes).unwrap();
    for secret in ["secret", "one.example", "two.example"] {
        assert!(!text.contains(secret), "the journal holds an address of a node");
    }
    let state = world.node.state();
    for block in &state.blocks {
        for hash in &block.transactions {
            assert!(reading.book.step_of(*hash).is_some(), "{hash} was sent but not written down");
        }
    }
    // Nothing was ever sent that had not been written down before.
    for hash in state.taken.keys() {
        assert!(reading.book.step_of(*hash).is_some(), "{hash} was sent but not written down");
    }
}
