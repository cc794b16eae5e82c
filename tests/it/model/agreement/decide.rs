//! How leaves of an agreement are decided, and what a clause does, after contracts/docs/conditions.md.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    super::{
        abi::{Fault, event, fault, require},
        books::share,
        signature::Signature,
    },
    act::{Attest, Attestation, Reveal, Subject, Witness},
    ask::{self, World},
    encode::numbers,
    leaf::{Leaf, Question},
    sources::Sources,
    state::{Agreement, Scene, Status, are_whole, before},
    terms::{Action, ActionKind, Leg, Terms, id_of},
};
use crate::programs::{Reference, Truth};

impl Witness {
    pub(super) fn bytes(self, sources: &Sources) -> Vec<u8> {
        let uid = |index: usize| {
            sources.attestations.get(index).map_or_else(|| vec![7; 32], |it| it.uid.to_vec())
        };
        match self {
            Self::Nothing => Vec::new(),
            Self::Attestation(index) => uid(index),
            Self::Cut(index) => uid(index)[..31].to_vec(),
            Self::Word(word) => super::super::abi::word(word.into()).to_vec(),
        }
    }
}

impl Agreement {
    pub(super) fn record(
        &mut self,
        reveal: &Reveal,
        witness: Witness,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        self.is_decidable(reveal, scene)?;
        let leaf = &self.terms().leaves[reveal.index];
        require!(leaf.asks_the_world(), "Agreement_WrongLeafKind", leaf.kind());
        let world = World { facts: scene.facts, books: scene.books, sources: scene.sources };
        let (truth, retry_at) = world.ask(
            leaf,
            &ask::Subject {
                id: self.deed.id,
                index: reveal.index,
                since: self.since,
                witness: &witness.bytes(scene.sources),
            },
        );
        require!(truth != Truth::Pending, "Agreement_Pending", reveal.index, retry_at);
        self.decide(reveal.index, truth == Truth::True, scene);
        Ok(())
    }

    pub(super) fn attest(
        &mut self,
        reveal: &Reveal,
        attest: &Attest,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let Attest { verdict, valid_until, ref votes, ref said } = *attest;
        self.is_decidable(reveal, scene)?;
        let leaf = &self.terms().leaves[reveal.index];
        let (signers, threshold) = match &leaf.question {
            Question::Signed { signer, .. } => (vec![*signer], 1),
            Question::Attested { threshold, signers, .. } => (signers.clone(), *threshold),
            _ => return Err(fault!("Agreement_WrongLeafKind", leaf.kind())),
        };
        before(scene.books.now, valid_until)?;
        let enough = votes.len() >= usize::from(threshold);
        require!(enough, "Agreement_TooFewVotes", votes.len(), threshold);
        let subject = Subject::Attestation(Attestation {
            agreement: self.number,
            leaf: reveal.index,
            verdict,
            round: self.round,
            valid_until,
        });
        let signatures: Vec<Signature> = votes.iter().map(|(_, signature)| *signature).collect();
        for (place, (signer, _)) in votes.iter().enumerate() {
            let named = signers.get(usize::from(*signer));
            let Some(who) = named else {
                return Err(fault!("Agreement_UnknownSigner", *signer, signers.len()));
            };
            let rising = place == 0 || votes[place - 1].0 < *signer;
            require!(rising, "Agreement_VotesNotIncreasing", *signer);
            scene.consents(*who, &subject, said, &signatures, place)?;
        }
        self.decide(reveal.index, verdict, scene);
        Ok(())
    }

    /// One ruling decides all leaves that name this arbiter and matter and are open.
    pub(super) fn rule(
        &mut self,
        about: u8,
        ruling: u8,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let deed = Arc::clone(&self.deed);
        self.is_active()?;
        let now = scene.books.now;
        before(now, deed.terms.ends_at)?;
        let mut ruled = false;
        for (index, leaf) in deed.terms.leaves.iter().enumerate() {
            let Question::Ruled { arbiter, matter, choices, choice } = leaf.question else {
                continue;
            };
            if arbiter != scene.caller || matter != about {
                continue;
            }
            require!(ruling <= choices, "Agreement_InvalidChoice", ruling, choices);
            self.is_undecided(index)?;
            if leaf.has_opened(now) && !leaf.has_closed(now) {
                self.decide(index, choice == ruling, scene);
                ruled = true;
            }
        }
        require!(ruled, "Agreement_NothingToRule", scene.caller, about);
        scene.tell(event!("Ruled", deed.id, scene.caller, about, ruling));
        Ok(())
    }

    pub(super) fn award(
        &mut self,
        leaf: usize,
        shares: &[u16],
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let deed = Arc::clone(&self.deed);
        let Terms { leaves, parties, ends_at, .. } = &deed.terms;
        require!(leaf < leaves.len(), "Agreement_UnknownLeaf", leaf, leaves.len());
        let Question::Awarded { arbiter } = leaves[leaf].question else {
            return Err(fault!("Agreement_WrongLeafKind", leaves[leaf].kind()));
        };
        if leaves[leaf].is_misshapen {
            return Err(Fault::SILENT);
        }
        let caller = scene.caller;
        require!(caller == arbiter, "Agreement_WrongCaller", caller, arbiter);
        self.is_active()?;
        is_open(&leaves[leaf], scene.books.now)?;
        before(scene.books.now, *ends_at)?;
        self.is_undecided(leaf)?;
        are_whole(shares, parties.len(), 1)?;
        self.awards[leaf] = Some(shares.to_vec());
        scene.tell(event!("Awarded", deed.id, leaf, numbers(shares)));
        self.decide(leaf, true, scene);
        Ok(())
    }

    pub(super) fn execute(&mut self, clause: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let deed = Arc::clone(&self.deed);
        let clauses = &deed.terms.clauses;
        require!(clause < clauses.len(), "Agreement_UnknownClause", clause, clauses.len());
        self.is_active()?;
        before(scene.books.now, deed.terms.ends_at)?;
        require!(!self.executed[clause], "Agreement_AlreadyExecuted", clause);
        let stages = clauses[clause].stages;
        let in_stage = stages == 0 || stages & (1 << self.stage) != 0;
        require!(in_stage, "Agreement_WrongStage", self.stage, u64::from(stages));
        let (truth, _) = self.truth(clause, scene.books.now);
        let met = truth == Truth::True;
        require!(met, "Agreement_ConditionNotMet", clause, truth as u8);
        self.executed[clause] = true;
        scene.tell(event!("Executed", deed.id, clause));
        let mut dues = self.nothing_due();
        for action in &clauses[clause].actions {
            self.perform(clause, action, &mut dues, scene)?;
        }
        let spent = (0..self.legs.len()).all(|leg| self.is_paid(leg) && self.legs[leg].held == 0);
        if spent {
            self.close(Status::Closed, scene);
        }
        self.pay_out(dues, scene);
        Ok(())
    }

    fn perform(
        &mut self,
        clause: usize,
        action: &Action,
        dues: &mut [u128],
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let (id, target) = (self.deed.id, usize::from(action.target));
        scene.marks.push(match action.kind {
            ActionKind::Release => "Release",
            ActionKind::Refund => "Refund",
            ActionKind::Split => "Split",
            ActionKind::Award => "Award",
            ActionKind::Transition => "Transition",
            ActionKind::Attest => "Attest",
        });
        match action.kind {
            ActionKind::Transition => {
                scene.tell(event!("Transitioned", id, self.stage, action.target));
                self.stage = action.target;
                self.round += 1;
                Ok(())
            }
            ActionKind::Attest => {
                scene.tell(event!("Attested", id, clause, action.data));
                Ok(())
            }
            ActionKind::Release => {
                let leg = usize::from(action.leg);
                let due = share(self.terms().legs[leg].amount, action.bps);
                let held = self.legs[leg].held;
                require!(due <= held, "Agreement_NotEnoughHeld", leg, held, due);
                self.legs[leg].held -= due;
                dues[leg * self.accepted.len() + target] += due;
                Ok(())
            }
            ActionKind::Refund => {
                let (leg, held) = self.take_all(action)?;
                let payer = usize::from(self.terms().legs[leg].payer);
                dues[leg * self.accepted.len() + payer] += held;
                Ok(())
            }
            ActionKind::Split => {
                let (leg, held) = self.take_all(action)?;
                self.divide(leg, held, &action.shares, dues);
                Ok(())
            }
            ActionKind::Award => {
                let (leg, held) = self.take_all(action)?;
                let Some(shares) = self.awards[target].clone() else {
                    return Err(fault!("Agreement_NoAward", target));
                };
                self.divide(leg, held, &shares, dues);
                Ok(())
            }
        }
    }

    /// All that the action's leg holds, which waits until the leg is paid in full.
    fn take_all(&mut self, action: &Action) -> Result<(usize, u128), Fault> {
        let leg = usize::from(action.leg);
        let Leg { amount, .. } = self.terms().legs[leg];
        let paid_in = self.legs[leg].paid_in;
        require!(self.is_paid(leg), "Agreement_LegNotPaid", leg, paid_in, amount);
        let held = std::mem::take(&mut self.legs[leg].held);
        require!(held > 0, "Agreement_NotEnoughHeld", leg, held, 1_u64);
        Ok((leg, held))
    }

    /// The truth of a clause's condition, and if it is pending, when a window of its open leaves next opens or closes.
    pub(super) fn truth(&self, clause: usize, now: u64) -> (Truth, u64) {
        let Terms { leaves, clauses, .. } = self.terms();
        let program = &clauses[clause].program;
        // Whether it is a program was found out before.
        let unstable = BTreeSet::new();
        let reference = Reference::new(program, leaves.len(), &unstable);
        let truth = reference.truth(program.len() - 1, &|leaf| self.truth_of_leaf(leaf, now));
        if truth != Truth::Pending {
            return (truth, 0);
        }
        let instants = reference
            .leaves()
            .filter(|leaf| self.decided[*leaf].is_none())
            .flat_map(|leaf| [leaves[leaf].opens_at, leaves[leaf].closes_at]);
        (truth, instants.filter(|instant| *instant > now).min().unwrap_or(0))
    }

    pub(super) fn truth_of_leaf(&self, index: usize, now: u64) -> Truth {
        let leaf = &self.terms().leaves[index];
        match (self.decided[index], &leaf.question) {
            (Some(true), _) => Truth::True,
            (Some(false), _) => Truth::False,
            _ if leaf.has_closed(now) => Truth::False,
            (None, Question::Before) => Truth::True,
            (None, Question::After) if leaf.has_opened(now) => Truth::True,
            (None, _) => Truth::Pending,
        }
    }

    /// The leaf is one of these terms, can be decided now, and is not.
    fn is_decidable(&self, reveal: &Reveal, scene: &Scene<'_>) -> Result<(), Fault> {
        let deed = &self.deed;
        if reveal.is_of_others {
            // Nothing is on record under the id that this makes.
            let id = id_of(scene.facts, !deed.deal_hash, &deed.leaf_hashes, deed.clauses_hash);
            return Err(fault!("Agreement_UnknownAgreement", id));
        }
        self.is_active()?;
        let leaves = &deed.terms.leaves;
        let shown = leaves.get(reveal.leaf);
        let right = !reveal.is_touched && shown.is_some() && leaves.get(reveal.index) == shown;
        require!(right, "Agreement_WrongReveal", reveal.index);
        is_open(&leaves[reveal.index], scene.books.now)?;
        self.is_undecided(reveal.index)
    }

    fn is_undecided(&self, leaf: usize) -> Result<(), Fault> {
        require!(self.decided[leaf].is_none(), "Agreement_AlreadyDecided", leaf);
        Ok(())
    }
}

fn is_open(leaf: &Leaf, now: u64) -> Result<(), Fault> {
    let Leaf { opens_at, closes_at, .. } = *leaf;
    require!(leaf.has_opened(now), "Agreement_TooEarly", now, opens_at);
    require!(!leaf.has_closed(now), "Agreement_TooLate", now, closes_at);
    Ok(())
}
