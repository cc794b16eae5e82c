//! `addresses.json`: every contract of every deployment to one chain.

use std::path::Path;

use alloy_primitives::{Address, B256};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Descriptions, RecordsError};
use crate::{
    journal::{Book, StepBook},
    storage::{Storage, place},
};

/// A contract that is there.
#[derive(Serialize)]
struct Entry<'a> {
    address: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<&'a str>,
    transaction: B256,
    block: u64,
}

/// Writes the contracts of a deployment to `file`, under `name`; what it says of other deployments stays.
///
/// Only contracts whose creation is confirmed are listed, by the names of their steps: `.escrow.vault.address`.
///
/// # Errors
///
/// [`RecordsError::Foreign`] if the file is something else, [`RecordsError::Io`].
pub fn write_addresses(
    storage: &dyn Storage,
    file: &Path,
    book: &Book,
    name: &str,
    descriptions: &Descriptions,
) -> Result<(), RecordsError> {
    let failed = |source| RecordsError::Io { file: file.to_owned(), source };
    let mut all: Map<String, Value> = match storage.read(file).map_err(failed)? {
        None => Map::new(),
        Some(bytes) => serde_json::from_slice(&bytes)
            .map_err(|_| RecordsError::Foreign { file: file.to_owned() })?,
    };
    let entries = book.steps().filter_map(|step| {
        let value = serde_json::to_value(entry(step, descriptions)?);
        Some((step.id.name.clone(), value.expect("an entry can be written as JSON")))
    });
    all.insert(name.to_owned(), Value::Object(entries.collect()));
    all.sort_keys();
    let mut text = serde_json::to_string_pretty(&all).expect("JSON can be written");
    text.push('\n');
    place(storage, file, text.as_bytes()).map_err(failed)
}

fn entry<'a>(step: &StepBook, descriptions: &'a Descriptions) -> Option<Entry<'a>> {
    let (address, settled) = step.created()?;
    let mined = &step.slot.as_ref()?.landing.as_ref().filter(|_| settled)?.mined;
    let described = descriptions.get(&step.id.position);
    Some(Entry {
        address,
        contract: described.and_then(|it| it.contract.as_deref()),
        transaction: mined.hash,
        block: mined.block.number,
    })
}
