//! What must be so when the twelve steps are done.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, U256};
use covenant_live::journal::{Book, Position};

use super::plan::Plan;

/// What the twelve steps leave behind, fees and timestamps aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How much each account has sent.
    pub nonces: Vec<u64>,
    /// What each account spent or got, without fees, with what it began.
    pub balances: Vec<U256>,
    /// The code of each contract.
    pub codes: Vec<Bytes>,
    /// How often each counter was called.
    pub counts: Vec<U256>,
}

impl End {
    /// The end that is right: each step once, from `rich` wei for each of those who send.
    pub fn right(rich: U256) -> Self {
        Self {
            nonces: vec![5, 4, 3, 0],
            balances: vec![rich, rich - U256::from(5), rich - U256::from(2), U256::from(7)],
            codes: Plan::codes().to_vec(),
            counts: vec![U256::from(3), U256::from(1), U256::from(1)],
        }
    }
}

/// The wei that each account paid for gas, by what the journal says was mined.
///
/// # Panics
///
/// If the journal lacks a step, or the address of a contract, or something that is not confirmed.
pub fn fees_of(book: &Book, plan: &Plan) -> BTreeMap<Address, U256> {
    let created = |position| book.step(Position(position)).and_then(|step| step.created());
    let addresses = [0, 1, 6, 7].map(created);
    assert_eq!(addresses, plan.contracts().map(|address| Some((address, true))));
    assert_eq!(book.steps().count(), 12, "a step is lost");
    let mut fees = BTreeMap::new();
    for step in book.steps() {
        for slot in step.slot.iter().chain(&step.past) {
            let landing = slot.landing.as_ref().expect("everything is in a block");
            assert!(landing.confirmed, "{} is not confirmed", step.id);
            let price = landing.mined.gas_price.expect("the nodes of tests say what was paid");
            let fee = U256::from(landing.mined.gas_used) * U256::from(price);
            *fees.entry(slot.sender).or_default() += fee;
        }
    }
    fees
}
