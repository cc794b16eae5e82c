//! Differences between what was expected and what was seen, in words.

use covenant_chain::Rejection;

use super::{carrier::Carrier, runner::Runner};
use crate::expr::{
    ether, from_u256,
    matching::{Actual, EventMismatch, FieldMismatch, RevertMismatch},
};

impl<C: Carrier> Runner<'_, C> {
    /// Why a transaction could not be mined, with names for the addresses that have one.
    pub(super) fn rejection_text(&self, rejection: &Rejection) -> String {
        match rejection {
            Rejection::InsufficientFunds { sender, have, want } => format!(
                "`{}` has {} and needs {} for value and gas",
                self.world.names().label(*sender),
                ether(&from_u256(*have)),
                ether(&from_u256(*want))
            ),
            other => other.to_string(),
        }
    }

    /// How a log differs from an expected event.
    pub(super) fn event_mismatch(&self, mismatch: &EventMismatch) -> Vec<String> {
        match mismatch {
            EventMismatch::Event => vec!["it is another event".to_owned()],
            EventMismatch::Emitter { expected, actual } => vec![format!(
                "emitted by {}, expected from {}",
                self.world.names().label(*actual),
                self.world.names().label(*expected)
            )],
            EventMismatch::Undecodable(error) => {
                vec![format!("it cannot be read as this event: {error}")]
            }
            EventMismatch::Fields(fields) => {
                fields.iter().map(|field| self.field_mismatch(field)).collect()
            }
        }
    }

    /// How an outcome differs from an expected revert; nothing where the outcome itself says it all.
    pub(super) fn revert_mismatch(&self, mismatch: &RevertMismatch) -> Vec<String> {
        match mismatch {
            RevertMismatch::Succeeded
            | RevertMismatch::Halted { .. }
            | RevertMismatch::Other { .. } => Vec::new(),
            RevertMismatch::Arguments(fields) => {
                fields.iter().map(|field| self.field_mismatch(field)).collect()
            }
            RevertMismatch::Undecodable(error) => {
                vec![format!("it cannot be read as this error: {error}")]
            }
        }
    }

    fn field_mismatch(&self, field: &FieldMismatch) -> String {
        let name = if field.name.is_empty() { field.index.to_string() } else { field.name.clone() };
        let actual = match &field.actual {
            Actual::Value(value) => self.show(value),
            Actual::Hash(hash) => format!("something with the hash {hash}"),
        };
        format!("`{name}`: expected {}, found {actual}", self.show(&field.expected))
    }
}
