//! The twelve steps.

use alloy_primitives::{Address, B256, Bytes, U256, hex, keccak256};
use covenant_chain::{CREATE2_DEPLOYER, Key};
use covenant_live::{
    journal::{Identity, Position, StepId},
    send::{CodeCheck, Expectation, Step},
};

/// Counts how often it is called without data; returns the count when called with data.
const COUNTER: [u8; 21] = hex!("36600c575f546001015f55005b5f545f5260205ff3");
const REVERTER: [u8; 3] = hex!("5f5ffd");

/// Contracts, calls that count, payments, a factory, and a call that must revert, by accounts of their own: each prefix
/// gives other ones, so that a node can be used many times.
#[derive(Clone, Debug)]
pub struct Plan {
    prefix: String,
}

impl Plan {
    /// The plan whose accounts' names begin with `prefix`.
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// The keys that send.
    pub fn keys(&self) -> [Key; 3] {
        ["anna", "bert", "cleo"].map(|name| self.key(name))
    }

    /// An account, by its name.
    pub fn account(&self, name: &str) -> Address {
        self.key(name).address()
    }

    /// What it creates, at steps 0, 1, 6 and 7.
    pub fn contracts(&self) -> [Address; 4] {
        [
            self.account("anna").create(0),
            self.account("anna").create(1),
            CREATE2_DEPLOYER.create2(self.salt(), keccak256(init_code(&COUNTER))),
            self.account("bert").create(2),
        ]
    }

    /// The code of what it creates.
    pub fn codes() -> [Bytes; 4] {
        let code = Bytes::from(COUNTER);
        [code.clone(), code.clone(), code, REVERTER.into()]
    }

    /// The steps.
    pub fn steps(&self) -> Vec<Step> {
        let [first, second, third, reverter] = self.contracts();
        let factory_input = [self.salt().as_slice(), &init_code(&COUNTER)].concat();
        let pay = |step: Step, wei: u64| Step { value: U256::from(wei), ..step };
        let counted = Some(CodeCheck { code: COUNTER.into(), open: Vec::new() });
        let (cleo, dora) = (self.account("cleo"), self.account("dora"));
        vec![
            self.counter(0, "anna"),
            self.counter(1, "anna"),
            pay(self.step(2, "bert", Some(cleo), &[]), 5),
            self.step(3, "anna", Some(first), &[0]),
            self.step(4, "bert", Some(first), &[0]),
            self.step(5, "cleo", Some(second), &[1]),
            Step {
                input: factory_input.into(),
                creates: Some(third),
                code: counted,
                ..self.step(6, "anna", Some(CREATE2_DEPLOYER), &[])
            },
            Step { input: init_code(&REVERTER), ..self.step(7, "bert", None, &[]) },
            pay(self.step(8, "cleo", Some(dora), &[2]), 7),
            Step {
                gas_limit: Some(60_000),
                expects: Expectation::Revert,
                ..self.step(9, "bert", Some(reverter), &[7])
            },
            self.step(10, "cleo", Some(third), &[6]),
            self.step(11, "anna", Some(first), &[3, 4, 10]),
        ]
    }

    fn key(&self, name: &str) -> Key {
        Key::derive(&format!("{}-{name}", self.prefix))
    }

    fn salt(&self) -> B256 {
        keccak256(&self.prefix)
    }

    fn counter(&self, position: u32, sender: &str) -> Step {
        let code = Some(CodeCheck { code: COUNTER.into(), open: Vec::new() });
        Step { input: init_code(&COUNTER), code, ..self.step(position, sender, None, &[]) }
    }

    fn step(&self, position: u32, sender: &str, to: Option<Address>, after: &[u32]) -> Step {
        let text = format!("step {position} of {sender} to {to:?}");
        Step {
            id: StepId {
                position: Position(position),
                name: format!("step-{position}"),
                identity: Identity::of(&[text.as_bytes()]),
            },
            sender: self.account(sender),
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
}

/// Init code that leaves `runtime` behind.
fn init_code(runtime: &[u8]) -> Bytes {
    let length = u8::try_from(runtime.len()).expect("the contracts are small");
    [&[0x60, length, 0x60, 10, 0x5f, 0x39, 0x60, length, 0x5f, 0xf3], runtime].concat().into()
}
