//! Asking a node. With the way to it, the only place in this crate that waits, and so the only one with async code.

use std::{error::Error, io, sync::Arc, time::Duration};

use alloy_primitives::{Address, B256, U256};
use alloy_provider::{
    Provider, RootProvider,
    network::Ethereum,
    transport::{RpcError, TransportError, TransportErrorKind},
};
use revm::{
    database::{AlloyDB, AlloyDBError, BlockId},
    database_interface::async_db::DatabaseAsyncRef,
    state::AccountInfo,
};

use super::{
    connection::{Connection, Unprepared},
    error::ForkError,
    source::{ForkAccount, ForkBlock, StateAt},
};
use crate::Timestamp;

/// How long to wait for a node, and how often to ask again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For one answer.
    pub(super) answer: Duration,
    /// Before asking again a node that is too busy, or hung up; doubles each time.
    pub(super) pause: Duration,
    /// How often to ask, in all.
    pub(super) attempts: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { answer: Duration::from_secs(30), pause: Duration::from_millis(500), attempts: 5 }
    }
}

/// A node, at a block.
#[derive(Debug)]
pub(super) struct Remote {
    connection: Arc<Connection>,
    database: AlloyDB<Ethereum, RootProvider<Ethereum>>,
    node: String,
    block: u64,
    patience: Patience,
}

impl Remote {
    /// Prepares to ask; nothing is sent yet.
    pub(super) fn new(url: &str, block: u64, patience: Patience) -> Result<Self, ForkError> {
        let node = redacted(url);
        let invalid = |reason: String| ForkError::Address { url: node.clone(), reason };
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(invalid("it does not start with http:// or https://".to_owned()));
        }
        let connection = Connection::to(url).map_err(|error| match error {
            Unprepared::Address(reason) => invalid(reason),
            Unprepared::System(error) => ForkError::Network {
                node: node.clone(),
                what: "anything".to_owned(),
                reason: error.to_string(),
            },
        })?;
        let database = AlloyDB::new(connection.provider().clone(), BlockId::number(block));
        Ok(Self { connection, database, node, block, patience })
    }

    /// Asks until there is an answer, an error that asking again does not cure, or no more patience.
    fn ask<T, F>(&self, what: String, question: impl Fn() -> F + Sync) -> Result<T, ForkError>
    where
        T: Send,
        F: Future<Output = Result<T, AlloyDBError>>,
    {
        let answer = self.connection.wait_for(|| self.insist(&question));
        answer.map_err(|problem| problem.into_error(self.node.clone(), what))
    }

    async fn insist<T, F>(&self, question: impl Fn() -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, AlloyDBError>>,
    {
        let mut pause = self.patience.pause;
        let mut attempt = 1;
        loop {
            let problem = match tokio::time::timeout(self.patience.answer, question()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => Problem::new(&error),
                Err(_) => Problem::silence(self.patience.answer),
            };
            if !problem.passing || attempt == self.patience.attempts {
                return Err(problem);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
            attempt += 1;
        }
    }
}

impl StateAt for Remote {
    /// Host and port, which is as much of the address as may be shown.
    fn node(&self) -> String {
        self.node.clone()
    }

    fn chain_id(&self) -> Result<u64, ForkError> {
        self.ask("the chain id".to_owned(), || async {
            Ok(self.connection.provider().get_chain_id().await?)
        })
    }

    fn block(&self) -> Result<ForkBlock, ForkError> {
        let what = format!("block {}", self.block);
        let found = self.ask(what.clone(), || async {
            Ok(self.connection.provider().get_block_by_number(self.block.into()).await?)
        })?;
        let Some(block) = found else {
            return Err(ForkError::Refused {
                node: self.node.clone(),
                what,
                reason: "it has no such block".to_owned(),
            });
        };
        let header = &block.header;
        let timestamp = Timestamp(header.inner.timestamp);
        Ok(ForkBlock { number: header.inner.number, hash: header.hash, timestamp })
    }

    fn account(&self, address: Address) -> Result<ForkAccount, ForkError> {
        let what = format!("account {address} at block {}", self.block);
        let found = self.ask(what, || self.database.basic_async_ref(address))?;
        let AccountInfo { balance, nonce, code, .. } = found.unwrap_or_default();
        Ok(ForkAccount { balance, nonce, code: code.unwrap_or_default().original_bytes() })
    }

    fn slot(&self, address: Address, slot: U256) -> Result<U256, ForkError> {
        let what = format!("slot {slot:#x} of {address} at block {}", self.block);
        self.ask(what, || self.database.storage_async_ref(address, slot))
    }

    fn block_hash(&self, number: u64) -> Result<B256, ForkError> {
        self.ask(format!("the hash of block {number}"), || {
            self.database.block_hash_async_ref(number)
        })
    }
}

/// Why there is no answer.
struct Problem {
    reason: String,
    /// The node itself said no.
    refused: bool,
    /// Asking again may help.
    passing: bool,
}

impl Problem {
    fn new(error: &AlloyDBError) -> Self {
        match error {
            AlloyDBError::Transport(error) => Self::transport(error),
            AlloyDBError::BlockNotFound(_) => {
                Self { reason: "it has no such block".to_owned(), refused: true, passing: false }
            }
        }
    }

    fn transport(error: &TransportError) -> Self {
        let (reason, refused, passing) = match error {
            RpcError::ErrorResp(payload) => (
                format!("{} (code {})", payload.message, payload.code),
                true,
                payload.is_retry_err(),
            ),
            RpcError::NullResp => ("it answered null".to_owned(), true, false),
            RpcError::DeserError { text, .. } => {
                (format!("the answer makes no sense: {}", excerpt(text)), false, false)
            }
            RpcError::Transport(kind) => {
                (transport_reason(kind), false, kind.is_retry_err() || is_hung_up(kind))
            }
            other => (other.to_string(), false, false),
        };
        Self { reason, refused, passing }
    }

    fn silence(waited: Duration) -> Self {
        Self { reason: format!("no answer within {waited:?}"), refused: false, passing: false }
    }

    fn into_error(self, node: String, what: String) -> ForkError {
        let reason = self.reason;
        if self.refused {
            ForkError::Refused { node, what, reason }
        } else {
            ForkError::Network { node, what, reason }
        }
    }
}

fn transport_reason(kind: &TransportErrorKind) -> String {
    match kind {
        TransportErrorKind::HttpError(error)
        | TransportErrorKind::HttpErrorWithRetryAfter { error, .. } => {
            format!("HTTP status {}: {}", error.status, excerpt(&error.body))
        }
        // The outer errors repeat the address, which may hold a secret; the innermost says what happened.
        other => innermost(other).to_string(),
    }
}

/// Whether a connection ended before there was an answer. One that was kept may be closed by the node just when it is used
/// again; a question that only reads can be asked again, over another one.
fn is_hung_up(kind: &TransportErrorKind) -> bool {
    let error = innermost(kind);
    match error.downcast_ref::<io::Error>() {
        Some(error) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
        ),
        // hyper's words; its type is private to the transport.
        None => error.to_string().contains("connection closed before message completed"),
    }
}

fn innermost(kind: &TransportErrorKind) -> &(dyn Error + 'static) {
    let mut innermost: &(dyn Error + 'static) = kind;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

/// The first line of a text, at most 120 characters of it.
fn excerpt(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return "(nothing)".to_owned();
    }
    line.chars().take(120).collect()
}

/// Scheme, host and port of an address; user, path and query often hold keys.
fn redacted(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
}
