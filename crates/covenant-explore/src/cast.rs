//! Who moves, and by what: from a plan to the moves of a graph.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{Address, U256, keccak256};
use covenant_chain::Key;
use covenant_scenario::{
    expr::{Action, ActorId, FunctionRef, eval},
    plan::{ExplorePlan, Moves, Plan},
    world::{ActorState, World},
};

use crate::{
    graph::{
        ExploreError, Graph, Known, LeftOut, Made, Move, MoveId, Openings, Puppet, Role, Signature,
        Voices,
    },
    inputs::Inputs,
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
    /// The strangers.
    pub(crate) outsiders: Vec<ActorId>,
    /// The one that is a contract.
    pub(crate) puppet: Option<Puppet>,
    /// What each of them had at first.
    pub(crate) purse: U256,
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
            outsiders: Vec::new(),
            puppet: None,
            purse: U256::ZERO,
            repeats: explore.limits.repeats,
        };
        cast.openings.depth = usize::try_from(explore.limits.callbacks).unwrap_or(usize::MAX);
        if explore.outsiders.is_some() {
            cast.strangers(explore, world)?;
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
        for outsider in cast.outsiders.clone() {
            let first = cast.openings.all.len();
            cast.free(plan, &inputs, outsider, Role::Outsider);
            if cast.puppet.is_some_and(|puppet| puppet.actor == outsider) {
                cast.openings.reactions = (first..cast.openings.all.len()).collect();
            } else {
                cast.openings.all.extend(inputs.forced(outsider, Role::Outsider));
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

    /// Two strangers, of which one is a contract.
    fn strangers(&mut self, explore: &ExplorePlan, world: &mut World) -> Result<(), ExploreError> {
        let Some(outsiders) = &explore.outsiders else { return Ok(()) };
        let purse = eval(&outsiders.purse, world).map_err(ExploreError::Eval)?;
        self.purse = purse.as_amount().unwrap_or_default();
        let person = stranger(world, PERSON);
        let contract = stranger(world, CONTRACT);
        self.outsiders = vec![person, contract];
        for one in &self.outsiders {
            world.chain.set_balance(world.actor(*one).address, self.purse)?;
        }
        self.puppet = Some(Puppet::settle(world, contract)?);
        let (count, purse) = (self.outsiders.len(), self.purse);
        self.left_out.insert(LeftOut::Strangers { count, purse });
        Ok(())
    }

    /// Who may do anything signs anything; of the others there is what was heard.
    fn listen(&mut self, explore: &ExplorePlan, heard: BTreeSet<Signature>, world: &World) {
        let movers = explore.movers.iter();
        let free = movers.filter(|mover| matches!(mover.moves, Moves::Free));
        let key = |actor: ActorId| Some((actor, world.actor(actor).key.clone()?));
        let free = free.filter_map(|mover| key(mover.actor)).collect();
        let stranger = self.outsiders.iter().find_map(|outsider| key(*outsider));
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
            puppet: self.puppet,
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
            self.left_out.insert(LeftOut::Tokens);
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

/// What the stranger that is a person is called; he signs too.
const PERSON: &str = "stranger";

/// What the stranger that is a contract is called.
const CONTRACT: &str = "stranger_contract";

/// Somebody whom nobody in the scenario knows.
fn stranger(world: &mut World, name: &str) -> ActorId {
    let name = untaken(world, name);
    if name.starts_with(CONTRACT) {
        let address = Address::from_word(keccak256(format!("@explore/{name}")));
        let owner = Address::from_word(keccak256(format!("@explore/owner of {name}")));
        return world.add_actor(ActorState { name, address, key: None, via: Some(owner) });
    }
    // The key that he has too where a scenario names him.
    let key = Key::derive(&name);
    world.add_actor(ActorState { name, address: key.address(), key: Some(key), via: None })
}

/// A name that nobody in the scenario has.
fn untaken(world: &World, name: &str) -> String {
    let taken = |name: &str| world.actors().iter().any(|actor| actor.name == name);
    let mut name = name.to_owned();
    while taken(&name) {
        name.push('\'');
    }
    name
}

/// Whether a move calls one of these functions of a contract.
pub(crate) fn calls(one: &Move, world: &World, target: Address, functions: &[FunctionRef]) -> bool {
    let Action::Call { target: to, function, .. } = &one.action else { return false };
    let selector = functions.iter().any(|wanted| wanted.selector == function.selector);
    let to = || eval(to, world).ok().and_then(|value| value.as_address());
    selector && to() == Some(target)
}
