//! The right answers, by the rules and in the words of geth.

use alloy_consensus::{Transaction as _, TxEnvelope, transaction::SignerRecoverable};
use alloy_eips::eip2718::Decodable2718;
use alloy_primitives::{Address, B256, Bytes, U64, U128, U256, keccak256};
use covenant_chain::{Chain, Outcome, Transaction, TxKind};
use serde_json::{Value, json};

use super::state::*;

impl State {
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
                let full = params[1] == json!(true);
                let found = self.blocks.get(number);
                Ok(found.map_or(Value::Null, |block| self.header(number, block, full)))
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
            "eth_getStorageAt" => {
                let slot: U256 = params[1].as_str().unwrap().parse().unwrap();
                let (chain, account) = self.at(&json!([params[0], params[2]]))?;
                Ok(json!(B256::from(chain.storage(account, slot).unwrap())))
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

    fn header(&self, number: usize, block: &Block, full: bool) -> Value {
        let mut header = json!({
            "number": U64::from(number), "hash": block.hash, "timestamp": U64::from(block.timestamp),
            "baseFeePerGas": U128::from(self.base_fee), "extraData": "0x", "miner": self.chain.coinbase(),
        });
        if full {
            let all = block.transactions.iter().map(|hash| self.whole(*hash));
            header["transactions"] = all.collect();
        }
        header
    }

    /// A transaction, as blocks that are asked for whole have it.
    fn whole(&self, hash: B256) -> Value {
        let (kind, mut transaction) = match (self.foreign.get(&hash), self.archive.get(&hash)) {
            (Some(other), _) => (other.kind, other.transaction.clone()),
            (None, Some(pooled)) => (2, transaction(pooled)),
            (None, None) => unreachable!("it is in a block"),
        };
        if let Some(told) = self.foreign.get(&hash).and_then(|other| other.told_gas) {
            transaction = transaction.with_gas_limit(told);
        }
        let to = match transaction.kind {
            TxKind::Call(to) => Some(to),
            TxKind::Create => None,
        };
        json!({
            "hash": hash, "from": transaction.from, "to": to, "gas": U64::from(transaction.gas_limit.unwrap()),
            "value": transaction.value, "input": transaction.input, "type": U64::from(kind),
            "accessList": transaction.access_list,
        })
    }

    fn receipt(&self, hash: B256) -> Value {
        let Some((number, receipt)) = self.receipts.get(&hash) else { return Value::Null };
        let logs = receipt.logs.iter();
        let logs: Vec<Value> = logs
            .map(|it| json!({ "address": it.address, "topics": it.topics, "data": it.data }))
            .collect();
        json!({
            "transactionHash": hash, "blockHash": self.blocks[*number].hash, "blockNumber": U64::from(*number),
            "status": U64::from(u64::from(receipt.outcome.is_success())), "transactionIndex": U64::from(receipt.index), "contractAddress": receipt.outcome.created(),
            "gasUsed": U64::from(receipt.gas_used), "effectiveGasPrice": U128::from(receipt.gas_price), "logs": logs,
        })
    }

    /// The chain after a block, and the account that is asked about.
    fn at(&self, params: &Value) -> Result<(Chain, Address), (i64, String)> {
        let account = params[0].as_str().unwrap().parse().unwrap();
        let named = |words: &str| (-32_000, words.to_owned());
        let block = match &params[1] {
            Value::Object(_) if self.hashes == Hashes::Refused => {
                return Err((-32_602, "invalid argument 1: a number is wanted".to_owned()));
            }
            Value::Object(_) if self.hashes == Hashes::Ignored => &self.blocks[self.head()],
            Value::Object(name) => {
                let hash: B256 = name["blockHash"].as_str().unwrap().parse().unwrap();
                let found = self.blocks.iter().rev().find(|block| block.hash == hash);
                found.ok_or_else(|| named("header for hash not found"))?
            }
            number => {
                let number = usize::try_from(quantity(number.as_str().unwrap())).unwrap();
                self.blocks.get(number).ok_or_else(|| named("header not found"))?
            }
        };
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
}

fn quantity(text: &str) -> u64 {
    u64::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}
