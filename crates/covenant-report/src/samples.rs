//! Small reports that the tests of every format share.

use std::path::Path;

use covenant_chain::Timestamp;
use covenant_scenario::source::{FileId, Sources, Span};

use crate::model::{
    Amount, Change, Event, Failure, FailureKind, Finding, FindingSeverity, Log, Moment, Party,
    Place, Role, ScenarioId, ScenarioReport, SolidityLine, Status, Transaction, TransactionStatus,
};

/// 2026-01-01T00:00:00Z
pub(crate) const START: Timestamp = Timestamp(1_767_225_600);

/// The file that the samples talk about.
pub(crate) fn sources() -> Sources {
    let mut sources = Sources::default();
    let text =
        "steps:\n  - tenant: lease.pay(terms)\n    expect: { changes: { tenant: -3 ether } }\n";
    sources.add(Path::new("lease.yaml"), text);
    sources
}

pub(crate) fn place(line: u32, column: u32) -> Place {
    Place { file: "lease.yaml".to_owned(), line, column }
}

pub(crate) fn change(party: &str, asset: &str, decimals: u8, amount: i128) -> Change {
    Change {
        party: party.to_owned(),
        asset: asset.to_owned(),
        decimals,
        amount: Amount(amount.into()),
    }
}

/// The tenant pays two ether.
pub(crate) fn payment() -> Transaction {
    Transaction {
        step: "steps[0]".to_owned(),
        place: place(2, 5),
        rule: None,
        at: Moment(START),
        block: 2,
        actor: Some("tenant".to_owned()),
        action: "lease.pay(terms)".to_owned(),
        value: Amount(2_000_000_000_000_000_000_i128.into()),
        status: TransactionStatus::Success,
        reason: None,
        revert_expected: false,
        returned: Some("true".to_owned()),
        created: None,
        gas_used: 48_211,
        fee: Amount::default(),
        logs: vec![Log { emitter: "lease".to_owned(), text: "Paid(party: tenant)".to_owned() }],
        changes: vec![
            change("tenant", "ETH", 18, -2_000_000_000_000_000_000),
            change("lease", "ETH", 18, 2_000_000_000_000_000_000),
        ],
        console: vec!["paid \u{1b}[31m2".to_owned()],
        trace: Some("[21000] Lease::pay".to_owned()),
    }
}

/// What the payment should have been.
pub(crate) fn failure() -> Failure {
    Failure {
        kind: FailureKind::Changes,
        step: "steps[0]".to_owned(),
        place: place(3, 26),
        span: Some(Span { file: FileId(0), start: 61, end: 77 }),
        message: "tenant paid less".to_owned(),
        expected: Some("tenant -3 ether".to_owned()),
        actual: Some("tenant -2 ether".to_owned()),
        notes: Vec::new(),
        solidity: Some(SolidityLine {
            file: "src/Lease.sol".to_owned(),
            line: 40,
            column: 9,
            text: "        revert Lease_Late(due);".to_owned(),
        }),
        trace: Some("[21000] Lease::pay".to_owned()),
        at: Moment(START),
    }
}

fn ran(case: &str, status: Status, events: Vec<Event>) -> ScenarioReport {
    let id = ScenarioId {
        file: "lease.yaml".to_owned(),
        case: Some(case.to_owned()),
        name: "rent is forwarded".to_owned(),
    };
    ScenarioReport {
        started: Some(Moment(START)),
        ended: Some(Moment(Timestamp(START.0 + 86_400))),
        transactions: 1,
        gas_used: 48_211,
        parties: vec![Party { name: "tenant".to_owned(), role: Role::Actor, address: None }],
        events,
        gains: vec![
            change("landlord", "ETH", 18, 2_000_000_000_000_000_000),
            change("tenant", "ETH", 18, -2_000_000_000_000_000_000),
            change("tenant", "usd", 6, 1_500_000),
        ],
        ..ScenarioReport::stopped(id, status, None, Vec::new())
    }
}

/// All held.
pub(crate) fn passed() -> ScenarioReport {
    let waited = Event::Waited {
        step: "steps[1]".to_owned(),
        place: place(4, 5),
        from: Moment(START),
        at: Moment(Timestamp(START.0 + 86_400)),
    };
    ran("on time", Status::Passed, vec![Event::Transaction(Box::new(payment())), waited])
}

/// An expectation failed.
pub(crate) fn failed() -> ScenarioReport {
    let events = vec![Event::Transaction(Box::new(payment())), Event::Failed(Box::new(failure()))];
    ran("late", Status::Failed, events)
}

/// The file is not a scenario.
pub(crate) fn invalid() -> ScenarioReport {
    let file = "broken <1>.yaml".to_owned();
    let finding = Finding {
        severity: FindingSeverity::Error,
        message: "unknown key `scenari%o`".to_owned(),
        place: Some(Place { file: file.clone(), line: 1, column: 1 }),
        end_column: Some(9),
        hint: Some("did you mean `scenario`?".to_owned()),
    };
    let id = ScenarioId { file, case: None, name: "broken <1>".to_owned() };
    ScenarioReport::stopped(id, Status::Invalid, None, vec![finding])
}
