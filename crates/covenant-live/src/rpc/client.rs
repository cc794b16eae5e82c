//! Questions that are asked until there is an answer, or no more patience.

use std::{mem, sync::Arc};

use alloy_primitives::{Address, B256, Bytes, U64, U128, U256, keccak256};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    endpoint::Endpoint,
    error::{Complaint, RpcError},
    http::Transport,
    patience::Patience,
    reply::{self, Refusal, Reply, excerpt},
    types::{Block, CallRequest, Known, Receipt},
};
use crate::clock::Clock;

/// Asks nodes of one chain.
#[derive(Debug)]
pub struct Client {
    transport: Box<dyn Transport>,
    clock: Arc<dyn Clock>,
    endpoints: Vec<Endpoint>,
    /// The endpoint that is asked.
    current: usize,
    /// It has named the right chain, and has not failed since.
    checked: bool,
    chain_id: u64,
    genesis: Option<B256>,
    patience: Patience,
    random: u64,
    next_id: u64,
}

/// Why one attempt brought no answer.
enum Trouble {
    /// Asking again may help.
    Passing { reason: String, hint: Option<std::time::Duration>, refusal: Option<Refusal> },
    /// Another endpoint may help.
    Useless(String),
    /// Nothing helps.
    Final(RpcError),
}

impl Client {
    /// Connects to the first of `endpoints` that answers, and makes sure that it is on the chain that is meant.
    ///
    /// Without `genesis`, the first block is taken from the first endpoint, and held against the others.
    ///
    /// # Errors
    ///
    /// [`RpcError::WrongChain`], [`RpcError::WrongGenesis`], and [`RpcError::Exhausted`] if none answers.
    pub fn connect(
        transport: Box<dyn Transport>,
        clock: Arc<dyn Clock>,
        endpoints: Vec<Endpoint>,
        chain_id: u64,
        genesis: Option<B256>,
        patience: Patience,
    ) -> Result<Self, RpcError> {
        if endpoints.is_empty() {
            return Err(RpcError::Address { reason: "there is none".to_owned() });
        }
        let mut client = Self {
            transport,
            clock,
            endpoints,
            current: 0,
            checked: false,
            chain_id,
            genesis,
            patience,
            random: patience.seed | 1,
            next_id: 1,
        };
        client.check_chain()?;
        Ok(client)
    }

    /// The chain, by its number.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The chain, by its first block.
    pub fn genesis(&self) -> B256 {
        self.genesis.expect("connecting finds it out")
    }

    /// The node that is asked, by scheme, host and port.
    pub fn node(&self) -> &str {
        self.endpoint().name()
    }

    /// Makes sure, now, that the node is on the chain that is meant. To be done before anything is signed.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub fn check_chain(&mut self) -> Result<(), RpcError> {
        self.checked = false;
        self.insist("eth_chainId", |client| client.check())
    }

    /// Goes on with the next endpoint, if there is another, because this one cannot be trusted.
    pub fn leave_endpoint(&mut self) {
        self.current = (self.current + 1) % self.endpoints.len();
        self.checked = false;
    }

    /// How many endpoints there are.
    pub fn endpoints(&self) -> usize {
        self.endpoints.len()
    }

    /// Asks anything, and reads the result as a `T`.
    ///
    /// # Errors
    ///
    /// [`RpcError::Refused`] if the node says no, [`RpcError::Exhausted`] if there is no answer, and as
    /// [`connect`](Self::connect).
    pub fn ask<T: DeserializeOwned>(
        &mut self,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, RpcError> {
        let params = serde_json::to_value(params).expect("parameters can be written as JSON");
        self.insist(method, |client| {
            client.check()?;
            client.exchange(method, &params)
        })
    }

    /// The latest block.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask), here and below.
    pub fn head(&mut self) -> Result<Block, RpcError> {
        self.ask("eth_getBlockByNumber", json!(["latest", false]))
    }

    /// The block of this number, if there is one.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn block(&mut self, number: u64) -> Result<Option<Block>, RpcError> {
        let block: Option<Block> =
            self.ask("eth_getBlockByNumber", json!([U64::from(number), false]))?;
        Ok(block.filter(|block| block.number == U64::from(number)))
    }

    /// The next nonce of an account after this block.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn nonce(&mut self, account: Address, block: u64) -> Result<u64, RpcError> {
        let nonce: U64 = self.ask("eth_getTransactionCount", json!([account, U64::from(block)]))?;
        Ok(nonce.to())
    }

    /// The next nonce of an account after all its transactions that wait.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn pending_nonce(&mut self, account: Address) -> Result<u64, RpcError> {
        let nonce: U64 = self.ask("eth_getTransactionCount", json!([account, "pending"]))?;
        Ok(nonce.to())
    }

    /// The balance of an account after this block, in wei.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn balance(&mut self, account: Address, block: u64) -> Result<U256, RpcError> {
        self.ask("eth_getBalance", json!([account, U64::from(block)]))
    }

    /// The code of an account after this block.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn code(&mut self, account: Address, block: u64) -> Result<Bytes, RpcError> {
        self.ask("eth_getCode", json!([account, U64::from(block)]))
    }

    /// What a transaction left behind, if it is in a block.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn receipt(&mut self, hash: B256) -> Result<Option<Receipt>, RpcError> {
        self.ask("eth_getTransactionReceipt", json!([hash]))
    }

    /// Whether the node has a transaction, in a block or waiting.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn known(&mut self, hash: B256) -> Result<Option<Known>, RpcError> {
        let known: Option<Known> = self.ask("eth_getTransactionByHash", json!([hash]))?;
        Ok(known.filter(|known| known.hash == hash))
    }

    /// Sends a signed transaction; what comes back is the node's word for its hash.
    ///
    /// The same bytes may be sent any number of times, and so are, until there is an answer; but a node that may have them
    /// is asked first, for ganache executes twice what it is given twice.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn send_raw(&mut self, raw: &Bytes) -> Result<B256, RpcError> {
        let (hash, params) = (keccak256(raw), json!([raw]));
        let mut again = false;
        self.insist("eth_sendRawTransaction", |client| {
            client.check()?;
            if mem::replace(&mut again, true) {
                let known: Option<Known> =
                    client.exchange("eth_getTransactionByHash", &json!([hash]))?;
                if known.is_some_and(|known| known.hash == hash) {
                    return Ok(hash);
                }
            }
            client.exchange("eth_sendRawTransaction", &params)
        })
    }

    /// Gas that a transaction would use after this block.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn estimate_gas(&mut self, call: &CallRequest, block: u64) -> Result<u64, RpcError> {
        let gas: U64 = self.ask("eth_estimateGas", json!([call, U64::from(block)]))?;
        Ok(gas.to())
    }

    /// Executes a call at a block, and returns what it returns.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn call(&mut self, call: &CallRequest, block: u64) -> Result<Bytes, RpcError> {
        self.ask("eth_call", json!([call, U64::from(block)]))
    }

    /// Wei per gas that the node suggests to give to whoever includes a transaction.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    pub fn suggested_tip(&mut self) -> Result<u128, RpcError> {
        let tip: U128 = self.ask("eth_maxPriorityFeePerGas", json!([]))?;
        Ok(tip.to())
    }

    /// Puts a question to another endpoint than the one that is asked at present, and to no third one; `None` if there is
    /// no other.
    ///
    /// # Errors
    ///
    /// What `question` says.
    pub fn ask_another<T>(
        &mut self,
        question: impl FnOnce(&mut Self) -> Result<T, RpcError>,
    ) -> Result<Option<T>, RpcError> {
        if self.endpoints.len() < 2 {
            return Ok(None);
        }
        let other = self.endpoints[(self.current + 1) % self.endpoints.len()].clone();
        let all = mem::replace(&mut self.endpoints, vec![other]);
        let (current, checked) = (mem::take(&mut self.current), mem::take(&mut self.checked));
        let answer = question(self);
        (self.endpoints, self.current, self.checked) = (all, current, checked);
        answer.map(Some)
    }

    fn endpoint(&self) -> &Endpoint {
        &self.endpoints[self.current]
    }

    /// Tries until it works, nothing helps, or every endpoint was tried as often as patience allows.
    fn insist<T>(
        &mut self,
        method: &'static str,
        mut attempt: impl FnMut(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, RpcError> {
        let mut complaints = Vec::new();
        let mut last_refusal = None;
        for _ in 0..self.endpoints.len() {
            let mut attempts = 1;
            let reason = loop {
                match attempt(self) {
                    Ok(value) => return Ok(value),
                    Err(Trouble::Final(error)) => return Err(error),
                    Err(Trouble::Useless(reason)) => break reason,
                    Err(Trouble::Passing { reason, hint, refusal }) => {
                        last_refusal = refusal.map(|refusal| (self.node().to_owned(), refusal));
                        if attempts == self.patience.attempts {
                            break reason;
                        }
                        let pause = self.patience.pause_after(attempts, hint, &mut self.random);
                        self.clock.sleep(pause);
                        attempts += 1;
                    }
                }
            };
            complaints.push(Complaint { node: self.node().to_owned(), reason, attempts });
            self.leave_endpoint();
        }
        match last_refusal {
            Some((node, refusal)) if complaints.len() == 1 => {
                Err(RpcError::Refused { node, method, refusal })
            }
            _ => Err(RpcError::Exhausted { method, complaints }),
        }
    }

    /// Makes sure that the endpoint is on the right chain, unless it is known to be.
    fn check(&mut self) -> Result<(), Trouble> {
        if self.checked {
            return Ok(());
        }
        let found: U64 = self.exchange("eth_chainId", &json!([]))?;
        let (found, expected) = (found.to::<u64>(), self.chain_id);
        if found != expected {
            let node = self.node().to_owned();
            return Err(Trouble::Final(RpcError::WrongChain { node, found, expected }));
        }
        let first: Option<Block> = self.exchange("eth_getBlockByNumber", &json!(["0x0", false]))?;
        let Some(Block { hash: found, .. }) = first else {
            return Err(Trouble::Useless("it does not have the chain's first block".to_owned()));
        };
        let expected = *self.genesis.get_or_insert(found);
        if found != expected {
            let node = self.node().to_owned();
            return Err(Trouble::Final(RpcError::WrongGenesis { node, found, expected }));
        }
        self.checked = true;
        Ok(())
    }

    /// One question, one answer.
    fn exchange<T: DeserializeOwned>(
        &mut self,
        method: &'static str,
        params: &Value,
    ) -> Result<T, Trouble> {
        let id = self.next_id;
        self.next_id += 1;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let endpoint = &self.endpoints[self.current];
        let answer = self.transport.post(endpoint, &request.to_string());
        let reply = match answer {
            Ok(answer) => reply::read(&answer, id, endpoint),
            Err(failure) => {
                Reply::Passing { reason: endpoint.scrub(&failure.0), hint: None, refusal: None }
            }
        };
        let trouble = match reply {
            Reply::Result(result) => match T::deserialize(&result) {
                Ok(value) => return Ok(value),
                Err(_) => {
                    let text = excerpt(&result.to_string(), endpoint);
                    let reason = format!("the answer makes no sense: {text}");
                    Trouble::Passing { reason, hint: None, refusal: None }
                }
            },
            Reply::Refused(refusal) => {
                let node = endpoint.name().to_owned();
                return Err(Trouble::Final(RpcError::Refused { node, method, refusal }));
            }
            Reply::Passing { reason, hint, refusal } => Trouble::Passing { reason, hint, refusal },
            Reply::Useless(reason) => Trouble::Useless(reason),
        };
        // Whatever answers next may be something else.
        self.checked = false;
        Err(trouble)
    }
}
