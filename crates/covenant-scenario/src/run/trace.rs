//! What a transaction did inside: call traces, and the Solidity line that reverted.

use std::sync::Arc;

use alloy_primitives::Address;
use covenant_chain::{CallTrace, DecodedRevert, Decoder, Outcome, Snapshot, Transaction};
use covenant_compile::{Build, Contract, SourceLocation, SourceMap};

use super::{
    carrier::Carrier,
    runner::{Flow, Runner},
};
use crate::event::{Failure, SolidityLine};

impl<C: Carrier> Runner<'_, C> {
    /// Runs a transaction again, on the chain as it was before it, and records everything.
    pub(super) fn trace(
        &mut self,
        transaction: &Transaction,
        before: &Snapshot,
    ) -> Flow<CallTrace> {
        let here = self.world.chain.snapshot();
        self.world.chain.restore(before);
        let trace = self.world.chain.trace(transaction);
        self.world.chain.restore(&here);
        Ok(trace?)
    }

    /// Adds the trace, and the line of Solidity that reverted, to a failure.
    pub(super) fn add_trace(
        &mut self,
        failure: &mut Failure,
        transaction: &Transaction,
        before: &Snapshot,
    ) -> Flow {
        let trace = self.trace(transaction, before)?;
        failure.solidity = trace.failure().and_then(|failed| self.solidity_line(failed));
        failure.trace = Some(trace.render(&self.decoder(), self.options.detail.of_traces()));
        Ok(())
    }

    /// What a transaction did, rendered.
    pub(super) fn rendered_trace(
        &mut self,
        transaction: &Transaction,
        before: &Snapshot,
    ) -> Flow<String> {
        let trace = self.trace(transaction, before)?;
        Ok(trace.render(&self.decoder(), self.options.detail.of_traces()))
    }

    /// What reads reverts, logs and calls, as far as things are known by now.
    pub(super) fn decoder(&self) -> Decoder {
        let builds = [Arc::clone(&self.plan.build), Arc::clone(&self.plan.bundled)];
        super::book::decoder(&builds, self.world.names(), &self.contracts)
    }

    /// What the EVM did, in words.
    pub(super) fn outcome_text(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Success { .. } => "success".to_owned(),
            Outcome::Revert { data } => format!("revert {}", self.decoder().decode_revert(data)),
            Outcome::Halt { reason } => format!("halt: {reason}"),
        }
    }

    /// The line of Solidity that made a call fail.
    ///
    /// The optimizer lets several places share one `REVERT`, whose own place is then any of them; so the way to it is
    /// followed back to the place that names the error.
    fn solidity_line(&self, failed: &CallTrace) -> Option<SolidityLine> {
        let (build, contract) = self.contract_of(failed)?;
        let code = if failed.kind.is_create() { &contract.creation } else { &contract.runtime };
        let map = SourceMap::new(code);
        let place =
            |counter: &usize| map.pc_to_source(build, *counter).filter(|found| found.text_known);
        let words = self.error_words(failed);
        let names_it = |found: &SourceLocation| {
            let text = build.sources.get(&found.source).and_then(|source| source.text.as_deref());
            let text =
                text.and_then(|text| text.get(found.place.bytes.clone())).unwrap_or_default();
            words.iter().any(|word| text.starts_with(word))
        };
        let mut way_back = failed.trail.iter().rev().filter_map(place);
        let found = way_back.find(names_it).or_else(|| place(&failed.failed_at?))?;
        let place = found.place;
        let text = place.line_text.trim_end().to_owned();
        Some(SolidityLine {
            file: place.file,
            line: place.start.line,
            column: place.start.column,
            text,
        })
    }

    /// How a statement begins that fails as a call did.
    fn error_words(&self, failed: &CallTrace) -> Vec<String> {
        let Outcome::Revert { data } = &failed.outcome else { return Vec::new() };
        match self.decoder().decode_revert(data) {
            DecodedRevert::Custom { name, .. } => {
                vec![format!("revert {name}"), format!("{name}("), "require(".to_owned()]
            }
            DecodedRevert::Message(_) => vec!["require(".to_owned(), "revert(".to_owned()],
            _ => Vec::new(),
        }
    }

    /// Which contract a call ran: the one that is known to be there, or the one that has this code.
    fn contract_of(&self, call: &CallTrace) -> Option<(&Build, &Arc<Contract>)> {
        let known: Option<&Arc<Contract>> = self.contracts.get::<Address>(&call.code_address);
        let builds = [&*self.plan.build, &*self.plan.bundled];
        builds.into_iter().find_map(|build| {
            let contract = match known {
                Some(known) => {
                    build.contracts.get(&known.id).filter(|contract| Arc::ptr_eq(contract, known))
                }
                None => build.contract_with_code(&call.code, call.kind.is_create()),
            };
            contract.map(|contract| (build, contract))
        })
    }
}
