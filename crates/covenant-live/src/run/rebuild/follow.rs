//! The way of the first run is taken again, from each beginning that may have been its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use alloy_primitives::{Address, B256};
use covenant_chain::Timestamp;
use covenant_scenario::{
    plan::{ActorKind, Plan},
    run::{RunOptions, run_on},
};

use super::{
    super::{
        cast::{Cast, needs_traces, signers},
        error::LiveError,
        perform::{Voyage, lets},
        reader::Reader,
        trace,
    },
    draft::Draft,
    error::{RebuildError, Stray},
    search::{Assumptions, Search, earliest, look_at},
};
use crate::{
    journal::{Begun, Forgetting, Journal, JournalError, Look, Position, Record, StepId},
    recover::{RecoverError, Scan, beside, set_aside},
    rpc::Client,
    send::Sender,
    storage::{Lock, Owner, Storage, place},
};

/// How many blocks before the first step are tried as the one that `start` is of.
const WINDOW: u64 = 64;
/// How many blocks later than possible something may have been looked at.
const SHIFTS: u64 = 16;

/// What only people can know.
#[derive(Clone, Debug, Default)]
pub struct Testimony {
    /// What `start` was.
    pub start: Option<Timestamp>,
    /// The blocks that the run is in, both ends included.
    pub blocks: Option<(u64, u64)>,
    /// What became of steps that did not end as they should.
    pub told: BTreeMap<Position, Forgetting>,
    /// Transactions that have nothing to do with the scenario.
    pub foreign: BTreeSet<B256>,
}

/// A journal that is there again.
#[derive(Clone, Debug)]
pub struct Rebuilt {
    /// How many transactions are in it; without any there is no journal.
    pub steps: usize,
    /// What `start` was.
    pub start: Timestamp,
    /// What comes next, as far as that is known.
    pub next: Option<String>,
    /// Transactions of the same accounts, since the first step, that are none of the steps.
    pub foreign: Vec<Stray>,
    /// Where the journal is that was there before.
    pub kept: Option<PathBuf>,
}

/// What does not change from one attempt to the next.
struct Ground<'a> {
    voyage: &'a Voyage,
    plan: &'a Arc<Plan>,
    cast: &'a Cast,
    options: &'a RunOptions,
    testimony: &'a Testimony,
    scan: Arc<Scan>,
    genesis: B256,
    traces: bool,
    reader: Reader,
}

/// A beginning that a run may have had.
#[derive(Clone, Copy, Debug)]
struct Opening {
    start: Timestamp,
    first: Look,
}

/// What came of following the scenario from one beginning.
struct Attempt {
    opening: Opening,
    journal: Vec<u8>,
    search: Search,
    looks: usize,
}

impl Attempt {
    fn claimed(&self) -> usize {
        self.search.claimed().len()
    }

    /// It explains everything that was found.
    fn is_whole(&self) -> bool {
        self.claimed() > 0 && self.search.strays().next().is_none()
    }
}

impl Voyage {
    /// Writes the journal of a scenario that was [bound](Cast::bind) to the network anew, from what is on the chain.
    ///
    /// # Errors
    /// When there is a journal with which nothing is wrong, and when what was found has no explanation, or several.
    /// Nothing was written then.
    pub fn rebuild(
        &self,
        plan: &Arc<Plan>,
        cast: &Cast,
        options: &RunOptions,
        testimony: &Testimony,
    ) -> Result<Rebuilt, RebuildError> {
        let storage = self.machine.storage();
        match Journal::read(&*storage, &self.journal) {
            Ok(Some(_)) => return Err(RebuildError::Whole { file: self.journal.clone() }),
            Ok(None) | Err(JournalError::Damaged { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let owner = Owner::this_process(self.now);
        let accounts = accounts(plan, cast);
        let chain_id = self.network.keys.network.chain_id();
        let _lock = Lock::take(&*storage, &beside(&self.journal, "lock"), &owner)?;
        let _locks = accounts
            .iter()
            .map(|it| Lock::take_sender(&*storage, &self.locks, chain_id, *it, &owner))
            .collect::<Result<Vec<_>, _>>()?;
        let mut client = self.connect_to(None)?;
        let traces = trace::can_trace(&mut client)?;
        if needs_traces(plan) && !traces {
            let message = "what a transaction returns (`as:`, `returns:`) is known from a trace only, and the node has no \
                           debug_traceTransaction";
            return Err(LiveError::SimulationOnly(message.to_owned()).into());
        }
        let scan = Arc::new(Scan::new(&mut client, &accounts, testimony.blocks)?);
        let genesis = client.genesis();
        let reader = self.reader(genesis)?;
        let voyage = self;
        let ground =
            Ground { voyage, plan, cast, options, testimony, scan, genesis, traces, reader };
        match ground.best(&mut client)? {
            Some(attempt) => ground.keep(attempt),
            None => Ok(Rebuilt {
                steps: 0,
                start: plan.chain.start,
                next: None,
                foreign: Vec::new(),
                kept: None,
            }),
        }
    }
}

/// Everybody whose transactions may be steps.
fn accounts(plan: &Plan, cast: &Cast) -> BTreeSet<Address> {
    let names = signers(plan);
    let bound = names.iter().filter_map(|name| cast.accounts.get(name).copied());
    let owners = plan.actors.iter().filter(|it| matches!(it.kind, ActorKind::Contract(_)));
    bound.chain(owners.map(|it| it.key.address())).collect()
}

impl Ground<'_> {
    /// The one explanation of what was found; `None` if nothing was.
    fn best(&self, client: &mut Client) -> Result<Option<Attempt>, RebuildError> {
        let Some(earliest_block) = self.scan.all().map(|it| it.block.number).min() else {
            return Ok(None);
        };
        let first = self.first_step(client, earliest_block)?;
        let matters = self.testimony.start.is_none() && mentions_start(self.plan);
        let mut whole: Option<Attempt> = None;
        let mut partly: Option<Attempt> = None;
        for opening in self.openings(client, first)? {
            if whole.as_ref().is_some_and(|it| it.opening.start == opening.start) {
                continue;
            }
            let attempt = self.follow(opening)?;
            if !attempt.is_whole() {
                if partly.as_ref().is_none_or(|it| it.claimed() < attempt.claimed()) {
                    partly = Some(attempt);
                }
                continue;
            }
            if let Some(one) = whole {
                let (one, other) = (one.opening.start, opening.start);
                return Err(RebuildError::Start { one: one.min(other), other: one.max(other) });
            }
            whole = Some(attempt);
            if !matters {
                break;
            }
        }
        let best = whole.as_ref().or(partly.as_ref());
        if let Some((step, one, other)) = best.and_then(|it| it.search.twice()) {
            let failed = best.is_some_and(|it| it.search.has_failed(one));
            return Err(RebuildError::Twice { step: Box::new(step.clone()), one, other, failed });
        }
        match (whole, partly) {
            (Some(whole), _) => Ok(Some(whole)),
            (None, Some(partly)) => Err(self.unexplained(&partly)),
            (None, None) => Err(RebuildError::NoStart { block: first }),
        }
    }

    fn unexplained(&self, attempt: &Attempt) -> RebuildError {
        let (what, step) = attempt.search.missing().unwrap_or(("a step for each", None));
        match step.filter(|_| attempt.claimed() == 0) {
            Some(step) => self.not_begun(step),
            None => RebuildError::Unexplained {
                found: attempt.claimed(),
                what: what.to_owned(),
                strays: attempt.search.strays().map(Stray::from).collect(),
            },
        }
    }

    fn not_begun(&self, step: &StepId) -> RebuildError {
        let count = self.scan.all().count();
        RebuildError::NotBegun { step: Box::new(step.clone()), count }
    }

    /// The block of the first step.
    fn first_step(&self, client: &mut Client, earliest_block: u64) -> Result<u64, RebuildError> {
        let first = look_at(client, earliest_block.saturating_sub(1))?;
        let start = self.testimony.start.unwrap_or_else(|| self.plan.chain.start.max(first.at));
        let attempt = self.attempt(Opening { start, first }, &BTreeMap::new(), true)?;
        match (attempt.search.probed(), attempt.search.missing()) {
            (Some(block), _) => Ok(block),
            (None, Some((_, Some(step)))) => Err(self.not_begun(step)),
            (None, _) => Err(self.unexplained(&attempt)),
        }
    }

    /// The beginnings that a run may have had whose first step is in this block; the likeliest come first.
    fn openings(&self, client: &mut Client, first_step: u64) -> Result<Vec<Opening>, RebuildError> {
        let Some(last) = first_step.checked_sub(1) else { return Ok(Vec::new()) };
        let at_least = self.plan.chain.start;
        let told = self.testimony.start;
        if self.voyage.network.is_development() {
            // A block is made there before anything is sent, at the time that is the start, or a second later.
            let first = look_at(client, last)?;
            let before = look_at(client, last.saturating_sub(1))?;
            let start = told.unwrap_or_else(|| at_least.max(before.at));
            let fits = (start.0..=start.0.saturating_add(1)).contains(&first.at.0);
            return Ok(Vec::from_iter(fits.then_some(Opening { start, first })));
        }
        let mut starts = BTreeSet::new();
        let lowest = last.saturating_sub(WINDOW);
        for number in (lowest..=last).rev().take_while(|_| told.is_none()) {
            let at = look_at(client, number)?.at;
            starts.insert(at.max(at_least));
            if at <= at_least {
                break;
            }
        }
        starts.extend(told);
        let mut exact = Vec::new();
        let mut later = Vec::new();
        for start in starts.into_iter().rev() {
            let Some(first) = earliest(client, (0, last), start)? else { continue };
            exact.push(Opening { start, first });
            for number in (first.block.number + 1..=last).take(2) {
                later.push(Opening { start, first: look_at(client, number)? });
            }
        }
        Ok(exact.into_iter().chain(later).collect())
    }

    /// Follows the scenario from one beginning as far as the chain has it. Which blocks were looked at between
    /// transactions is found by trying, from the earliest that is possible.
    fn follow(&self, opening: Opening) -> Result<Attempt, RebuildError> {
        let mut shifts = BTreeMap::new();
        let mut best = self.attempt(opening, &shifts, false)?;
        'further: while !best.is_whole() && best.claimed() > 0 && best.search.pending() > 0 {
            let last = best.looks - 1;
            for shift in 1..=SHIFTS {
                shifts.insert(last, shift);
                let attempt = self.attempt(opening, &shifts, false)?;
                if attempt.claimed() > best.claimed() {
                    best = attempt;
                    continue 'further;
                }
            }
            break;
        }
        Ok(best)
    }

    fn attempt(
        &self,
        opening: Opening,
        shifts: &BTreeMap<usize, u64>,
        probing: bool,
    ) -> Result<Attempt, RebuildError> {
        let voyage = self.voyage;
        let storage = Arc::new(Draft::default());
        let begun = Begun {
            format: Begun::FORMAT,
            program: voyage.program.clone(),
            chain_id: voyage.network.keys.network.chain_id(),
            genesis: self.genesis,
            scenario: voyage.name(),
            start: opening.start,
            lets: lets(self.plan),
            actors: self.cast.accounts.clone(),
        };
        let owner = Owner::this_process(voyage.now);
        let journal = Journal::begin(
            Arc::clone(&storage) as Arc<dyn Storage>,
            &voyage.journal,
            &owner,
            begun,
        )?;
        let client = voyage.connect_to(Some(self.genesis))?;
        let clock = voyage.machine.clock();
        let sender = Sender::new(client, journal, clock, Vec::new(), voyage.options())
            .map_err(LiveError::from)?;
        let mut live = voyage.live(sender, self.plan, (self.traces, self.reader.clone()));
        live.ahead = voyage.ahead(self.plan, self.options);
        live.search = Some(Search::new(Assumptions {
            scan: Arc::clone(&self.scan),
            first: opening.first,
            shifts: shifts.clone(),
            told: self.testimony.told.clone(),
            foreign: self.testimony.foreign.clone(),
            told_start: self.testimony.start.is_some(),
            probing,
        }));
        match run_on(self.plan, self.options, &mut live) {
            Ok(run) => {
                let pending = live.search.as_ref().map_or(0, Search::pending);
                if run.failures().next().is_none() && pending == 0 {
                    let finished = Record::Finished { steps: live.next };
                    live.sender.record(&finished).map_err(LiveError::from)?;
                }
            }
            Err(halted) => match LiveError::from(halted.error) {
                LiveError::NothingMore => {}
                error => return Err(error.into()),
            },
        }
        let journal = storage.read(&voyage.journal).ok().flatten().unwrap_or_default();
        let search = live.search.take().expect("it was just there");
        Ok(Attempt { opening, journal, search, looks: live.looks })
    }

    /// Puts the new journal in its place; the old one stays beside it.
    fn keep(&self, attempt: Attempt) -> Result<Rebuilt, RebuildError> {
        let file = &self.voyage.journal;
        let storage = self.voyage.machine.storage();
        let kept = set_aside(&*storage, file, "damaged")?;
        place(&*storage, file, &attempt.journal)
            .map_err(|source| RecoverError::Io { file: file.clone(), source })?;
        let first = attempt.opening.first.block.number;
        let claimed = attempt.search.claimed();
        let others = self.scan.all().filter(|it| it.block.number > first);
        let others = others.filter(|it| !claimed.contains_key(&it.hash));
        Ok(Rebuilt {
            steps: claimed.len(),
            start: attempt.opening.start,
            next: attempt.search.missing().map(|(what, _)| what.to_owned()),
            foreign: others.map(Stray::from).collect(),
            kept,
        })
    }
}

/// Whether anything of a scenario may depend on what `start` stands for.
fn mentions_start(plan: &Plan) -> bool {
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    plan.sources
        .files()
        .any(|(_, file)| file.text.split(|it| !is_word(it)).any(|word| word == "start"))
}
