//! `covenant verify`

use covenant_live::{
    clock::SystemClock,
    journal::Journal,
    rpc::{Http, Limits},
    run::LiveError,
    storage::Disk,
    verify::{Key, Service, Submission, Verdict, VerifyError, Waiting, submit},
};

use crate::{
    args::{ServiceKind, VerifyArgs},
    environment,
    exit::{Exit, Failure},
    paths::project,
    prepare::{named, progress},
    terminal::Terminal,
};

/// Hands every contract of a deployment to a service that verifies sources.
pub(crate) fn verify(args: &VerifyArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let project = project(&args.journal)?;
    let reading = Journal::read(&Disk, &args.journal).map_err(LiveError::from)?;
    let Some(reading) = reading else {
        return Err(Failure::usage(format!("there is no journal {}", args.journal.display())));
    };
    let service = service(args)?;
    let options = environment::build_options(&args.compile);
    let on_progress = |event| progress(terminal, &project, event);
    let compiled = |error| named(&project, error);
    let build = project.build(&options, &on_progress).map_err(compiled)?;
    // A project without contracts of its own has no input; what it deployed is then none of its contracts.
    let input = if build.contracts.is_empty() {
        Default::default()
    } else {
        project.compiler_input(&build).map_err(compiled)?
    };
    let mut http =
        Http::new(Limits::default()).map_err(|failure| Failure::new(Exit::Network, failure.0))?;
    let (mut done, chain_id) = (0, reading.book.begun().chain_id);
    for step in reading.book.steps() {
        let Some((address, _)) = step.created() else { continue };
        let Some(submission) = Submission::of_created(step, chain_id, &build, &input) else {
            let message = format!(
                "{} at {address} is not confirmed, or none of the project's contracts",
                step.id
            );
            return Err(Failure::new(Exit::Network, message)
                .hint("compile with the settings that it was deployed with; bundled contracts are verified from their own project"));
        };
        let clock = SystemClock::start();
        let verdict = submit(&mut http, &clock, Waiting::default(), &service, &submission)?;
        terminal.out(&format!("{address} {} {}\n", submission.contract, words(verdict)));
        done += 1;
    }
    if done == 0 {
        terminal.out("nothing was created\n");
    }
    Ok(Exit::Held)
}

fn service(args: &VerifyArgs) -> Result<Service, Failure> {
    let address = |usual: &str| args.url.clone().unwrap_or_else(|| usual.to_owned());
    match args.service {
        ServiceKind::Sourcify => {
            Ok(Service::Sourcify { address: address("https://sourcify.dev/server") })
        }
        ServiceKind::Etherscan => {
            let key = environment::address_part(&args.key).ok_or_else(|| {
                Failure::usage(format!("the variable {} is not set", args.key)).hint(
                    "it holds the key of an account at the service; `--key` names another one",
                )
            })?;
            let address = address("https://api.etherscan.io/v2/api");
            Ok(Service::Etherscan { address, key: Key::new(key) })
        }
    }
}

const fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Exact => "verified, an exact match",
        Verdict::Match => "verified",
        Verdict::Already => "was verified before",
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::new(Exit::Network, &error)
    }
}
