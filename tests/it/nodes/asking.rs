//! Asking a node, as a test that wants to know something does: once, and it has to answer.

use alloy_primitives::{Address, B256, Bytes, U256};
use covenant_live::rpc::{Endpoint, Http, Limits, Transport};
use serde_json::{Value, json};

/// Asks a node.
#[derive(Debug)]
pub(crate) struct Asking {
    transport: Http,
    endpoint: Endpoint,
}

impl Asking {
    pub(crate) fn new(url: &str) -> Self {
        let endpoint = Endpoint::parse(url).expect("the node answers");
        Self { transport: Http::new(Limits::default()).expect("the node answers"), endpoint }
    }

    /// What the node says to a request, whatever it is.
    pub(crate) fn forward(&mut self, body: &str) -> Option<Vec<u8>> {
        self.transport.post(&self.endpoint, body).ok().map(|answer| answer.body)
    }

    /// Whether anybody is there.
    pub(crate) fn answers(&mut self) -> bool {
        self.forward(&request("eth_chainId", &json!([]))).is_some()
    }

    /// The result, or the node's words against it.
    pub(crate) fn try_ask(&mut self, method: &str, params: &Value) -> Result<Value, String> {
        let body = self.forward(&request(method, params)).expect("the node is there");
        let mut answer: Value = serde_json::from_slice(&body).expect("the node answers");
        match answer.get("error") {
            Some(error) => Err(error["message"].as_str().unwrap_or_default().to_owned()),
            None => Ok(answer["result"].take()),
        }
    }

    /// The result.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.try_ask(method, params).unwrap_or_else(|words| panic!("{method}: {words}"))
    }

    /// The result, as a number.
    pub(crate) fn number(&mut self, method: &str, params: &Value) -> u64 {
        let result = self.ask(method, params);
        let text = result.as_str().unwrap_or_else(|| panic!("{method}: {result}"));
        u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("the node answers")
    }

    /// How many transactions an account has sent.
    pub(crate) fn nonce(&mut self, account: Address) -> u64 {
        self.number("eth_getTransactionCount", &json!([account, "latest"]))
    }

    /// What an account has, in wei.
    pub(crate) fn balance(&mut self, account: Address) -> U256 {
        serde_json::from_value(self.ask("eth_getBalance", &json!([account, "latest"])))
            .expect("the node answers")
    }

    /// The code of an account.
    pub(crate) fn code(&mut self, account: Address) -> Bytes {
        serde_json::from_value(self.ask("eth_getCode", &json!([account, "latest"])))
            .expect("the node answers")
    }

    /// What a call returns.
    pub(crate) fn call(&mut self, to: Address, data: &[u8]) -> Bytes {
        let call = json!([{ "to": to, "data": Bytes::copy_from_slice(data) }, "latest"]);
        serde_json::from_value(self.ask("eth_call", &call)).expect("the node answers")
    }

    /// A receipt, if the transaction is in a block.
    pub(crate) fn receipt(&mut self, hash: B256) -> Value {
        self.ask("eth_getTransactionReceipt", &json!([hash]))
    }

    /// Gives an account so much wei, by the method that the node has for it.
    pub(crate) fn fund(&mut self, account: Address, wei: U256) {
        let methods = ["anvil_setBalance", "hardhat_setBalance", "evm_setAccountBalance"];
        let done =
            methods.iter().any(|method| self.try_ask(method, &json!([account, wei])).is_ok());
        assert!(done, "the node gives nobody anything");
    }

    /// Makes a block.
    pub(crate) fn mine(&mut self) {
        self.ask("evm_mine", &json!([]));
    }
}

fn request(method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
}
