//! A node that makes a block whenever it was looked at often enough, and what the twelve steps do on it.

use std::path::PathBuf;

use alloy_primitives::U256;
use covenant_chain::{CREATE2_DEPLOYER, Chain, ChainOptions};
use covenant_live::{
    journal::{Book, Journal, Purpose},
    storage::Disk,
};
use covenant_tests::sending::{End, Job, Plan, fees_of, options};
use serde_json::json;
use tempfile::TempDir;

use crate::nodes::{Asking, CHAIN_ID, Fate, Kind, Proxy, Question, RunningNode};

/// How often the latest block is asked for until there is another.
const LOOKS_A_BLOCK: u32 = 3;

/// A node, the proxy before it, and a folder for journals.
#[derive(Debug)]
pub(super) struct World {
    pub(super) node: RunningNode,
    pub(super) proxy: Proxy,
    folder: TempDir,
}

impl World {
    pub(super) fn new(kind: Kind) -> Self {
        let node = RunningNode::start(kind);
        let mut asking = node.asking();
        let deployer = Chain::new(ChainOptions::default())
            .expect("the node is there")
            .code(CREATE2_DEPLOYER)
            .expect("the node is there");
        let code = json!([CREATE2_DEPLOYER, deployer]);
        let methods = ["anvil_setCode", "hardhat_setCode", "evm_setAccountCode"];
        assert!(methods.iter().any(|method| asking.try_ask(method, &code).is_ok()));
        match kind {
            Kind::Ganache => asking.ask("miner_stop", &json!([])),
            Kind::Anvil | Kind::Hardhat => asking.ask("evm_setAutomine", &json!([false])),
        };
        let mut ticking = ticking();
        let proxy = Proxy::before(&node, move |question, node| {
            ticking(question, node);
            question.pass_on(node)
        });
        Self { node, proxy, folder: TempDir::new().expect("the node is there") }
    }

    /// The wei that everybody who sends begins with.
    pub(super) fn rich() -> U256 {
        U256::from(10).pow(U256::from(20))
    }

    /// The twelve steps, by accounts of their own that have something to pay with.
    pub(super) fn plan(&self, prefix: &str) -> Plan {
        let plan = Plan::new(prefix);
        let mut asking = self.node.asking();
        for name in ["anna", "bert", "cleo"] {
            let account = plan.account(name);
            if asking.nonce(account) == 0 && asking.balance(account) < Self::rich() {
                asking.fund(account, Self::rich());
            }
        }
        plan
    }

    pub(super) fn journal(&self, prefix: &str) -> PathBuf {
        self.folder.path().join(format!("{prefix}.jsonl"))
    }

    pub(super) fn job(&self, prefix: &str) -> Job {
        Job {
            nodes: vec![self.proxy.url().to_owned()],
            chain_id: CHAIN_ID,
            journal: self.journal(prefix),
            options: options(2),
        }
    }

    pub(super) fn book(&self, prefix: &str) -> Book {
        Journal::read(&Disk, &self.journal(prefix))
            .expect("the node is there")
            .expect("the node is there")
            .book
    }

    /// Each step landed once, nothing is lost, and the chain is as it would be if nothing had happened.
    pub(super) fn check(&self, prefix: &str) {
        let (plan, book, mut asking) = (Plan::new(prefix), self.book(prefix), self.node.asking());
        let fees = fees_of(&book, &plan);
        let people = ["anna", "bert", "cleo", "dora"].map(|name| plan.account(name));
        let contracts = plan.contracts();
        let count = |asking: &mut Asking, at| U256::from_be_slice(&asking.call(at, &[1]));
        let end = End {
            nonces: people.iter().map(|it| asking.nonce(*it)).collect(),
            balances: people
                .iter()
                .map(|it| asking.balance(*it) + fees.get(it).copied().unwrap_or_default())
                .collect(),
            codes: contracts.iter().map(|it| asking.code(*it)).collect(),
            counts: contracts[..3].iter().map(|it| count(&mut asking, *it)).collect(),
        };
        assert_eq!(end, End::right(Self::rich()), "{:?} {prefix}", self.node.kind());
        for step in book.steps() {
            let slot = step.slot.as_ref().expect("the node is there");
            let landing = slot.landing.as_ref().expect("the node is there");
            let receipt = asking.receipt(landing.mined.hash);
            assert_eq!(receipt["blockHash"], json!(landing.mined.block.hash), "{}", step.id);
            let lost = slot.attempts.iter().filter(|it| it.signed.hash != landing.mined.hash);
            for attempt in lost {
                assert!(asking.receipt(attempt.signed.hash).is_null(), "{} landed twice", step.id);
                assert_ne!(attempt.signed.purpose, Purpose::Cancellation);
            }
        }
    }
}

/// Makes a block at every third look.
pub(super) fn ticking() -> impl FnMut(&Question, &mut Asking) + Send + 'static {
    let mut looks = 0;
    move |question, node| {
        if question.is_look() {
            looks += 1;
            if looks % LOOKS_A_BLOCK == 0 {
                node.mine();
            }
        }
    }
}

/// Breaks the connection once the condition holds, after or before the node has heard the question.
pub(super) fn once(
    mut fires: impl FnMut(&Question) -> bool + Send + 'static,
    delivered: bool,
) -> impl FnMut(&Question, &mut Asking) -> Fate + Send + 'static {
    let (mut ticking, mut spent) = (ticking(), false);
    move |question, node| {
        ticking(question, node);
        if !spent && fires(question) {
            spent = true;
            if delivered {
                question.pass_on(node);
            }
            return Fate::Broken;
        }
        question.pass_on(node)
    }
}
