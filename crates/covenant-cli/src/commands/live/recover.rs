//! `covenant recover FILE`

use std::fmt::Write;

use covenant_live::{
    journal::{Forgetting, Position},
    run::{RebuildError, Rebuilt, Testimony},
};
use covenant_scenario::time::format_timestamp;

use super::{
    cast::Audition,
    target::{Target, network, voyage},
};
use crate::{
    args::RecoverArgs,
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// Writes the journal of a scenario anew, from what its accounts have sent.
pub(crate) fn rebuild(args: &RecoverArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let target = Target::read(&args.path, &args.compile, terminal)?;
    let voyage = voyage(&target, network(&target.project, &args.network)?)?;
    let audition = Audition::new(&target, &voyage, &args.deployer, &args.password, None);
    let company = audition.look_up(terminal)?;
    let steps = |steps: &[u32], why: Forgetting| {
        steps.iter().map(|step| (Position(step - 1), why)).collect::<Vec<_>>()
    };
    let testimony = Testimony {
        start: args.start,
        blocks: args.from_block.zip(args.to_block),
        told: [steps(&args.redo, Forgetting::Redo), steps(&args.forget, Forgetting::LeaveOut)]
            .into_iter()
            .flatten()
            .collect(),
        foreign: args.foreign.iter().copied().collect(),
    };
    let rebuilt = voyage.rebuild(&company.plan, company.cast(), &company.options(), &testimony)?;
    terminal.out(&covenant_report::escape_lines(&text(&rebuilt, &voyage.journal)));
    Ok(Exit::Held)
}

/// What was found, and what to do next.
fn text(rebuilt: &Rebuilt, journal: &std::path::Path) -> String {
    let Rebuilt { steps, start, next, foreign, kept } = rebuilt;
    if *steps == 0 {
        return "nothing was sent: the accounts of this scenario have no transactions there\n"
            .to_owned();
    }
    let mut text = format!(
        "{steps} transactions of the scenario are in {} again; `start` was {}\n",
        journal.display(),
        format_timestamp(*start)
    );
    let mut line = |words: String| writeln!(text, "{words}").expect("a string can be written to");
    if let Some(kept) = kept {
        line(format!("the journal that was there is {}", kept.display()));
    }
    for stray in foreign {
        line(format!("not of this scenario: {stray}"));
    }
    match next {
        Some(next) => line(format!("not sent yet: {next}")),
        None => line("all of its steps were sent".to_owned()),
    }
    let replan = if foreign.is_empty() {
        ""
    } else {
        "; `--replan` goes on with the nonces that come next, where one was used by something else"
    };
    line(format!("`covenant run --network … --continue` goes on{replan}"));
    text
}

impl From<RebuildError> for Failure {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Live(error) => (*error).into(),
            error => Self::new(Exit::Network, &error).hint("nothing was written"),
        }
    }
}
