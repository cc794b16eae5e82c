//! Whom tests and processes have of a node.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use alloy_primitives::{Address, U256, keccak256};
use covenant_chain::{Chain, ChainOptions, Timestamp};
use covenant_live::{
    clock::Clock,
    rpc::{Answer, Endpoint, Failure, Transport},
};

use super::state::*;

use crate::{doom::Doom, faults::Fault};

/// A node, its chain and its time. Clones are the same node; it outlives the processes that ask it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    state: Arc<Mutex<State>>,
    doom: Doom,
    mortal: Mortal,
}

/// At which questions a process may die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mortal {
    Always,
    /// When it sends something; whatever it only reads leaves no trace.
    Sending,
}

impl Node {
    /// A chain for development, on which nobody pays for gas.
    pub(crate) fn new(doom: Doom) -> Self {
        Self::of_chain(31_337, false, doom, Mortal::Always)
    }

    /// A network: gas is paid for.
    pub(crate) fn network(chain_id: u64, doom: Doom) -> Self {
        Self::of_chain(chain_id, true, doom, Mortal::Sending)
    }

    fn of_chain(chain_id: u64, charges: bool, doom: Doom, mortal: Mortal) -> Self {
        let options = ChainOptions {
            timestamp: Timestamp(START),
            chain_id: Some(chain_id),
            ..ChainOptions::default()
        };
        let chain = Chain::new(options).unwrap();
        let snapshot = chain.snapshot();
        let genesis = Block {
            hash: keccak256("the first block"),
            timestamp: START,
            transactions: Vec::new(),
            before: snapshot.clone(),
            after: snapshot,
        };
        let state = State {
            chain,
            time: Duration::ZERO,
            blocks: vec![genesis],
            pool: BTreeMap::new(),
            doubts: 0,
            archive: BTreeMap::new(),
            receipts: BTreeMap::new(),
            salt: 0,
            base_fee: BASE_FEE,
            calls: 0,
            fault: None,
            spent: false,
            ignored: BTreeSet::new(),
            spike_until: 0,
            taken: BTreeMap::new(),
            methods: Vec::new(),
            hashes: Hashes::Known,
            charges,
            others: Vec::new(),
            foreign: BTreeMap::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), doom, mortal }
    }

    /// Gives an account money, from the beginning of the chain.
    pub(crate) fn fund(&self, account: Address, wei: U256) {
        let mut state = self.state();
        state.chain.set_balance(account, wei).unwrap();
        let snapshot = state.chain.snapshot();
        let first = &mut state.blocks[0];
        (first.before, first.after) = (snapshot.clone(), snapshot);
    }

    /// Lets the fault happen at this question, counted from 0.
    pub(crate) fn plan_fault(&self, call: u64, fault: Fault) {
        self.state().fault = Some((call, fault));
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.state().advance(time);
    }

    pub(crate) fn transport(&self) -> Box<dyn Transport> {
        Box::new(Wire(self.clone()))
    }

    /// How many transactions of one account wait, at most.
    pub(crate) fn most_waiting(&self) -> usize {
        let state = self.state();
        let of = |sender| state.pool.values().filter(|pooled| pooled.sender == sender).count();
        state.pool.values().map(|pooled| of(pooled.sender)).max().unwrap_or_default()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clone())
    }
}

impl Clock for Node {
    fn now(&self) -> Duration {
        self.state().time
    }

    fn sleep(&self, time: Duration) {
        self.advance(time);
    }
}

/// What a process has of a node.
#[derive(Debug)]
struct Wire(Node);

impl Transport for Wire {
    fn post(&mut self, endpoint: &Endpoint, body: &str) -> Result<Answer, Failure> {
        let mortal = self.0.mortal == Mortal::Always || body.contains("eth_sendRawTransaction");
        if mortal {
            self.0.doom.pass();
        }
        let answer = self.0.state().serve(endpoint.name(), body);
        if mortal {
            self.0.doom.pass();
        }
        answer
    }
}
