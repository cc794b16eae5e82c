//! From what the engine yields to what is told.

use covenant_scenario::{
    event::{
        self, Asset, PartyKind, ResultView, Run, Site, TransactionEvent, TransactionView, Verdict,
    },
    source::{self, Severity, Sources},
};
use num_bigint::{BigInt, Sign};

use super::{
    amount::{Amount, Moment},
    event::{
        Change, Event, Failure, FailureKind, Finding, FindingSeverity, Log, Party, Place, Role,
        SolidityLine, Transaction, TransactionStatus,
    },
    refused::{Refusals, is_mined},
    report::{Detail, ScenarioId, ScenarioReport, Status},
};
use crate::{diagnostics::sorted, paths::shown};

impl ScenarioReport {
    /// The report of a run; `findings` are the warnings about its file.
    pub fn ran(run: &Run, findings: Vec<Finding>, sources: &Sources, detail: Detail) -> Self {
        let status = match run.verdict {
            Verdict::Passed => Status::Passed,
            Verdict::Failed => Status::Failed,
        };
        let brief = detail == Detail::Brief && status == Status::Passed;
        let id = ScenarioId {
            file: shown(&run.name.file),
            case: run.name.case.clone(),
            name: run.name.scenario.clone(),
        };
        Self {
            started: Some(Moment(run.started)),
            ended: Some(Moment(run.ended)),
            transactions: run.transactions().filter(|sent| is_mined(sent)).count(),
            gas_used: run.gas_used(),
            parties: run.parties.iter().map(Party::from).collect(),
            events: if brief {
                Vec::new()
            } else {
                let refusals = Refusals::of(run);
                let happened = |event| happened(run, event, &refusals, sources);
                run.events.iter().map(happened).collect()
            },
            gains: run.gains.iter().map(Change::from).collect(),
            ..Self::stopped(id, status, None, findings)
        }
    }
}

fn happened(run: &Run, event: &event::Event, refusals: &Refusals, sources: &Sources) -> Event {
    match event {
        event::Event::Transaction(transaction) => {
            Event::Transaction(Box::new(sent(transaction, run.view(transaction), refusals)))
        }
        event::Event::Waited { site, from, to } => Event::Waited {
            step: site.path.clone(),
            place: site.as_ref().into(),
            from: Moment(*from),
            at: Moment(*to),
        },
        event::Event::Checked { site, text, at } => Event::Checked {
            step: site.path.clone(),
            place: site.as_ref().into(),
            text: text.to_string(),
            at: Moment(*at),
        },
        event::Event::RuleFired { site, rule, at } => Event::RuleFired {
            step: site.path.clone(),
            place: site.as_ref().into(),
            rule: rule.to_string(),
            at: Moment(*at),
        },
        event::Event::RuleUnclear { site, rule, reason, at } => Event::RuleUnclear {
            step: site.path.clone(),
            place: site.as_ref().into(),
            rule: rule.to_string(),
            reason: reason.clone(),
            at: Moment(*at),
        },
        event::Event::UntilReached { site, text, at } => Event::UntilReached {
            step: site.path.clone(),
            place: site.as_ref().into(),
            text: text.to_string(),
            at: Moment(*at),
        },
        event::Event::Failed(failure) => {
            Event::Failed(Box::new(failed(failure, refusals, sources)))
        }
    }
}

fn sent(transaction: &TransactionEvent, view: TransactionView, refusals: &Refusals) -> Transaction {
    let (status, reason, returned, created) = match view.result {
        ResultView::Success { returned, created } => {
            (TransactionStatus::Success, None, returned, created.map(|address| address.to_string()))
        }
        ResultView::Revert(error) => (TransactionStatus::Reverted, Some(error), None, None),
        ResultView::Halt(reason) => (TransactionStatus::Halted, Some(reason), None, None),
        ResultView::Rejected(reason) => {
            (TransactionStatus::Rejected, Some(refusals.told(&reason)), None, None)
        }
    };
    Transaction {
        step: transaction.site.path.clone(),
        place: transaction.site.as_ref().into(),
        rule: transaction.rule.as_deref().map(ToOwned::to_owned),
        at: Moment(transaction.at),
        block: transaction.block,
        actor: transaction.actor.as_deref().map(ToOwned::to_owned),
        action: transaction.action.to_string(),
        value: wei(&transaction.value.to_be_bytes::<32>()),
        status,
        reason,
        revert_expected: transaction.revert_expected,
        returned,
        created,
        gas_used: transaction.gas_used,
        fee: wei(&transaction.fee.to_be_bytes::<32>()),
        logs: view
            .logs
            .into_iter()
            .map(|log| Log { emitter: log.emitter, text: log.text })
            .collect(),
        changes: transaction.changes.iter().map(Change::from).collect(),
        console: transaction.console.clone(),
        trace: transaction.trace.clone(),
    }
}

fn wei(bytes: &[u8; 32]) -> Amount {
    Amount(BigInt::from_bytes_be(Sign::Plus, bytes))
}

fn failed(failure: &event::Failure, refusals: &Refusals, sources: &Sources) -> Failure {
    let position = sources.position(failure.span);
    Failure {
        kind: failure.kind.into(),
        step: failure.site.path.clone(),
        place: Place {
            file: shown(&sources.file(failure.span.file).path),
            line: position.line,
            column: position.column,
        },
        span: Some(failure.span),
        message: refusals.told(&failure.message),
        expected: failure.expected.clone(),
        actual: failure.actual.as_deref().map(|actual| refusals.told(actual)),
        notes: failure.notes.iter().map(|note| refusals.told(note)).collect(),
        solidity: failure.solidity.as_ref().map(|line| SolidityLine {
            file: line.file.clone(),
            line: line.line,
            column: line.column,
            text: line.text.clone(),
        }),
        trace: failure.trace.clone(),
        at: Moment(failure.at),
    }
}

impl From<&Site> for Place {
    fn from(site: &Site) -> Self {
        Self { file: shown(&site.file), line: site.line, column: site.column }
    }
}

impl From<&event::Party> for Party {
    fn from(party: &event::Party) -> Self {
        Self {
            name: party.name.clone(),
            role: match party.kind {
                PartyKind::Actor => Role::Actor,
                PartyKind::Contract => Role::Contract,
                PartyKind::Token => Role::Token,
            },
            address: party.address.map(|address| address.to_string()),
        }
    }
}

impl From<&event::Change> for Change {
    fn from(change: &event::Change) -> Self {
        let (asset, decimals) = match &change.asset {
            Asset::Eth => ("ETH".to_owned(), 18),
            Asset::Token { name, decimals } => (name.to_string(), *decimals),
        };
        Self {
            party: change.party.to_string(),
            asset,
            decimals,
            amount: Amount(change.amount.clone()),
        }
    }
}

impl From<event::FailureKind> for FailureKind {
    fn from(kind: event::FailureKind) -> Self {
        match kind {
            event::FailureKind::UnexpectedRevert => Self::UnexpectedRevert,
            event::FailureKind::MissingRevert => Self::MissingRevert,
            event::FailureKind::WrongRevert => Self::WrongRevert,
            event::FailureKind::Emits => Self::Emits,
            event::FailureKind::Changes => Self::Changes,
            event::FailureKind::Gas => Self::Gas,
            event::FailureKind::Returns => Self::Returns,
            event::FailureKind::Check => Self::Check,
            event::FailureKind::Always => Self::Always,
            event::FailureKind::Ensures => Self::Ensures,
            event::FailureKind::Within => Self::Within,
            event::FailureKind::Evaluation => Self::Evaluation,
            event::FailureKind::Unsettled => Self::Unsettled,
            event::FailureKind::Clock => Self::Clock,
            event::FailureKind::Endless => Self::Endless,
        }
    }
}

impl Finding {
    /// The findings about a file, by place, each once.
    pub fn all(diagnostics: &[source::Diagnostic], sources: &Sources) -> Vec<Self> {
        sorted(diagnostics).into_iter().map(|diagnostic| Self::new(diagnostic, sources)).collect()
    }

    fn new(diagnostic: &source::Diagnostic, sources: &Sources) -> Self {
        let place = diagnostic.span.map(|span| {
            let position = sources.position(span);
            Place {
                file: shown(&sources.file(span.file).path),
                line: position.line,
                column: position.column,
            }
        });
        let length = diagnostic.span.map_or(0, |span| {
            let text = sources.text(span).lines().next().unwrap_or_default();
            u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
        });
        Self {
            severity: match diagnostic.severity {
                Severity::Error => FindingSeverity::Error,
                Severity::Warning => FindingSeverity::Warning,
            },
            message: diagnostic.message.clone(),
            end_column: place
                .as_ref()
                .map(|place| place.column.saturating_add(length.saturating_sub(1))),
            place,
            hint: diagnostic.hint.clone(),
        }
    }
}
