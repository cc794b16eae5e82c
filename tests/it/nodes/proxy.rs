//! A proxy before a node, which sees every question and may do something else than pass it on.

use std::{
    fmt,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::{Value, json};

use super::{Asking, RunningNode};

/// What becomes of a question.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// This is answered.
    Answered(Vec<u8>),
    /// The connection breaks.
    Broken,
}

/// A question, as it came.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) method: String,
    pub(crate) params: Value,
    id: Value,
    body: String,
}

impl Question {
    /// Has the node answer it.
    pub(crate) fn pass_on(&self, node: &mut Asking) -> Fate {
        node.forward(&self.body).map_or(Fate::Broken, Fate::Answered)
    }

    /// An answer that is not the node's.
    pub(crate) fn answer(&self, result: &Value) -> Fate {
        let answer = json!({ "jsonrpc": "2.0", "id": self.id, "result": result });
        Fate::Answered(answer.to_string().into_bytes())
    }

    /// An error, in these words.
    pub(crate) fn refuse(&self, words: &str) -> Fate {
        let error = json!({ "code": -32_601, "message": words });
        let answer = json!({ "jsonrpc": "2.0", "id": self.id, "error": error });
        Fate::Answered(answer.to_string().into_bytes())
    }

    /// Whether it asks for the latest block.
    pub(crate) fn is_look(&self) -> bool {
        self.method == "eth_getBlockByNumber" && self.params[0] == "latest"
    }
}

/// Decides about each question, one at a time.
pub(crate) type Decide = Box<dyn FnMut(&Question, &mut Asking) -> Fate + Send>;

/// A proxy that runs for as long as this lives.
pub(crate) struct Proxy {
    url: String,
    address: std::net::SocketAddr,
    over: Arc<AtomicBool>,
    decide: Arc<Mutex<(Decide, Asking)>>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Proxy {
    /// Stands before `node`; every question is put to `decide`.
    pub(crate) fn before(
        node: &RunningNode,
        decide: impl FnMut(&Question, &mut Asking) -> Fate + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the proxy listens");
        let address = listener.local_addr().expect("the proxy listens");
        let over = Arc::new(AtomicBool::new(false));
        let decide: Decide = Box::new(decide);
        let decide = Arc::new(Mutex::new((decide, node.asking())));
        let (ends, decides) = (Arc::clone(&over), Arc::clone(&decide));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                let decides = Arc::clone(&decides);
                thread::spawn(move || serve(stream, &decides));
            }
        });
        Self { url: format!("http://{address}"), address, over, decide }
    }

    /// From now on decides otherwise.
    pub(crate) fn decide(
        &self,
        decide: impl FnMut(&Question, &mut Asking) -> Fate + Send + 'static,
    ) {
        self.decide.lock().expect("the proxy listens").0 = Box::new(decide);
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the one who listens; if that fails, it ends with the process.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers what comes over one connection, until it breaks.
fn serve(stream: TcpStream, decide: &Mutex<(Decide, Asking)>) {
    let Ok(reading) = stream.try_clone() else { return };
    let (mut reading, mut writing) = (BufReader::new(reading), stream);
    while let Ok(Some(body)) = receive(&mut reading) {
        let Ok(value) = serde_json::from_str::<Value>(&body) else { return };
        let method = value["method"].as_str().unwrap_or_default().to_owned();
        let (params, id) = (value["params"].clone(), value["id"].clone());
        let question = Question { method, params, id, body };
        // A test that panicked while it decided has failed already.
        let Ok(mut decide) = decide.lock() else { return };
        let (decide, node) = &mut *decide;
        let Fate::Answered(answer) = decide(&question, node) else { return };
        if send(&mut writing, &answer).is_err() {
            return;
        }
    }
}

/// The body of the next request; `None` at the end.
fn receive(reading: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reading.read_exact(&mut body)?;
    String::from_utf8(body).map(Some).map_err(io::Error::other)
}

fn send(writing: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    writing.write_all(&[head.as_bytes(), body].concat())?;
    writing.flush()
}
