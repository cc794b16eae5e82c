//! `covenant plan`

use covenant_live::run::{Forecast, Voyage};

use super::{
    cast::{Audition, Company},
    json, show,
    target::{Target, network, voyage},
};
use crate::{
    args::PlanArgs,
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// Says what would be sent, and what it would cost.
pub(crate) fn plan(args: &PlanArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let target = Target::read(&args.target.file, &args.target.compile, terminal)?;
    let voyage = voyage(&target, network(&target.project, &args.target.network)?)?;
    if voyage.book()?.is_some() {
        return Err(Failure::usage(format!(
            "this scenario was begun on `{}` already: {}",
            voyage.network.name,
            voyage.journal.display()
        ))
        .hint("`covenant status FILE` says how far it is"));
    }
    let audition = Audition::new(&target, &voyage, &args.deployer, &args.password, None);
    let forecast = forecast(&voyage, &audition.look_up(terminal)?)?;
    let funded = funded(&forecast, &voyage).and_then(|()| supplied(&forecast));
    let exit = match (&funded, is_bad(&forecast)) {
        (Err(failure), _) => failure.exit,
        (Ok(()), true) => Exit::Failed,
        (Ok(()), false) => Exit::Held,
    };
    if args.json {
        let report = json::plan(&forecast, &voyage, &target, exit);
        terminal.out(&covenant_report::json(&report));
    } else {
        terminal.out(&show::forecast(&forecast, &voyage));
        show::failures(&target, &forecast.run, terminal);
    }
    funded.map(|()| exit)
}

/// Refuses what an account could not pay for. On a chain for development everybody is given what he needs.
pub(super) fn funded(forecast: &Forecast, voyage: &Voyage) -> Result<(), Failure> {
    if voyage.network.is_development() {
        return Ok(());
    }
    let poor: Vec<String> = forecast
        .accounts
        .iter()
        .filter(|account| account.has < account.needs)
        .map(|it| {
            format!("{} ({}) has {} wei and may need {}", it.actor, it.address, it.has, it.needs)
        })
        .collect();
    if poor.is_empty() {
        return Ok(());
    }
    let message = format!("not enough money: {}; nothing was sent", poor.join("; "));
    Err(Failure::new(Exit::Network, message))
}

/// Refuses what fails because somebody has too few tokens, or lets others take too few.
pub(super) fn supplied(forecast: &Forecast) -> Result<(), Failure> {
    let Some(lack) = &forecast.lack else { return Ok(()) };
    let failure = Failure::new(Exit::Network, format!("{lack}; nothing was sent"));
    Err(match &lack.spender {
        Some(spender) => failure.hint(format!(
            "an `approve` of {} by {} lets {spender} take them: as a step before, or by hand",
            lack.token, lack.holder
        )),
        None => failure.hint(format!("give {} more of {} first", lack.holder, lack.token)),
    })
}

/// Simulates the whole on the network's state.
pub(super) fn forecast(voyage: &Voyage, company: &Company) -> Result<Forecast, Failure> {
    Ok(voyage.forecast(&company.plan, company.cast(), &company.options())?)
}

/// Whether it would fail.
pub(super) fn is_bad(forecast: &Forecast) -> bool {
    forecast.run.failures().next().is_some()
}
