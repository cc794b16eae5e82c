//! `covenant deploy`, and `covenant run --network`

use std::{
    sync::{Arc, mpsc},
    thread,
};

use covenant_live::{
    journal::{Forgetting, Position, Purpose, Record},
    run::{LiveError, Performed, Voyage, Waiting, deployment},
    send::OnForeign,
};
use covenant_report::text::Layout;
use covenant_scenario::{
    event::{Run, Verdict},
    run::{Detail, RunOptions},
    time::format_timestamp,
};

use super::{
    cast::{Audition, Company},
    json,
    plan::{forecast, funded, is_bad, supplied},
    show,
    target::{Target, network, voyage},
};
use crate::{
    args::{DeployArgs, LiveArgs, RunArgs},
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// How much of a scenario is done, and how it is told.
struct Manner<'a> {
    live: &'a LiveArgs,
    verbose: u8,
    /// Only the contracts and `let`s.
    deploy: bool,
    /// As JSON.
    json: bool,
}

/// Deploys the contracts of a scenario.
pub(crate) fn deploy(args: &DeployArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let target = Target::read(&args.target.file, &args.target.compile, terminal)?;
    let plan = Arc::new(deployment(&target.plan));
    let target = Target { plan, ..target };
    let manner = Manner { live: &args.live, verbose: 0, deploy: true, json: args.json };
    perform(&target, &args.target.network, &manner, terminal)
}

/// Runs a scenario on a network.
pub(crate) fn run(args: &RunArgs, name: &str, terminal: &Terminal) -> Result<Exit, Failure> {
    let [file] = args.paths.paths.as_slice() else {
        return Err(Failure::usage(
            "`--network` wants one scenario file, or one case as FILE::CASE",
        ));
    };
    let others = [
        ("--junit", args.junit.is_some()),
        ("--lcov", args.lcov.is_some()),
        ("--watch", args.watch),
    ];
    if let Some((option, _)) = others.into_iter().find(|(_, given)| *given) {
        return Err(Failure::usage(format!("`{option}` does not go with `--network`")));
    }
    let target = Target::read(file, &args.compile, terminal)?;
    let manner = Manner { live: &args.live, verbose: args.verbose, deploy: false, json: args.json };
    perform(&target, name, &manner, terminal)
}

fn perform(
    target: &Target,
    name: &str,
    manner: &Manner<'_>,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let live = manner.live;
    let mut voyage = voyage(target, network(&target.project, name)?)?;
    voyage.max_spend = live.max_spend;
    voyage.waiting = if live.park { Waiting::Park } else { Waiting::Here };
    voyage.foreign = if live.replan { OnForeign::Replan } else { OnForeign::Refuse };
    let steps =
        |steps: &[u32], why| steps.iter().map(|step| (Position(step - 1), why)).collect::<Vec<_>>();
    voyage.release = steps(&live.redo, Forgetting::Redo);
    voyage.release.extend(steps(&live.forget, Forgetting::LeaveOut));
    let begun = voyage.book()?;
    if live.go_on && begun.is_none() {
        return Err(Failure::usage(format!(
            "nothing was begun: there is no {}",
            voyage.journal.display()
        )));
    }
    let audition = Audition::new(target, &voyage, &live.deployer, &live.password, begun.as_ref());
    let mut known = None;
    if begun.is_none() {
        let company = known.insert(audition.look_up(terminal)?);
        let forecast = forecast(&voyage, company)?;
        funded(&forecast, &voyage)?;
        if is_bad(&forecast) {
            let failure = supplied(&forecast).err().unwrap_or_else(|| {
                let message =
                    "simulated on the state of the network it does not hold; nothing was sent";
                Failure::new(Exit::Failed, message)
            });
            if manner.json {
                let report = json::plan(&forecast, &voyage, target, failure.exit);
                terminal.out(&covenant_report::json(&report));
            } else {
                show::failures(target, &forecast.run, terminal);
            }
            return Err(failure);
        }
        affordable(&forecast, &voyage)?;
        if !voyage.network.is_development() {
            confirm(&show::forecast(&forecast, &voyage), &voyage, live, terminal)?;
        }
    }
    let company = audition.open(known, terminal)?;
    let performed = watched(&voyage, &company, manner, terminal)?;
    tell(target, &voyage, performed, manner, terminal)
}

fn affordable(forecast: &covenant_live::run::Forecast, voyage: &Voyage) -> Result<(), Failure> {
    if let Some(limit) = voyage.max_spend.filter(|limit| forecast.spend > *limit) {
        let message = format!(
            "it could cost {} wei in all, and --max-spend allows {limit}; nothing was sent",
            forecast.spend
        );
        return Err(Failure::new(Exit::Network, message));
    }
    Ok(())
}
/// Has the first transaction on a network that is not one's own agreed to.
fn confirm(
    what: &str,
    voyage: &Voyage,
    live: &LiveArgs,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if live.yes {
        return Ok(());
    }
    terminal.err(what);
    let name = &voyage.network.name;
    let answer = terminal
        .ask(&format!("This is sent to {name} for good. Type `{name}` to go on"))
        .map_err(|failure| failure.hint("`--yes` sends without asking; nothing was sent"))?;
    if answer == *name {
        Ok(())
    } else {
        Err(Failure::new(Exit::Network, "that is not its name; nothing was sent"))
    }
}

/// Performs it, and tells of every transaction as it goes.
fn watched(
    voyage: &Voyage,
    company: &Company,
    manner: &Manner<'_>,
    terminal: &Terminal,
) -> Result<Performed, Failure> {
    let detail = if manner.verbose >= 2 { Detail::Console } else { Detail::Normal };
    let options = RunOptions { detail, ..company.options() };
    let aloud = manner.verbose > 0 || !voyage.network.is_development();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel::<Record>();
        scope.spawn(move || {
            let lines = receiver.iter().filter_map(|record| progress(&record));
            lines.filter(|_| aloud).for_each(|line| terminal.note(&line));
        });
        let (plan, cast, signers) = (&company.plan, company.cast(), company.signers());
        let performed = voyage.perform(plan, cast, signers, &options, move |record| {
            // Nobody listens any more when the terminal is gone.
            let _ = sender.send(record.clone());
        });
        Ok(performed?)
    })
}

/// A record of the journal, for those who watch.
fn progress(record: &Record) -> Option<String> {
    Some(match record {
        Record::Signed(signed) => {
            let what = match signed.purpose {
                Purpose::Step => "",
                Purpose::Replacement => ", at a higher fee,",
                Purpose::Cancellation => ", to be cancelled,",
            };
            format!("{}{what} is sent as {} (nonce {})", signed.step, signed.hash, signed.nonce)
        }
        Record::Mined(mined) => {
            let end = if mined.success { "" } else { ", and reverted" };
            format!("{} is in block {}{end}", mined.hash, mined.block.number)
        }
        Record::Confirmed { hash, .. } => format!("{hash} is confirmed"),
        Record::Reorganised { hash, block } => {
            format!("block {} is gone, and {hash} with it; it is sent again", block.number)
        }
        _ => return None,
    })
}

/// Says what came of it.
fn tell(
    target: &Target,
    voyage: &Voyage,
    performed: Performed,
    manner: &Manner<'_>,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    if manner.json {
        return written(target, voyage, performed, terminal);
    }
    let Performed { outcome, differences, not_compared, not_recorded, journal } = performed;
    if let Some(reason) = not_recorded {
        terminal
            .note(&format!("warning: addresses.json and broadcast/ are not up to date: {reason}"));
    }
    match outcome {
        Ok(run) => {
            let exit = told(target, voyage, &run, manner, terminal);
            if exit == Exit::Failed {
                terminal.note(
                    "what was sent stays sent: `covenant status` says how far it is; a step that reverted can be done again with \
                     --redo, or left out with --forget",
                );
            }
            terminal.out(&show::differences(&differences));
            if let Some(reason) = &not_compared {
                terminal
                    .note(&format!("warning: it was not compared with its simulation: {reason}"));
            } else if differences.is_empty() {
                terminal.note("the network did what the simulation does: no difference");
            }
            terminal.note(&format!("the journal is {}", journal.display()));
            let parity = if differences.is_empty() { Exit::Held } else { Exit::Network };
            Ok(Exit::worst([exit, parity]))
        }
        Err((error, so_far)) => {
            if let Some(run) = so_far.filter(|run| !run.events.is_empty()) {
                terminal.out(&show::timeline(
                    target,
                    &run,
                    Layout::SoFar,
                    terminal,
                    manner.verbose,
                ));
            }
            terminal.out(&show::differences(&differences));
            Err(ended(error, &journal))
        }
    }
}

/// Says the same as JSON.
fn written(
    target: &Target,
    voyage: &Voyage,
    performed: Performed,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let mut report = json::live(&performed, voyage, target, Exit::Held);
    let ended = match performed.outcome {
        Ok(run) => {
            let parity = if performed.differences.is_empty() { Exit::Held } else { Exit::Network };
            Ok(Exit::worst([verdict(&run), parity]))
        }
        Err((error, _)) => Err(ended(error, &performed.journal)),
    };
    report.exit_code = ended.as_ref().map_or_else(|failure| failure.exit, |exit| *exit).code();
    terminal.out(&covenant_report::json(&report));
    ended
}

fn verdict(run: &Run) -> Exit {
    if run.verdict == Verdict::Passed { Exit::Held } else { Exit::Failed }
}

fn told(
    target: &Target,
    voyage: &Voyage,
    run: &Run,
    manner: &Manner<'_>,
    terminal: &Terminal,
) -> Exit {
    let held = run.verdict == Verdict::Passed;
    if manner.deploy && held {
        terminal.out(&show::addresses(run, voyage));
    } else {
        terminal.out(&show::timeline(target, run, Layout::Timeline, terminal, manner.verbose));
    }
    verdict(run)
}

/// Why it ended before its end, and what to do.
fn ended(error: LiveError, journal: &std::path::Path) -> Failure {
    if let LiveError::Parked { step, until } = &error {
        let message =
            format!("parked before step {step}: come back at {}", format_timestamp(*until));
        return Failure::new(Exit::Parked, message)
            .hint(format!("the same command goes on; the journal is {}", journal.display()));
    }
    error.into()
}
