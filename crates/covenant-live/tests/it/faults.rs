//! What a node, or the way to it, can do wrong.

use alloy_primitives::{B256, keccak256};
use serde_json::{Value, json};

/// What goes wrong at a question, and for how many after it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// A status other than 200.
    Status { status: u16, wait: Option<u64>, delivered: bool },
    /// The connection breaks.
    Reset { delivered: bool },
    /// Nothing comes back in time.
    Hang { delivered: bool },
    /// The answer is spoilt.
    Body(Spoilt),
    /// The node refuses in these words.
    Words { code: i64, words: &'static str },
    /// The question arrives twice, and the second answer comes back; perhaps a block later.
    Twice { mine: bool },
    /// The first endpoint cannot be reached.
    Down { calls: u64 },
    /// Whoever answers is on another chain.
    OtherChain { calls: u64 },
    /// Whoever answers is behind.
    Lagging { blocks: usize, calls: u64 },
    /// Receipts are wrong.
    Receipts { calls: u64, how: Receipts },
    /// New contracts seem to have no code.
    NoCode { calls: u64 },
    /// The node forgets everything that waits.
    Forget,
    /// The latest blocks are replaced by empty ones.
    Reorganise { depth: usize, forget: bool },
    /// The latest blocks are replaced by empty ones, and nobody remembers what was in them, nor what waits.
    Lose { depth: usize },
    /// What waits is never put into a block.
    Ignore,
    /// The base fee rises a thousandfold.
    Spike { blocks: usize },
    /// The next transaction is answered wrongly.
    Send(Send),
}

/// An answer that is no good.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spoilt {
    Html,
    Half,
    OtherId,
    Nothing,
    Null,
    OtherType,
    EmptyObject,
}

impl Spoilt {
    pub(crate) fn of(self, right: &str) -> String {
        let mut value: Value = serde_json::from_str(right).unwrap();
        match self {
            Self::Html => return "<html><body>502 Bad Gateway</body></html>".to_owned(),
            Self::Half => return right[..right.len() / 2].to_owned(),
            Self::Nothing => return String::new(),
            Self::EmptyObject => return "{}".to_owned(),
            Self::OtherId => value["id"] = json!(9_999_999),
            Self::Null => value["result"] = Value::Null,
            Self::OtherType => value["result"] = json!({ "surprise": ["0xzz"] }),
        }
        value.to_string()
    }
}

/// Receipts that are no good.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Receipts {
    Late,
    InNoBlock,
    InAnotherBlock,
    OfAnother,
}

impl Receipts {
    pub(crate) fn spoil(self, receipt: &mut Value) {
        if receipt.is_null() {
            return;
        }
        let other = json!(keccak256("another"));
        match self {
            Self::Late => *receipt = Value::Null,
            Self::InNoBlock => {
                receipt["blockHash"] = Value::Null;
                receipt["blockNumber"] = Value::Null;
            }
            Self::InAnotherBlock => receipt["blockHash"] = other,
            Self::OfAnother => receipt["transactionHash"] = other,
        }
    }
}

/// A transaction that is not taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Send {
    /// The answer is the right hash all the same.
    Swallowed,
    /// The answer is another hash.
    OtherHash,
    /// The node says why, in these words.
    Refused(&'static str),
}

impl Send {
    pub(crate) fn answer(self, request: &Value) -> String {
        let raw = request["params"][0].as_str().unwrap();
        let raw: alloy_primitives::Bytes = raw.parse().unwrap();
        let id = &request["id"];
        let result = |hash: B256| json!({ "jsonrpc": "2.0", "id": id, "result": hash }).to_string();
        match self {
            Self::Swallowed => result(keccak256(&raw)),
            Self::OtherHash => result(keccak256("another")),
            Self::Refused(words) => {
                let error = json!({ "code": -32_000, "message": words });
                json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
            }
        }
    }
}

/// Every fault that can happen at any question, with the row of the list of faults that it stands for.
pub(crate) fn all() -> Vec<(u32, Fault)> {
    let status = |status, wait, delivered| Fault::Status { status, wait, delivered };
    let receipts = |how| Fault::Receipts { calls: 12, how };
    let mut faults = vec![
        (1, status(429, Some(1), false)),
        (1, Fault::Words { code: -32_005, words: "rate limit, try again in 4ms" }),
        (2, status(503, None, false)),
        (3, status(500, None, false)),
        (3, status(504, None, true)),
        (4, status(502, None, false)),
        (5, status(502, None, true)),
        (4, Fault::Reset { delivered: false }),
        (5, Fault::Reset { delivered: true }),
        (7, Fault::Down { calls: 1 }),
        (7, Fault::Down { calls: 30 }),
        (8, Fault::Hang { delivered: false }),
        (8, Fault::Hang { delivered: true }),
        (10, Fault::Words { code: -32_603, words: "internal error" }),
        (11, Fault::Twice { mine: false }),
        (12, Fault::Twice { mine: true }),
        (17, Fault::Spike { blocks: 4 }),
        (17, Fault::Spike { blocks: 40 }),
        (18, Fault::Forget),
        (19, Fault::Ignore),
        (20, Fault::Send(Send::Swallowed)),
        (20, Fault::Send(Send::OtherHash)),
        (16, Fault::Send(Send::Refused("max fee per gas less than block base fee"))),
        (15, Fault::Send(Send::Refused("replacement transaction underpriced"))),
        (14, Fault::Send(Send::Refused("nonce too high"))),
        (13, Fault::Send(Send::Refused("nonce too low"))),
        (18, Fault::Send(Send::Refused("txpool is full"))),
        (21, receipts(Receipts::Late)),
        (22, receipts(Receipts::InNoBlock)),
        (31, receipts(Receipts::InAnotherBlock)),
        (31, receipts(Receipts::OfAnother)),
        (28, Fault::OtherChain { calls: 1 }),
        (28, Fault::OtherChain { calls: 7 }),
        (29, Fault::NoCode { calls: 25 }),
        (30, Fault::Lagging { blocks: 2, calls: 1 }),
        (30, Fault::Lagging { blocks: 3, calls: 12 }),
        (32, Fault::Reorganise { depth: 1, forget: true }),
        (32, Fault::Reorganise { depth: 1, forget: false }),
        (33, Fault::Reorganise { depth: 3, forget: true }),
        (33, Fault::Reorganise { depth: 3, forget: false }),
    ];
    let spoilt = [
        Spoilt::Html,
        Spoilt::Half,
        Spoilt::OtherId,
        Spoilt::Nothing,
        Spoilt::Null,
        Spoilt::OtherType,
        Spoilt::EmptyObject,
    ];
    faults.extend(spoilt.map(|spoilt| (6, Fault::Body(spoilt))));
    faults
}
