//! A scenario on a network, from its journal's first line to its last.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use alloy_primitives::{Address, B256, U256};
use covenant_chain::{Chain, Fees, Timestamp};
use covenant_scenario::{
    event::{Run, TransactionResult},
    plan::{ActorKind, Plan},
    run::{Halted, RunOptions, run_on},
};

use super::{
    ahead::Ahead,
    carrier::{Clockwork, Live, Waiting, base_fee, settled_head},
    cast::{Cast, needs_traces},
    error::LiveError,
    machine::Machine,
    middle::Recent,
    parcel::names,
    parity::{self, Difference, Replay},
    reader::Reader,
    trace,
    view::Views,
};
use crate::{
    journal::{Begun, Forgetting, Journal, Position, Record, StepId},
    network::NetworkSettings,
    preflight::Profile,
    records::{Descriptions, receipts, write_addresses, write_broadcast},
    rpc::{Client, Endpoint, Patience},
    send::{OnForeign, Options, Order, SendError, Sender, Signer},
    storage::{Lock, Owner},
};

/// How deep a reorganisation may be that is not taken for a chain that began anew: where Ethereum is final.
const DEEPEST: u64 = 64;

/// Where a run is kept, and how it is to go.
#[derive(Clone, Debug)]
pub struct Voyage {
    /// The network.
    pub network: NetworkSettings,
    /// The addresses of its nodes, variables filled in.
    pub addresses: Vec<String>,
    /// The journal.
    pub journal: PathBuf,
    /// Foundry's folder of what was sent, which its tools read.
    pub broadcast: PathBuf,
    /// The folder of the locks of accounts.
    pub locks: PathBuf,
    /// The program, with its version.
    pub program: String,
    /// What the machine's clock says; for the locks, which people read.
    pub now: Timestamp,
    /// Most wei that all steps together may cost at worst.
    pub max_spend: Option<U256>,
    /// What to do where a date has to be waited for.
    pub waiting: Waiting,
    /// What to do when an account's nonces were used by something else.
    pub foreign: OnForeign,
    /// What to do again, or to leave out, before anything else.
    pub release: Vec<(Position, Forgetting)>,
    /// Set by whoever wants the run to end as soon as it can be resumed.
    pub stop: Arc<AtomicBool>,
    /// What it uses of the machine that it is on.
    pub machine: Machine,
}

/// What came of a run.
#[derive(Debug)]
pub struct Performed {
    /// What happened, whether or not all held; else why it ended before.
    pub outcome: Result<Run, (LiveError, Option<Box<Run>>)>,
    /// Where the network did otherwise than the simulation.
    pub differences: Vec<Difference>,
    /// Why the whole, or a transaction of it, was not compared with its simulation, if it was not.
    pub not_compared: Option<String>,
    /// Why the files for other programs were not written, if they were not.
    pub not_recorded: Option<String>,
    /// The journal.
    pub journal: PathBuf,
}

impl Voyage {
    /// Asks the network's nodes.
    ///
    /// # Errors
    /// When none answers, or when one is on another chain.
    pub fn connect(&self) -> Result<Client, LiveError> {
        self.connect_to(self.book()?.map(|begun| begun.genesis))
    }

    /// Asks the network's nodes, which have to be of the chain that begins with this block, if it is known.
    pub(super) fn connect_to(&self, genesis: Option<B256>) -> Result<Client, LiveError> {
        let endpoints =
            self.addresses.iter().map(|it| Endpoint::parse(it)).collect::<Result<Vec<_>, _>>()?;
        let transport = self.machine.transport().map_err(|failure| LiveError::Astray(failure.0))?;
        let (clock, chain_id) = (self.machine.clock(), self.network.keys.network.chain_id());
        Ok(Client::connect(transport, clock, endpoints, chain_id, genesis, Patience::default())?)
    }

    /// Who reads the state after blocks.
    pub(super) fn reader(&self, genesis: B256) -> Result<Reader, LiveError> {
        Ok(Reader::new(self.connect_to(Some(genesis))?, self.machine.clock()))
    }

    /// What the journal began with, if there is one.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn book(&self) -> Result<Option<Begun>, LiveError> {
        let reading = Journal::read(&*self.machine.storage(), &self.journal)?;
        Ok(reading.map(|reading| reading.book.begun().clone()))
    }

    /// Performs a scenario that was [bound](Cast::bind) to the network, or goes on with it. `watch` is called with every
    /// record of the journal, once it is on the disk.
    ///
    /// # Errors
    /// When it cannot even begin; nothing was sent then. What ends it later is in [`Performed::outcome`].
    pub fn perform(
        &self,
        plan: &Arc<Plan>,
        cast: &Cast,
        signers: Vec<Box<dyn Signer>>,
        options: &RunOptions,
        watch: impl FnMut(&Record) + 'static,
    ) -> Result<Performed, LiveError> {
        let storage = self.machine.storage();
        let owner = Owner::this_process(self.now);
        let chain_id = self.network.keys.network.chain_id();
        let _locks = signers
            .iter()
            .map(|it| Lock::take_sender(&*storage, &self.locks, chain_id, it.address(), &owner))
            .collect::<Result<Vec<_>, _>>()?;
        let opened = Journal::open(Arc::clone(&storage), &self.journal, &owner)?;
        let mut client = self.connect()?;
        if let Some(journal) = &opened {
            let (was, is) = (journal.book().begun().scenario.clone(), self.name());
            if was != is {
                return Err(LiveError::OtherScenario { journal: self.journal.clone(), was, is });
            }
            self.same_chain(&mut client, journal)?;
            same_people(journal.book().begun(), cast)?;
            same_lets(journal.book().begun(), plan)?;
        } else {
            self.check_new(&mut client, plan)?;
        }
        let traces = trace::can_trace(&mut client)?;
        if needs_traces(plan) && !traces {
            let message = "what a transaction returns (`as:`, `returns:`) is known from a trace only, and the node has no \
                           debug_traceTransaction";
            return Err(LiveError::SimulationOnly(message.to_owned()));
        }
        let journal = match opened {
            Some(mut journal) => {
                let at = Timestamp(client.head()?.timestamp.to());
                journal.append(&Record::Resumed { program: self.program.clone(), at })?;
                journal
            }
            None => {
                let begun = self.begun(&mut client, plan, cast)?;
                Journal::begin(storage, &self.journal, &owner, begun)?
            }
        };
        let sending = self.paced_options(&mut client)?;
        let reader = self.reader(client.genesis())?;
        let mut sender = Sender::new(client, journal, self.machine.clock(), signers, sending)?;
        sender.watch(watch);
        let mut later = Vec::new();
        for (position, why) in &self.release {
            if !sender.release(*position, *why)? {
                later.push((*position, *why));
            }
        }
        let mut live = self.live(sender, plan, (traces, reader));
        live.release = later;
        let outcome = live.carry(plan, options, || self.ahead(plan, options));
        self.conclude(plan, options, live, outcome)
    }

    /// Writes down that it is done, and compares it with its simulation.
    fn conclude(
        &self,
        plan: &Arc<Plan>,
        options: &RunOptions,
        mut live: Live,
        outcome: Result<Run, Box<Halted>>,
    ) -> Result<Performed, LiveError> {
        let mut differences = std::mem::take(&mut live.differences);
        let mut not_compared = None;
        let outcome = match outcome {
            Ok(run) if left_over(&run, &live).is_some() => {
                not_compared = Some("it has not come to its end".to_owned());
                let step = left_over(&run, &live).expect("it was just there");
                Err((SendError::LeftOver { step: Box::new(step) }.into(), Some(Box::new(run))))
            }
            Ok(run) => {
                if run.failures().next().is_none() {
                    live.sender.record(&Record::Finished { steps: live.next })?;
                }
                match self.replay(plan, options, &mut live) {
                    // What was held back is nowhere, and the simulation of it would only say so again.
                    _ if held_back(&run) => {
                        not_compared = Some("it has not come to its end".to_owned());
                    }
                    Ok(simulation) => {
                        let mut found = parity::compare(&run, &simulation);
                        let before = found.len();
                        if let Some(step) = landed_beyond(&live) {
                            found.retain(|it| !it.is_of_the_end());
                            not_compared = (found.len() < before).then(|| {
                                format!("what everybody has in the end: {step} is in a block, and the run ended before it came to it")
                            });
                        }
                        differences.extend(found);
                    }
                    Err(error) => not_compared = Some(error.to_string()),
                }
                Ok(run)
            }
            Err(halted) => {
                let Halted { error, so_far } = *halted;
                not_compared = Some("it has not come to its end".to_owned());
                Err((error.into(), so_far))
            }
        };
        let unclear = std::mem::take(&mut live.unclear).into_iter().chain(not_compared);
        let not_compared = unclear.reduce(|all, why| format!("{all}; {why}"));
        let mut seen = Vec::new();
        differences.retain(|it| {
            let new = !seen.contains(it);
            seen.push(it.clone());
            new
        });
        let not_recorded = self.write_records(&mut live).err();
        let journal = self.journal.clone();
        Ok(Performed { outcome, differences, not_compared, not_recorded, journal })
    }

    /// Writes what other programs read: `addresses.json` beside the journal, and Foundry's `broadcast/`.
    fn write_records(&self, live: &mut Live) -> Result<(), String> {
        let storage = self.machine.storage();
        let book = live.sender.journal().book().clone();
        let file = self.journal.with_file_name("addresses.json");
        let name = self.name();
        write_addresses(&*storage, &file, &book, &name, &live.described)
            .map_err(|error| error.to_string())?;
        let found = receipts(live.sender.client(), &book).map_err(|error| error.to_string())?;
        write_broadcast(&*storage, &self.broadcast, &book, &name, &live.described, &[], &found)
            .map_err(|error| error.to_string())
    }

    /// What the journal's file is called.
    pub(super) fn name(&self) -> String {
        self.journal.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The same scenario in simulation, at the times at which it happened.
    fn replay(
        &self,
        plan: &Arc<Plan>,
        options: &RunOptions,
        live: &mut Live,
    ) -> Result<Run, LiveError> {
        let book = live.sender.journal().book();
        let start = book.begun().start;
        let first = book.looks().first().map(|look| look.block);
        let first = first.ok_or_else(|| LiveError::Astray("nothing has happened".to_owned()))?;
        let base: Chain = live.view_of(first)?;
        let replay = Replay::new(base, start, std::mem::take(&mut live.tape));
        run_on(plan, options, replay).map_err(|halted| halted.error.into())
    }

    /// What carries a scenario; whether the node traces, and who reads states.
    pub(super) fn live(
        &self,
        sender: Sender,
        plan: &Plan,
        (traces, reader): (bool, Reader),
    ) -> Live {
        let ours = self.network.is_development();
        let folder = self.journal.with_extension("views");
        Live {
            views: self.views(plan, reader, (!ours).then_some(folder)),
            clockwork: if ours { Clockwork::Ours } else { Clockwork::Theirs },
            waiting: self.waiting,
            confirmations: self.network.confirmations,
            poll: sender.options().poll,
            base_fee: base_fee(plan),
            traces,
            next: 0,
            looks: 0,
            furthest: None,
            recent: Recent::default(),
            ahead: None,
            release: Vec::new(),
            is_tended: false,
            read: BTreeMap::new(),
            tape: Vec::new(),
            differences: Vec::new(),
            unclear: Vec::new(),
            names: names(plan),
            described: Descriptions::default(),
            search: None,
            sender,
        }
    }

    fn views(&self, plan: &Plan, reader: Reader, folder: Option<PathBuf>) -> Views {
        // The base fee of a chain for development is what the scenario says; elsewhere fees are left out.
        let ours = self.network.is_development();
        let fees = if ours { plan.chain.fees } else { Fees::Off };
        let chain_id = self.network.keys.network.chain_id();
        Views { reader, folder, hard_fork: plan.chain.hard_fork, fees, chain_id }
    }

    pub(super) fn options(&self) -> Options {
        let ours = self.network.is_development();
        let profile = Profile::of(self.network.keys.network.chain_id());
        let mut options = Options {
            confirmations: self.network.confirmations,
            max_fee: self.network.max_fee,
            max_spend: self.max_spend,
            foreign: self.foreign,
            stop: Arc::clone(&self.stop),
            window: self.network.window.unwrap_or(profile.window),
            order: Order::Positions,
            ..Options::default()
        };
        if !profile.replaces {
            options.replacements = 0;
        }
        if ours {
            options.tip = Some(0);
            options.poll = Duration::from_millis(5);
            options.give_up = Duration::from_secs(60);
            options.lag = Duration::from_secs(5);
        }
        options
    }

    /// The options for a network that makes blocks as fast as this one does.
    fn paced_options(&self, client: &mut Client) -> Result<Options, LiveError> {
        let options = self.options();
        if self.network.is_development() {
            return Ok(options);
        }
        Ok(Options { poll: poll(client)?, ..options })
    }

    /// Whether anything is sent ahead of the runner: on a network whose clock is its own, and takes several at a time.
    pub(super) fn ahead(&self, plan: &Arc<Plan>, options: &RunOptions) -> Option<Ahead> {
        let window = self.options().window;
        let exact = Profile::of(self.network.keys.network.chain_id()).exact;
        let many = !self.network.is_development() && window > 1;
        many.then(|| Ahead::new(Arc::clone(plan), options, window, exact))
    }

    /// The chain that the journal was begun on: nodes for development begin anew with the same first block.
    fn same_chain(&self, client: &mut Client, journal: &Journal) -> Result<(), LiveError> {
        let Some(look) = journal.book().looks().first() else { return Ok(()) };
        let found = client.block(look.block.number)?.map(|block| block.hash);
        // On a network a chain that is about as long may have been reorganised, and its first block is the same.
        let head = client.head()?.number.to::<u64>();
        let near = head.abs_diff(look.block.number) <= DEEPEST && !self.network.is_development();
        if near || found == Some(look.block.hash) {
            Ok(())
        } else {
            let journal = self.journal.clone();
            Err(LiveError::BeganAnew { journal, number: look.block.number })
        }
    }

    /// The first line of a new journal.
    fn begun(&self, client: &mut Client, plan: &Plan, cast: &Cast) -> Result<Begun, LiveError> {
        let head = settled_head(client, self.network.confirmations)?.at;
        Ok(Begun {
            format: Begun::FORMAT,
            program: self.program.clone(),
            chain_id: client.chain_id(),
            genesis: client.genesis(),
            scenario: self.name(),
            start: plan.chain.start.max(head),
            lets: lets(plan),
            actors: cast.accounts.clone(),
        })
    }

    /// Contracts that act have addresses that follow from the first transaction of an account.
    pub(super) fn check_new(&self, client: &mut Client, plan: &Plan) -> Result<(), LiveError> {
        let head = client.head()?.number.to();
        for actor in &plan.actors {
            let account = actor.key.address();
            if matches!(actor.kind, ActorKind::Contract(_)) && client.nonce(account, head)? > 0 {
                return Err(LiveError::UsedBefore { actor: actor.name.to_string(), account });
            }
        }
        Ok(())
    }
}

/// How long to wait between two looks: a small part of the time between two blocks, so that little is added to it.
fn poll(client: &mut Client) -> Result<Duration, LiveError> {
    const BLOCKS: u64 = 8;
    const PART: u64 = 20;
    let (least, most) = (Duration::from_millis(50), Options::default().poll);
    let head = client.head()?;
    let (number, at) = (head.number.to::<u64>(), head.timestamp.to::<u64>());
    let earlier = number.saturating_sub(BLOCKS);
    let Some(before) = client.block(earlier)? else { return Ok(most) };
    let blocks = number - earlier;
    let seconds = at.saturating_sub(before.timestamp.to::<u64>());
    let between = (seconds.saturating_mul(1_000)).checked_div(blocks.saturating_mul(PART));
    Ok(between.map_or(most, |it| Duration::from_millis(it).clamp(least, most)))
}

/// Whether something was not sent because it would have failed.
fn held_back(run: &Run) -> bool {
    run.transactions().any(|event| matches!(event.result, TransactionResult::Rejected(_)))
}

/// What was signed and is wanted no more, where all that is wanted was done.
fn left_over(run: &Run, live: &Live) -> Option<StepId> {
    live.sender.left_over().filter(|_| run.failures().next().is_none())
}

/// What is in a block though the run ended before it came to it: it was in flight with others.
fn landed_beyond(live: &Live) -> Option<StepId> {
    let steps = live.sender.journal().book().steps();
    let mut beyond = steps.filter(|step| step.id.position >= Position(live.next));
    let landed = beyond.find(|it| it.slot.as_ref().is_some_and(|slot| slot.landing.is_some()));
    landed.map(|step| step.id.clone())
}

/// The text of each `let`.
pub(super) fn lets(plan: &Plan) -> BTreeMap<String, String> {
    let lets = plan.lets.iter();
    lets.map(|it| (it.name.to_string(), plan.sources.text(it.value.span).to_owned())).collect()
}

fn same_lets(begun: &Begun, plan: &Plan) -> Result<(), LiveError> {
    let now = lets(plan);
    for (name, was) in &begun.lets {
        let is = now.get(name).cloned().unwrap_or_else(|| "nothing".to_owned());
        if *was != is {
            return Err(LiveError::OtherLet { name: name.clone(), was: was.clone(), is });
        }
    }
    Ok(())
}

fn same_people(begun: &Begun, cast: &Cast) -> Result<(), LiveError> {
    for (actor, was) in &begun.actors {
        if let Some(is) = cast.accounts.get(actor).copied().filter(|is| is != was) {
            let is: Address = is;
            return Err(LiveError::OtherAccount { actor: actor.clone(), was: *was, is });
        }
    }
    Ok(())
}
