//! What a step was about, from the code that was sent.

use alloy_consensus::{Transaction, TxEnvelope};
use alloy_eips::eip2718::Decodable2718;
use covenant_compile::Build;

use super::{Described, Descriptions};
use crate::journal::{Book, StepBook};

/// The contracts that steps created, by their names in the first build that has their code.
pub fn describe(book: &Book, builds: &[&Build]) -> Descriptions {
    let named = |step: &StepBook| {
        let slot = step.slot.as_ref()?;
        let signed = &slot.landed().unwrap_or_else(|| slot.latest()).signed;
        signed.creates?;
        let envelope = TxEnvelope::decode_2718_exact(&signed.raw).ok()?;
        let sent = envelope.input();
        // A factory is given a salt first.
        let code = if envelope.to().is_some() { sent.get(32..)? } else { &sent[..] };
        let contract = builds.iter().find_map(|build| build.contract_with_code(code, true))?;
        let described =
            Described { contract: Some(contract.id.name.clone()), ..Described::default() };
        Some((step.id.position, described))
    };
    book.steps().filter_map(named).collect()
}
