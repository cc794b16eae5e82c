//! What would happen, how far it is and what has happened, as JSON.

use alloy_primitives::U256;
use covenant_live::{
    journal::{Book, Slot, StepBook},
    run::{Difference, Forecast, Performed, Voyage},
};
use covenant_report::model::{
    Amount, Detail, JournalStatus, LIVE_SCHEMA, LiveReport, Moment, NetworkDifference, NetworkName,
    PLAN_SCHEMA, PlanReport, PlannedTransaction, ScenarioReport, SendingAccount, StepStatus,
};
use covenant_scenario::event::Run;

use super::{status, target::Target};
use crate::exit::Exit;

/// What would be sent.
pub(super) fn plan(
    forecast: &Forecast,
    voyage: &Voyage,
    target: &Target,
    exit: Exit,
) -> PlanReport {
    let transactions = (1..).zip(&forecast.transactions);
    PlanReport {
        schema: PLAN_SCHEMA.to_owned(),
        exit_code: exit.code(),
        network: network(voyage),
        block: forecast.block,
        start: Moment(forecast.start),
        transactions: transactions
            .map(|(position, it)| PlannedTransaction {
                position,
                name: it.name.clone(),
                sender: it.sender.to_string(),
                creates: it.creates.map(|address| address.to_string()),
                value: amount(it.value),
                gas: it.gas,
                at: Moment(it.at),
            })
            .collect(),
        accounts: forecast
            .accounts
            .iter()
            .map(|it| SendingAccount {
                actor: it.actor.clone(),
                address: it.address.to_string(),
                has: amount(it.has),
                needs: amount(it.needs),
            })
            .collect(),
        max_fee: amount(U256::from(forecast.max_fee)),
        spend: amount(forecast.spend),
        too_exact: forecast.too_exact.clone(),
        simulation: scenario(&forecast.run, target),
    }
}

/// How far a journal is; `on_chain` is what the chain says of a step, if it was asked.
pub(super) fn journal(
    file: &std::path::Path,
    book: &Book,
    on_chain: &[Option<String>],
) -> JournalStatus {
    let begun = book.begun();
    let steps = book.steps().zip(on_chain).map(|(step, said)| step_status(step, said.clone()));
    JournalStatus {
        file: covenant_report::shown(file),
        scenario: begun.scenario.clone(),
        chain_id: begun.chain_id,
        start: Moment(begun.start),
        steps: steps.collect(),
        parked_until: book.parked().map(|(_, until)| Moment(until)),
        finished: book.finished().is_some(),
        next: status::next(book),
    }
}

fn step_status(step: &StepBook, on_chain: Option<String>) -> StepStatus {
    let slot = step.slot.as_ref();
    let signed = slot.map(|slot| &slot.landed().unwrap_or_else(|| slot.latest()).signed);
    let landing = slot.and_then(|slot| slot.landing.as_ref());
    StepStatus {
        position: step.id.position.0 + 1,
        name: step.id.name.clone(),
        state: status::state(step.state()).to_owned(),
        sender: slot.map(|slot| slot.sender.to_string()),
        nonce: slot.map(|slot| slot.nonce),
        transaction: signed.map(|signed| signed.hash.to_string()),
        block: landing.map(|landing| landing.mined.block.number),
        creates: step.created().map(|(address, _)| address.to_string()),
        by: slot.and_then(Slot::by).map(Moment),
        on_chain,
    }
}

/// What came of a run.
pub(super) fn live(
    performed: &Performed,
    voyage: &Voyage,
    target: &Target,
    exit: Exit,
) -> LiveReport {
    let (run, error) = match &performed.outcome {
        Ok(run) => (Some(run), None),
        Err((error, so_far)) => (so_far.as_deref(), Some(error)),
    };
    let parked_until = match error {
        Some(covenant_live::run::LiveError::Parked { until, .. }) => Some(Moment(*until)),
        _ => None,
    };
    LiveReport {
        schema: LIVE_SCHEMA.to_owned(),
        exit_code: exit.code(),
        network: network(voyage),
        journal: covenant_report::shown(&performed.journal),
        scenario: run.map(|run| scenario(run, target)),
        error: error.map(ToString::to_string),
        parked_until,
        differences: performed.differences.iter().map(difference).collect(),
        not_compared: performed.not_compared.clone(),
    }
}

fn difference(found: &Difference) -> NetworkDifference {
    let Difference { step, what, network, simulation } = found;
    NetworkDifference {
        step: step.clone(),
        what: (*what).to_owned(),
        network: network.clone(),
        simulation: simulation.clone(),
    }
}

fn scenario(run: &Run, target: &Target) -> ScenarioReport {
    ScenarioReport::ran(run, Vec::new(), &target.sources, Detail::Full)
}

fn network(voyage: &Voyage) -> NetworkName {
    let chain_id = voyage.network.keys.network.chain_id();
    NetworkName { name: voyage.network.name.clone(), chain_id }
}

fn amount(wei: U256) -> Amount {
    Amount::from(wei)
}
