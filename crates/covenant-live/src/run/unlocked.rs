//! Accounts that a node for development signs for.

use std::sync::Mutex;

use alloy_primitives::{Address, Bytes, TxKind, U64, U128};
use serde::Deserialize;
use serde_json::json;

use crate::{
    rpc::Client,
    send::{Signer, SignerError, SigningRequest},
};

/// An account that the node has unlocked.
#[derive(Debug)]
pub struct Unlocked {
    address: Address,
    client: Mutex<Client>,
}

/// Some nodes give the bytes, some also say what they are.
#[derive(Deserialize)]
struct Described {
    raw: Bytes,
}

impl Unlocked {
    /// The account at this address, on the node of `client`.
    #[must_use]
    pub const fn new(address: Address, client: Client) -> Self {
        Self { address, client: Mutex::new(client) }
    }
}

impl Signer for Unlocked {
    fn address(&self) -> Address {
        self.address
    }

    fn sign(&self, request: &SigningRequest) -> Result<Bytes, SignerError> {
        let to = match request.to {
            TxKind::Call(to) => Some(to),
            TxKind::Create => None,
        };
        let mut asked = json!({
            "type": "0x2",
            "from": self.address,
            "value": request.value,
            "input": request.input,
            "nonce": U64::from(request.nonce),
            "gas": U64::from(request.gas_limit),
            "maxFeePerGas": U128::from(request.max_fee_per_gas),
            "maxPriorityFeePerGas": U128::from(request.max_priority_fee_per_gas),
            "chainId": U64::from(request.chain_id),
        });
        if let Some(to) = to {
            asked["to"] = json!(to);
        }
        let mut client = self.client.lock().expect("asking does not panic");
        let answer: serde_json::Value = client
            .ask("eth_signTransaction", json!([asked]))
            .map_err(|error| SignerError(error.to_string()))?;
        let bytes = Bytes::deserialize(&answer)
            .or_else(|_| Described::deserialize(&answer).map(|described| described.raw));
        bytes.map_err(|_| SignerError("the node returned no signed transaction".to_owned()))
    }
}
