//! The terms of an agreement, and their hashes.

use std::fmt;

use alloy_primitives::{B256, U256, keccak256};

use super::{
    super::{
        abi::{Value, word},
        cast::Who,
        facts::Facts,
    },
    encode::{list, numbers, packed},
    leaf::Leaf,
};

/// `IAgreementTypes.Leg`.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) asset: Who,
    pub(super) amount: u128,
    /// Of the parties.
    pub(super) payer: u8,
    pub(super) receiver: u8,
    pub(super) default_bps: u16,
    pub(super) required: bool,
}

/// `IAgreementTypes.ActionKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionKind {
    Release,
    Refund,
    Split,
    Award,
    Transition,
    Attest,
}

/// `IAgreementTypes.Action`.
#[derive(Clone, Debug)]
pub(super) struct Action {
    pub(super) kind: ActionKind,
    pub(super) leg: u8,
    pub(super) target: u8,
    pub(super) bps: u16,
    pub(super) shares: Vec<u16>,
    pub(super) data: u64,
}

/// `IAgreementTypes.Clause`.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// A set; zero: any stage.
    pub(super) stages: u32,
    pub(super) program: Vec<U256>,
    pub(super) actions: Vec<Action>,
}

/// `IAgreementTypes.Terms`, with the members of the deal.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) parties: Vec<Who>,
    pub(super) legs: Vec<Leg>,
    pub(super) fund_by: u64,
    pub(super) ends_at: u64,
    pub(super) document: u64,
    pub(super) salt: u64,
    pub(super) leaves: Vec<Leaf>,
    pub(super) clauses: Vec<Clause>,
}

/// What is signed is said in these types, as the interface lists the members.
const ACTION: &str =
    "Action(uint8 kind,uint8 leg,uint8 target,uint16 bps,uint16[] shares,bytes32 data)";
const CLAUSE: &str = "Clause(uint32 stages,uint256[] program,Action[] actions)";
const DEAL: &str = "Deal(address[] parties,Leg[] legs,uint40 fundBy,uint40 endsAt,bytes32 documentHash,bytes32 salt)";
const LEAF: &str = "Leaf(uint8 kind,uint40 opensAt,uint40 closesAt,bytes params)";
const LEG: &str =
    "Leg(address asset,uint128 amount,uint8 payer,uint8 receiver,uint16 defaultBps,bool required)";
const TERMS: &str = "Terms(Deal deal,Leaf[] leaves,Clause[] clauses)";

/// The terms with what is made of them for the wire.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) terms: Terms,
    /// As an argument.
    pub(super) argument: Value,
    /// The agreement's id: the EIP-712 digest of the terms.
    pub(super) id: B256,
    pub(super) deal_hash: B256,
    pub(super) leaf_hashes: Vec<B256>,
    pub(super) clauses_hash: B256,
}

impl Deed {
    pub(super) fn new(terms: Terms, facts: &Facts) -> Self {
        let deal_hash = terms.deal_hash(facts);
        let leaf_hashes: Vec<B256> = terms.leaves.iter().map(|leaf| leaf.hash(facts)).collect();
        let clauses_hash = terms.clauses_hash();
        let id = id_of(facts, deal_hash, &leaf_hashes, clauses_hash);
        Self { argument: terms.argument(facts), terms, id, deal_hash, leaf_hashes, clauses_hash }
    }
}

/// The id of the agreement whose parts have these hashes.
pub(super) fn id_of(facts: &Facts, deal: B256, leaves: &[B256], clauses: B256) -> B256 {
    let leaves = keccak256(leaves.concat());
    let name = keccak256([TERMS, ACTION, CLAUSE, DEAL, LEAF, LEG].concat());
    facts.digest(keccak256([name, deal, leaves, clauses].concat()))
}

impl Terms {
    fn argument(&self, facts: &Facts) -> Value {
        let parties: Vec<Value> = self.parties.iter().map(|who| (*who).into()).collect();
        let legs: Vec<Value> =
            self.legs.iter().map(|leg| Value::Words(facts.encode(&leg.members()))).collect();
        let deal = [
            list(facts, &parties),
            list(facts, &legs),
            self.fund_by.into(),
            self.ends_at.into(),
            self.document.into(),
            self.salt.into(),
        ];
        let leaves: Vec<Value> = self.leaves.iter().map(|leaf| leaf.argument(facts)).collect();
        let clauses: Vec<Value> = self.clauses.iter().map(|it| it.argument(facts)).collect();
        let deal = Value::Tail(facts.encode(&deal));
        let members = [deal, list(facts, &leaves), list(facts, &clauses)];
        Value::Tail(facts.encode(&members))
    }

    fn deal_hash(&self, facts: &Facts) -> B256 {
        let parties: Vec<u8> = self.parties.iter().flat_map(|who| facts.word(*who)).collect();
        let leg_type = keccak256(LEG);
        let legs: Vec<B256> = self
            .legs
            .iter()
            .map(|leg| keccak256([leg_type.to_vec(), facts.encode(&leg.members())].concat()))
            .collect();
        keccak256(facts.encode(&[
            keccak256([DEAL, LEG].concat()).into(),
            keccak256(parties).into(),
            keccak256(legs.concat()).into(),
            self.fund_by.into(),
            self.ends_at.into(),
            self.document.into(),
            self.salt.into(),
        ]))
    }

    fn clauses_hash(&self) -> B256 {
        let hashes: Vec<B256> = self.clauses.iter().map(Clause::hash).collect();
        keccak256(hashes.concat())
    }

    /// The place of a party.
    pub(super) fn party(&self, who: Who) -> Option<usize> {
        self.parties.iter().position(|party| *party == who)
    }
}

impl Leg {
    fn members(&self) -> [Value; 6] {
        [
            self.asset.into(),
            self.amount.into(),
            self.payer.into(),
            self.receiver.into(),
            self.default_bps.into(),
            self.required.into(),
        ]
    }
}

impl Clause {
    fn argument(&self, facts: &Facts) -> Value {
        let program: Vec<Value> = self.program.iter().map(|node| (*node).into()).collect();
        let actions: Vec<Value> = self.actions.iter().map(|it| it.argument(facts)).collect();
        let members = [u64::from(self.stages).into(), list(facts, &program), list(facts, &actions)];
        Value::Tail(facts.encode(&members))
    }

    fn hash(&self) -> B256 {
        let program: Vec<u8> =
            self.program.iter().flat_map(|node| node.to_be_bytes::<32>()).collect();
        let actions: Vec<B256> = self.actions.iter().map(Action::hash).collect();
        let content = [
            keccak256([CLAUSE, ACTION].concat()).0,
            word(self.stages.into()),
            keccak256(program).0,
            keccak256(actions.concat()).0,
        ];
        keccak256(content.concat())
    }
}

impl Action {
    fn argument(&self, facts: &Facts) -> Value {
        let members = [
            (self.kind as u8).into(),
            self.leg.into(),
            self.target.into(),
            self.bps.into(),
            numbers(&self.shares),
            self.data.into(),
        ];
        Value::Tail(facts.encode(&members))
    }

    fn hash(&self) -> B256 {
        let content = [
            keccak256(ACTION).0,
            word((self.kind as u8).into()),
            word(self.leg.into()),
            word(self.target.into()),
            word(self.bps.into()),
            packed(&self.shares).0,
            word(self.data.into()),
        ];
        keccak256(content.concat())
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parties, legs, fund_by, ends_at, leaves, clauses, .. } = self;
        write!(f, "parties {parties:?} fundBy {} endsAt {}", time(*fund_by), time(*ends_at))?;
        for (index, leg) in legs.iter().enumerate() {
            write!(f, "\n    leg {index}: {leg:?}")?;
        }
        for (index, leaf) in leaves.iter().enumerate() {
            let (opens, closes) = (time(leaf.opens_at), time(leaf.closes_at));
            write!(f, "\n    leaf {index}: from {opens} until {closes} {:?}", leaf.question)?;
            f.write_str(if leaf.is_misshapen { ", misshapen" } else { "" })?;
        }
        for (index, clause) in clauses.iter().enumerate() {
            let Clause { stages, program, actions } = clause;
            write!(f, "\n    clause {index}: stages {stages:b} program {program:x?} {actions:?}")?;
        }
        Ok(())
    }
}

/// A time as seconds since the beginning of the script.
pub(super) fn time(time: u64) -> String {
    match time.checked_sub(super::START) {
        Some(since) => format!("+{since}"),
        None if time == 0 => "never".to_owned(),
        None => format!("-{}", super::START - time),
    }
}
