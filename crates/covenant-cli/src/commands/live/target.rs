//! Which scenario, and which network.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use covenant_chain::Timestamp;
use covenant_compile::Project;
use covenant_live::{
    network::{NetworkError, NetworkSettings, networks},
    run::{LiveError, Machine, Voyage, Waiting},
    send::{OnForeign, SendError},
};
use covenant_scenario::{plan::Plan, source::Sources};

use crate::{
    args::CompileArgs,
    environment,
    exit::{Exit, Failure},
    interrupt,
    paths::{project, select},
    prepare::{Builds, State, prepare, print_findings},
    terminal::Terminal,
};

/// One scenario, checked.
pub(super) struct Target {
    pub(super) plan: Arc<Plan>,
    pub(super) sources: Arc<Sources>,
    pub(super) project: Project,
    /// What its journals are called.
    pub(super) name: String,
}

impl Target {
    /// Reads and checks the one scenario that a command names.
    pub(super) fn read(
        file: &Path,
        compile: &CompileArgs,
        terminal: &Terminal,
    ) -> Result<Self, Failure> {
        let selections = select(&[file.to_owned()])?;
        let mut builds = Builds::new(environment::build_options(compile), terminal);
        let mut prepared = prepare(&selections, &mut builds)?;
        print_findings(&prepared, terminal);
        let one = || {
            Failure::usage("on a network one scenario runs at a time")
                .hint("name one file, and one of its cases as FILE::CASE")
        };
        let file = prepared.pop().filter(|_| prepared.is_empty()).ok_or_else(one)?;
        let exit = file.exit();
        let mut plans = match file.state {
            State::Ready(plans) => plans,
            State::Invalid => {
                return Err(Failure { exit, messages: Vec::new(), hints: Vec::new() });
            }
            State::NoBuild(error) => return Err(Failure::new(exit, error.message)),
        };
        let plan = plans.pop().filter(|_| plans.is_empty()).ok_or_else(one)?;
        let project = project(&file.path)?;
        let name = name(&file.path, project.root(), plan.name.case.as_deref());
        Ok(Self { plan, sources: file.sources, project, name })
    }
}

/// What the journals of a scenario are called: where its file is in the project, and the case.
fn name(file: &Path, root: &Path, case: Option<&str>) -> String {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (file, root) = (whole(file), whole(root));
    let inner = file.strip_prefix(&root).unwrap_or(&file).with_extension("");
    let mut name = covenant_report::shown(&inner);
    if let Some(case) = case {
        name = format!("{name}-{case}");
    }
    let plain = |it: char| if it.is_alphanumeric() || it == '-' || it == '_' { it } else { '-' };
    name.trim_start_matches('/').chars().map(plain).collect()
}

/// Where the journal of a scenario on a chain is.
pub(super) fn journal(project: &Project, chain_id: u64, name: &str) -> PathBuf {
    deployments(project).join(chain_id.to_string()).join(format!("{name}.jsonl"))
}

/// Where all journals of a project are.
pub(in crate::commands) fn deployments(project: &Project) -> PathBuf {
    crate::paths::relative(project.root()).join("deployments")
}

/// A network that the project describes.
pub(in crate::commands) fn network(
    project: &Project,
    name: &str,
) -> Result<NetworkSettings, Failure> {
    let mut all = networks(project.root(), project.contracts_root())?;
    match all.remove(name) {
        Some(settings) => Ok(settings?),
        None => {
            let known = all.into_keys().collect();
            Err(NetworkError::Unknown { name: name.to_owned(), known }.into())
        }
    }
}

/// Everything about a run but what is run.
pub(super) fn voyage(target: &Target, network: NetworkSettings) -> Result<Voyage, Failure> {
    let chain_id = network.keys.network.chain_id();
    let journal = journal(&target.project, chain_id, &target.name);
    let broadcast = crate::paths::relative(target.project.root()).join("broadcast");
    Ok(Voyage { broadcast, ..of_journal(network, &journal)? })
}

/// Everything about the run of a journal.
pub(in crate::commands) fn of_journal(
    network: NetworkSettings,
    journal: &Path,
) -> Result<Voyage, Failure> {
    let addresses = network.addresses(environment::address_part)?;
    let journal = journal.to_owned();
    let locks = if network.is_development() {
        journal.with_file_name("locks")
    } else {
        environment::locks()
    };
    Ok(Voyage {
        network,
        addresses,
        broadcast: journal.with_file_name("broadcast"),
        journal,
        locks,
        program: concat!("covenant ", env!("CARGO_PKG_VERSION")).to_owned(),
        now: now(),
        max_spend: None,
        waiting: Waiting::Here,
        foreign: OnForeign::Refuse,
        release: Vec::new(),
        stop: stop(),
        machine: Machine::default(),
    })
}

fn stop() -> Arc<AtomicBool> {
    interrupt::flag()
}

fn now() -> Timestamp {
    let seconds = jiff::Timestamp::now().as_second();
    Timestamp(u64::try_from(seconds).unwrap_or_default())
}

impl From<NetworkError> for Failure {
    fn from(error: NetworkError) -> Self {
        let failure = Self::usage(&error);
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<LiveError> for Failure {
    fn from(error: LiveError) -> Self {
        let exit = match &error {
            LiveError::Parked { .. } => Exit::Parked,
            LiveError::Send(SendError::Interrupted) => Exit::Interrupted,
            LiveError::SimulationOnly(_) | LiveError::Unbound(_) | LiveError::Shared(..) => {
                Exit::Usage
            }
            _ => Exit::Network,
        };
        let failure = Self::new(exit, &error);
        match &error {
            LiveError::Unbound(names) => failure.hint(format!(
                "bind them in covenant.toml: [networks.NAME.actors] {} (an account of `covenant keys list`); \
                 `--account NAME` is for the scenario's own, `deployer`",
                names.iter().map(|name| format!("{name} = \"account\"")).collect::<Vec<_>>().join(", ")
            )),
            LiveError::UsedBefore { .. } => {
                failure.hint("start the node anew, or call the actor something else")
            }
            LiveError::BeganAnew { journal, .. } => failure.hint(format!(
                "if the node was for development, remove {} and begin again",
                journal.display()
            )),
            error if error.is_passing() => {
                failure.hint("the same command goes on where this one ended; nothing is sent twice")
            }
            _ => failure,
        }
    }
}
