//! The state of another chain at one block: from a recording as far as it goes, from a node for the rest.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use alloy_primitives::{Address, B256, U64, U256, map::AddressMap};
use revm::bytecode::Bytecode;

use super::{
    error::ForkError,
    recording::{Block, Info, Recording},
    remote::{Patience, Remote},
    source::{ForkAccount, ForkNode, StateAt},
};
use crate::{Timestamp, state::AccountDiff, state::bytecode};

/// Which chain to continue, and from where.
///
/// With a recording that holds all that is needed, nothing is sent anywhere.
#[derive(Clone, Debug)]
pub struct ForkOptions {
    /// Where the state is read; `None` uses the recording alone.
    pub node: Option<ForkNode>,
    /// The number of the block that the chain continues from.
    pub block: u64,
    /// The file of the recording: read if it is there, and brought up to date with what was asked of the node.
    pub cache: Option<PathBuf>,
}

/// The state of another chain at one block.
pub(crate) struct Fork {
    options: ForkOptions,
    patience: Patience,
    chain_id: u64,
    timestamp: Timestamp,
    known: Mutex<Known>,
}

/// What was read so far, and the node to ask for more.
struct Known {
    recording: Recording,
    /// Analysed code of the accounts in the recording that were used.
    code: AddressMap<Bytecode>,
    /// There from the first question on.
    remote: Option<Arc<dyn StateAt>>,
    /// The recording has what its file has not.
    unsaved: bool,
}

impl fmt::Debug for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a secret.
        f.debug_struct("Fork")
            .field("chain_id", &self.chain_id)
            .field("block", &self.options.block)
            .finish_non_exhaustive()
    }
}

impl Drop for Fork {
    fn drop(&mut self) {
        // Whoever must know whether this worked calls `save` first.
        let _ = self.save();
    }
}

impl Fork {
    pub(crate) fn open(options: ForkOptions) -> Result<Self, ForkError> {
        Self::open_patiently(options, Patience::default())
    }

    pub(super) fn open_patiently(
        options: ForkOptions,
        patience: Patience,
    ) -> Result<Self, ForkError> {
        let recorded = options.cache.as_deref().map(Recording::load).transpose()?.flatten();
        if let (Some(recording), Some(file)) = (&recorded, &options.cache) {
            recording.check(options.block, file)?;
        }
        let unsaved = recorded.is_none();
        let (recording, remote) = match recorded {
            Some(recording) => (recording, None),
            None => {
                let remote = connect(&options, patience, || format!("block {}", options.block))?;
                (Recording::new(remote.chain_id()?, remote.block()?.into()), Some(remote))
            }
        };
        let chain_id = recording.chain_id.to();
        let timestamp = Timestamp(recording.block.timestamp.to());
        let known = Mutex::new(Known { recording, code: AddressMap::default(), remote, unsaved });
        Ok(Self { options, patience, chain_id, timestamp, known })
    }

    pub(crate) const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    pub(crate) const fn block(&self) -> u64 {
        self.options.block
    }

    pub(crate) const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    pub(crate) fn account(&self, address: Address) -> Result<AccountDiff, ForkError> {
        let mut known = self.known();
        let recorded =
            known.recording.accounts.get(&address).and_then(|account| account.info.clone());
        let info = match recorded {
            Some(info) => info,
            None => {
                let what = || format!("account {address} at block {}", self.block());
                let ForkAccount { balance, nonce, code } =
                    self.remote(&mut known, what)?.account(address)?;
                let info = Info { balance, nonce: U64::from(nonce), code };
                known.recording.accounts.entry(address).or_default().info = Some(info.clone());
                known.unsaved = true;
                info
            }
        };
        let code = known.code.entry(address).or_insert_with(|| bytecode(info.code)).clone();
        Ok(AccountDiff { balance: info.balance, nonce: info.nonce.to(), code, wiped: false })
    }

    pub(crate) fn slot(&self, address: Address, slot: U256) -> Result<U256, ForkError> {
        let mut known = self.known();
        let account = known.recording.accounts.get(&address);
        if let Some(value) = account.and_then(|account| account.storage.get(&slot)) {
            return Ok(*value);
        }
        let what = || format!("slot {slot:#x} of {address} at block {}", self.block());
        let value = self.remote(&mut known, what)?.slot(address, slot)?;
        known.recording.accounts.entry(address).or_default().storage.insert(slot, value);
        known.unsaved = true;
        Ok(value)
    }

    pub(crate) fn block_hash(&self, number: u64) -> Result<B256, ForkError> {
        let mut known = self.known();
        if number == self.block() {
            return Ok(known.recording.block.hash);
        }
        if let Some(hash) = known.recording.block_hashes.get(&U64::from(number)) {
            return Ok(*hash);
        }
        let hash = self
            .remote(&mut known, || format!("the hash of block {number}"))?
            .block_hash(number)?;
        known.recording.block_hashes.insert(U64::from(number), hash);
        known.unsaved = true;
        Ok(hash)
    }

    /// Brings the file up to date, if there is one and something new to say.
    pub(crate) fn save(&self) -> Result<(), ForkError> {
        let Some(file) = &self.options.cache else { return Ok(()) };
        let mut known = self.known();
        if known.unsaved {
            known.recording.save(file)?;
            known.unsaved = false;
        }
        Ok(())
    }

    /// The node, which must have the history that the recording is of.
    fn remote<'a>(
        &self,
        known: &'a mut Known,
        what: impl Fn() -> String,
    ) -> Result<&'a dyn StateAt, ForkError> {
        if known.remote.is_none() {
            let remote = connect(&self.options, self.patience, what)?;
            self.compare(&known.recording, &*remote)?;
            known.remote = Some(remote);
        }
        Ok(known.remote.as_deref().expect("the node was just connected"))
    }

    fn compare(&self, recording: &Recording, remote: &dyn StateAt) -> Result<(), ForkError> {
        let (chain_id, block) = (remote.chain_id()?, Block::from(remote.block()?));
        let reason = if chain_id != self.chain_id {
            format!("its chain id is {chain_id}, not {}", self.chain_id)
        } else if block != recording.block {
            format!("its block {} has another hash or time", self.block())
        } else {
            return Ok(());
        };
        let file = self.options.cache.clone().unwrap_or_default();
        Err(ForkError::Mismatch { node: remote.node(), file, reason })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(
    options: &ForkOptions,
    patience: Patience,
    what: impl Fn() -> String,
) -> Result<Arc<dyn StateAt>, ForkError> {
    let Some(node) = &options.node else {
        let file = options.cache.as_ref().map(|file| format!("the recording {}", file.display()));
        let source_name = file.unwrap_or_else(|| "a recording".to_owned());
        return Err(ForkError::Missing { what: what(), source_name });
    };
    Ok(match node {
        ForkNode::Address(url) => Arc::new(Remote::new(url, options.block, patience)?),
        ForkNode::Reader(reader) => Arc::clone(reader),
    })
}
