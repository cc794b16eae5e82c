//! Calls of which only who makes them and what they call is fixed: their inputs are found while exploring.
//!
//! A call is made with one choice of inputs first. What the code does with them (see [`covenant_chain::inputs`]) says which
//! other choices make a difference in this state; those are made next, until nothing is left. An input that is only
//! compared is tried on both sides of every comparison, and that is all there is to it; of one that is stored, hashed or
//! paid only some values are tried.

use std::{collections::BTreeSet, sync::Arc};

use covenant_scenario::{
    expr::{Action, ActorId, EvalError, FunctionRef, Typed},
    world::World,
};

use super::{
    moves::{Made, Move, Role},
    params::{Candidate, Param, Pick, Sent},
    puppet::Answer,
    voices::{Signer, Voices},
    words,
};

/// What is done.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// A function is called.
    Call(FunctionRef),
    /// Wei are sent, and nothing else.
    Pay,
    /// Wei are put into an account, whose code is not asked.
    Force,
    /// So much of a token is given to somebody, by this function of it.
    Give(FunctionRef, Box<Candidate>),
}

/// Something that somebody can do, with inputs that are found while exploring.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) actor: ActorId,
    pub(crate) role: Role,
    /// The contract, as the scenario calls it.
    pub(crate) name: Arc<str>,
    pub(crate) target: Typed,
    pub(crate) deed: Deed,
    pub(crate) params: Vec<Param>,
}

/// A choice of inputs for an opening.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Choice {
    pub(crate) opening: usize,
    pub(crate) picks: Vec<Pick>,
}

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Plot {
    pub(crate) main: Main,
    /// What a stranger's contract does when it is called meanwhile, instead of accepting.
    pub(crate) reaction: Option<Reaction>,
}

/// What is done in the first place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Main {
    /// A move that was known from the start.
    Known(usize),
    /// A choice of inputs.
    Chosen(Choice),
    /// A choice of inputs, and no more gas than that.
    Starved(Choice, u64),
}

/// What a stranger's contract does when it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reaction {
    Answers(Answer),
    /// Each time the next.
    Calls(Vec<Choice>),
}

impl Choice {
    /// Who signs for it, and for nothing else.
    fn signers(&self) -> BTreeSet<ActorId> {
        let signer = |pick: &Pick| match pick {
            Pick::Signed(one, _) => match one.by {
                Signer::Free(by) => Some(by),
                _ => None,
            },
            _ => None,
        };
        self.picks.iter().filter_map(signer).collect()
    }
}

impl Opening {
    /// The choice that is made first.
    pub(crate) fn first(&self, opening: usize) -> Choice {
        Choice { opening, picks: vec![Pick::Candidate(0); self.params.len()] }
    }

    /// What a choice stands for.
    pub(crate) fn made(&self, choice: &Choice) -> Option<Made> {
        let picked: Vec<Candidate> = self
            .params
            .iter()
            .zip(&choice.picks)
            .map(|(param, pick)| param.picked(*pick, self.target.span))
            .collect::<Option<_>>()?;
        let (name, target) = (&self.name, self.target.clone());
        Some(match &self.deed {
            Deed::Call(function) => {
                let count = function.inputs.len();
                let (args, value) = picked.split_at(count);
                let sent = value.first().filter(|value| !words::is_zero(&value.typed));
                let options =
                    sent.map_or_else(String::new, |value| format!("{{value: {}}}", value.text));
                let texts: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
                let called = &function.function.name;
                Made {
                    action: Action::Call {
                        target,
                        function: function.clone(),
                        args: args.iter().map(|arg| arg.typed.clone()).collect(),
                    },
                    value: sent.map(|value| value.typed.clone()),
                    gas_limit: None,
                    text: format!("{name}.{called}{options}({})", texts.join(", ")).into(),
                }
            }
            Deed::Give(function, to) => {
                let amount = picked.into_iter().next()?;
                let text =
                    format!("{name}.{}({}, {})", function.function.name, to.text, amount.text);
                let args = vec![to.typed.clone(), amount.typed];
                let action = Action::Call { target, function: function.clone(), args };
                Made { action, value: None, gas_limit: None, text: text.into() }
            }
            Deed::Pay | Deed::Force => {
                let Candidate { typed, text, .. } = picked.into_iter().next()?;
                let (to, amount) = (target, typed);
                let (verb, action) = match self.deed {
                    Deed::Force => ("force", Action::Force { to, amount }),
                    _ => ("transfer", Action::Transfer { to, amount }),
                };
                let text = format!("{verb}({name}, {text})").into();
                Made { action, value: None, gas_limit: None, text }
            }
        })
    }

    /// How the function is called in lists.
    pub(crate) fn title(&self) -> String {
        let name = &self.name;
        match &self.deed {
            Deed::Pay => format!("transfer({name}, value)"),
            Deed::Force => format!("force({name}, value)"),
            Deed::Give(function, to) => {
                format!("{name}.{}({}, amount)", function.function.name, to.text)
            }
            Deed::Call(function) => {
                let inputs = function.function.inputs.iter().map(|input| input.name.as_str());
                let inputs = inputs.collect::<Vec<_>>().join(", ");
                format!("{name}.{}({inputs})", function.function.name)
            }
        }
    }

    /// What was found out about a choice.
    pub(crate) fn found(&self, choice: &Choice, sent: &Sent<'_>, voices: &Voices) -> Found {
        let mut found = Found { other: Vec::new(), sampled: BTreeSet::new() };
        // Where one guess fails, others are made instead of it, not on top of it.
        let is_guess =
            |(param, pick): (&Param, &Pick)| param.is_guessed() && *pick != Pick::Candidate(0);
        let has_failed = !sent.succeeded && self.params.iter().zip(&choice.picks).any(is_guess);
        let heard = voices.next(&self.params, &choice.picks, sent);
        for (index, param) in self.params.iter().enumerate() {
            let (values, is_sampled) = param.varied(sent);
            if is_sampled {
                found.sampled.insert(index);
            }
            if has_failed && param.is_guessed() {
                continue;
            }
            // Parts of a signature are of no use one by one, unless the scenario asks for them.
            let is_part = heard.parts.contains(&index);
            for value in values.into_iter().filter(|value| !is_part || param.is_wanted(*value)) {
                if !sent.is_first && !sent.succeeded && param.is_rare(value) {
                    continue;
                }
                if value != choice.picks[index] {
                    // What was signed for these inputs is none for others.
                    let unsigned = |pick: &Pick| pick.unsigned(voices.stray());
                    let mut picks: Vec<Pick> = choice.picks.iter().map(unsigned).collect();
                    picks[index] = value;
                    found.other.push(Choice { opening: choice.opening, picks });
                }
            }
        }
        for spoken in heard.spoken {
            let mut picks = choice.picks.clone();
            spoken.into_iter().for_each(|(index, pick)| picks[index] = pick);
            found.other.push(Choice { opening: choice.opening, picks });
        }
        found
    }
}

/// What was found out about a choice.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Which other choices make a difference.
    pub(crate) other: Vec<Choice>,
    /// Inputs that have more values than are tried.
    pub(crate) sampled: BTreeSet<usize>,
}

/// Everything of which the inputs are found while exploring.
#[derive(Clone, Debug, Default)]
pub(crate) struct Openings {
    pub(crate) all: Vec<Opening>,
    /// Those of a stranger that is a contract: what it may do when it is called.
    pub(crate) reactions: Vec<usize>,
    /// How many calls it makes at most during one.
    pub(crate) depth: usize,
    /// Who signs.
    pub(crate) voices: Arc<Voices>,
    /// Who signs what a stranger's contract hands in when it is called: nobody for it.
    pub(crate) whispers: Arc<Voices>,
}

impl Openings {
    /// What is tried in every state.
    pub(crate) fn begin(&self, known: usize) -> Vec<Plot> {
        let known = (0..known).map(Main::Known);
        let chosen = self.all.iter().enumerate();
        let chosen = chosen.map(|(index, opening)| Main::Chosen(opening.first(index)));
        known.chain(chosen).map(|main| Plot { main, reaction: None }).collect()
    }

    /// Whether an input is one of the scenario's with something changed.
    pub(crate) fn is_rare(&self, plot: &Plot) -> bool {
        let main = match &plot.main {
            Main::Chosen(choice) | Main::Starved(choice, _) => Some(choice),
            Main::Known(_) => None,
        };
        main.into_iter().chain(plot.inner()).any(|choice| {
            let params = self.all[choice.opening].params.iter().zip(&choice.picks);
            params.into_iter().any(|(param, pick)| param.is_rare(*pick))
        })
    }

    /// The move that something stands for; `None` where an input has no value.
    pub(crate) fn made(
        &self,
        plot: &Plot,
        known: &[Move],
        world: &World,
    ) -> Result<Option<Move>, EvalError> {
        let main = match &plot.main {
            Main::Known(index) => known[*index].clone(),
            Main::Chosen(choice) | Main::Starved(choice, _) => {
                match (self.chosen(choice, world)?, &plot.main) {
                    (Some(made), Main::Starved(_, gas)) => made.starved(*gas),
                    (Some(made), _) => made,
                    (None, _) => return Ok(None),
                }
            }
        };
        Ok(match &plot.reaction {
            None => Some(main),
            Some(Reaction::Answers(answer)) => Some(main.answered(*answer)),
            Some(Reaction::Calls(choices)) => {
                let inner = choices.iter().map(|choice| self.chosen(choice, world));
                let inner = inner.collect::<Result<Option<Vec<_>>, _>>()?;
                inner.map(|inner| main.interrupted(inner))
            }
        })
    }

    fn chosen(&self, choice: &Choice, world: &World) -> Result<Option<Move>, EvalError> {
        let opening = &self.all[choice.opening];
        let Some(made) = opening.made(choice) else { return Ok(None) };
        let who = (opening.actor, opening.role);
        match Move::new(who, made, world) {
            Ok(made) => Ok(Some(made.agreed(choice.signers()))),
            Err(error) if error.is_engine() => Err(error),
            // An argument that does not fit its type is none.
            Err(_) => Ok(None),
        }
    }

    /// What else has to be tried, given what became of something that was.
    pub(crate) fn next(&self, plot: &Plot, sent: &Sent<'_>, calls: u32) -> Next {
        let mut next = Next::default();
        let (choice, is_inner) = match (&plot.main, &plot.reaction) {
            (_, Some(Reaction::Calls(choices))) => (choices.last(), true),
            (Main::Chosen(choice), None) => (Some(choice), false),
            _ => (None, false),
        };
        if let Some(choice) = choice {
            let voices = if is_inner { &self.whispers } else { &self.voices };
            let found = self.all[choice.opening].found(choice, sent, voices);
            next.sampled = found.sampled.into_iter().map(|index| (choice.opening, index)).collect();
            next.plots = found
                .other
                .into_iter()
                .map(|other| match is_inner {
                    true => plot.with_last(other),
                    false => Plot { main: Main::Chosen(other), reaction: None },
                })
                .collect();
        }
        let made = plot.inner().len();
        let is_called = usize::try_from(calls).unwrap_or(usize::MAX) > made && made < self.depth;
        let is_over = matches!(plot.reaction, Some(Reaction::Answers(_)));
        if is_called && !is_over && !matches!(plot.main, Main::Starved(..)) {
            let answers = Answer::ALL.into_iter().map(Reaction::Answers);
            let answers = answers.filter(|_| made == 0);
            let inner = self.reactions.iter().map(|index| {
                let first = self.all[*index].first(*index);
                Reaction::Calls(plot.inner().iter().cloned().chain([first]).collect())
            });
            let react = |reaction| Plot { reaction: Some(reaction), ..plot.clone() };
            next.plots.extend(answers.chain(inner).map(react));
        }
        next
    }
}

/// What has to be tried next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Next {
    pub(crate) plots: Vec<Plot>,
    /// Which inputs of which openings have more values than are tried.
    pub(crate) sampled: BTreeSet<(usize, usize)>,
}
