//! From what the runner wants to what is sent, and back.

use std::collections::BTreeMap;

use covenant_chain::{Log, Outcome, Transaction, TxKind};
use covenant_scenario::{
    plan::Plan,
    run::{Ending, Parcel, Sent, Unsent},
};

use crate::{
    journal::{Identity, StepId},
    records::Described,
    rpc::{self, Refusal},
    send::{Expectation, Step},
};

/// What contracts and tokens are called, and whose code they have, by where they stand and what their deployment is called.
pub(super) type Names = BTreeMap<(String, String), (String, String)>;

/// The names of what a scenario deploys.
pub(super) fn names(plan: &Plan) -> Names {
    let contracts = plan.instances.iter().map(|it| {
        let place = (it.site.path.clone(), it.text.to_string());
        (place, (it.name.to_string(), it.contract.id.name.clone()))
    });
    let tokens = plan.tokens.iter().map(|it| {
        let place = (it.site.path.clone(), format!("deploy {}", it.name));
        (place, (it.name.to_string(), it.contract.id.name.clone()))
    });
    contracts.chain(tokens).collect()
}

/// What a step is called, and what is known of it.
pub(super) fn named(names: &Names, parcel: &Parcel<'_>) -> (String, Described) {
    let place = (parcel.site.path.clone(), parcel.text.to_owned());
    let (name, contract) = match names.get(&place) {
        Some((name, contract)) => (name.clone(), Some(contract.clone())),
        None => {
            let created = parcel.text.strip_prefix("deploy ").map(str::to_owned);
            (created.clone().unwrap_or_else(|| parcel.text.to_owned()), created)
        }
    };
    (name, Described { contract, ..Described::default() })
}

/// The parts of a step that must not change between runs: its text, where it stands, and what it sends.
pub(super) fn identity(parcel: &Parcel<'_>) -> Identity {
    let Transaction { from, kind, value, input, .. } = parcel.transaction;
    let to = match kind {
        TxKind::Call(to) => to.to_vec(),
        TxKind::Create => Vec::new(),
    };
    let value = value.to_be_bytes::<32>();
    let ending: &[u8] = match parcel.ending {
        Ending::Success => b"succeeds",
        Ending::Revert => b"reverts",
    };
    Identity::of(&[
        parcel.text.as_bytes(),
        parcel.site.path.as_bytes(),
        from.as_slice(),
        &to,
        &value,
        input,
        ending,
    ])
}

/// What is sent for a parcel.
pub(super) fn step(id: StepId, parcel: &Parcel<'_>, gas_limit: Option<u64>) -> Step {
    let Transaction { from, kind, value, input, .. } = parcel.transaction;
    Step {
        id,
        sender: *from,
        to: match kind {
            TxKind::Call(to) => Some(*to),
            TxKind::Create => None,
        },
        value: *value,
        input: input.clone(),
        gas_limit,
        creates: None,
        code: None,
        expects: match parcel.ending {
            Ending::Success => Expectation::Success,
            Ending::Revert => Expectation::Revert,
        },
        after: Vec::new(),
        by: parcel.by,
    }
}

/// Nothing was sent.
pub(super) const fn unsent(unsent: Unsent) -> Sent {
    Sent::plain(Err(unsent))
}

/// What a node says would come of a transaction in the EVM; `None` if it would not come that far, for want of money for
/// example.
pub(super) fn refused(refusal: &Refusal) -> Option<Outcome> {
    let data = refusal.data.as_ref().and_then(|data| match &**data {
        serde_json::Value::String(text) => text.parse().ok(),
        other => {
            other.get("data").and_then(|data| data.as_str()).and_then(|text| text.parse().ok())
        }
    });
    match data {
        Some(data) => Some(Outcome::Revert { data }),
        None if refusal.message.to_ascii_lowercase().contains("revert") => {
            Some(Outcome::Halt { reason: refusal.message.clone() })
        }
        None => None,
    }
}

/// What a receipt says was emitted.
pub(super) fn logs(receipt: &rpc::Receipt) -> Vec<Log> {
    let logs = receipt.logs.iter();
    logs.map(|log| Log { address: log.address, topics: log.topics.clone(), data: log.data.clone() })
        .collect()
}
