//! Writing down again which transaction was which step.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use alloy_primitives::{Address, B256, U128};
use covenant_chain::Timestamp;

use super::{
    error::RecoverError,
    scan::{Found, Scan},
};
use crate::{
    journal::{Begun, Journal, Mined, Purpose, Record, Signed},
    rpc::Client,
    send::Step,
    storage::{Lock, Owner, Storage, folder_of},
};

/// A journal that is written anew.
#[derive(Debug)]
pub struct Recovery {
    scan: Scan,
    storage: Arc<dyn Storage>,
    file: PathBuf,
    journal: Journal,
    confirmations: u64,
    /// The nonces of each account that come next.
    next: BTreeMap<Address, u64>,
    claimed: BTreeSet<B256>,
    _lock: Lock,
}

/// What a recovery has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many steps are in the new journal.
    pub steps: usize,
    /// Transactions of these accounts that are none of the steps.
    pub unknown: Vec<Found>,
    /// Where the journal is that was there before.
    pub kept: Option<PathBuf>,
}

impl Recovery {
    /// Begins to write the journal `file` anew, beside what is there.
    ///
    /// # Errors
    ///
    /// [`RecoverError::Lock`] if somebody works with the journal, [`RecoverError::Journal`], [`RecoverError::Io`].
    pub fn begin(
        scan: Scan,
        storage: Arc<dyn Storage>,
        file: &Path,
        owner: &Owner,
        begun: Begun,
        confirmations: u64,
    ) -> Result<Self, RecoverError> {
        let lock = Lock::take(&*storage, &beside(file, "lock"), owner)?;
        let draft = beside(file, "recovering");
        // What an interrupted recovery left is of no use, and nothing is ever deleted here.
        set_aside(&*storage, &draft, "abandoned")?;
        let journal = Journal::begin(Arc::clone(&storage), &draft, owner, begun)?;
        let (file, next, claimed) = (file.to_owned(), BTreeMap::new(), BTreeSet::new());
        Ok(Self { scan, storage, file, journal, confirmations, next, claimed, _lock: lock })
    }

    /// Looks for the transaction of a step, among those of its account that come after the ones of earlier steps, and
    /// writes it down. `None` if the step was not sent.
    ///
    /// # Errors
    ///
    /// [`RecoverError::OtherCode`] if it created something else, [`RecoverError::Rpc`], [`RecoverError::Journal`].
    pub fn claim(
        &mut self,
        client: &mut Client,
        step: &Step,
    ) -> Result<Option<Found>, RecoverError> {
        let next = self.next.get(&step.sender).copied().unwrap_or_default();
        let mut later = self.scan.of(step.sender).filter(|found| found.nonce >= next);
        let Some(found) = later.find(|found| is_of(found, step)).cloned() else { return Ok(None) };
        let records = records_of(client, &self.scan, step, &found, self.confirmations)?;
        let Some((records, _)) = records else { return Ok(None) };
        for record in records {
            self.journal.append(&record)?;
        }
        self.next.insert(found.sender, found.nonce + 1);
        self.claimed.insert(found.hash);
        Ok(Some(found))
    }

    /// What was written so far.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Puts the new journal in its place; the old one stays beside it.
    ///
    /// # Errors
    ///
    /// [`RecoverError::Io`]; then a new recovery is to be begun.
    pub fn finish(self) -> Result<Outcome, RecoverError> {
        let Self { scan, storage, file, journal, claimed, _lock, .. } = self;
        let draft = journal.file().to_owned();
        drop(journal);
        let kept = set_aside(&*storage, &file, "damaged")?;
        let failed = |source| RecoverError::Io { file: file.clone(), source };
        storage.rename(&draft, &file).map_err(failed)?;
        storage.sync_folder(&folder_of(&file)).map_err(failed)?;
        let unknown = scan.all().filter(|found| !claimed.contains(&found.hash)).cloned().collect();
        Ok(Outcome { steps: claimed.len(), unknown, kept })
    }
}

/// What a journal says of a step whose transaction was found, and whether it ran to its end; `None` if its block is gone
/// meanwhile.
pub(crate) fn records_of(
    client: &mut Client,
    scan: &Scan,
    step: &Step,
    found: &Found,
    confirmations: u64,
) -> Result<Option<(Vec<Record>, bool)>, RecoverError> {
    let raw = found.raw.clone().ok_or(RecoverError::Garbled { hash: found.hash })?;
    let receipt = client.receipt(found.hash)?;
    let Some(receipt) = receipt.filter(|it| it.block_hash == Some(found.block.hash)) else {
        return Ok(None);
    };
    let success = receipt.status.is_some_and(|status| status.to::<u64>() == 1);
    let creates = match step.to {
        None => Some(step.sender.create(found.nonce)),
        Some(_) => step.creates,
    };
    if let (true, Some(address)) = (success, creates) {
        let code = client.code(address, found.block.number)?;
        let check = step.code.as_ref();
        if !check.map_or(!code.is_empty(), |check| check.accepts(&code)) {
            let (step, hash) = (Box::new(step.id.clone()), found.hash);
            return Err(RecoverError::OtherCode { step, hash, address });
        }
    }
    let hash = found.hash;
    let mut records = vec![
        Record::Signed(Signed {
            step: step.id.clone(),
            purpose: Purpose::Step,
            sender: found.sender,
            nonce: found.nonce,
            hash,
            raw,
            creates,
            value: found.value,
            gas_limit: found.gas_limit,
            max_fee: U128::from(found.max_fee),
            priority_fee: U128::from(found.priority_fee),
            at: Timestamp(found.at),
            by: step.by,
        }),
        Record::Sent { hash },
        Record::Mined(Mined {
            hash,
            block: found.block,
            index: receipt.transaction_index.unwrap_or_default().to(),
            success,
            gas_used: receipt.gas_used.to(),
            gas_price: receipt.effective_gas_price,
        }),
    ];
    if scan.head().0 + 1 >= found.block.number + confirmations.max(1) {
        records.push(Record::Confirmed { hash, block: found.block });
    }
    Ok(Some((records, success)))
}

/// Whether a transaction does what a step says.
pub(crate) fn is_of(found: &Found, step: &Step) -> bool {
    (found.to, found.value, &found.input) == (step.to, step.value, &step.input)
}

/// Gives a file a name that is free; nothing if it is not there.
pub(crate) fn set_aside(
    storage: &dyn Storage,
    file: &Path,
    ending: &str,
) -> Result<Option<PathBuf>, RecoverError> {
    let failed = |source| RecoverError::Io { file: file.to_owned(), source };
    if storage.read(file).map_err(failed)?.is_none() {
        return Ok(None);
    }
    let mut number = 1;
    loop {
        let name = beside(file, &format!("{ending}-{number}"));
        if storage.read(&name).map_err(failed)?.is_none() {
            storage.rename(file, &name).map_err(failed)?;
            storage.sync_folder(&folder_of(file)).map_err(failed)?;
            return Ok(Some(name));
        }
        number += 1;
    }
}

/// The file whose name goes on with this ending.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
