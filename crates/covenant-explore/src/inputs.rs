//! What somebody who may do anything tries: every function, with inputs that make a difference.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{Address, U256, keccak256};
use covenant_chain::inputs::Input;
use covenant_scenario::{
    expr::{
        ActorId, BinaryOp, FunctionRef, InstanceId, Kind, LetId, Scope, StructType, TokenId, Type,
        Typed, Value, check, eval,
    },
    plan::{ExplorePlan, Plan},
    source::Span,
    world::World,
};

use crate::graph::{Candidate, Deed, Opening, Param, Place, Role, is_fixed, words};

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

/// Whoever has no more of something than this tries to part with one of it.
const FEW: U256 = U256::from_limbs([64, 0, 0, 0]);

/// What is known about inputs.
#[derive(Debug)]
pub(crate) struct Inputs<'a> {
    plan: &'a Plan,
    explore: &'a ExplorePlan,
    world: &'a World,
    span: Span,
}

impl<'a> Inputs<'a> {
    /// `world` has everybody who acts.
    pub(crate) fn of(plan: &'a Plan, explore: &'a ExplorePlan, world: &'a World) -> Self {
        let site = explore.movers.first().map(|mover| &mover.site);
        let site = site.or_else(|| explore.outsiders.as_ref().map(|outsiders| &outsiders.site));
        let span = site.map_or_else(|| plan.instances[0].site.span, |site| site.span);
        Self { plan, explore, world, span }
    }

    /// Everything that somebody can do to the contracts of the scenario.
    pub(crate) fn openings(&self, actor: ActorId, role: Role) -> Vec<Opening> {
        let scope = Scope::new(Arc::clone(&self.plan.build), Arc::clone(&self.plan.bundled));
        let mut openings = Vec::new();
        for (number, instance) in self.plan.instances.iter().enumerate() {
            let target = self.typed(
                Kind::Instance(InstanceId(number)),
                Type::Address(Some(Arc::clone(&instance.contract))),
            );
            let open = |deed: Deed, params: Vec<Param>| Opening {
                actor,
                role,
                name: Arc::clone(&instance.name),
                target: target.clone(),
                deed,
                params,
            };
            for function in check::acts(&instance.contract, &scope) {
                let params = self.params(actor, &function);
                openings.push(open(Deed::Call(function), params));
            }
            let abi = &instance.contract.abi;
            let takes = abi.fallback.as_ref().is_some_and(|fallback| {
                fallback.state_mutability == alloy_json_abi::StateMutability::Payable
            });
            if abi.receive.is_some() || takes {
                openings.push(open(Deed::Pay, vec![self.wei(actor)]));
            }
        }
        openings
    }

    /// What a stranger gives to the contracts of the scenario, whether they want it or not: wei, and of these tokens.
    pub(crate) fn gifts(
        &self,
        actor: ActorId,
        role: Role,
        tokens: impl Iterator<Item = TokenId>,
    ) -> Vec<Opening> {
        let instances = || {
            let instances = self.plan.instances.iter().enumerate();
            instances.map(|(number, instance)| {
                let typed = self.typed(Kind::Instance(InstanceId(number)), Type::ADDRESS);
                (typed, &instance.name)
            })
        };
        let forced = instances().map(|(target, name)| Opening {
            actor,
            role,
            name: Arc::clone(name),
            target,
            deed: Deed::Force,
            params: vec![self.gift(actor, None)],
        });
        let scope = Scope::new(Arc::clone(&self.plan.build), Arc::clone(&self.plan.bundled));
        let given = tokens.flat_map(|id| {
            let token = &self.plan.tokens[id.0];
            let transfer = check::acts(&token.contract, &scope);
            let transfer = transfer
                .into_iter()
                .find(|one| one.function.signature() == "transfer(address,uint256)");
            let contract = Some(Arc::clone(&token.contract));
            transfer.into_iter().flat_map(move |transfer| {
                let contract = contract.clone();
                instances().map(move |(to, whom)| Opening {
                    actor,
                    role,
                    name: Arc::clone(&token.name),
                    target: self.typed(Kind::Token(id), Type::Address(contract.clone())),
                    deed: Deed::Give(transfer.clone(), Box::new(self.candidate(to, &**whom))),
                    params: vec![self.gift(actor, Some(id))],
                })
            })
        });
        forced.chain(given).collect()
    }

    fn params(&self, actor: ActorId, function: &FunctionRef) -> Vec<Param> {
        let mut params = Vec::new();
        let mut word = 0_usize;
        for (input, ty) in function.function.inputs.iter().zip(function.inputs.iter()) {
            let leaves = words::leaves(ty);
            let from = word;
            word += leaves.as_ref().map_or(1, Vec::len);
            let place = match leaves {
                Some(leaves) if word < usize::from(Input::LAST) => {
                    let narrow = |word: usize| u8::try_from(word).expect("it is below the last");
                    Place::Words(narrow(from)..narrow(word), leaves)
                }
                _ => Place::Elsewhere(from),
            };
            params.push(self.param(actor, &input.name, ty, place));
        }
        if function.is_payable() {
            params.push(self.wei(actor));
        }
        params
    }

    const fn typed(&self, kind: Kind, ty: Type) -> Typed {
        Typed { kind, ty, span: self.span }
    }

    fn constant(&self, value: Value, ty: &Type, text: impl Into<String>) -> Candidate {
        Candidate { text: text.into(), ..words::constant(value, ty, self.span) }
    }

    /// An expression that is tried, and how a scenario writes it.
    fn candidate(&self, typed: Typed, text: impl Into<String>) -> Candidate {
        let value = if is_fixed(&typed) { eval(&typed, self.world).ok() } else { None };
        let word = value.as_ref().and_then(words::word);
        Candidate { word, typed, text: text.into(), is_rare: false }
    }

    /// What the scenario asks for under this name.
    fn given(&self, name: &str, ty: &Type) -> Vec<Candidate> {
        let known = self.explore.values.iter().filter(|(known, _)| **known == *name);
        let values = known.flat_map(|(_, values)| values).filter(|value| fits(&value.ty, ty));
        let text = |value: &Typed| self.plan.sources.text(value.span).to_owned();
        values.map(|value| self.candidate(value.clone(), text(value))).collect()
    }

    fn lets(&self, ty: &Type) -> Vec<Candidate> {
        let all = self.plan.lets.iter().enumerate();
        let fitting = all.filter(|(_, one)| fits(&one.value.ty, ty));
        let named = |(number, one): (usize, &covenant_scenario::plan::LetPlan)| {
            let typed = self.typed(Kind::Let(LetId(number)), one.value.ty.clone());
            self.candidate(typed, &*one.name)
        };
        fitting.map(named).collect()
    }

    /// The wei that somebody sends along.
    fn wei(&self, actor: ActorId) -> Param {
        let ty = Type::UINT256;
        let given = self.given("value", &ty);
        let wanted = given.len();
        let mut candidates = vec![self.constant(0_u64.into(), &ty, "0")];
        candidates.extend(given);
        candidates.extend(self.lets(&ty));
        if self.has_few(actor) {
            candidates.push(self.constant(1_u64.into(), &ty, "1"));
        }
        candidates.push(self.everything(actor, None));
        let param = self.finished("value", &ty, candidates, wanted + 1, Place::Value);
        Param { is_scarce: self.has_few(actor), ..param }
    }

    /// What somebody gives away: one of it once, or all.
    fn gift(&self, actor: ActorId, token: Option<TokenId>) -> Param {
        let ty = Type::UINT256;
        let all = self.everything(actor, token);
        let first = eval(&all.typed, self.world).ok();
        let one = self.constant(1_u64.into(), &ty, "1");
        let has_few = first.as_ref().and_then(Value::as_amount).is_some_and(|has| has <= FEW);
        let one = match first {
            // One by one there would be no end to it.
            Some(first) if !has_few => {
                let had = self.constant(first, &ty, "");
                let is_first =
                    Kind::Binary(BinaryOp::Eq, Box::new(all.typed.clone()), Box::new(had.typed));
                let is_first = self.typed(is_first, Type::Bool);
                let none = self.constant(Value::Int((-1).into()), &ty, "");
                let typed =
                    Kind::Ternary(Box::new(is_first), Box::new(one.typed), Box::new(none.typed));
                self.candidate(self.typed(typed, ty.clone()), "1")
            }
            _ => one,
        };
        let name = if token.is_some() { "amount" } else { "value" };
        self.finished(name, &ty, vec![one, all], 2, Place::Aside)
    }

    /// All that somebody has: of a token, or wei.
    fn everything(&self, actor: ActorId, token: Option<TokenId>) -> Candidate {
        let of = Box::new(self.typed(Kind::Actor(actor), Type::ADDRESS));
        let name = &self.world.actor(actor).name;
        let (token, text) = match token {
            None => (None, format!("balance({name})")),
            Some(id) => {
                let text = format!("balance({}, {name})", self.plan.tokens[id.0].name);
                (Some(Box::new(self.typed(Kind::Token(id), Type::ADDRESS))), text)
            }
        };
        self.candidate(self.typed(Kind::Balance { token, of }, Type::UINT256), text)
    }

    fn has_few(&self, actor: ActorId) -> bool {
        let address = self.world.actor(actor).address;
        self.world.chain.balance(address).is_ok_and(|balance| balance <= FEW)
    }

    /// The values that are tried for an input of this name and type.
    fn param(&self, actor: ActorId, name: &str, ty: &Type, place: Place) -> Param {
        let mut candidates = self.given(name, ty);
        let wanted = candidates.len();
        candidates.extend(self.lets(ty));
        candidates.extend(self.usual(actor, ty));
        self.finished(name, ty, candidates, wanted, place)
    }

    fn finished(
        &self,
        name: &str,
        ty: &Type,
        candidates: Vec<Candidate>,
        wanted: usize,
        place: Place,
    ) -> Param {
        // What is no value of the type cannot be sent.
        let holds = |one: &Candidate| {
            !is_fixed(&one.typed)
                || eval(&one.typed, self.world).is_ok_and(|value| words::holds(ty, &value))
        };
        let asked_for = candidates.iter().take(wanted).filter(|one| holds(one)).cloned();
        let wanted = self.distinct(asked_for.collect()).len();
        let candidates = candidates.into_iter().filter(holds).collect();
        Param {
            name: name.to_owned(),
            ty: ty.clone(),
            candidates: self.distinct(candidates),
            wanted,
            is_complete: matches!(ty, Type::Bool | Type::Enum(_)),
            is_scarce: false,
            place,
        }
    }

    /// The values of a type that are worth a try in any contract.
    fn usual(&self, actor: ActorId, ty: &Type) -> Vec<Candidate> {
        match ty {
            Type::Bool => vec![
                self.constant(true.into(), ty, "true"),
                self.constant(false.into(), ty, "false"),
            ],
            Type::Enum(enumeration) => {
                let all = enumeration.members.iter().enumerate();
                let member = |(number, member): (usize, &String)| {
                    let number = u8::try_from(number).expect("an enum has at most 256 members");
                    let value = Value::Enum(Arc::clone(enumeration), number);
                    self.constant(value, ty, format!("{}.{member}", enumeration.name))
                };
                all.map(member).collect()
            }
            Type::Address(_) => self.addresses(ty),
            Type::Int(size) => {
                let most = size.map(|size| size.range().1);
                let most =
                    most.map(|most| self.constant(most.into(), ty, format!("type({ty}).max")));
                let few =
                    [0_u64, 1].map(|number| self.constant(number.into(), ty, number.to_string()));
                few.into_iter().chain(most).collect()
            }
            Type::FixedBytes(length) => {
                let zero = Value::fixed_bytes(Default::default(), *length);
                let other = Value::fixed_bytes(keccak256("@explore/other"), *length);
                let text = words::constant(other.clone(), ty, self.span).text;
                vec![
                    self.constant(zero, ty, format!("bytes{length}(0)")),
                    self.constant(other, ty, text),
                ]
            }
            Type::Bytes => {
                let zeros = Value::Bytes(vec![0; 65]);
                vec![
                    self.constant(Value::Bytes(Vec::new()), ty, "\"\""),
                    self.constant(zeros, ty, format!("hex\"{}\"", "00".repeat(65))),
                ]
            }
            Type::String => vec![
                self.constant(Value::String(String::new()), ty, "\"\""),
                self.constant(Value::String("x".to_owned()), ty, "\"x\""),
            ],
            Type::Array(element, None) => {
                let one = self.elements(actor, element, 1);
                let two = self.elements(actor, element, 2);
                let lists = [Vec::new(), one, two];
                let mut known = BTreeSet::new();
                let different = lists.into_iter().filter(|list| known.insert(list.len()));
                different.map(|list| self.list(list, ty)).collect()
            }
            Type::Array(element, Some(length)) => {
                let all = self.elements(actor, element, *length);
                if all.len() == *length { vec![self.list(all, ty)] } else { Vec::new() }
            }
            Type::Struct(structure) => self.structs(actor, structure, ty),
            Type::Tuple(_) => Vec::new(),
        }
    }

    /// So many elements of a list, each another one where there are enough.
    fn elements(&self, actor: ActorId, ty: &Type, length: usize) -> Vec<Candidate> {
        let all = self.lets(ty).into_iter().chain(self.usual(actor, ty)).collect::<Vec<_>>();
        all.iter().cycle().take(if all.is_empty() { 0 } else { length }).cloned().collect()
    }

    fn list(&self, elements: Vec<Candidate>, ty: &Type) -> Candidate {
        let texts: Vec<&str> = elements.iter().map(|one| one.text.as_str()).collect();
        let text = format!("[{}]", texts.join(", "));
        let elements = elements.into_iter().map(|one| one.typed).collect();
        self.candidate(self.typed(Kind::Array(elements), ty.clone()), text)
    }

    /// Those that the scenario has, each with one field changed; without any, one of the first values of its fields.
    fn structs(&self, actor: ActorId, structure: &Arc<StructType>, ty: &Type) -> Vec<Candidate> {
        let lets = self.lets(ty);
        let name = &structure.name;
        let Some(first) = lets.first() else {
            let firsts = structure
                .fields
                .iter()
                .map(|(_, ty)| self.lets(ty).into_iter().chain(self.usual(actor, ty)).next());
            let Some(firsts) = firsts.collect::<Option<Vec<_>>>() else { return Vec::new() };
            let texts: Vec<&str> = firsts.iter().map(|one| one.text.as_str()).collect();
            let text = format!("{name}({})", texts.join(", "));
            let fields = firsts.into_iter().map(|one| one.typed).collect();
            let typed = Kind::Struct(Arc::clone(structure), fields);
            return vec![self.candidate(self.typed(typed, ty.clone()), text)];
        };
        let mut changed = Vec::new();
        for (index, (field, field_ty)) in structure.fields.iter().enumerate() {
            let get = |index: usize, ty: &Type| {
                let base = Box::new(first.typed.clone());
                self.typed(Kind::Field { base, index }, ty.clone())
            };
            let was = eval(&get(index, field_ty), self.world).ok();
            let Some(other) = was.and_then(|was| self.other(actor, &was, field_ty)) else {
                continue;
            };
            let fields =
                structure.fields.iter().enumerate().map(|(at, (_, ty))| {
                    if at == index { other.typed.clone() } else { get(at, ty) }
                });
            let typed = Kind::Struct(Arc::clone(structure), fields.collect());
            let text = format!("{}{{{field}: {}}}", first.text, other.text);
            let one = self.candidate(self.typed(typed, ty.clone()), text);
            changed.push(Candidate { is_rare: true, ..one });
        }
        changed
    }

    /// Another value than one.
    fn other(&self, actor: ActorId, was: &Value, ty: &Type) -> Option<Candidate> {
        let others = match (was, ty) {
            (Value::Int(number), Type::Int(_)) => {
                let near = [number + 1, number - 1];
                let near = near.into_iter().map(|number| self.number(number, ty));
                near.collect()
            }
            (_, Type::Address(_)) => {
                let name = &self.world.actor(actor).name;
                let typed = self.typed(Kind::Actor(actor), ty.clone());
                let own = self.candidate(typed, name.as_str());
                [own].into_iter().chain(self.addresses(ty)).collect()
            }
            _ => self.usual(actor, ty),
        };
        let is_other = |one: &Candidate| {
            eval(&one.typed, self.world)
                .is_ok_and(|value| value != *was && words::holds(ty, &value))
        };
        others.into_iter().find(is_other)
    }

    fn number(&self, number: num_bigint::BigInt, ty: &Type) -> Candidate {
        words::constant(Value::Int(number), ty, self.span)
    }

    /// Each value once. What is not the same in every state is none of the others, though it may be equal to one now.
    fn distinct(&self, mut found: Vec<Candidate>) -> Vec<Candidate> {
        let mut seen = BTreeSet::new();
        found.retain(|one| {
            if !is_fixed(&one.typed) {
                return true;
            }
            let value = eval(&one.typed, self.world);
            value.is_ok_and(|value| {
                words::holds(&one.typed.ty, &value) && seen.insert(value.to_string())
            })
        });
        found
    }

    /// Everybody and everything that has a name, nobody, and somebody whom nobody knows.
    fn addresses(&self, ty: &Type) -> Vec<Candidate> {
        let named = |kind: Kind, name: &str| self.candidate(self.typed(kind, ty.clone()), name);
        let actors = self.world.actors().iter().enumerate();
        let actors = actors.map(|(id, actor)| named(Kind::Actor(ActorId(id)), &actor.name));
        let instances = self.plan.instances.iter().enumerate();
        let instances = instances.map(|(id, one)| named(Kind::Instance(InstanceId(id)), &one.name));
        let tokens = self.plan.tokens.iter().enumerate();
        let tokens = tokens.map(|(id, token)| named(Kind::Token(TokenId(id)), &token.name));
        let zero = self.constant(Address::ZERO.into(), ty, "address(0)");
        let unknown = Address::from_word(keccak256("@explore/nobody"));
        let unknown = words::constant(unknown.into(), ty, self.span);
        actors.chain(instances).chain(tokens).chain([zero, unknown]).collect()
    }
}

/// Whether a value of one type can be given for another.
fn fits(value: &Type, wanted: &Type) -> bool {
    match (value, wanted) {
        (Type::Int(_), Type::Int(_)) => true,
        _ => value.same(wanted),
    }
}
