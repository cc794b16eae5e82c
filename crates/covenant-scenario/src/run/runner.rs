//! The runner's state, and the order of things.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{Arc, atomic::Ordering},
};

use alloy_primitives::{Address, U256};
use covenant_chain::{Chain, ChainError, Timestamp};
use covenant_compile::Contract;

use super::{
    book::Book,
    carrier::{Carrier, Local},
    options::{Halted, RunError, RunOptions},
};
use crate::{
    event::{Event, Failure, FailureKind, Party, PartyKind, Run, Site, Verdict},
    expr::{EvalError, Typed, Value, eval},
    plan::Plan,
    source::Span,
    world::World,
};

/// Runs a scenario to its end, or to the first expectation that does not hold.
///
/// # Errors
/// When the engine fails, or the network that a fork reads from, or the run is cancelled. An expectation that does not
/// hold is not an error: it is in the run's events and verdict.
pub fn run(plan: &Arc<Plan>, options: &RunOptions) -> Result<Run, RunError> {
    run_on(plan, options, Local).map_err(|halted| halted.error)
}

/// Runs a scenario on the chain that `carrier` brings it to, to its end, or to the first expectation that does not hold.
///
/// # Errors
/// As [`run`], and when the carrier can go no further; then with what happened until there.
pub fn run_on<C: Carrier>(
    plan: &Arc<Plan>,
    options: &RunOptions,
    mut carrier: C,
) -> Result<Run, Box<Halted>> {
    let halted = |error| Box::new(Halted { error, so_far: None });
    let chain = carrier.open(plan, options).map_err(halted)?;
    let mut runner = Runner::new(plan, options, chain, carrier);
    match runner.play() {
        Ok(()) | Err(Stop::Failed) => runner.finish().map_err(halted),
        Err(Stop::Engine(error)) => {
            Err(Box::new(Halted { error, so_far: runner.finish().ok().map(Box::new) }))
        }
    }
}

/// Takes the way of a scenario as [`run_on`] does, for what its carrier sees of it: nothing comes of it otherwise.
///
/// # Errors
/// As [`run_on`].
pub fn play_on<C: Carrier>(
    plan: &Arc<Plan>,
    options: &RunOptions,
    mut carrier: C,
) -> Result<(), RunError> {
    let chain = carrier.open(plan, options)?;
    match Runner::new(plan, options, chain, carrier).play() {
        Ok(()) | Err(Stop::Failed) => Ok(()),
        Err(Stop::Engine(error)) => Err(error),
    }
}

/// Why the runner went no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// An expectation did not hold; the failure is among the events.
    Failed,
    /// There is no result.
    Engine(RunError),
}

impl From<ChainError> for Stop {
    fn from(error: ChainError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        Self::Engine(error)
    }
}

/// Goes on, or stops.
pub(super) type Flow<T = ()> = Result<T, Stop>;

/// What a rule looked like when it was last looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RuleState {
    /// Whether its condition was true.
    pub(super) was_true: bool,
    /// Whether it has fired.
    pub(super) fired: bool,
    /// The block in which it last fired.
    pub(super) fired_in: Option<u64>,
}

/// A scenario on its way.
#[derive(Clone, Debug)]
pub(super) struct Runner<'a, C> {
    pub(super) carrier: C,
    pub(super) plan: &'a Arc<Plan>,
    pub(super) options: &'a RunOptions,
    pub(super) world: World,
    /// Which contract lives where.
    pub(super) contracts: BTreeMap<Address, Arc<Contract>>,
    pub(super) events: Vec<Event>,
    pub(super) rules: Vec<RuleState>,
    /// What was said about rules that could not be evaluated, so that it is said once.
    pub(super) said: BTreeSet<(usize, String)>,
    /// When the first step began.
    pub(super) started: Timestamp,
    /// How many steps were taken.
    pub(super) steps: u64,
}

impl<'a, C: Carrier> Runner<'a, C> {
    pub(super) fn new(
        plan: &'a Arc<Plan>,
        options: &'a RunOptions,
        chain: Chain,
        carrier: C,
    ) -> Self {
        let started = carrier.start(&chain);
        let mut world = super::setup::world(plan, chain);
        world.set_start(started);
        world.set_signatory(options.signatory.clone());
        Self {
            carrier,
            plan,
            options,
            world,
            contracts: BTreeMap::new(),
            events: Vec::new(),
            rules: vec![RuleState::default(); plan.rules.len()],
            said: BTreeSet::new(),
            started,
            steps: 0,
        }
    }

    fn play(&mut self) -> Flow {
        let plan = Arc::clone(self.plan);
        self.begin()?;
        self.take(0..plan.steps.len())?;
        if let Some(until) = &plan.until {
            self.pass_time_until(until)?;
        }
        self.look_at_ensures()
    }

    /// Brings the world to where the first step begins.
    pub(super) fn begin(&mut self) -> Flow {
        self.set_the_scene()?;
        self.settle()
    }

    /// Takes some of the scenario's steps.
    pub(super) fn take(&mut self, steps: Range<usize>) -> Flow {
        let plan = self.plan;
        plan.steps[steps].iter().try_for_each(|step| self.step(step, None))
    }

    /// Looks at everything that must hold at the end, and collects all that does not.
    fn look_at_ensures(&mut self) -> Flow {
        let plan = Arc::clone(self.plan);
        if !plan.ensures.is_empty() {
            self.carrier.look()?;
        }
        let mut all_held = true;
        for condition in &plan.ensures {
            match self.hold(condition, FailureKind::Ensures) {
                Ok(()) => {}
                Err(Stop::Failed) => all_held = false,
                Err(stop) => return Err(stop),
            }
        }
        if all_held { Ok(()) } else { Err(Stop::Failed) }
    }

    /// Evaluates an expression that has to have a value here.
    pub(super) fn value(&mut self, typed: &Typed, site: &Arc<Site>) -> Flow<Value> {
        self.look_for([typed])?;
        eval(typed, &self.world).map_err(|error| self.cannot_evaluate(error, site))
    }

    /// Says so to the carrier where any of these looks at the chain.
    pub(super) fn look_for<'t>(&mut self, parts: impl IntoIterator<Item = &'t Typed>) -> Flow {
        if C::LOOKS && parts.into_iter().any(Typed::looks) {
            self.carrier.look()?;
        }
        Ok(())
    }

    /// Records that an expression has no value.
    pub(super) fn cannot_evaluate(&mut self, error: EvalError, site: &Arc<Site>) -> Stop {
        if error.is_engine() {
            return Stop::Engine(error.into());
        }
        let message = super::explain::eval_error(self, &error);
        self.fail(self.failure(site, error.span, FailureKind::Evaluation, message))
    }

    /// A value as text, with names for the addresses that have one.
    pub(super) fn show(&self, value: &Value) -> String {
        value.display(self.world.names()).to_string()
    }

    /// Evaluates a number that has to fit into a word.
    pub(super) fn word_of(&mut self, typed: &Typed, site: &Arc<Site>, message: &str) -> Flow<U256> {
        let value = self.value(typed, site)?;
        if let Some(word) = value.as_amount() {
            return Ok(word);
        }
        let mut failure = self.failure(site, typed.span, FailureKind::Evaluation, message);
        failure.expected = Some("a number from 0 to 2^256 - 1".to_owned());
        failure.actual = Some(self.show(&value));
        Err(self.fail(failure))
    }

    /// A failure with nothing but its message yet.
    pub(super) fn failure(
        &self,
        site: &Arc<Site>,
        span: Span,
        kind: FailureKind,
        message: impl Into<String>,
    ) -> Failure {
        Failure {
            site: Arc::clone(site),
            span,
            kind,
            message: message.into(),
            expected: None,
            actual: None,
            notes: Vec::new(),
            solidity: None,
            trace: None,
            at: self.world.chain.now(),
        }
    }

    /// Records a failure and stops.
    pub(super) fn fail(&mut self, failure: Failure) -> Stop {
        self.events.push(Event::Failed(Box::new(failure)));
        Stop::Failed
    }

    /// Stops if the run was cancelled.
    pub(super) fn check_cancelled(&self) -> Flow {
        match &self.options.cancel {
            Some(flag) if flag.load(Ordering::Relaxed) => Err(Stop::Engine(RunError::Cancelled)),
            _ => Ok(()),
        }
    }

    fn finish(self) -> Result<Run, RunError> {
        let gains = self.gains()?;
        let failed = self.events.iter().any(|event| matches!(event, Event::Failed(_)));
        let ended = self.world.chain.now();
        let builds = [Arc::clone(&self.plan.build), Arc::clone(&self.plan.bundled)];
        Ok(Run {
            name: self.plan.name.clone(),
            parties: parties(self.plan, &self.world),
            book: Book::new(builds, &self.world, self.contracts),
            events: self.events,
            gains,
            verdict: if failed { Verdict::Failed } else { Verdict::Passed },
            started: self.started,
            ended,
        })
    }
}

fn parties(plan: &Plan, world: &World) -> Vec<Party> {
    let actors = plan.actors.iter().zip(world.actors()).map(|(actor, state)| Party {
        name: actor.name.to_string(),
        address: Some(state.address),
        kind: PartyKind::Actor,
    });
    let instances =
        plan.instances.iter().zip(world.instances()).map(|(instance, deployed)| Party {
            name: instance.name.to_string(),
            address: deployed.address,
            kind: PartyKind::Contract,
        });
    let tokens = plan.tokens.iter().zip(world.tokens()).map(|(token, deployed)| Party {
        name: token.name.to_string(),
        address: deployed.address,
        kind: PartyKind::Token,
    });
    actors.chain(instances).chain(tokens).collect()
}
