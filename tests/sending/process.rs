//! What a process that sends does: takes the locks, opens or begins the journal, connects, runs.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use alloy_primitives::B256;
use covenant_chain::Timestamp;
use covenant_live::{
    clock::Clock,
    journal::{Begun, Journal, JournalError, Record},
    rpc::{Client, Endpoint, Http, Limits, Patience, RpcError},
    send::{Landed, Options, SendError, Sender, Signer},
    storage::{Disk, Lock, Owner, Storage},
};

use super::plan::Plan;

/// Most wei of gas that a test pays for.
const MAX_FEE: u128 = 200_000_000_000;

/// What to send where.
#[derive(Clone, Debug)]
pub struct Job {
    /// The nodes, most trusted first.
    pub nodes: Vec<String>,
    /// The chain.
    pub chain_id: u64,
    /// The journal.
    pub journal: PathBuf,
    /// How to send.
    pub options: Options,
}

/// How tests send: every look at the chain is a second of theirs.
pub fn options(confirmations: u64) -> Options {
    Options { confirmations, max_fee: MAX_FEE, poll: Duration::from_secs(1), ..Options::default() }
}

/// A clock that goes on when it is waited on, so that nobody really waits: nodes make blocks when they are looked at.
#[derive(Debug, Default)]
pub struct Hasty(Mutex<Duration>);

impl Clock for Hasty {
    fn now(&self) -> Duration {
        *self.0.lock().expect("no holder panics")
    }

    fn sleep(&self, time: Duration) {
        *self.0.lock().expect("no holder panics") += time;
    }
}

/// Prepares to send `plan`; the locks are held for as long as they live.
///
/// # Errors
///
/// [`SendError`].
pub fn start(job: &Job, plan: &Plan) -> Result<(Sender, Vec<Lock>), SendError> {
    let owner = Owner::this_process(Timestamp(0));
    let storage: Arc<dyn Storage> = Arc::new(Disk);
    let signers = plan.keys().map(|key| Box::new(key) as Box<dyn Signer>);
    let locks = signers.iter().map(|signer| lock(&*storage, job, &owner, &**signer));
    let locks = locks.collect::<Result<_, _>>()?;
    let opened = Journal::open(Arc::clone(&storage), &job.journal, &owner)?;
    let genesis = opened.as_ref().map(|journal| journal.book().begun().genesis);
    let clock: Arc<dyn Clock> = Arc::new(Hasty::default());
    let client = connect(job, Arc::clone(&clock), genesis)?;
    let journal = match opened {
        Some(mut journal) => {
            journal.append(&Record::Resumed { program: "test".to_owned(), at: Timestamp(0) })?;
            journal
        }
        None => {
            let begun = begun(job.chain_id, client.genesis());
            Journal::begin(storage, &job.journal, &owner, begun)?
        }
    };
    let sender = Sender::new(client, journal, clock, signers.into(), job.options.clone())?;
    Ok((sender, locks))
}

/// What the first line of a journal of the plan says.
pub fn begun(chain_id: u64, genesis: B256) -> Begun {
    Begun {
        format: Begun::FORMAT,
        program: "test".to_owned(),
        chain_id,
        genesis,
        scenario: "twelve".to_owned(),
        start: Timestamp(0),
        lets: BTreeMap::new(),
        actors: BTreeMap::new(),
    }
}

/// Connects to the nodes.
///
/// # Errors
///
/// [`RpcError`].
pub fn client(job: &Job) -> Result<Client, RpcError> {
    connect(job, Arc::new(Hasty::default()), None)
}

fn connect(job: &Job, clock: Arc<dyn Clock>, genesis: Option<B256>) -> Result<Client, RpcError> {
    let endpoints = job.nodes.iter().map(|node| Endpoint::parse(node)).collect::<Result<_, _>>()?;
    let Ok(http) = Http::new(Limits::default()) else { panic!("there is no network at all") };
    Client::connect(Box::new(http), clock, endpoints, job.chain_id, genesis, Patience::default())
}

/// Sends `plan`, or what is left of it.
///
/// # Errors
///
/// [`SendError`].
pub fn run(job: &Job, plan: &Plan) -> Result<Vec<Landed>, SendError> {
    let (mut sender, _locks) = start(job, plan)?;
    sender.run(&plan.steps())
}

fn lock(
    storage: &dyn Storage,
    job: &Job,
    owner: &Owner,
    signer: &dyn Signer,
) -> Result<Lock, SendError> {
    let folder = job.journal.parent().unwrap_or_else(|| Path::new(".")).join("locks");
    let taken = Lock::take_sender(storage, &folder, job.chain_id, signer.address(), owner);
    Ok(taken.map_err(JournalError::from)?)
}
