//! What was done with keys: one JSON object a line, added and never changed.

use std::path::PathBuf;

use alloy_primitives::{Address, B256, ChainId};
use jiff::Timestamp;
use serde::Serialize;

use super::{error::KeyError, files};

/// Tells the time of day. Libraries have no clock of their own.
pub type WallClock = fn() -> Timestamp;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Act {
    /// A key was made.
    Create,
    /// A key from elsewhere was put into a keystore.
    Import,
    /// A key was opened to sign for a chain.
    Open,
    /// A key was read to be put into another keystore.
    Read,
    /// A keystore was not opened.
    Refuse,
    /// Something was signed.
    Sign,
    /// A new key took the place of another; both are bound.
    Rotate,
    /// The key that a rotation replaced was deleted.
    Retire,
    /// A key was deleted.
    Remove,
}

/// One line. There is no field that a secret would fit into.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    at: Timestamp,
    act: Act,
    account: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_id: Option<ChainId>,
    /// The hash that was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<B256>,
    /// The contract that typed data was signed for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<Address>,
    /// The name of the struct that was signed.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

/// The audit log.
#[derive(Clone, Debug)]
pub(super) struct Audit {
    path: PathBuf,
    clock: WallClock,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    /// The account as it was named: a name, a path, a variable.
    pub(super) account: &'a str,
    /// Its address, where it is known.
    pub(super) address: Option<Address>,
    /// The chain it is used on.
    pub(super) chain_id: Option<ChainId>,
    /// The hash that is signed.
    pub(super) hash: Option<B256>,
    /// What it is of, if that is no transaction.
    pub(super) typed: Option<TypedData<'a>>,
}

/// A struct that is signed (EIP-712).
#[derive(Clone, Copy, Debug)]
pub(super) struct TypedData<'a> {
    /// The contract that the signature is good for.
    pub(super) contract: Address,
    /// The name of the struct.
    pub(super) name: &'a str,
}

impl<'a> Subject<'a> {
    pub(super) const fn new(account: &'a str, address: Option<Address>) -> Self {
        Self { account, address, chain_id: None, hash: None, typed: None }
    }
}

impl Audit {
    pub(super) const fn new(path: PathBuf, clock: WallClock) -> Self {
        Self { path, clock }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Writes down what is about to be done, and returns when that is on the disk.
    ///
    /// # Errors
    /// When it cannot be written: then it must not be done either.
    pub(super) fn record(&self, act: Act, subject: Subject<'_>) -> Result<(), KeyError> {
        let Subject { account, address, chain_id, hash, typed } = subject;
        let (contract, name) = typed.map(|typed| (typed.contract, typed.name)).unzip();
        let entry = Entry { at: self.now(), act, account, address, chain_id, hash, contract, name };
        let line = serde_json::to_string(&entry).expect("an entry is plain data");
        if let Some(folder) = self.path.parent() {
            files::make_private_folder(folder)?;
        }
        files::append_line(&self.path, &line)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn clock() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    #[test]
    fn adds_a_line_and_repairs_a_torn_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/audit.jsonl");
        let audit = Audit::new(path.clone(), clock);
        audit.record(Act::Create, Subject::new("deployer", Some(Address::ZERO))).unwrap();
        let first = "{\"at\":\"1970-01-01T00:00:00Z\",\"act\":\"create\",\"account\":\"deployer\",\
                     \"address\":\"0x0000000000000000000000000000000000000000\"}\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        fs::write(&path, format!("{first}{{\"at\":")).unwrap();
        let subject = Subject {
            chain_id: Some(1),
            hash: Some(B256::ZERO),
            ..Subject::new("a \"b\"\nc", None)
        };
        audit.record(Act::Sign, subject).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        let last: serde_json::Value = serde_json::from_str(lines[2]).unwrap();
        assert_eq!(last["account"], "a \"b\"\nc");
        assert_eq!(last["chain_id"], 1);
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn lines_of_many_threads_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/audit.jsonl");
        let audit = Audit::new(path.clone(), clock);
        std::thread::scope(|scope| {
            for name in ["a", "b", "c", "d"] {
                let audit = &audit;
                scope.spawn(move || {
                    for _ in 0..25 {
                        audit.record(Act::Open, Subject::new(name, None)).unwrap();
                    }
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 100);
        for line in text.lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(entry["act"], "open");
        }
    }

    #[test]
    fn what_cannot_be_written_down_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/audit.jsonl");
        files::make_private_folder(&path).unwrap();
        let error = Audit::new(path, clock).record(Act::Sign, Subject::new("a", None)).unwrap_err();
        assert!(matches!(error, KeyError::Write { .. }), "{error}");
    }
}
