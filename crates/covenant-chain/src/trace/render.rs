//! A tree of calls as text, in the form in which forge prints one.

use std::{collections::BTreeMap, fmt::Write as _};

use alloy_primitives::{Address, Bytes, U256, hex};

use super::types::{CallKind, CallTrace, TraceItem};
use crate::{
    CONSOLE, Log, Outcome, console_line,
    decode::{DecodedRevert, Decoder},
};

/// How much of a tree to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TraceDetail {
    /// Calls and logs.
    #[default]
    Calls,
    /// Also, under each call, the slots that it changed.
    Storage,
}

impl CallTrace {
    /// The tree as lines, each with its end of line, without colour.
    ///
    /// A call is `[gas] Name::function{value: wei}(arguments)`, followed by what happened in it and how it ended.
    pub fn render(&self, decoder: &Decoder, detail: TraceDetail) -> String {
        let mut text = Renderer { decoder, detail, text: String::new() };
        text.line("", &text.head(self));
        text.body(self, "");
        text.text
    }
}

struct Renderer<'a> {
    decoder: &'a Decoder,
    detail: TraceDetail,
    text: String,
}

impl Renderer<'_> {
    fn line(&mut self, prefix: &str, line: &str) {
        // Names and strings come from outside; none of them may end the line.
        writeln!(self.text, "{prefix}{}", line.replace(['\n', '\r'], " "))
            .expect("writing to a string never fails");
    }

    fn body(&mut self, call: &CallTrace, prefix: &str) {
        for item in &call.items {
            match item {
                TraceItem::Call(inner) => {
                    let head = self.head(inner);
                    self.line(prefix, &format!("├─ {head}"));
                    self.body(inner, &format!("{prefix}│   "));
                }
                TraceItem::Log(log) => self.log(log, prefix),
                TraceItem::Storage(_) => {}
            }
        }
        if self.detail == TraceDetail::Storage {
            self.storage(call, prefix);
        }
        let end = self.end(call);
        self.line(prefix, &format!("└─ ← {end}"));
    }

    fn head(&self, call: &CallTrace) -> String {
        let gas = call.gas_used;
        let value = if call.value.is_zero() || call.kind == CallKind::DelegateCall {
            String::new()
        } else {
            format!("{{value: {}}}", call.value)
        };
        if call.kind.is_create() {
            let name = self.decoder.contract(call.to).unwrap_or("<unknown>");
            return format!("[{gas}] → new {name}{value}@{}", call.to);
        }
        let note = match call.kind {
            CallKind::StaticCall => " [staticcall]",
            CallKind::DelegateCall => " [delegatecall]",
            CallKind::CallCode => " [callcode]",
            CallKind::Call | CallKind::Create | CallKind::Create2 => "",
        };
        let (name, function, arguments) = self.callee(call);
        format!("[{gas}] {name}::{function}{value}({arguments}){note}")
    }

    /// Who is called, which function, and with what.
    fn callee(&self, call: &CallTrace) -> (String, String, String) {
        let input = &call.input;
        if call.code_address == CONSOLE
            && let Some(line) = console_line(input)
        {
            return ("console".to_owned(), "log".to_owned(), format!("{line:?}"));
        }
        if let Some(name) = precompile(call.code_address) {
            return ("PRECOMPILES".to_owned(), name.to_owned(), input.to_string());
        }
        let name = self.name(call.code_address);
        if let Some(decoded) = self.decoder.decode_call(call.code_address, input) {
            return (name, decoded.name.clone(), decoded.args_text());
        }
        match input.split_first_chunk::<4>() {
            None if input.is_empty() => (name, "receive".to_owned(), String::new()),
            None => (name, "fallback".to_owned(), input.to_string()),
            Some((selector, rest)) => (name, hex::encode(selector), hex::encode(rest)),
        }
    }

    fn name(&self, address: Address) -> String {
        let label = self.decoder.label_of(address).or_else(|| self.decoder.contract(address));
        label.map_or_else(|| address.to_string(), str::to_owned)
    }

    fn log(&mut self, log: &Log, prefix: &str) {
        if let Some(decoded) = self.decoder.decode_log(log) {
            self.line(prefix, &format!("├─ emit {decoded}"));
            return;
        }
        let topics =
            log.topics.iter().enumerate().map(|(index, topic)| format!("topic {index}: {topic}"));
        let mut parts: Vec<String> = topics.collect();
        parts.push(format!("data: {}", log.data));
        self.line(prefix, &format!("├─ emit {}", parts.join(", ")));
    }

    fn storage(&mut self, call: &CallTrace, prefix: &str) {
        let mut changes: BTreeMap<U256, (U256, U256)> = BTreeMap::new();
        for item in &call.items {
            if let TraceItem::Storage(write) = item {
                changes.entry(write.slot).or_insert((write.before, write.after)).1 = write.after;
            }
        }
        changes.retain(|_, (before, after)| before != after);
        if changes.is_empty() {
            return;
        }
        self.line(prefix, "├─ storage changes:");
        for (slot, (before, after)) in changes {
            self.line(prefix, &format!("│   @ {slot:#x}: {before:#x} → {after:#x}"));
        }
    }

    fn end(&self, call: &CallTrace) -> String {
        match &call.outcome {
            Outcome::Success { output, .. } => self.returned(call, output),
            Outcome::Revert { data } => {
                let revert = self.decoder.decode_revert_at(call.code_address, data);
                if revert == DecodedRevert::Empty {
                    "[Revert]".to_owned()
                } else {
                    format!("[Revert] {revert}")
                }
            }
            Outcome::Halt { reason } => format!("[Halt] {reason}"),
        }
    }

    fn returned(&self, call: &CallTrace, output: &Bytes) -> String {
        if call.kind.is_create() {
            return format!("[Return] {} bytes of code", output.len());
        }
        if output.is_empty() {
            return "[Stop]".to_owned();
        }
        let text = self.decoder.output_text(call.code_address, &call.input, output);
        format!("[Return] {}", text.unwrap_or_else(|| output.to_string()))
    }
}

/// The precompiles of mainnet, by address.
fn precompile(address: Address) -> Option<&'static str> {
    const NAMES: [&str; 17] = [
        "ecrecover",
        "sha256",
        "ripemd160",
        "identity",
        "modexp",
        "ecAdd",
        "ecMul",
        "ecPairing",
        "blake2f",
        "pointEvaluation",
        "bls12G1Add",
        "bls12G1Msm",
        "bls12G2Add",
        "bls12G2Msm",
        "bls12PairingCheck",
        "bls12MapFpToG1",
        "bls12MapFp2ToG2",
    ];
    let number = U256::from_be_slice(address.as_slice());
    if number == U256::from(0x100) {
        return Some("p256Verify");
    }
    let index: usize = number.checked_sub(U256::ONE)?.try_into().ok()?;
    NAMES.get(index).copied()
}
