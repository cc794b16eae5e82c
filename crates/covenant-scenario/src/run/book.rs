//! What addresses, errors and logs are called: the reading side of a run.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use alloy_primitives::Address;
use covenant_chain::{Decoder, Lexicon, Log, Numbers, Outcome};
use covenant_compile::{Build, Contract};

use crate::{
    event::{LogView, ResultView, TransactionEvent, TransactionResult, TransactionView},
    expr::{Names, Type, Value, abi},
    world::World,
};

/// Makes raw events readable. The decoder is made when it is first needed: most runs pass, and nobody looks.
#[derive(Clone)]
pub struct Book {
    builds: [Arc<Build>; 2],
    contracts: BTreeMap<Address, Arc<Contract>>,
    names: Names,
    decoder: OnceLock<Arc<Decoder>>,
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Book {
    pub(super) fn new(
        builds: [Arc<Build>; 2],
        world: &World,
        contracts: BTreeMap<Address, Arc<Contract>>,
    ) -> Self {
        Self { builds, contracts, names: world.names().clone(), decoder: OnceLock::new() }
    }

    /// The names that addresses go by.
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// What reads reverts, logs and calls.
    pub fn decoder(&self) -> &Arc<Decoder> {
        self.decoder.get_or_init(|| Arc::new(decoder(&self.builds, &self.names, &self.contracts)))
    }

    /// A transaction in words.
    pub fn view(&self, transaction: &TransactionEvent) -> TransactionView {
        let result = match &transaction.result {
            TransactionResult::Rejected(reason) => ResultView::Rejected(reason.clone()),
            TransactionResult::Mined(Outcome::Success { output, created }) => ResultView::Success {
                returned: transaction
                    .returns
                    .as_ref()
                    .and_then(|ty| self.returned(ty, output, *created)),
                created: *created,
            },
            TransactionResult::Mined(Outcome::Revert { data }) => {
                ResultView::Revert(self.decoder().decode_revert(data).to_string())
            }
            TransactionResult::Mined(Outcome::Halt { reason }) => ResultView::Halt(reason.clone()),
        };
        TransactionView { result, logs: transaction.logs.iter().map(|log| self.log(log)).collect() }
    }

    fn returned(&self, ty: &Type, output: &[u8], created: Option<Address>) -> Option<String> {
        if ty.is_nothing() {
            return None;
        }
        let value = match created {
            Some(address) => Value::Address(address),
            None => abi::decode_output(ty, output).ok()?,
        };
        Some(value.display(&self.names).to_string())
    }

    /// A log in words.
    pub fn log(&self, log: &Log) -> LogView {
        let emitter = self.names.label(log.address);
        let text = match self.decoder().decode_log(log) {
            Some(decoded) => decoded.to_string(),
            None => format!(
                "an unknown event with {} topics and {} bytes",
                log.topics.len(),
                log.data.len()
            ),
        };
        LogView { emitter, text }
    }
}

/// What reads reverts, logs and calls in a run.
pub(super) fn decoder(
    builds: &[Arc<Build>; 2],
    names: &Names,
    contracts: &BTreeMap<Address, Arc<Contract>>,
) -> Decoder {
    let mut decoder = Decoder::new().with_numbers(Numbers::Hinted);
    let [own, bundled] = builds;
    decoder = decoder.with_lexicon(lexicon(own));
    if !Arc::ptr_eq(own, bundled) {
        decoder = decoder.with_lexicon(lexicon(bundled));
    }
    for (address, name) in names.iter() {
        decoder.label(address, name);
    }
    for (address, contract) in contracts {
        decoder.attach(*address, &contract.id.name);
    }
    decoder
}

/// What the contracts of a build declare. It is kept as long as the build is: what follows from something that does not
/// change may be shared, and hashing thousands of selectors takes longer than most runs.
fn lexicon(build: &Arc<Build>) -> Arc<Lexicon> {
    static KNOWN: Mutex<Vec<(Weak<Build>, Arc<Lexicon>)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // A `Weak` keeps the place in memory, so no other build can come to stand there.
    if let Some((_, lexicon)) = known.iter().find(|(of, _)| of.as_ptr() == Arc::as_ptr(build)) {
        return Arc::clone(lexicon);
    }
    known.retain(|(of, _)| of.strong_count() > 0);
    let lexicon = Arc::new(declared(build));
    known.push((Arc::downgrade(build), Arc::clone(&lexicon)));
    lexicon
}

fn declared(build: &Build) -> Lexicon {
    let mut lexicon = Lexicon::new();
    for contract in build.contracts.values() {
        lexicon.register(&contract.id.name, &contract.abi);
    }
    let types = build.contracts.values().map(|contract| &contract.types).chain([&build.types]);
    for (name, definition) in types.flat_map(|types| &types.enums) {
        lexicon.register_enum(name.as_str(), definition.members.clone());
    }
    lexicon
}
