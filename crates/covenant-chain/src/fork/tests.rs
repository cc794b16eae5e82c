use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use alloy_primitives::{Address, B256, Bytes, U256, address, keccak256};
use serde_json::{Value, json};

use super::{
    error::ForkError, pinned::Fork, pinned::ForkOptions, remote::Patience, source::ForkNode,
};
use crate::{Call, Chain, ChainError, ChainOptions, Fees, HardFork, Key, Timestamp, Transaction};

const BLOCK: u64 = 100;
const TIME: u64 = 1_700_000_000;
const RICH: Address = address!("0x00000000000000000000000000000000000000aa");
const CONTRACT: Address = address!("0x00000000000000000000000000000000000000bb");

/// What the stand-in does with a request.
enum Answer {
    Result(Value),
    Error(i64, &'static str),
    Http(u16, &'static str),
    Silence,
    /// It hangs up.
    Gone,
}

/// A node on loopback that answers as it is told, and counts what it is asked.
struct Node {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Node {
    fn new(answer: impl Fn(usize, &str, &Value) -> Answer + Send + Sync + 'static) -> Self {
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

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(
    mut stream: TcpStream,
    counter: &AtomicUsize,
    answer: &dyn Fn(usize, &str, &Value) -> Answer,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 {
            return;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let request: Value = serde_json::from_slice(&body).unwrap();
    let number = counter.fetch_add(1, Ordering::SeqCst);
    let (status, text) =
        match answer(number, request["method"].as_str().unwrap(), &request["params"]) {
            Answer::Result(result) => (
                200,
                json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string(),
            ),
            Answer::Error(code, message) => {
                let error = json!({ "code": code, "message": message });
                (200, json!({ "jsonrpc": "2.0", "id": request["id"], "error": error }).to_string())
            }
            Answer::Http(status, text) => (status, text.to_owned()),
            Answer::Gone => return,
            Answer::Silence => {
                // Holds the line until the other side hangs up.
                let _ = stream.read(&mut [0]);
                return;
            }
        };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(format!("{head}{text}").as_bytes()).unwrap();
}

/// A well-behaved node: one rich account, one contract that returns its first slot, everything else empty.
fn normal(method: &str, params: &Value) -> Answer {
    let account: Address = params[0].as_str().and_then(|it| it.parse().ok()).unwrap_or_default();
    let number = U256::from(BLOCK);
    match method {
        "eth_chainId" => Answer::Result(json!("0x7b")),
        "eth_getBlockByNumber" => Answer::Result(block(params[0].as_str().unwrap())),
        _ if params.as_array().unwrap().last().unwrap() != &json!(number) => {
            Answer::Error(-1, "wrong block")
        }
        "eth_getBalance" => {
            Answer::Result(json!(if account == RICH { U256::from(5_000) } else { U256::ZERO }))
        }
        "eth_getTransactionCount" => {
            Answer::Result(json!(if account == RICH { "0x7" } else { "0x0" }))
        }
        // SLOAD(0), MSTORE(0), RETURN(0, 32).
        "eth_getCode" => {
            Answer::Result(json!(if account == CONTRACT { "0x5f545f5260205ff3" } else { "0x" }))
        }
        "eth_getStorageAt" => {
            let set = account == CONTRACT && params[1] == json!("0x0");
            Answer::Result(json!(B256::from(if set { U256::from(42) } else { U256::ZERO })))
        }
        _ => Answer::Error(-32_601, "method not found"),
    }
}

fn block(number: &str) -> Value {
    let zero = B256::ZERO;
    json!({
        "number": number, "hash": keccak256(number), "parentHash": zero, "sha3Uncles": zero, "miner": Address::ZERO,
        "stateRoot": zero, "transactionsRoot": zero, "receiptsRoot": zero, "logsBloom": Bytes::from(vec![0; 256]),
        "difficulty": "0x0", "gasLimit": "0x1c9c380", "gasUsed": "0x0", "timestamp": format!("{TIME:#x}"),
        "extraData": "0x", "mixHash": zero, "nonce": "0x0000000000000000", "baseFeePerGas": "0x1", "size": "0x0",
        "uncles": [], "transactions": [],
    })
}

fn hurried() -> Patience {
    Patience { answer: Duration::from_secs(10), pause: Duration::from_millis(1), attempts: 3 }
}

fn options(node: Option<&Node>, cache: Option<&Path>) -> ForkOptions {
    ForkOptions {
        node: node.map(|node| ForkNode::Address(node.url.clone())),
        block: BLOCK,
        cache: cache.map(PathBuf::from),
    }
}

fn open(node: &Node) -> Result<Fork, ForkError> {
    Fork::open_patiently(options(Some(node), None), hurried())
}

#[test]
fn a_chain_continues_and_a_recording_replaces_the_node() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new folder/fork.json");
    let node = Node::new(|_, method, params| normal(method, params));
    let play = |options: ForkOptions| {
        let options = ChainOptions {
            fork: Some(options),
            timestamp: Timestamp(0),
            ..ChainOptions::default()
        };
        let mut chain = Chain::new(options).unwrap();
        assert_eq!(
            (chain.chain_id(), chain.block_number(), chain.now()),
            (123, BLOCK, Timestamp(TIME))
        );
        let pay = Transaction::transfer(RICH, CREATED, U256::from(1_000));
        let receipt = chain.send(&pay).unwrap();
        assert_eq!((receipt.block, chain.nonce(RICH).unwrap()), (BLOCK + 1, 8));
        let read = chain.call(&Call::new(CONTRACT, Bytes::new())).unwrap();
        assert_eq!(U256::from_be_slice(read.data().unwrap()), U256::from(42));
        assert_eq!(chain.state.block_hash(BLOCK).unwrap(), keccak256("0x64"));
        assert_eq!(chain.state.block_hash(BLOCK - 1).unwrap(), keccak256("0x63"));
        chain.save_fork().unwrap();
        chain.balance(RICH).unwrap()
    };
    assert_eq!(play(options(Some(&node), Some(&file))), U256::from(4_000));
    let asked = node.asked();
    assert!(asked > 0);
    assert_eq!(play(options(Some(&node), Some(&file))), U256::from(4_000));
    assert_eq!(node.asked(), asked, "everything is in the recording");
    assert_eq!(play(options(None, Some(&file))), U256::from(4_000));
    let offline = Fork::open(options(None, Some(&file))).unwrap();
    let error = offline.slot(CONTRACT, U256::from(9)).unwrap_err().to_string();
    let expected = format!(
        "slot 0x9 of 0x00000000000000000000000000000000000000bb at block 100 is not in the recording {}, \
         and no node was given to ask",
        file.display()
    );
    assert_eq!(error, expected);
}

const CREATED: Address = address!("0x00000000000000000000000000000000000000cc");

#[test]
fn a_missing_slot_fails_the_call_and_not_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fork.json");
    let node = Node::new(|_, method, params| normal(method, params));
    let fork = Fork::open(options(Some(&node), Some(&file))).unwrap();
    for account in [CONTRACT, Address::ZERO] {
        fork.account(account).unwrap();
    }
    drop(fork);
    let chain = ChainOptions { fork: Some(options(None, Some(&file))), ..ChainOptions::default() };
    let error = Chain::new(chain).unwrap().call(&Call::new(CONTRACT, Bytes::new())).unwrap_err();
    assert!(
        matches!(&error, ChainError::Fork(ForkError::Missing { what, .. })
        if what == "slot 0x0 of 0x00000000000000000000000000000000000000bb at block 100"),
        "{error}"
    );
}

#[test]
fn what_is_created_here_is_not_looked_for_there() {
    let node = Node::new(|_, method, params| normal(method, params));
    let options =
        ChainOptions { fork: Some(options(Some(&node), None)), ..ChainOptions::default() };
    let mut chain = Chain::new(options).unwrap();
    // Runtime code STOP, after reading slot 5 of the new contract.
    let create = Transaction::create(RICH, vec![0x60, 0x05, 0x54, 0x60, 0x01, 0x5f, 0xf3]);
    let created = chain.send(&create).unwrap().outcome.created().unwrap();
    let asked = node.asked();
    assert_eq!(chain.storage(created, U256::from(5)).unwrap(), U256::ZERO);
    assert_eq!(chain.code(created).unwrap(), Bytes::from(vec![0]));
    assert_eq!(node.asked(), asked);
}

#[test]
fn a_busy_node_is_asked_again() {
    let node = Node::new(|number, method, params| {
        if number % 3 == 0 { Answer::Http(429, "slow down") } else { normal(method, params) }
    });
    assert_eq!(open(&node).unwrap().slot(CONTRACT, U256::ZERO).unwrap(), U256::from(42));
    let always = Node::new(|_, _, _| Answer::Http(429, "slow down"));
    let error = open(&always).unwrap_err();
    assert_eq!(always.asked(), 3);
    assert!(error.is_network());
    let node = always.url.trim_end_matches("/secret-key");
    assert_eq!(
        error.to_string(),
        format!("cannot read the chain id from {node}: HTTP status 429: slow down")
    );
}

#[test]
fn a_node_that_hangs_up_is_asked_again() {
    let node = Node::new(
        |number, method, params| {
            if number % 3 == 0 { Answer::Gone } else { normal(method, params) }
        },
    );
    assert_eq!(open(&node).unwrap().slot(CONTRACT, U256::ZERO).unwrap(), U256::from(42));
    let always = Node::new(|_, _, _| Answer::Gone);
    let error = open(&always).unwrap_err();
    assert_eq!(always.asked(), 3);
    assert!(error.is_network());
}

#[test]
fn bad_answers_are_errors_and_never_zero() {
    type Case = (fn() -> Answer, &'static str);
    let cases: [Case; 5] = [
        (|| Answer::Http(200, "<html>"), "cannot read {}: the answer makes no sense: <html>"),
        (|| Answer::Http(500, ""), "cannot read {}: HTTP status 500: (nothing)"),
        (
            || Answer::Error(-32_000, "missing trie node"),
            "refused to say {}: missing trie node (code -32000)",
        ),
        (|| Answer::Result(Value::Null), "cannot read {}: the answer makes no sense: null"),
        (|| Answer::Result(json!("zero")), "cannot read {}: the answer makes no sense: \"zero\""),
    ];
    for (answer, expected) in cases {
        let node = Node::new(move |_, method, params| match method {
            "eth_getStorageAt" => answer(),
            _ => normal(method, params),
        });
        let host = node.url.trim_end_matches("/secret-key");
        let what = "slot 0x1 of 0x00000000000000000000000000000000000000bb at block 100";
        let error = open(&node).unwrap().slot(CONTRACT, U256::ONE).unwrap_err().to_string();
        let expected = match expected.strip_prefix("refused") {
            Some(rest) => format!("{host} refused{}", rest.replace("{}", what)),
            None => expected.replace("{}", &format!("{what} from {host}")),
        };
        assert_eq!(error, expected);
        assert!(!error.contains("secret"));
    }
}

#[test]
fn a_silent_node_is_given_up() {
    let node = Node::new(|_, _, _| Answer::Silence);
    let patience = Patience { answer: Duration::from_millis(50), ..hurried() };
    let error = Fork::open_patiently(options(Some(&node), None), patience).unwrap_err().to_string();
    assert!(error.ends_with(": no answer within 50ms"), "{error}");
}

#[test]
fn an_absent_node_is_named_without_its_secrets() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://user:password@127.0.0.1:{port}/key?token=1");
    let error =
        Fork::open(ForkOptions { node: Some(ForkNode::Address(url)), block: 1, cache: None })
            .unwrap_err()
            .to_string();
    let expected = format!(
        "cannot read the chain id from http://127.0.0.1:{port}: Connection refused (os error 111)"
    );
    assert_eq!(error, expected);
    for url in ["ftp://x/secret", "secret"] {
        let error = Fork::open(ForkOptions {
            node: Some(ForkNode::Address(url.to_owned())),
            block: 1,
            cache: None,
        })
        .unwrap_err();
        assert!(matches!(&error, ForkError::Address { .. }), "{error}");
    }
}

#[test]
fn another_history_does_not_go_with_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fork.json");
    let node = Node::new(|_, method, params| normal(method, params));
    drop(Fork::open(options(Some(&node), Some(&file))).unwrap());
    let other = Node::new(|_, method, params| match method {
        "eth_chainId" => Answer::Result(json!("0x1")),
        _ => normal(method, params),
    });
    let fork = Fork::open(options(Some(&other), Some(&file))).unwrap();
    let error = fork.account(RICH).unwrap_err();
    assert!(error.to_string().ends_with("its chain id is 1, not 123"), "{error}");
    let reorganised = Node::new(|_, method, params| match method {
        "eth_getBlockByNumber" => {
            let mut changed = block(params[0].as_str().unwrap());
            changed["hash"] = json!(B256::ZERO);
            Answer::Result(changed)
        }
        _ => normal(method, params),
    });
    let fork = Fork::open(options(Some(&reorganised), Some(&file))).unwrap();
    let error = fork.account(RICH).unwrap_err();
    assert!(error.to_string().ends_with("its block 100 has another hash or time"), "{error}");
}

#[test]
fn broken_recordings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fork.json");
    let cases = [
        (
            "",
            "not a recording: EOF while parsing a value at line 1 column 0; delete it to start anew",
        ),
        ("{\"version\": 2}", "format version 2 is not 1, the one this program knows"),
        (
            "{\"version\": 1}",
            "not a recording: missing field `chain_id` at line 1 column 14; delete it to start anew",
        ),
    ];
    for (text, expected) in cases {
        std::fs::write(&file, text).unwrap();
        let error = Fork::open(options(None, Some(&file))).unwrap_err();
        assert_eq!(error.to_string(), format!("recording {}: {expected}", file.display()));
    }
    std::fs::remove_file(&file).unwrap();
    let error = Fork::open(options(None, Some(&file))).unwrap_err().to_string();
    assert!(error.starts_with("block 100 is not in the recording "), "{error}");
}

#[test]
fn two_chains_may_write_one_recording() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fork.json");
    let node = Node::new(|_, method, params| normal(method, params));
    let (one, two) = (
        Fork::open(options(Some(&node), Some(&file))).unwrap(),
        Fork::open(options(Some(&node), Some(&file))).unwrap(),
    );
    one.account(RICH).unwrap();
    two.slot(CONTRACT, U256::ZERO).unwrap();
    one.save().unwrap();
    two.save().unwrap();
    let offline = Fork::open(options(None, Some(&file))).unwrap();
    assert_eq!(offline.account(RICH).unwrap().balance, U256::from(5_000));
    assert_eq!(offline.slot(CONTRACT, U256::ZERO).unwrap(), U256::from(42));
    let other = ForkOptions { block: 7, ..options(None, Some(&file)) };
    let error = Fork::open(other).unwrap_err().to_string();
    assert!(error.ends_with("it is of block 100, not 7"), "{error}");
}

#[test]
fn fees_and_rules_are_ours_on_a_fork() {
    let node = Node::new(|_, method, params| normal(method, params));
    let options = ChainOptions {
        fork: Some(options(Some(&node), None)),
        fees: Fees::On { base: 3 },
        hard_fork: HardFork::Cancun,
        chain_id: Some(9),
        ..ChainOptions::default()
    };
    let mut chain = Chain::new(options).unwrap();
    assert_eq!(chain.chain_id(), 9);
    assert_eq!(
        chain.now(),
        Timestamp(1_767_225_600),
        "a later start than the fork's block is kept"
    );
    let alice = Key::derive("alice").address();
    chain.set_balance(alice, U256::from(100_000)).unwrap();
    let receipt = chain.send(&Transaction::transfer(alice, RICH, U256::ONE)).unwrap();
    assert_eq!(receipt.fee, U256::from(63_000));
}
