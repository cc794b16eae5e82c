//! The wire itself: real sockets on loopback, and whoever answers there misbehaves.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use alloy_primitives::{B256, keccak256};
use covenant_live::{
    clock::{Clock, SystemClock},
    rpc::{Client, Endpoint, Http, Limits, Patience, RpcError},
};
use serde_json::{Value, json};

const CHAIN_ID: u64 = 123;

/// What is sent back to a question.
enum Back {
    /// A right answer with this result.
    Result(Value),
    /// A JSON-RPC error.
    Error(i64, &'static str),
    /// A status with headers and a body.
    Http(u16, &'static str, String),
    /// Bytes as they are, then the end.
    Raw(Vec<u8>),
    /// One byte at a time, for ever.
    Drip,
    /// Nothing, for ever.
    Silence,
}

/// Somebody on loopback who answers as told.
struct Server {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn new(answer: impl Fn(usize, &Value) -> Back + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/secret-key", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let (answer, counter) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, counter) = (Arc::clone(&answer), Arc::clone(&counter));
                thread::spawn(move || serve(stream.unwrap(), &counter, &*answer));
            }
        });
        Self { url, asked }
    }

    fn name(&self) -> &str {
        self.url.trim_end_matches("/secret-key")
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(
    mut stream: TcpStream,
    counter: &AtomicUsize,
    answer: &dyn Fn(usize, &Value) -> Back,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let request: Value = serde_json::from_slice(&body).unwrap();
    let id = &request["id"];
    let (status, headers, text) = match answer(counter.fetch_add(1, Ordering::SeqCst), &request) {
        Back::Result(result) => {
            (200, "", json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string())
        }
        Back::Error(code, message) => {
            let error = json!({ "code": code, "message": message });
            (200, "", json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string())
        }
        Back::Http(status, headers, text) => (status, headers, text),
        Back::Raw(bytes) => {
            stream.write_all(&bytes).ok()?;
            let _ = stream.shutdown(Shutdown::Both);
            return None;
        }
        Back::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").ok()?;
            let mut one = [0];
            stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
            while stream.write_all(b" ").is_ok() {
                // Waits a little; ends when the other side hangs up.
                if matches!(stream.read(&mut one), Ok(0)) {
                    return None;
                }
            }
            return None;
        }
        Back::Silence => {
            let _ = stream.read(&mut [0]);
            return None;
        }
    };
    let length = text.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(format!("{head}{text}").as_bytes()).ok()
}

fn genesis() -> B256 {
    keccak256("the first block")
}

/// A node that knows its chain, and says that the tip is 7.
fn normal(request: &Value) -> Back {
    match request["method"].as_str().unwrap() {
        "eth_chainId" => Back::Result(json!("0x7b")),
        "eth_getBlockByNumber" => {
            Back::Result(json!({ "number": "0x0", "hash": genesis(), "timestamp": "0x1" }))
        }
        "eth_maxPriorityFeePerGas" => Back::Result(json!("0x7")),
        _ => Back::Error(-32_601, "method not found, secret-key"),
    }
}

fn is_tip(request: &Value) -> bool {
    request["method"] == json!("eth_maxPriorityFeePerGas")
}

fn patience() -> Patience {
    Patience { attempts: 3, pause: Duration::from_millis(1), ..Patience::default() }
}

fn limits() -> Limits {
    let request = Duration::from_millis(1_500);
    Limits { connect: request, request, body: 1_000 }
}

fn connect(urls: &[&str]) -> Result<Client, RpcError> {
    let endpoints = urls.iter().map(|url| Endpoint::parse(url).unwrap()).collect();
    let transport = Box::new(Http::new(limits()).unwrap());
    let clock = Arc::new(SystemClock::start());
    Client::connect(transport, clock, endpoints, CHAIN_ID, None, patience())
}

#[test]
fn a_good_node_is_asked_for_its_chain_first() {
    let methods = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&methods);
    let server = Server::new(move |_, request| {
        seen.lock().unwrap().push(request["method"].as_str().unwrap().to_owned());
        normal(request)
    });
    let mut client = connect(&[&server.url]).unwrap();
    assert_eq!((client.suggested_tip().unwrap(), client.genesis()), (7, genesis()));
    let expected = ["eth_chainId", "eth_getBlockByNumber", "eth_maxPriorityFeePerGas"];
    assert_eq!(*methods.lock().unwrap(), expected);
    assert_eq!(client.node(), server.name());
    let error = client.pending_nonce(Default::default()).unwrap_err();
    let expected = format!(
        "{} refused eth_getTransactionCount: method not found, … (code -32601)",
        server.name()
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn whatever_passes_is_asked_again() {
    type Case = fn() -> Back;
    let cases: [Case; 11] = [
        || Back::Http(429, "retry-after: 0\r\n", "slow down".to_owned()),
        || Back::Http(500, "", String::new()),
        || Back::Http(502, "", "<html>".to_owned()),
        || Back::Http(200, "", "<html>".to_owned()),
        || Back::Http(200, "", "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":\"0x1\"}".to_owned()),
        || Back::Http(200, "", " ".repeat(5_000)),
        || Back::Error(-32_005, "limit exceeded, try again in 1ms"),
        || Back::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"jsonrpc\"".to_vec()),
        || Back::Raw(Vec::new()),
        || Back::Silence,
        || Back::Drip,
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let once = AtomicUsize::new(0);
        let server = Server::new(move |_, request| {
            let first = is_tip(request) && once.fetch_add(1, Ordering::SeqCst) == 0;
            if first { case() } else { normal(request) }
        });
        let mut client = connect(&[&server.url]).unwrap();
        assert_eq!(client.suggested_tip().unwrap(), 7, "case {number}");
        // Two to connect; one that failed; then the chain is named again before the question.
        assert_eq!(server.asked(), 6, "case {number}");
    }
}

#[test]
fn what_does_not_pass_ends_and_says_why_without_secrets() {
    type Case = (fn() -> Back, &'static str);
    let cases: [Case; 8] = [
        (
            || Back::Http(500, "", "at secret-key\nmore".to_owned()),
            "HTTP status 500: at … (asked 3 times)",
        ),
        (
            || Back::Http(200, "", "<html>".to_owned()),
            "the answer makes no sense: <html> (asked 3 times)",
        ),
        (
            || Back::Http(200, "", "x".repeat(1_001)),
            "the answer is longer than 1000 bytes (asked 3 times)",
        ),
        (|| Back::Silence, "no whole answer within 1.5s (asked 3 times)"),
        (|| Back::Drip, "no whole answer within 1.5s (asked 3 times)"),
        (
            || Back::Http(401, "", "no such secret-key".to_owned()),
            "HTTP status 401: no such … (asked once)",
        ),
        (
            || Back::Http(301, "location: http://127.0.0.1:1/\r\n", String::new()),
            "HTTP status 301: (nothing) (asked once)",
        ),
        (
            || Back::Result(json!({ "a": 1 })),
            "the answer makes no sense: {\"a\":1} (asked 3 times)",
        ),
    ];
    for (case, expected) in cases {
        let server =
            Server::new(move |_, request| if is_tip(request) { case() } else { normal(request) });
        let mut client = connect(&[&server.url]).unwrap();
        let error = client.suggested_tip().unwrap_err();
        let expected =
            format!("no answer to eth_maxPriorityFeePerGas: {}: {expected}", server.name());
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("secret"));
        assert!(!format!("{client:?}").contains("secret"));
    }
}

#[test]
fn the_next_endpoint_is_asked_and_must_be_on_the_same_chain() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = format!("http://user:password@127.0.0.1:{port}/key");
    let good = Server::new(|_, request| normal(request));
    let mut client = connect(&[&nobody, &good.url]).unwrap();
    assert_eq!(client.suggested_tip().unwrap(), 7);
    let error = connect(&[&nobody]).unwrap_err().to_string();
    assert!(!error.contains("password") && !error.contains("key"), "{error}");
    assert!(error.ends_with("Connection refused (os error 111) (asked 3 times)"), "{error}");
    let other = Server::new(|_, request| match request["method"].as_str().unwrap() {
        "eth_chainId" => Back::Result(json!("0x1")),
        _ => normal(request),
    });
    let error = connect(&[&nobody, &other.url]).unwrap_err();
    assert!(matches!(error, RpcError::WrongChain { found: 1, expected: CHAIN_ID, .. }), "{error}");
    // The first one works until it is asked for the tip, and the next one has another first block.
    let failing = Server::new(|_, request| {
        if is_tip(request) { Back::Http(404, "", String::new()) } else { normal(request) }
    });
    let begun_anew = Server::new(|_, request| match request["method"].as_str().unwrap() {
        "eth_getBlockByNumber" => {
            Back::Result(json!({ "number": "0x0", "hash": B256::ZERO, "timestamp": "0x1" }))
        }
        _ => normal(request),
    });
    let mut client = connect(&[&failing.url, &begun_anew.url]).unwrap();
    let error = client.suggested_tip().unwrap_err();
    assert!(matches!(error, RpcError::WrongGenesis { .. }), "{error}");
    assert!(matches!(connect(&[]).unwrap_err(), RpcError::Address { .. }));
}

#[test]
fn the_clock_of_the_machine_goes_on() {
    let clock = SystemClock::start();
    let before = clock.now();
    clock.sleep(Duration::from_millis(2));
    assert!(clock.now() >= before + Duration::from_millis(2));
}
