//! Why there is no answer.

use std::fmt;

use alloy_primitives::B256;

use super::reply::Refusal;

/// Why there is no answer. None of these shows more of an address than scheme, host and port.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RpcError {
    /// The address of a node is not one.
    #[error("the address of the node is no http(s) address: {reason}")]
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// Every endpoint was asked, as often as patience allows.
    #[error("no answer to {method}: {}", listed(.complaints))]
    Exhausted {
        /// What was asked.
        method: &'static str,
        /// What went wrong with each endpoint, last.
        complaints: Vec<Complaint>,
    },
    /// The node understood, and said no.
    #[error("{node} refused {method}: {refusal}")]
    Refused {
        /// The node.
        node: String,
        /// What was asked.
        method: &'static str,
        /// Its words.
        refusal: Refusal,
    },
    /// The node is on another chain.
    #[error("{node} is on chain {found}, not {expected}; nothing was sent to it")]
    WrongChain {
        /// The node.
        node: String,
        /// Its chain.
        found: u64,
        /// The chain that is meant.
        expected: u64,
    },
    /// The node is on another chain of the same number.
    #[error(
        "the first block of {node} is {found}, not {expected}: it is another chain of the same number, or it began anew; \
         nothing was sent to it"
    )]
    WrongGenesis {
        /// The node.
        node: String,
        /// Its first block.
        found: B256,
        /// The first block of the chain that is meant.
        expected: B256,
    },
}

/// What went wrong with an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The endpoint, by scheme, host and port.
    pub node: String,
    /// What happened.
    pub reason: String,
    /// How often it was asked.
    pub attempts: u32,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { node, reason, attempts } = self;
        let times = if *attempts == 1 { "once" } else { "times" };
        let count = if *attempts == 1 { String::new() } else { format!("{attempts} ") };
        write!(f, "{node}: {reason} (asked {count}{times})")
    }
}

fn listed(complaints: &[Complaint]) -> String {
    complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
