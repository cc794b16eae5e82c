//! Questions, and what goes wrong with them.

use std::{collections::BTreeMap, time::Duration};

use alloy_primitives::B256;
use covenant_chain::Receipt;
use covenant_live::rpc::{Answer, Failure};
use serde_json::{Value, json};

use super::state::*;

use crate::faults::Fault;

fn ok(body: String) -> Result<Answer, Failure> {
    Ok(Answer { status: 200, retry_after: None, body: body.into_bytes() })
}

fn failed(words: &str) -> Result<Answer, Failure> {
    Err(Failure(words.to_owned()))
}

impl State {
    pub(super) fn serve(&mut self, endpoint: &str, body: &str) -> Result<Answer, Failure> {
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
            Fault::Lose { depth } => {
                once(self);
                let answer = self.answer(request);
                self.lose(depth);
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
}
