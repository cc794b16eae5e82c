//! What contracts declare, found by selector.

use std::{collections::BTreeMap, sync::Arc};

use alloy_json_abi::{Error, Event, Function, JsonAbi};
use alloy_primitives::{B256, Selector};

/// The functions, errors, events and enums of contracts, by what stands for them in data.
///
/// Each selector is a hash, so a large project's takes milliseconds to make. It says nothing of addresses: one serves all
/// [decoders](super::Decoder) of runs against the same contracts.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub(super) functions: BTreeMap<Selector, Vec<Entry<Function>>>,
    pub(super) errors: BTreeMap<Selector, Vec<Entry<Error>>>,
    pub(super) events: BTreeMap<B256, Vec<Entry<Event>>>,
    /// The members of enums, by name: `Lease.Status`.
    pub(super) enums: BTreeMap<String, Vec<String>>,
}

/// Something of a contract's ABI.
#[derive(Clone, Debug)]
pub(super) struct Entry<T> {
    pub(super) contract: Arc<str>,
    pub(super) item: T,
}

impl Lexicon {
    /// One that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the functions, errors and events of a contract.
    pub fn register(&mut self, contract: &str, abi: &JsonAbi) {
        let contract: Arc<str> = contract.into();
        for item in abi.functions().cloned() {
            let entry = Entry { contract: Arc::clone(&contract), item };
            self.functions.entry(entry.item.selector()).or_default().push(entry);
        }
        for item in abi.errors().cloned() {
            let entry = Entry { contract: Arc::clone(&contract), item };
            self.errors.entry(entry.item.selector()).or_default().push(entry);
        }
        for item in abi.events().filter(|event| !event.anonymous).cloned() {
            let entry = Entry { contract: Arc::clone(&contract), item };
            self.events.entry(entry.item.selector()).or_default().push(entry);
        }
    }

    /// Names the members of an enum, so that its values are written as `Status.Active`. Its name is that of its
    /// declaration: `Lease.Status`, or `Status` at file level.
    pub fn register_enum(&mut self, name: impl Into<String>, members: Vec<String>) {
        self.enums.insert(name.into(), members);
    }
}
