//! What an answer says.

use std::{fmt, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use super::{endpoint::Endpoint, http::Answer, patience::hint};

/// A node's own words for why it will not.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// A number that differs from client to client.
    pub code: i64,
    /// Words that differ from client to client.
    pub message: String,
    /// More, such as the data of a revert.
    pub data: Option<Box<Value>>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

/// What an answer comes to.
#[derive(Debug)]
pub(super) enum Reply {
    /// A result, which may be null.
    Result(Value),
    /// The node will not.
    Refused(Refusal),
    /// Asking again may help.
    Passing {
        /// What is wrong.
        reason: String,
        /// When to ask again.
        hint: Option<Duration>,
        /// The node's own words, if it has any.
        refusal: Option<Refusal>,
    },
    /// Asking this endpoint again will not help, another one may.
    Useless(String),
}

#[derive(Deserialize)]
struct Body {
    id: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    error: Option<ErrorBody>,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: i64,
    #[serde(default)]
    message: String,
    data: Option<Box<Value>>,
}

/// A result that is null is there all the same.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Reads the answer to question `id`.
pub(super) fn read(answer: &Answer, id: u64, endpoint: &Endpoint) -> Reply {
    let text = String::from_utf8_lossy(&answer.body);
    let passing =
        |reason: String| Reply::Passing { reason, hint: answer.retry_after, refusal: None };
    let status = answer.status;
    let parsed: Result<Body, _> = serde_json::from_slice(&answer.body);
    match parsed {
        // Some nodes send their errors with a status of 400 or 429, some with 200.
        Ok(Body { error: Some(error), .. }) => refused(error, answer, endpoint),
        _ if status == 408 || status == 429 || status >= 500 => {
            passing(format!("HTTP status {status}: {}", excerpt(&text, endpoint)))
        }
        _ if status != 200 => {
            Reply::Useless(format!("HTTP status {status}: {}", excerpt(&text, endpoint)))
        }
        Ok(Body { id: found, .. }) if found != Some(Value::from(id)) => {
            passing("the answer is to another question".to_owned())
        }
        Ok(Body { result: Some(result), .. }) => Reply::Result(result),
        Ok(_) | Err(_) => {
            passing(format!("the answer makes no sense: {}", excerpt(&text, endpoint)))
        }
    }
}

fn refused(error: ErrorBody, answer: &Answer, endpoint: &Endpoint) -> Reply {
    let ErrorBody { code, message, data } = error;
    let refusal = Refusal { code, message: endpoint.scrub(&message), data };
    let words = message.to_ascii_lowercase();
    let is = |any: &[&str]| any.iter().any(|part| words.contains(part));
    let busy = matches!(code, 429 | -32005 | -32016)
        || answer.status == 429
        || is(&[
            "rate limit",
            "too many requests",
            "request limit",
            "request count exceeded",
            "capacity",
            "throughput",
            "try again",
            "backoff",
        ]);
    // A backend that lags behind the one that was asked before.
    let behind = is(&[
        "header not found",
        "unknown block",
        "block not found",
        "missing trie node",
        "state is not available",
    ]);
    // Parts of a node that are down behind a front that is up.
    let down = code == -32603
        && is(&["internal error", "timeout", "timed out", "bad gateway", "upstream"])
        || answer.status >= 500;
    if busy || behind || down {
        let hint = answer.retry_after.or_else(|| hint(&message, refusal.data.as_deref()));
        return Reply::Passing { reason: refusal.to_string(), hint, refusal: Some(refusal) };
    }
    Reply::Refused(refusal)
}

/// The first line of a text, at most 120 characters of it, without secrets.
pub(super) fn excerpt(text: &str, endpoint: &Endpoint) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return "(nothing)".to_owned();
    }
    endpoint.scrub(line).chars().take(120).collect()
}
