//! The `chain:` section.

use std::{path::Path, str::FromStr};

use covenant_chain::{Fees, HardFork, Timestamp};
use num_traits::ToPrimitive;

use super::{
    builder::Builder,
    types::{ChainPlan, ForkPlan, TimeSpec},
};
use crate::{
    expr::{Type, Value, check},
    raw::{RawChain, RawFork},
    source::{Diagnostic, Text},
    yaml::brief,
};

/// 2026-01-01T00:00:00Z
const DEFAULT_START: Timestamp = Timestamp(1_767_225_600);
/// One day.
const DEFAULT_TICK: u64 = 86_400;

impl Builder<'_> {
    /// Checks the section; what is left out takes its default.
    pub(super) fn chain(&mut self, raw: Option<&RawChain>) -> Option<ChainPlan> {
        let default_fork = self.default_hard_fork();
        let Some(raw) = raw else {
            return Some(ChainPlan {
                start: DEFAULT_START,
                hard_fork: default_fork,
                id: Some(ChainPlan::DEFAULT_ID),
                fees: Fees::Off,
                tick: DEFAULT_TICK,
                fork: None,
            });
        };
        let start = raw.start.as_ref().map_or(Some(DEFAULT_START), |text| self.start(text));
        let hard_fork = raw.evm.as_ref().map_or(Some(default_fork), |text| self.hard_fork(text));
        let id = raw.id.as_ref().map_or(Some(None), |text| self.number(text).map(Some));
        let tick = raw.tick.as_ref().map_or(Some(DEFAULT_TICK), |text| self.tick(text));
        let fees = raw.fees.as_ref().map_or(Some(Fees::Off), |fees| {
            self.number(&fees.base).map(|base: u64| Fees::On { base: base.into() })
        });
        let fork = raw.fork.as_ref().map_or(Some(None), |fork| self.fork(fork).map(Some));
        let fork = fork?;
        // The clock of a fork continues from its block unless the scenario says otherwise.
        let start = if fork.is_some() && raw.start.is_none() { Timestamp(0) } else { start? };
        let id = id?.or_else(|| fork.is_none().then_some(ChainPlan::DEFAULT_ID));
        Some(ChainPlan { start, hard_fork: hard_fork?, id, fees: fees?, tick: tick?, fork })
    }

    /// When the clock starts, where that does not follow from a forked block.
    pub(super) fn known_start(&self, plan: &ChainPlan) -> Option<u64> {
        (plan.start != Timestamp(0) || plan.fork.is_none()).then_some(plan.start.0)
    }

    fn default_hard_fork(&self) -> HardFork {
        let named =
            self.input.build.evm_version.as_deref().and_then(|name| HardFork::from_str(name).ok());
        named.unwrap_or(HardFork::Prague)
    }

    fn start(&mut self, text: &Text) -> Option<Timestamp> {
        match self.instant(text)? {
            TimeSpec::Date(date) => Some(date),
            TimeSpec::Seconds(typed) => match check::known(&typed, &self.scope) {
                Some(Value::Int(seconds)) if seconds.to_u64().is_some() => {
                    seconds.to_u64().map(Timestamp)
                }
                _ => self.error(not_a_date(text)),
            },
            TimeSpec::Months { .. } => self.error(not_a_date(text)),
        }
    }

    fn hard_fork(&mut self, text: &Text) -> Option<HardFork> {
        match HardFork::from_str(text.as_str().trim()) {
            Ok(fork) => Some(fork),
            Err(error) => {
                let known: Vec<&str> = HardFork::ALL.iter().map(|(name, _)| *name).collect();
                self.error(
                    Diagnostic::error(text.span, error.to_string())
                        .hint(format!("one of {}", known.join(", "))),
                )
            }
        }
    }

    fn tick(&mut self, text: &Text) -> Option<u64> {
        match self.number(text)? {
            0 => self.error(
                Diagnostic::error(text.span, "a tick takes at least a second")
                    .hint("write `1 hours`"),
            ),
            seconds => Some(seconds),
        }
    }

    /// Checks a number that has to be known before anything runs.
    pub(super) fn number(&mut self, text: &Text) -> Option<u64> {
        let typed = self.expression(text, Some(&Type::NUMBER))?;
        match check::known(&typed, &self.scope) {
            Some(Value::Int(number)) if number.to_u64().is_some() => number.to_u64(),
            _ => self.error(Diagnostic::error(
                text.span,
                "expected a number from 0 to 18446744073709551615 that is known before anything runs",
            )),
        }
    }

    fn fork(&mut self, raw: &RawFork) -> Option<ForkPlan> {
        let span = |text: &Option<Text>| text.as_ref().map(|text| text.span);
        let Some(place) =
            span(&raw.rpc).or_else(|| span(&raw.block)).or_else(|| span(&raw.recording))
        else {
            return self.error(Diagnostic {
                span: None,
                ..Diagnostic::error(
                    self.nowhere(),
                    "`fork` says neither which network nor which block",
                )
            });
        };
        if raw.rpc.is_none() && raw.recording.is_none() {
            return self.error(
                Diagnostic::error(place, "the fork does not say what it is a fork of")
                    .hint("add `rpc:`, the address of a node, or `recording:`, a file with what a node has answered"),
            );
        }
        let Some(block) = &raw.block else {
            return self.error(
                Diagnostic::error(place, "the fork does not say from which block").hint(
                    "add `block:`; without it the scenario would mean something else every day",
                ),
            );
        };
        if matches!(block.as_str().trim(), "latest" | "safe" | "finalized" | "earliest" | "pending")
        {
            return self.error(
                Diagnostic::error(block.span, "a fork starts from the number of a block").hint(
                    "write the number; a block that moves would mean something else every day",
                ),
            );
        }
        let block = self.number(block);
        let rpc = raw.rpc.as_ref().map_or(Some(None), |text| self.endpoint(text).map(Some));
        let folder = |text: &Text| {
            let file = &self.input.sources.file(text.span.file).path;
            file.parent().unwrap_or_else(|| Path::new("")).join(text.as_str().trim())
        };
        let recording = raw.recording.as_ref().map(|text| (text, folder(text)));
        let unusable =
            recording.as_ref().and_then(|(text, path)| unusable(text, path, raw.rpc.is_some()));
        if let Some(unusable) = unusable {
            return self.error(unusable);
        }
        Some(ForkPlan { rpc: rpc?, block: block?, recording: recording.map(|(_, path)| path) })
    }

    /// Checks the address of a node.
    fn endpoint(&mut self, text: &Text) -> Option<String> {
        let url = text.value.trim();
        let host = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme));
        match host {
            Some(host)
                if !host.starts_with(['/', ':', '?'])
                    && !host.is_empty()
                    && !host.contains(char::is_whitespace) =>
            {
                Some(url.to_owned())
            }
            _ => self.error(
                Diagnostic::error(
                    text.span,
                    format!("`{}` is not the address of a node", brief(url)),
                )
                .hint("write it with its scheme, as in https://rpc.example.org"),
            ),
        }
    }

    /// The start of the scenario's own file.
    fn nowhere(&self) -> crate::source::Span {
        crate::source::Span { file: crate::source::FileId(0), start: 0, end: 0 }
    }
}

/// Why a recording is of no use. One that is not there yet is made from what the node answers, if there is one.
fn unusable(text: &Text, path: &Path, has_node: bool) -> Option<Diagnostic> {
    let refuse = |reason: String| {
        Some(Diagnostic::error(
            text.span,
            format!("the recording {} cannot be read: {reason}", path.display()),
        ))
    };
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
            .err()
            .and_then(|error| refuse(format!("it is no JSON: {error}"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && has_node => None,
        Err(error) => refuse(error.to_string()),
    }
}

fn not_a_date(text: &Text) -> Diagnostic {
    Diagnostic::error(text.span, "expected a date").hint("write `2026-01-01T00:00:00Z`")
}
