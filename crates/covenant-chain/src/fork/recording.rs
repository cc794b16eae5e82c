//! What was read of another chain, and the file that keeps it.
//!
//! The file is JSON. Numbers are hexadecimal quantities, as in JSON-RPC:
//!
//! ```json
//! {
//!   "version": 1,
//!   "chain_id": "0x1",
//!   "block": { "number": "0x112a880", "hash": "0x…", "timestamp": "0x6553f100" },
//!   "accounts": {
//!     "0x…": { "info": { "balance": "0x0", "nonce": "0x1", "code": "0x60…" }, "storage": { "0x0": "0x2a" } }
//!   },
//!   "block_hashes": { "0x112a87f": "0x…" }
//! }
//! ```
//!
//! What is absent was never read. A slot that was read and is zero is there with the value `0x0`.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde::{Deserialize, Serialize};

use super::{error::ForkError, source::ForkBlock};

/// The version of the format.
const VERSION: u32 = 1;

/// Everything that was read of one block's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recording {
    version: u32,
    pub(super) chain_id: U64,
    pub(super) block: Block,
    pub(super) accounts: BTreeMap<Address, Account>,
    pub(super) block_hashes: BTreeMap<U64, B256>,
}

/// The block that the state is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub(super) number: U64,
    pub(super) hash: B256,
    pub(super) timestamp: U64,
}

impl From<ForkBlock> for Block {
    fn from(ForkBlock { number, hash, timestamp }: ForkBlock) -> Self {
        Self { number: U64::from(number), hash, timestamp: U64::from(timestamp.0) }
    }
}

/// An account, and its slots as far as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// Everything but storage; absent while only slots were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) info: Option<Info>,
    /// The slots that were read.
    pub(super) storage: BTreeMap<U256, U256>,
}

/// What an account is, apart from its storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Info {
    pub(super) balance: U256,
    pub(super) nonce: U64,
    pub(super) code: Bytes,
}

impl Account {
    fn absorb(&mut self, other: Self) {
        self.info = self.info.take().or(other.info);
        self.storage.extend(other.storage);
    }
}

impl Recording {
    pub(super) const fn new(chain_id: u64, block: Block) -> Self {
        Self {
            version: VERSION,
            chain_id: U64::from_limbs([chain_id]),
            block,
            accounts: BTreeMap::new(),
            block_hashes: BTreeMap::new(),
        }
    }

    /// Reads a file; `None` if there is none.
    pub(super) fn load(file: &Path) -> Result<Option<Self>, ForkError> {
        let text = match fs::read(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(file, error.to_string())),
        };
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let broken = |error: serde_json::Error| {
            failed(file, format!("not a recording: {error}; delete it to start anew"))
        };
        let Versioned { version } = serde_json::from_slice(&text).map_err(broken)?;
        if version != VERSION {
            return Err(failed(
                file,
                format!("format version {version} is not {VERSION}, the one this program knows"),
            ));
        }
        serde_json::from_slice(&text).map(Some).map_err(broken)
    }

    /// Adds what is in the file by now, then replaces the file as a whole.
    pub(super) fn save(&mut self, file: &Path) -> Result<(), ForkError> {
        if let Some(other) = Self::load(file)? {
            self.absorb(other, file)?;
        }
        let mut text =
            serde_json::to_vec_pretty(self).expect("a recording has nothing that JSON cannot hold");
        text.push(b'\n');
        write(file, &text).map_err(|error| failed(file, error.to_string()))
    }

    /// That the recording is of this block.
    pub(super) fn check(&self, number: u64, file: &Path) -> Result<(), ForkError> {
        let recorded = self.block.number.to::<u64>();
        if recorded != number {
            return Err(failed(file, format!("it is of block {recorded}, not {number}")));
        }
        Ok(())
    }

    fn absorb(&mut self, other: Self, file: &Path) -> Result<(), ForkError> {
        if (other.chain_id, other.block) != (self.chain_id, self.block) {
            return Err(failed(file, "it is of another chain or block".to_owned()));
        }
        for (address, account) in other.accounts {
            self.accounts.entry(address).or_default().absorb(account);
        }
        self.block_hashes.extend(other.block_hashes);
        Ok(())
    }
}

fn write(file: &Path, text: &[u8]) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|it| !it.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_owned);
    fs::create_dir_all(&folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(text)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file).map_err(|error| error.error)?;
    Ok(())
}

fn failed(file: &Path, reason: String) -> ForkError {
    ForkError::Recording { file: file.to_owned(), reason }
}
