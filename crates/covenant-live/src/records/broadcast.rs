//! Foundry's `broadcast/`, as `forge script` writes it and as `vm.getDeployment` and `forge verify` read it.

use std::{collections::BTreeMap, path::Path};

use alloy_consensus::{Transaction, TxEnvelope};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Described, Descriptions, RecordsError};
use crate::{
    journal::{Attempt, Book, StepBook},
    rpc::{Client, RpcError},
    storage::{Storage, place},
};

/// A run of `forge script`.
#[derive(Serialize)]
struct Sequence<'a> {
    transactions: Vec<Sent<'a>>,
    receipts: Vec<&'a Value>,
    libraries: &'a [String],
    pending: Vec<B256>,
    returns: BTreeMap<String, String>,
    timestamp: u64,
    chain: u64,
    commit: Option<String>,
}

/// A transaction, with what it is about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent<'a> {
    hash: B256,
    transaction_type: &'static str,
    contract_name: Option<&'a str>,
    contract_address: Option<Address>,
    function: Option<&'a str>,
    arguments: Option<&'a [String]>,
    transaction: Request,
    additional_contracts: [(); 0],
    is_fixed_gas_limit: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    from: Address,
    to: Option<Address>,
    gas: U64,
    value: U256,
    input: Bytes,
    nonce: U64,
    chain_id: U64,
}

/// The receipts of everything that landed, whole, as the node gives them: the journal keeps less of them.
///
/// # Errors
///
/// [`RpcError`].
pub fn receipts(client: &mut Client, book: &Book) -> Result<BTreeMap<B256, Value>, RpcError> {
    let mut receipts = BTreeMap::new();
    for step in book.steps() {
        let Some(landing) = step.slot.as_ref().and_then(|slot| slot.landing.as_ref()) else {
            continue;
        };
        let hash = landing.mined.hash;
        let receipt: Value = client.ask("eth_getTransactionReceipt", json!([hash]))?;
        // A receipt of another block than the journal's is of a chain that has changed since.
        if receipt["blockHash"] == json!(landing.mined.block.hash) {
            receipts.insert(hash, receipt);
        }
    }
    Ok(receipts)
}

/// Writes `run-….json` and `run-latest.json` to `broadcast/NAME/CHAIN/`, with `libraries` as `file:Name:address`.
///
/// Transactions without a receipt among `receipts` are listed as pending.
///
/// # Errors
///
/// [`RecordsError::Io`].
pub fn write_broadcast(
    storage: &dyn Storage,
    broadcast: &Path,
    book: &Book,
    name: &str,
    descriptions: &Descriptions,
    libraries: &[String],
    receipts: &BTreeMap<B256, Value>,
) -> Result<(), RecordsError> {
    let begun = book.begun();
    let folder = broadcast.join(name).join(begun.chain_id.to_string());
    let mut steps: Vec<(&StepBook, &Attempt)> = book.steps().filter_map(live).collect();
    steps.sort_by_key(|(step, attempt)| {
        let landing = step.slot.as_ref().and_then(|slot| slot.landing.as_ref());
        let place = landing.map(|it| (it.mined.block.number, it.mined.index));
        (place.is_none(), place, attempt.signed.nonce)
    });
    let signed = || steps.iter().map(|(_, attempt)| attempt.signed.at.0);
    let hash = |attempt: &Attempt| attempt.signed.hash;
    let milliseconds = |seconds: Option<u64>| seconds.unwrap_or_default().saturating_mul(1_000);
    let sequence = Sequence {
        transactions: steps
            .iter()
            .map(|it| sent(it.0, it.1, begun.chain_id, descriptions))
            .collect(),
        receipts: steps.iter().filter_map(|(_, it)| receipts.get(&hash(it))).collect(),
        libraries,
        pending: steps
            .iter()
            .map(|it| hash(it.1))
            .filter(|it| !receipts.contains_key(it))
            .collect(),
        returns: BTreeMap::new(),
        timestamp: milliseconds(signed().max()),
        chain: begun.chain_id,
        commit: None,
    };
    let text = serde_json::to_string_pretty(&sequence).expect("a run can be written as JSON");
    // By the first signature, so that a deployment that goes on stays one run.
    let run = format!("run-{}.json", milliseconds(signed().min()));
    for name in [run.as_str(), "run-latest.json"] {
        let file = folder.join(name);
        let failed = |source| RecordsError::Io { file: file.clone(), source };
        place(storage, &file, text.as_bytes()).map_err(failed)?;
    }
    Ok(())
}

/// The transaction of a step that landed, or that may still.
fn live(step: &StepBook) -> Option<(&StepBook, &Attempt)> {
    let slot = step.slot.as_ref()?;
    Some((step, slot.landed().unwrap_or_else(|| slot.latest())))
}

fn sent<'a>(
    step: &StepBook,
    attempt: &Attempt,
    chain_id: u64,
    descriptions: &'a Descriptions,
) -> Sent<'a> {
    let signed = &attempt.signed;
    let envelope = TxEnvelope::decode_2718_exact(&signed.raw);
    let envelope = envelope.expect("only transactions are written down");
    let described: Option<&Described> = descriptions.get(&step.id.position);
    let to = envelope.to();
    Sent {
        hash: signed.hash,
        transaction_type: match (to, signed.creates) {
            (None, _) => "CREATE",
            (Some(_), Some(_)) => "CREATE2",
            (Some(_), None) => "CALL",
        },
        contract_name: described.and_then(|it| it.contract.as_deref()),
        contract_address: signed.creates.or(to),
        function: described.and_then(|it| it.function.as_deref()),
        arguments: described.map(|it| it.arguments.as_slice()),
        transaction: Request {
            from: signed.sender,
            to,
            gas: U64::from(signed.gas_limit),
            value: signed.value,
            input: envelope.input().clone(),
            nonce: U64::from(signed.nonce),
            chain_id: U64::from(chain_id),
        },
        additional_contracts: [],
        is_fixed_gas_limit: false,
    }
}
