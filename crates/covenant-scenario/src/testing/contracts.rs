//! The contracts of `contracts.sol`, compiled.

use std::{collections::BTreeMap, sync::Arc};

use alloy_json_abi::JsonAbi;
use alloy_primitives::{Address, Bytes};
use covenant_chain::{Outcome, Transaction};
use covenant_compile::{Code, Contract, ContractId, ContractKind, TypeDefs};
use serde::Deserialize;

use crate::world::World;

#[derive(Deserialize)]
struct Compiled {
    abi: JsonAbi,
    creation: Bytes,
}

/// A contract by name.
pub(crate) fn contract(name: &str) -> Arc<Contract> {
    let mut all: BTreeMap<String, Compiled> =
        serde_json::from_str(include_str!("contracts.json")).unwrap();
    let compiled = all.remove(name).unwrap();
    Arc::new(Contract {
        id: ContractId { file: "contracts.sol".into(), name: name.into() },
        bases: Vec::new(),
        kind: ContractKind::Contract,
        abi: compiled.abi,
        creation: Code { bytes: compiled.creation, ..Code::default() },
        runtime: Code::default(),
        types: TypeDefs::default(),
        types_known: false,
        storage: None,
        notice: None,
    })
}

/// Deploys a contract.
pub(crate) fn deploy(world: &mut World, name: &str, arguments: &[u8]) -> Address {
    let code = [&contract(name).creation.bytes[..], arguments].concat();
    let from = world.actors()[0].address;
    match world.chain.send(&Transaction::create(from, code)).unwrap().outcome {
        Outcome::Success { created: Some(address), .. } => address,
        other => panic!("{name} was not deployed: {other:?}"),
    }
}
