//! Which contract has which model.

use std::collections::BTreeSet;

use covenant_compile::{Contract, ContractKind};

use super::{
    Adapter, Agreements, ByAuthorization, ByPermit, ByPermit2, Deals, Debits, Escrow, Exchanges,
    Groups, Guarantees, Leases, Offers, Panel, Plans, Repairs, Routers, harness::Model,
    world::contracts,
};

/// The contracts that a model says everything about.
const MODELLED: [&str; 18] = [
    Escrow::CONTRACT,
    Leases::CONTRACT,
    Plans::CONTRACT,
    Exchanges::CONTRACT,
    Agreements::CONTRACT,
    Guarantees::CONTRACT,
    Debits::CONTRACT,
    Deals::CONTRACT,
    Repairs::CONTRACT,
    Groups::CONTRACT,
    Offers::CONTRACT,
    Adapter::<Escrow>::CONTRACT,
    Adapter::<Leases>::CONTRACT,
    Panel::<Escrow>::CONTRACT,
    Panel::<Leases>::CONTRACT,
    Routers::<ByPermit>::CONTRACT,
    Routers::<ByPermit2>::CONTRACT,
    Routers::<ByAuthorization>::CONTRACT,
];

/// The contracts without a model of their own, each with the reason.
const OTHERS: [(&str, &str); 1] = [(
    "LeaseAgent",
    "has no state; every script of the co-tenants and of rent-to-own calls it, and knocks at its functions",
)];

/// Where contracts are that hold nothing of anybody's: what tests and simulations have around the others.
const AROUND: [&str; 4] = ["src/adversaries/", "src/tokens/", "src/actors/", "src/simulation/"];

/// Whether a contract of this project can be deployed, and something of it changed.
fn is_live(contract: &Contract) -> bool {
    let own = contract.id.file.starts_with("src/")
        && !AROUND.iter().any(|folder| contract.id.file.starts_with(folder));
    let mut functions = contract.abi.functions();
    let changes =
        functions.any(|it| !["view", "pure"].contains(&it.state_mutability.as_json_str()));
    own && contract.kind == ContractKind::Contract && changes
}

#[test]
fn every_contract_has_a_model_or_a_reason() {
    let build = contracts();
    let live: BTreeSet<&str> = build
        .contracts
        .values()
        .filter(|contract| is_live(contract))
        .map(|contract| contract.id.name.as_str())
        .collect();
    let listed: Vec<&str> = MODELLED.into_iter().chain(OTHERS.map(|(name, _)| name)).collect();
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(once.len(), listed.len(), "a contract is listed twice");
    assert_eq!(live, once, "contracts are without a model, or models without a contract");
}
