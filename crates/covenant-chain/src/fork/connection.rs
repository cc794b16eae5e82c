//! What several chains that continue from blocks of one node have in common: the way to it.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
};

use alloy_provider::{RootProvider, network::Ethereum};
use tokio::runtime::{Builder, Runtime};

/// A client that keeps its connections, and what it waits with.
///
/// Preparing one reads every certificate that the system trusts, and its first question shakes hands with the node. Who
/// looks at the state after each of a hundred blocks does that once.
#[derive(Debug)]
pub(super) struct Connection {
    provider: RootProvider<Ethereum>,
    /// Always there; taken only to be shut down.
    runtime: Option<Runtime>,
}

/// Why nothing can be asked.
#[derive(Debug)]
pub(super) enum Unprepared {
    /// The address is none.
    Address(String),
    /// The system gives no means to wait.
    System(io::Error),
}

/// Those that somebody has, by address.
static OPEN: Mutex<BTreeMap<String, Weak<Connection>>> = Mutex::new(BTreeMap::new());

impl Drop for Connection {
    fn drop(&mut self) {
        // A runtime that is dropped may not wait if another one is running around it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Connection {
    /// Prepares to ask the node at an address, or joins those who have prepared for that; nothing is sent yet.
    pub(super) fn to(address: &str) -> Result<Arc<Self>, Unprepared> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = open.get(address).and_then(Weak::upgrade) {
            return Ok(connection);
        }
        let parsed = address.parse().map_err(|error| Unprepared::Address(format!("{error}")))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = Some(runtime.map_err(Unprepared::System)?);
        let connection = Arc::new(Self { provider: RootProvider::new_http(parsed), runtime });
        open.retain(|_, connection| connection.strong_count() > 0);
        open.insert(address.to_owned(), Arc::downgrade(&connection));
        Ok(connection)
    }

    /// What asks.
    pub(super) const fn provider(&self) -> &RootProvider<Ethereum> {
        &self.provider
    }

    /// Waits for an answer; on a thread of its own, so that it works from within another runtime too.
    pub(super) fn wait_for<T, F>(&self, question: impl FnOnce() -> F + Send) -> T
    where
        T: Send,
        F: Future<Output = T>,
    {
        let runtime = self.runtime.as_ref().expect("only a drop takes the runtime");
        thread::scope(|scope| {
            let asking = scope.spawn(|| runtime.block_on(question()));
            asking.join().expect("asking a node does not panic")
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::{TcpListener, TcpStream},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use alloy_provider::Provider;
    use serde_json::{Value, json};

    use super::*;

    /// Answers every question with the same, for as long as anybody asks.
    fn serve(mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or_default() == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let question: Value = serde_json::from_slice(&body).unwrap();
                let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": "0x7b" });
                let answer = answer.to_string();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
                stream.write_all(format!("{head}{answer}").as_bytes()).unwrap();
            }
        }
    }

    #[test]
    fn all_who_ask_one_node_ask_over_one_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connected = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connected);
        thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(stream.unwrap()));
            }
        });
        let first = Connection::to(&url).unwrap();
        for _ in 0..3 {
            let another = Connection::to(&url).unwrap();
            assert!(Arc::ptr_eq(&first, &another));
            let id = another.wait_for(|| async { another.provider().get_chain_id().await });
            assert_eq!(id.unwrap(), 123);
        }
        assert_eq!(connected.load(Ordering::SeqCst), 1);
        let elsewhere = Connection::to(&format!("{url}/other")).unwrap();
        assert!(!Arc::ptr_eq(&first, &elsewhere));
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        let refused = Connection::to("http://[").map(drop);
        assert!(matches!(refused, Err(Unprepared::Address(_))), "{refused:?}");
    }
}
