//! What somebody who may do anything tries: every function, with inputs that make a difference.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::Address;
use covenant_scenario::{
    expr::{
        Action, ActorId, FunctionRef, InstanceId, Kind, LetId, Scope, TokenId, Type, Typed, Value,
        check, eval,
    },
    plan::{ExplorePlan, Plan},
    source::Span,
    world::World,
};

use crate::graph::Made;

/// An input of which only some values were tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sampled {
    /// The function, as in `escrow.pay(terms, amount)`.
    pub function: String,
    /// The input; `value` for the wei sent along.
    pub input: String,
    /// What was tried.
    pub values: Vec<String>,
}

/// A value that is tried, and how a scenario writes it.
#[derive(Clone, Debug)]
struct Candidate {
    typed: Typed,
    text: String,
}

/// The values of one input, and whether they are all that there are.
#[derive(Clone, Debug)]
struct Candidates {
    all: Vec<Candidate>,
    is_complete: bool,
}

/// A value for each input of a function, and how a scenario writes them.
type Combination = (Vec<Typed>, Vec<String>);

/// No function is tried with more combinations of inputs.
const MOST_CALLS: usize = 200;

/// What is known about inputs.
#[derive(Debug)]
pub(crate) struct Inputs<'a> {
    plan: &'a Plan,
    explore: &'a ExplorePlan,
    world: &'a World,
    span: Span,
}

impl<'a> Inputs<'a> {
    pub(crate) fn of(plan: &'a Plan, explore: &'a ExplorePlan, world: &'a World) -> Self {
        let site = explore.movers.first().map(|mover| &mover.site);
        let site = site.or_else(|| explore.outsiders.as_ref().map(|outsiders| &outsiders.site));
        let span = site.map_or_else(|| plan.instances[0].site.span, |site| site.span);
        Self { plan, explore, world, span }
    }

    /// Calls of every function of every contract of the scenario.
    pub(crate) fn calls(&self, sampled: &mut Vec<Sampled>) -> Vec<Made> {
        let scope = Scope::new(Arc::clone(&self.plan.build), Arc::clone(&self.plan.bundled));
        let mut calls = Vec::new();
        for (number, instance) in self.plan.instances.iter().enumerate() {
            let target = self.typed(
                Kind::Instance(InstanceId(number)),
                Type::Address(Some(Arc::clone(&instance.contract))),
            );
            for function in check::acts(&instance.contract, &scope) {
                calls.extend(self.calls_of(&instance.name, &target, &function, sampled));
            }
        }
        calls
    }

    fn calls_of(
        &self,
        instance: &str,
        target: &Typed,
        function: &FunctionRef,
        sampled: &mut Vec<Sampled>,
    ) -> Vec<Made> {
        let name = &function.function.name;
        let title = {
            let names = function.function.inputs.iter().map(|input| input.name.as_str());
            format!("{instance}.{name}({})", names.collect::<Vec<_>>().join(", "))
        };
        let mut note = |input: &str, candidates: &Candidates| {
            let values = candidates.all.iter().map(|one| one.text.clone()).collect();
            let one = Sampled { function: title.clone(), input: input.to_owned(), values };
            if !candidates.is_complete && !sampled.contains(&one) {
                sampled.push(one);
            }
        };
        let (tuples, is_cut) = self.combinations(function, &mut note);
        let wei = if function.is_payable() {
            let candidates = self.candidates("value", &Type::UINT256);
            note("value", &candidates);
            candidates.all.into_iter().map(Some).collect()
        } else {
            vec![None]
        };
        if is_cut {
            let values = vec![format!("the first {MOST_CALLS} combinations")];
            let one = Sampled { function: title, input: "all of them together".to_owned(), values };
            if !sampled.contains(&one) {
                sampled.push(one);
            }
        }
        let mut calls = Vec::new();
        for (values, texts) in &tuples {
            for value in &wei {
                let sent = value.as_ref().filter(|value| !is_zero(&value.typed));
                let options =
                    sent.map_or_else(String::new, |value| format!("{{value: {}}}", value.text));
                calls.push(Made {
                    action: Action::Call {
                        target: target.clone(),
                        function: function.clone(),
                        args: values.clone(),
                    },
                    value: sent.map(|value| value.typed.clone()),
                    gas_limit: None,
                    text: format!("{instance}.{name}{options}({})", texts.join(", ")).into(),
                });
            }
        }
        calls
    }

    /// Values of all inputs of a function together; and whether there are more.
    fn combinations(
        &self,
        function: &FunctionRef,
        note: &mut impl FnMut(&str, &Candidates),
    ) -> (Vec<Combination>, bool) {
        let mut tuples = vec![Combination::default()];
        let mut is_cut = false;
        for (input, ty) in function.function.inputs.iter().zip(function.inputs.iter()) {
            let candidates = self.candidates(&input.name, ty);
            note(&input.name, &candidates);
            let extended = tuples.iter().flat_map(|(values, texts)| {
                candidates.all.iter().map(move |one| {
                    let values = values.iter().cloned().chain([one.typed.clone()]).collect();
                    (values, texts.iter().cloned().chain([one.text.clone()]).collect())
                })
            });
            let mut extended: Vec<_> = extended.take(MOST_CALLS + 1).collect();
            is_cut |= extended.len() > MOST_CALLS;
            extended.truncate(MOST_CALLS);
            tuples = extended;
        }
        (tuples, is_cut)
    }

    const fn typed(&self, kind: Kind, ty: Type) -> Typed {
        Typed { kind, ty, span: self.span }
    }

    fn constant(&self, value: Value, ty: &Type, text: impl Into<String>) -> Candidate {
        Candidate { typed: self.typed(Kind::Constant(value), ty.clone()), text: text.into() }
    }

    /// The values that are tried for an input of this name and type.
    fn candidates(&self, name: &str, ty: &Type) -> Candidates {
        let mut found = Candidates { all: Vec::new(), is_complete: false };
        for (known, values) in &self.explore.values {
            if **known == *name {
                let given = values.iter().filter(|value| fits(&value.ty, ty));
                found.all.extend(given.map(|value| Candidate {
                    typed: value.clone(),
                    text: self.plan.sources.text(value.span).to_owned(),
                }));
            }
        }
        for (number, one) in self.plan.lets.iter().enumerate() {
            if fits(&one.value.ty, ty) {
                let typed = self.typed(Kind::Let(LetId(number)), one.value.ty.clone());
                found.all.push(Candidate { typed, text: one.name.to_string() });
            }
        }
        match ty {
            Type::Bool => {
                found.all.extend([true, false].map(|truth| {
                    self.constant(truth.into(), ty, if truth { "true" } else { "false" })
                }));
                found.is_complete = true;
            }
            Type::Enum(enumeration) => {
                for (number, member) in enumeration.members.iter().enumerate() {
                    let number = u8::try_from(number).expect("an enum has at most 256 members");
                    let value = Value::Enum(Arc::clone(enumeration), number);
                    let text = format!("{}.{member}", enumeration.name);
                    found.all.push(self.constant(value, ty, text));
                }
                found.is_complete = true;
            }
            Type::Address(_) => found.all.extend(self.addresses(ty)),
            Type::Int(_) => {
                for number in [0_u64, 1] {
                    found.all.push(self.constant(number.into(), ty, number.to_string()));
                }
            }
            Type::FixedBytes(length) => {
                let zero = Value::fixed_bytes(Default::default(), *length);
                found.all.push(self.constant(zero, ty, format!("bytes{length}(0)")));
            }
            Type::Bytes => found.all.push(self.constant(Value::Bytes(Vec::new()), ty, "\"\"")),
            Type::String => {
                found.all.push(self.constant(Value::String(String::new()), ty, "\"\""));
            }
            Type::Array(_, None) => {
                found.all.push(self.constant(Value::Array(Vec::new()), ty, "[]"));
            }
            Type::Array(_, Some(_)) | Type::Struct(_) | Type::Tuple(_) => {}
        }
        self.distinct(found)
    }

    /// Each value once.
    fn distinct(&self, mut found: Candidates) -> Candidates {
        let mut seen = BTreeSet::new();
        found.all.retain(|one| {
            let value = eval(&one.typed, self.world);
            value.is_ok_and(|value| seen.insert(value.to_string()))
        });
        found
    }

    fn addresses(&self, ty: &Type) -> Vec<Candidate> {
        let named = |kind: Kind, name: &str| Candidate {
            typed: self.typed(kind, ty.clone()),
            text: name.to_owned(),
        };
        let actors = self.plan.actors.iter().enumerate();
        let actors = actors.map(|(id, actor)| named(Kind::Actor(ActorId(id)), &actor.name));
        let instances = self.plan.instances.iter().enumerate();
        let instances = instances.map(|(id, one)| named(Kind::Instance(InstanceId(id)), &one.name));
        let tokens = self.plan.tokens.iter().enumerate();
        let tokens = tokens.map(|(id, token)| named(Kind::Token(TokenId(id)), &token.name));
        let zero = self.constant(Address::ZERO.into(), ty, "address(0)");
        actors.chain(instances).chain(tokens).chain([zero]).collect()
    }
}

/// Whether a value of one type can be given for another.
fn fits(value: &Type, wanted: &Type) -> bool {
    match (value, wanted) {
        (Type::Int(_), Type::Int(_)) => true,
        _ => value.same(wanted),
    }
}

fn is_zero(typed: &Typed) -> bool {
    matches!(&typed.kind, Kind::Constant(Value::Int(number)) if *number == 0.into())
}
