//! What a transaction did inside: call traces, and the Solidity line that reverted.

use std::sync::Arc;

use alloy_primitives::Address;
use covenant_chain::{CallTrace, Decoder, Outcome, Snapshot, Transaction};
use covenant_compile::{Build, Contract, SourceMap};

use super::runner::{Flow, Runner};
use crate::event::{Failure, SolidityLine};

impl Runner<'_> {
    /// Runs a transaction again, on the chain as it was before it, and records everything.
    pub(super) fn trace(&mut self, transaction: &Transaction, before: &Snapshot) -> Flow<CallTrace> {
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
    pub(super) fn rendered_trace(&mut self, transaction: &Transaction, before: &Snapshot) -> Flow<String> {
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

    fn solidity_line(&self, failed: &CallTrace) -> Option<SolidityLine> {
        let at = failed.failed_at?;
        let (build, contract) = self.contract_of(failed)?;
        let code = if failed.kind.is_create() { &contract.creation } else { &contract.runtime };
        let found = SourceMap::new(code).pc_to_source(build, at).filter(|found| found.text_known)?;
        let place = found.place;
        let text = place.line_text.trim_end().to_owned();
        Some(SolidityLine { file: place.file, line: place.start.line, column: place.start.column, text })
    }

    /// Which contract a call ran: the one that is known to be there, or the one that has this code.
    fn contract_of(&self, call: &CallTrace) -> Option<(&Build, &Arc<Contract>)> {
        let known: Option<&Arc<Contract>> = self.contracts.get::<Address>(&call.code_address);
        let builds = [&*self.plan.build, &*self.plan.bundled];
        builds.into_iter().find_map(|build| {
            let contract = match known {
                Some(known) => build.contracts.get(&known.id).filter(|contract| Arc::ptr_eq(contract, known)),
                None => build.contract_with_code(&call.code, call.kind.is_create()),
            };
            contract.map(|contract| (build, contract))
        })
    }
}
