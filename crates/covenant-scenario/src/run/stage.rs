//! A scenario taken up to one of its steps, from where the following ones can be tried out, each from the same state.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use alloy_primitives::Address;
use covenant_compile::Contract;

use super::{
    book::Book,
    carrier::Local,
    options::{RunError, RunOptions},
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Event, Failure},
    expr::Action,
    plan::{Moves, Plan},
    world::World,
};

/// A scenario with its first steps taken. What follows can be tried out as often as one likes: no attempt sees another.
#[derive(Debug)]
pub struct Stage<'a> {
    runner: Runner<'a, Local>,
}

impl<'a> Stage<'a> {
    /// Sets the scene and takes the first `steps` steps.
    ///
    /// # Errors
    /// When one of them fails, or there is no result at all.
    pub fn after(
        plan: &'a Arc<Plan>,
        options: &'a RunOptions,
        steps: usize,
    ) -> Result<Self, StageError> {
        let chain = super::setup::chain(plan, options)?;
        let mut runner = Runner::new(plan, options, chain, Local);
        let taken = runner.begin().and_then(|()| runner.take(0..steps));
        match taken.and_then(|()| runner.put_libraries_of_moves()) {
            Ok(()) => Ok(Self { runner }),
            Err(Stop::Engine(error)) => Err(error.into()),
            Err(Stop::Failed) => {
                let failure = runner.events.into_iter().find_map(|event| match event {
                    Event::Failed(failure) => Some(failure),
                    _ => None,
                });
                Err(StageError::Failed(failure.expect("a run that stops says why")))
            }
        }
    }

    /// The state after the steps that were taken.
    pub const fn world(&self) -> &World {
        &self.runner.world
    }

    /// Which contracts live where.
    pub const fn contracts(&self) -> &BTreeMap<Address, Arc<Contract>> {
        &self.runner.contracts
    }

    /// What makes reverts, logs and calls readable.
    pub fn book(&self) -> Book {
        let builds = [Arc::clone(&self.runner.plan.build), Arc::clone(&self.runner.plan.bundled)];
        Book::new(builds, &self.runner.world, self.runner.contracts.clone())
    }

    /// What happens if these steps of the scenario are taken next. Ends with the first of them that fails.
    ///
    /// # Errors
    /// When there is no result.
    pub fn attempt(&self, steps: Range<usize>) -> Result<Vec<Event>, RunError> {
        let mut runner = self.runner.clone();
        runner.events.clear();
        match runner.take(steps) {
            Ok(()) | Err(Stop::Failed) => Ok(runner.events),
            Err(Stop::Engine(error)) => Err(error),
        }
    }
}

impl Runner<'_, Local> {
    /// Deploys the libraries of what the actors of an exploration may create, which is no move of theirs.
    fn put_libraries_of_moves(&mut self) -> Flow {
        let Some(explore) = self.plan.explore.clone() else { return Ok(()) };
        for mover in &explore.movers {
            let Moves::Exactly(moves) = &mover.moves else { continue };
            for one in moves {
                if let Action::Deploy { contract, span, .. } = &one.action {
                    self.put_libraries(contract, &BTreeMap::new(), &one.site, *span)?;
                }
            }
        }
        Ok(())
    }
}

/// Why a scenario did not get as far as wanted.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// There is no result.
    #[error(transparent)]
    Run(#[from] RunError),
    /// An expectation did not hold.
    #[error("{}: {}", .0.site.path, .0.message)]
    Failed(Box<Failure>),
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use alloy_primitives::U256;
    use covenant_compile::Build;

    use super::*;
    use crate::{
        Scenario,
        expr::{ActorId, TokenId},
    };

    const SCENARIO: &str = "
scenario: a coin changes hands
actors: [alice, bob]
tokens: { usd: { mint: { alice: 5 } } }
steps:
  - alice: usd.transfer(bob, 2)
  - wait: 3 days
  - alice: usd.transfer(bob, 9)
";

    #[test]
    fn a_stage_shows_the_state_after_its_steps() {
        let build = Arc::new(Build::default());
        let scenario = Scenario::parse(Path::new("s.yaml"), SCENARIO, &build).unwrap();
        let plan = &scenario.plans[0];
        let options = RunOptions::default();
        let stage = Stage::after(plan, &options, 2).unwrap();
        let world = stage.world();
        assert_eq!(world.chain.now().0, world.start().0 + 3 * 86_400);
        let usd = world.token_address(TokenId(0)).unwrap();
        let bob = world.actor(ActorId(1)).address;
        assert_eq!(world.balance(Some(usd), bob).unwrap(), U256::from(2));
        assert_eq!(stage.contracts()[&usd].id.name, "TestToken");
        assert_eq!(stage.book().names().get(usd), Some("usd"));

        let failed = stage.attempt(2..3).unwrap();
        assert!(failed.iter().any(|event| matches!(event, Event::Failed(_))), "{failed:?}");
        let Err(StageError::Failed(failure)) = Stage::after(plan, &options, 3) else {
            panic!("nobody has nine coins")
        };
        assert_eq!(failure.site.path, "steps[2]");
    }
}
