//! What a service has to know.

use std::collections::BTreeMap;

use alloy_consensus::{Transaction, TxEnvelope};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes};
use covenant_compile::{Build, Contract, ContractId};
use serde_json::Value;

use crate::journal::StepBook;

/// What a service has to know of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The chain.
    pub chain_id: u64,
    /// Where the contract is.
    pub address: Address,
    /// The contract, by file and name.
    pub contract: ContractId,
    /// The compiler, as services name it: `0.8.37+commit.…`.
    pub compiler: String,
    /// The exact standard JSON that the compiler was given.
    pub input: Value,
    /// The arguments of the constructor, encoded.
    pub arguments: Bytes,
    /// Where the code was linked to.
    pub libraries: BTreeMap<ContractId, Address>,
    /// The transaction that created it.
    pub transaction: B256,
}

impl Submission {
    /// What there is to say about the contract that a step created: which one it is, its arguments and libraries follow
    /// from the code that was sent. `None` if the step created nothing, is not confirmed, or created something that is not
    /// in `build`; `input` is what the compiler was given.
    pub fn of_created(
        step: &StepBook,
        chain_id: u64,
        build: &Build,
        input: &Value,
    ) -> Option<Self> {
        let (address, settled) = step.created()?;
        let attempt = step.slot.as_ref()?.landed().filter(|_| settled)?;
        let envelope = TxEnvelope::decode_2718_exact(&attempt.signed.raw).ok()?;
        let sent = envelope.input();
        // A factory is given a salt first.
        let code = if envelope.to().is_some() { sent.get(32..)? } else { &sent[..] };
        let contract = build.contract_with_code(code, true)?;
        Some(Self {
            chain_id,
            address,
            contract: contract.id.clone(),
            compiler: long_version(&build.compiler),
            input: input.clone(),
            arguments: Bytes::copy_from_slice(code.get(contract.creation.bytes.len()..)?),
            libraries: libraries(contract, code),
            transaction: attempt.signed.hash,
        })
    }
}

/// The addresses that code was linked to.
fn libraries(contract: &Contract, code: &[u8]) -> BTreeMap<ContractId, Address> {
    let places = contract.creation.libraries.iter();
    let found = places.filter_map(|place| {
        let start = place.offset as usize;
        Some((place.library.clone(), Address::from_slice(code.get(start..start + 20)?)))
    });
    found.collect()
}

/// `0.8.37+commit.abcdef12`, without what a build of the compiler adds about its platform.
fn long_version(version: &str) -> String {
    let Some((number, build)) = version.split_once('+') else { return version.to_owned() };
    let commit: Vec<&str> = build.split('.').take(2).collect();
    format!("{number}+{}", commit.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_of_a_compiler_is_not_its_version() {
        let short = "0.8.37+commit.5b6d1a2c";
        assert_eq!(long_version("0.8.37+commit.5b6d1a2c.Emscripten.clang"), short);
        assert_eq!(long_version("0.8.37+commit.5b6d1a2c.Linux.g++"), short);
        assert_eq!(long_version(short), short);
        assert_eq!(long_version("foundry"), "foundry");
    }
}
