//! A node over a chain in this process: JSON-RPC in, JSON-RPC out, with a pool, a clock, and faults on demand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use alloy_consensus::{Transaction as _, TxEnvelope, transaction::SignerRecoverable};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes, U64, U128, U256, keccak256};
use covenant_chain::{
    Call, Chain, ChainOptions, Outcome, Receipt, Snapshot, Timestamp, Transaction, TxKind,
};
use covenant_live::{
    clock::Clock,
    rpc::{Answer, Endpoint, Failure, Transport},
};
use serde_json::{Value, json};

use crate::{doom::Doom, faults::Fault};

/// Between two blocks.
pub(crate) const BLOCK_TIME: Duration = Duration::from_secs(12);
/// What one question takes.
const QUESTION_TIME: Duration = Duration::from_millis(5);
/// After this long whoever asks gives up.
const TIMEOUT: Duration = Duration::from_secs(20);
pub(crate) const START: u64 = 1_767_225_600;
const BASE_FEE: u128 = 1_000_000_000;

/// A node, its chain and its time. Clones are the same node; it outlives the processes that ask it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    state: Arc<Mutex<State>>,
    doom: Doom,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) chain: Chain,
    pub(crate) time: Duration,
    pub(crate) blocks: Vec<Block>,
    pub(crate) pool: BTreeMap<B256, Pooled>,
    /// How many receipts the second endpoint gives another block to.
    pub(crate) doubts: u64,
    /// Every transaction that was ever taken.
    archive: BTreeMap<B256, Pooled>,
    receipts: BTreeMap<B256, (usize, Receipt)>,
    /// Changes what blocks are called, so that another history has other hashes.
    salt: u64,
    pub(crate) base_fee: u128,
    pub(crate) calls: u64,
    fault: Option<(u64, Fault)>,
    /// The fault has had its one effect.
    spent: bool,
    /// Waits for ever.
    ignored: BTreeSet<B256>,
    spike_until: usize,
    /// How many transactions were taken, by hash.
    pub(crate) taken: BTreeMap<B256, u32>,
    pub(crate) methods: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) hash: B256,
    timestamp: u64,
    pub(crate) transactions: Vec<B256>,
    before: Snapshot,
    after: Snapshot,
}

#[derive(Clone, Debug)]
pub(crate) struct Pooled {
    envelope: TxEnvelope,
    sender: Address,
}

impl Node {
    pub(crate) fn new(doom: Doom) -> Self {
        let options = ChainOptions { timestamp: Timestamp(START), ..ChainOptions::default() };
        let chain = Chain::new(options).unwrap();
        let snapshot = chain.snapshot();
        let genesis = Block {
            hash: keccak256("the first block"),
            timestamp: START,
            transactions: Vec::new(),
            before: snapshot.clone(),
            after: snapshot,
        };
        let state = State {
            chain,
            time: Duration::ZERO,
            blocks: vec![genesis],
            pool: BTreeMap::new(),
            doubts: 0,
            archive: BTreeMap::new(),
            receipts: BTreeMap::new(),
            salt: 0,
            base_fee: BASE_FEE,
            calls: 0,
            fault: None,
            spent: false,
            ignored: BTreeSet::new(),
            spike_until: 0,
            taken: BTreeMap::new(),
            methods: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), doom }
    }

    /// Gives an account money, from the beginning of the chain.
    pub(crate) fn fund(&self, account: Address, wei: U256) {
        let mut state = self.state();
        state.chain.set_balance(account, wei).unwrap();
        let snapshot = state.chain.snapshot();
        let first = &mut state.blocks[0];
        (first.before, first.after) = (snapshot.clone(), snapshot);
    }

    /// Lets the fault happen at this question, counted from 0.
    pub(crate) fn plan_fault(&self, call: u64, fault: Fault) {
        self.state().fault = Some((call, fault));
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.state().advance(time);
    }

    pub(crate) fn transport(&self) -> Box<dyn Transport> {
        Box::new(Wire(self.clone()))
    }

    /// How many transactions of one account wait, at most.
    pub(crate) fn most_waiting(&self) -> usize {
        let state = self.state();
        let of = |sender| state.pool.values().filter(|pooled| pooled.sender == sender).count();
        state.pool.values().map(|pooled| of(pooled.sender)).max().unwrap_or_default()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clone())
    }
}

impl Clock for Node {
    fn now(&self) -> Duration {
        self.state().time
    }

    fn sleep(&self, time: Duration) {
        self.advance(time);
    }
}

/// What a process has of a node.
#[derive(Debug)]
struct Wire(Node);

impl Transport for Wire {
    fn post(&mut self, endpoint: &Endpoint, body: &str) -> Result<Answer, Failure> {
        self.0.doom.pass();
        let answer = self.0.state().serve(endpoint.name(), body);
        self.0.doom.pass();
        answer
    }
}

fn ok(body: String) -> Result<Answer, Failure> {
    Ok(Answer { status: 200, retry_after: None, body: body.into_bytes() })
}

fn failed(words: &str) -> Result<Answer, Failure> {
    Err(Failure(words.to_owned()))
}

impl State {
    fn advance(&mut self, time: Duration) {
        let until = self.time + time;
        while BLOCK_TIME * u32::try_from(self.blocks.len()).unwrap() <= until {
            self.time = BLOCK_TIME * u32::try_from(self.blocks.len()).unwrap();
            self.mine();
        }
        self.time = until;
    }

    pub(crate) fn head(&self) -> usize {
        self.blocks.len() - 1
    }

    /// Puts whatever may go into the next block.
    pub(crate) fn mine(&mut self) {
        let number = self.blocks.len();
        if number >= self.spike_until {
            self.base_fee = BASE_FEE;
        }
        let timestamp = START + BLOCK_TIME.as_secs() * number as u64;
        let before = self.chain.snapshot();
        self.chain.set_now(Timestamp(timestamp)).unwrap();
        let mut included = Vec::new();
        let mut batch = Vec::new();
        let mut nonces: BTreeMap<Address, u64> = BTreeMap::new();
        loop {
            let next = self.pool.iter().find(|(hash, pooled)| {
                let on_chain = self.chain.nonce(pooled.sender).unwrap();
                let nonce = nonces.get(&pooled.sender).copied().unwrap_or(on_chain);
                pooled.envelope.nonce() == nonce
                    && pooled.envelope.max_fee_per_gas() >= self.base_fee
                    && !self.ignored.contains(*hash)
            });
            let Some((hash, pooled)) = next.map(|(hash, pooled)| (*hash, pooled.clone())) else {
                break;
            };
            self.pool.remove(&hash);
            nonces.insert(pooled.sender, pooled.envelope.nonce() + 1);
            batch.push(transaction(&pooled));
            included.push(hash);
        }
        let receipts = self.chain.send_block(&batch).unwrap();
        for (hash, receipt) in included.iter().zip(receipts) {
            self.receipts.insert(*hash, (number, receipt));
        }
        let parent = self.blocks[number - 1].hash;
        let mut seal =
            [parent.as_slice(), &(number as u64).to_be_bytes(), &self.salt.to_be_bytes()].concat();
        included.iter().for_each(|hash| seal.extend_from_slice(hash.as_slice()));
        let after = self.chain.snapshot();
        let (hash, transactions) = (keccak256(seal), included);
        self.blocks.push(Block { hash, timestamp, transactions, before, after });
    }

    /// Another history wins, of the same length, without any of what was in these blocks.
    pub(crate) fn reorganise(&mut self, depth: usize, forget: bool) {
        let depth = depth.min(self.head());
        let gone = self.blocks.split_off(self.blocks.len() - depth);
        let Some(lowest) = gone.first() else { return };
        self.chain.restore(&lowest.before.clone());
        self.salt += 1;
        let waiting = std::mem::take(&mut self.pool);
        for hash in gone.iter().flat_map(|block| &block.transactions) {
            self.receipts.remove(hash);
        }
        for _ in 0..depth {
            self.mine();
        }
        self.pool = waiting;
        if !forget {
            let back = gone.iter().flat_map(|block| block.transactions.clone());
            let known: Vec<B256> = back.collect();
            for hash in known {
                if let Some(pooled) = self.archive.get(&hash).cloned() {
                    self.pool.insert(hash, pooled);
                }
            }
        }
    }

    fn serve(&mut self, endpoint: &str, body: &str) -> Result<Answer, Failure> {
        self.advance(QUESTION_TIME);
        let request: Value = serde_json::from_str(body).unwrap();
        let method = request["method"].as_str().unwrap().to_owned();
        let call = self.calls;
        self.calls += 1;
        self.methods.push(method.clone());
        let doubted = method == "eth_getTransactionReceipt" && endpoint.contains("two.example");
        if doubted && self.doubts > 0 {
            self.doubts -= 1;
            let mut answer: Value = serde_json::from_str(&self.answer(&request)).unwrap();
            if answer["result"].is_object() {
                answer["result"]["blockHash"] = json!(B256::repeat_byte(0xdd));
            }
            return ok(answer.to_string());
        }
        let fault = match self.fault {
            Some((at, fault)) if call >= at && !self.spent => Some((call - at, fault)),
            _ => None,
        };
        let Some((since, fault)) = fault else { return ok(self.answer(&request)) };
        self.faulty(endpoint, &request, &method, since, fault)
    }

    fn faulty(
        &mut self,
        endpoint: &str,
        request: &Value,
        method: &str,
        since: u64,
        fault: Fault,
    ) -> Result<Answer, Failure> {
        let is_send = method == "eth_sendRawTransaction";
        let once = |state: &mut Self| state.spent = true;
        match fault {
            Fault::Status { status, wait, delivered } => {
                once(self);
                if delivered {
                    self.answer(request);
                }
                let retry_after = wait.map(Duration::from_secs);
                Ok(Answer { status, retry_after, body: b"<html>busy</html>".to_vec() })
            }
            Fault::Reset { delivered } => {
                once(self);
                if delivered {
                    self.answer(request);
                }
                failed("connection reset by peer")
            }
            Fault::Hang { delivered } => {
                once(self);
                if delivered {
                    self.answer(request);
                }
                self.advance(TIMEOUT);
                failed("no whole answer within 20s")
            }
            Fault::Body(make) => {
                once(self);
                let right = self.answer(request);
                ok(make.of(&right))
            }
            Fault::Words { code, words } => {
                once(self);
                let error = json!({ "code": code, "message": words });
                ok(json!({ "jsonrpc": "2.0", "id": request["id"], "error": error }).to_string())
            }
            Fault::Twice { mine } => {
                once(self);
                self.answer(request);
                if mine {
                    self.advance(BLOCK_TIME);
                }
                ok(self.answer(request))
            }
            Fault::Down { calls } => {
                if since >= calls {
                    once(self);
                }
                if endpoint.ends_with("one.example") {
                    return failed("connection refused");
                }
                ok(self.answer(request))
            }
            Fault::OtherChain { calls } => {
                if since >= calls {
                    once(self);
                }
                let result = if method == "eth_chainId" { json!("0x1") } else { Value::Null };
                ok(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string())
            }
            Fault::Lagging { blocks, calls } => {
                if since >= calls {
                    once(self);
                }
                if is_send {
                    return ok(self.answer(request));
                }
                let hidden = self.blocks.split_off(self.blocks.len().saturating_sub(blocks).max(1));
                let restored = self.chain.snapshot();
                if let Some(last) = self.blocks.last() {
                    let after = last.after.clone();
                    self.chain.restore(&after);
                }
                let number = self.blocks.len();
                let late: BTreeMap<B256, (usize, Receipt)> = self
                    .receipts
                    .iter()
                    .filter(|(_, (block, _))| *block >= number)
                    .map(|(hash, found)| (*hash, found.clone()))
                    .collect();
                self.receipts.retain(|_, (block, _)| *block < number);
                let answer = self.answer(request);
                self.receipts.extend(late);
                self.chain.restore(&restored);
                self.blocks.extend(hidden);
                ok(answer)
            }
            Fault::Receipts { calls, how } => {
                if since >= calls {
                    once(self);
                }
                let right = self.answer(request);
                if method != "eth_getTransactionReceipt" {
                    return ok(right);
                }
                let mut right: Value = serde_json::from_str(&right).unwrap();
                how.spoil(&mut right["result"]);
                ok(right.to_string())
            }
            Fault::NoCode { calls } => {
                if since >= calls {
                    once(self);
                }
                let mut right: Value = serde_json::from_str(&self.answer(request)).unwrap();
                if method == "eth_getCode" {
                    right["result"] = json!("0x");
                }
                ok(right.to_string())
            }
            Fault::Forget => {
                once(self);
                let answer = self.answer(request);
                self.pool.clear();
                ok(answer)
            }
            Fault::Reorganise { depth, forget } => {
                once(self);
                let answer = self.answer(request);
                self.reorganise(depth, forget);
                ok(answer)
            }
            Fault::Ignore => {
                let answer = self.answer(request);
                // Only what waits can be ignored.
                if !self.pool.is_empty() {
                    once(self);
                    self.ignored.extend(self.pool.keys().copied());
                }
                ok(answer)
            }
            Fault::Spike { blocks } => {
                once(self);
                let answer = self.answer(request);
                self.base_fee = BASE_FEE * 1_000;
                self.spike_until = self.blocks.len() + blocks;
                ok(answer)
            }
            Fault::Send(wrong) if is_send => {
                once(self);
                let answer = wrong.answer(request);
                ok(answer)
            }
            Fault::Send(_) => ok(self.answer(request)),
        }
    }

    /// The right answer to a request.
    pub(crate) fn answer(&mut self, request: &Value) -> String {
        let (method, params) = (request["method"].as_str().unwrap(), &request["params"]);
        let id = &request["id"];
        match self.result(method, params) {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string(),
            Err((code, words)) => {
                let error = json!({ "code": code, "message": words });
                json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
            }
        }
    }

    fn result(&mut self, method: &str, params: &Value) -> Result<Value, (i64, String)> {
        let hash = || -> B256 { params[0].as_str().unwrap().parse().unwrap() };
        match method {
            "eth_chainId" => Ok(json!(U64::from(self.chain.chain_id()))),
            "eth_getBlockByNumber" => {
                let number = match params[0].as_str().unwrap() {
                    "latest" => self.head(),
                    number => usize::try_from(quantity(number)).unwrap(),
                };
                Ok(self.blocks.get(number).map_or(Value::Null, |block| self.header(number, block)))
            }
            "eth_getTransactionCount" if params[1] == json!("pending") => {
                let account: Address = params[0].as_str().unwrap().parse().unwrap();
                let mut nonce = self.chain.nonce(account).unwrap();
                while self
                    .pool
                    .values()
                    .any(|it| it.sender == account && it.envelope.nonce() == nonce)
                {
                    nonce += 1;
                }
                Ok(json!(U64::from(nonce)))
            }
            "eth_getTransactionCount" => {
                let (chain, account) = self.at(params)?;
                Ok(json!(U64::from(chain.nonce(account).unwrap())))
            }
            "eth_getBalance" => {
                let (chain, account) = self.at(params)?;
                Ok(json!(chain.balance(account).unwrap()))
            }
            "eth_getCode" => {
                let (chain, account) = self.at(params)?;
                Ok(json!(chain.code(account).unwrap()))
            }
            "eth_getTransactionReceipt" => Ok(self.receipt(hash())),
            "eth_getTransactionByHash" => {
                let hash = hash();
                let mined = self.receipts.get(&hash).map(|(number, _)| U64::from(*number));
                let known = mined.is_some() || self.pool.contains_key(&hash);
                Ok(if known { json!({ "hash": hash, "blockNumber": mined }) } else { Value::Null })
            }
            "eth_sendRawTransaction" => {
                self.take(&params[0].as_str().unwrap().parse::<Bytes>().unwrap())
            }
            "eth_estimateGas" => {
                let number = usize::try_from(quantity(params[1].as_str().unwrap())).unwrap();
                if number > self.head() {
                    return Err((-32_000, "header not found".to_owned()));
                }
                self.estimate(&params[0])
            }
            "eth_maxPriorityFeePerGas" => Ok(json!(U128::from(1_000_000))),
            other => Err((-32_601, format!("the method {other} does not exist"))),
        }
    }

    fn header(&self, number: usize, block: &Block) -> Value {
        json!({
            "number": U64::from(number), "hash": block.hash, "timestamp": U64::from(block.timestamp),
            "baseFeePerGas": U128::from(self.base_fee), "extraData": "0x",
        })
    }

    fn receipt(&self, hash: B256) -> Value {
        let Some((number, receipt)) = self.receipts.get(&hash) else { return Value::Null };
        json!({
            "transactionHash": hash, "blockHash": self.blocks[*number].hash, "blockNumber": U64::from(*number),
            "status": U64::from(u64::from(receipt.outcome.is_success())), "transactionIndex": U64::from(receipt.index), "contractAddress": receipt.outcome.created(),
            "gasUsed": U64::from(receipt.gas_used), "effectiveGasPrice": U128::from(self.base_fee), "logs": [],
        })
    }

    /// The chain after a block, and the account that is asked about.
    fn at(&self, params: &Value) -> Result<(Chain, Address), (i64, String)> {
        let account = params[0].as_str().unwrap().parse().unwrap();
        let number = usize::try_from(quantity(params[1].as_str().unwrap())).unwrap();
        let block =
            self.blocks.get(number).ok_or_else(|| (-32_000, "header not found".to_owned()))?;
        let mut chain = self.chain.clone();
        chain.restore(&block.after);
        Ok((chain, account))
    }

    /// Takes a transaction into the pool, by the rules and in the words of geth.
    fn take(&mut self, raw: &Bytes) -> Result<Value, (i64, String)> {
        let no = |words: &str| Err((-32_000, words.to_owned()));
        let envelope = TxEnvelope::decode_2718_exact(raw).unwrap();
        let (hash, sender) = (keccak256(raw), envelope.recover_signer().unwrap());
        assert_eq!(envelope.chain_id(), Some(self.chain.chain_id()));
        let next = self.chain.nonce(sender).unwrap();
        if self.pool.contains_key(&hash) {
            return no("already known");
        }
        if envelope.nonce() < next {
            return no("nonce too low");
        }
        let cost = U256::from(envelope.gas_limit()) * U256::from(envelope.max_fee_per_gas());
        if self.chain.balance(sender).unwrap() < cost + envelope.value() {
            return no("insufficient funds for gas * price + value");
        }
        let rival = self
            .pool
            .iter()
            .find(|(_, it)| it.sender == sender && it.envelope.nonce() == envelope.nonce())
            .map(|(hash, rival)| {
                (*hash, rival.envelope.max_fee_per_gas(), rival.envelope.max_priority_fee_per_gas())
            });
        if let Some((rival, max_fee, priority)) = rival {
            let enough = envelope.max_fee_per_gas() * 10 >= max_fee * 11
                && envelope.max_priority_fee_per_gas() >= priority.map(|it| it * 11 / 10);
            if !enough {
                return no("replacement transaction underpriced");
            }
            self.pool.remove(&rival);
        }
        let pooled = Pooled { envelope, sender };
        self.archive.insert(hash, pooled.clone());
        self.pool.insert(hash, pooled);
        *self.taken.entry(hash).or_default() += 1;
        Ok(json!(hash))
    }

    fn estimate(&self, call: &Value) -> Result<Value, (i64, String)> {
        let address = |key: &str| call[key].as_str().map(|text| text.parse::<Address>().unwrap());
        let input: Bytes = call["input"].as_str().unwrap().parse().unwrap();
        let value: U256 = call["value"].as_str().unwrap().parse().unwrap();
        let from = address("from").unwrap();
        let transaction = match address("to") {
            Some(to) => Transaction::call(from, to, input),
            None => Transaction::create(from, input),
        };
        let mut chain = self.chain.clone();
        let receipt =
            chain.send(&transaction.with_value(value)).map_err(|it| (-32_000, it.to_string()))?;
        match receipt.outcome {
            Outcome::Success { .. } => Ok(json!(U64::from(receipt.gas_used + 5_000))),
            _ => Err((3, "execution reverted".to_owned())),
        }
    }

    /// Never puts what waits now into a block.
    pub(crate) fn ignore_all(&mut self) {
        self.ignored.extend(self.pool.keys().copied());
    }

    /// What a contract returns.
    pub(crate) fn read(&self, contract: Address) -> U256 {
        let outcome = self.chain.call(&Call::new(contract, Bytes::from_static(&[1]))).unwrap();
        U256::from_be_slice(outcome.data().unwrap())
    }
}

fn quantity(text: &str) -> u64 {
    u64::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}

fn transaction(pooled: &Pooled) -> Transaction {
    let envelope = &pooled.envelope;
    let kind = envelope.to().map_or(TxKind::Create, TxKind::Call);
    let mut transaction = Transaction::create(pooled.sender, envelope.input().clone());
    transaction.kind = kind;
    transaction
        .with_value(envelope.value())
        .with_gas_limit(envelope.gas_limit())
        .with_nonce(envelope.nonce())
}
