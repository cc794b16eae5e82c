//! Who moves, and by what: from a plan to the moves of a graph.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::Address;
use covenant_chain::Key;
use covenant_scenario::{
    expr::{Action, ActorId, FunctionRef, eval},
    plan::{ExplorePlan, Moves, Plan},
    world::World,
};

use crate::{
    graph::{
        ExploreError, Graph, Known, LeftOut, Made, Move, MoveId, Openings, Role, Signature, Voices,
    },
    inputs::Inputs,
    strangers::{PERSON, Strangers, stranger, untaken},
};

/// All that can be done, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    /// Those that are listed come first, then those that were found.
    pub(crate) moves: Vec<Move>,
    /// How many are listed.
    listed: usize,
    /// What is done with inputs that are found on the way.
    pub(crate) openings: Openings,
    /// What is possible, and is left out from the start.
    pub(crate) left_out: BTreeSet<LeftOut>,
    /// Those whom nobody knows.
    pub(crate) strangers: Strangers,
    /// How often a call that brings something into being succeeds on a path.
    repeats: u32,
}

impl Cast {
    pub(crate) fn of(
        (plan, explore): (&Plan, &ExplorePlan),
        heard: BTreeSet<Signature>,
        world: &mut World,
    ) -> Result<Self, ExploreError> {
        let mut cast = Self {
            moves: Vec::new(),
            listed: 0,
            openings: Openings::default(),
            left_out: BTreeSet::new(),
            strangers: Strangers::default(),
            repeats: explore.limits.repeats,
        };
        cast.openings.depth = usize::try_from(explore.limits.callbacks).unwrap_or(usize::MAX);
        if let Some(outsiders) = &explore.outsiders {
            cast.strangers = Strangers::settle(plan, outsiders, world)?;
            cast.left_out.insert(LeftOut::Strangers {
                count: cast.strangers.all.len(),
                purse: cast.strangers.purse.clone(),
            });
        }
        let start = world.clone();
        let inputs = Inputs::of(plan, explore, &start);
        for mover in &explore.movers {
            match &mover.moves {
                Moves::Free => cast.free(plan, &inputs, mover.actor, Role::Actor),
                Moves::Exactly(moves) => {
                    for one in moves {
                        let made = Made {
                            action: one.action.clone(),
                            value: one.value.clone(),
                            gas_limit: one.gas_limit.clone(),
                            text: Arc::clone(&one.text),
                        };
                        cast.add(mover.actor, made, Role::Actor, world)?;
                    }
                }
            }
        }
        cast.listen(explore, heard, world);
        for outsider in cast.strangers.all.clone() {
            let first = cast.openings.all.len();
            cast.free(plan, &inputs, outsider, Role::Outsider);
            if cast.strangers.puppet.is_some_and(|puppet| puppet.actor == outsider) {
                cast.openings.reactions = (first..cast.openings.all.len()).collect();
            } else {
                let gifts = inputs.gifts(outsider, Role::Outsider, cast.strangers.tokens());
                cast.openings.all.extend(gifts);
            }
        }
        if !explore.assume.is_empty() {
            let surroundings = stranger(world, "surroundings");
            for assumed in &explore.assume {
                for act in &assumed.acts {
                    let (action, text) = (act.action.clone(), Arc::clone(&act.text));
                    let made = Made { action, value: None, gas_limit: None, text };
                    cast.add(surroundings, made, Role::Surroundings, world)?;
                }
            }
        }
        Ok(cast)
    }

    /// Who may do anything signs anything; of the others there is what was heard.
    fn listen(&mut self, explore: &ExplorePlan, heard: BTreeSet<Signature>, world: &World) {
        let movers = explore.movers.iter();
        let free = movers.filter(|mover| matches!(mover.moves, Moves::Free));
        let key = |actor: ActorId| Some((actor, world.actor(actor).key.clone()?));
        let free = free.filter_map(|mover| key(mover.actor)).collect();
        let stranger = self.strangers.all.iter().find_map(|outsider| key(*outsider));
        let nobody = stranger.map(|(_, key)| key);
        let nobody = nobody.unwrap_or_else(|| Key::derive(&untaken(world, PERSON)));
        let voices = Voices::of(free, nobody, heard);
        self.openings.whispers = Arc::new(voices.hushed());
        self.openings.voices = Arc::new(voices);
    }

    /// What is tried.
    pub(crate) fn known(&self) -> Known {
        Known {
            moves: self.moves.clone(),
            openings: self.openings.clone(),
            puppet: self.strangers.puppet,
            repeats: self.repeats,
        }
    }

    /// All moves that were found.
    pub(crate) fn learn(&mut self, graph: &Graph) {
        self.moves.clone_from(&graph.moves);
    }

    fn add(
        &mut self,
        actor: ActorId,
        made: Made,
        role: Role,
        world: &World,
    ) -> Result<(), ExploreError> {
        self.moves.push(Move::new((actor, role), made, world).map_err(ExploreError::Eval)?);
        self.listed = self.moves.len();
        Ok(())
    }

    /// Everything that somebody can do to the contracts of the scenario.
    fn free(&mut self, plan: &Plan, inputs: &Inputs<'_>, actor: ActorId, role: Role) {
        self.openings.all.extend(inputs.openings(actor, role));
        if !plan.tokens.is_empty() {
            let given = self.strangers.tokens().next().is_some();
            self.left_out.insert(LeftOut::Tokens { given });
        }
        for instance in plan.instances.iter().filter(|one| one.contract.abi.fallback.is_some()) {
            let contract = instance.name.to_string();
            self.left_out.insert(LeftOut::Fallback { contract });
        }
    }

    /// The same, and somebody whom no contract knows does what the others do, without money. No inputs are looked for
    /// any more.
    pub(crate) fn with_anyone(&self, world: &mut World) -> Result<Self, ExploreError> {
        let listed = self.moves.iter().take(self.listed).cloned().collect();
        let mut cast = Self { moves: listed, ..self.clone() };
        let anyone = stranger(world, "anyone");
        let mut known = BTreeSet::new();
        for one in &self.moves {
            if one.is_plain() && one.value.is_none() && known.insert(Arc::clone(&one.text)) {
                let (action, text) = (one.action.clone(), Arc::clone(&one.text));
                let made = Made { action, value: None, gas_limit: None, text };
                cast.add(anyone, made, Role::Anyone, world)?;
            }
        }
        Ok(cast)
    }

    /// Somebody's own moves. What a stranger's contract does meanwhile is not up to him, nor what others sign.
    pub(crate) fn own(&self, actor: ActorId) -> Vec<MoveId> {
        self.which(|one, _| one.actor == actor && !one.has_reaction() && one.is_alone())
    }

    /// What others can do to somebody: all that they do without his signature.
    pub(crate) fn others(&self, actor: ActorId) -> Vec<MoveId> {
        self.which(|one, role| one.actor != actor && role != Role::Anyone && !one.needs(actor))
    }

    /// The moves that satisfy something.
    pub(crate) fn which(&self, wanted: impl Fn(&Move, Role) -> bool) -> Vec<MoveId> {
        let all = self.moves.iter().enumerate();
        all.filter(|(_, one)| wanted(one, one.role))
            .map(|(index, _)| MoveId(u32::try_from(index).expect("moves are counted in 32 bits")))
            .collect()
    }
}

/// Whether a move calls one of these functions of a contract.
pub(crate) fn calls(one: &Move, world: &World, target: Address, functions: &[FunctionRef]) -> bool {
    let Action::Call { target: to, function, .. } = &one.action else { return false };
    let selector = functions.iter().any(|wanted| wanted.selector == function.selector);
    let to = || eval(to, world).ok().and_then(|value| value.as_address());
    selector && to() == Some(target)
}
