//! What terms are acceptable, as contracts/docs/agreement.md and contracts/docs/conditions.md say.

use std::collections::BTreeSet;

use super::{
    super::{
        abi::{Fault, fault, require},
        books::share,
        cast::Who,
        facts::Facts,
    },
    leaf::{Leaf, Oracle, Question, View},
    terms::{Action, ActionKind, Terms},
};
use crate::programs::Reference;

const MOST_PARTIES: usize = 8;
const MOST_LEGS: usize = 8;
const MOST_LEAVES: usize = 32;
const MOST_CLAUSES: usize = 16;
const MOST_ACTIONS: usize = 16;
const MOST_SIGNERS: usize = 16;
const STAGES: u8 = 32;
const WHOLE: u16 = 10_000;

/// Why an agreement with these terms cannot run from proposal to end.
pub(super) fn check(terms: &Terms, facts: &Facts) -> Result<(), Fault> {
    check_deal(terms)?;
    is_so(terms.leaves.len() <= MOST_LEAVES, "leaves")?;
    for (index, leaf) in terms.leaves.iter().enumerate() {
        if let Err(flaw) = check_leaf(terms, leaf, facts) {
            let Flaw::Member(member) = flaw else { return Err(Fault::SILENT) };
            return Err(fault!("Agreement_InvalidLeaf", index, member));
        }
    }
    is_so((1..=MOST_CLAUSES).contains(&terms.clauses.len()), "clauses")?;
    let unstable = unstable(terms);
    for (index, clause) in terms.clauses.iter().enumerate() {
        let program = Reference::new(&clause.program, terms.leaves.len(), &unstable);
        if let Some((flaw, node)) = program.flaw() {
            return Err(fault!("Agreement_InvalidProgram", index, node, flaw as u8));
        }
        is_so((1..=MOST_ACTIONS).contains(&clause.actions.len()), "actions")?;
        for (place, action) in clause.actions.iter().enumerate() {
            if let Some(member) = flaw_of_action(terms, action) {
                return Err(fault!("Agreement_InvalidAction", index, place, member));
            }
        }
    }
    Ok(())
}

/// The leaves whose truth does not last.
pub(super) fn unstable(terms: &Terms) -> BTreeSet<usize> {
    let leaves = terms.leaves.iter().enumerate();
    leaves.filter(|(_, leaf)| leaf.is_unstable()).map(|(index, _)| index).collect()
}

/// What is wrong with a leaf.
enum Flaw {
    /// The member with this name.
    Member(&'static str),
    /// The parameters are those of no struct.
    Shape,
}

fn is_so(holds: bool, member: &'static str) -> Result<(), Fault> {
    require!(holds, "Agreement_InvalidTerms", member);
    Ok(())
}

fn is_account(who: Who) -> bool {
    who != Who::NOBODY && who != Who::CONTRACT
}

fn check_deal(terms: &Terms) -> Result<(), Fault> {
    let Terms { parties, legs, fund_by, ends_at, .. } = terms;
    is_so((1..=MOST_PARTIES).contains(&parties.len()), "parties")?;
    let sound =
        |(index, party): (usize, &Who)| is_account(*party) && !parties[..index].contains(party);
    is_so(parties.iter().enumerate().all(sound), "parties")?;
    is_so((1..=MOST_LEGS).contains(&legs.len()), "legs")?;
    for leg in legs {
        is_so(leg.asset != Who::CONTRACT, "asset")?;
        is_so(leg.amount > 0, "amount")?;
        is_so(usize::from(leg.payer) < parties.len(), "payer")?;
        is_so(usize::from(leg.receiver) < parties.len(), "receiver")?;
        is_so(leg.default_bps <= WHOLE, "defaultBps")?;
    }
    is_so(ends_at > fund_by, "endsAt")
}

fn check_leaf(terms: &Terms, leaf: &Leaf, facts: &Facts) -> Result<(), Flaw> {
    let Leaf { opens_at, closes_at, .. } = *leaf;
    demand(opens_at < terms.ends_at, "opensAt")?;
    let in_order = closes_at == 0 || closes_at > opens_at && closes_at <= terms.ends_at;
    demand(in_order, "closesAt")?;
    match leaf.question {
        // These have one instant, which is all that there is to say about them.
        Question::After => {
            demand(!leaf.is_misshapen, "params")?;
            demand(opens_at != 0, "opensAt")?;
            return demand(closes_at == 0, "closesAt");
        }
        Question::Before => {
            demand(!leaf.is_misshapen, "params")?;
            demand(opens_at == 0, "opensAt")?;
            return demand(closes_at != 0, "closesAt");
        }
        Question::Paid { .. } => demand(opens_at == 0, "opensAt")?,
        _ => {}
    }
    if leaf.is_misshapen {
        return Err(Flaw::Shape);
    }
    check_question(terms, &leaf.question, facts)
}

fn check_question(terms: &Terms, question: &Question, facts: &Facts) -> Result<(), Flaw> {
    let is_arbiter = |who: Who| is_account(who) && !terms.parties.contains(&who);
    match question {
        Question::After | Question::Before => Ok(()),
        Question::Paid { leg, amount } => {
            let leg = terms.legs.get(usize::from(*leg));
            demand(leg.is_some(), "leg")?;
            demand((1..=leg.map_or(0, |leg| leg.amount)).contains(amount), "amount")
        }
        Question::Signed { signer, .. } => demand(is_account(*signer), "signer"),
        Question::Attested { threshold, signers, .. } => {
            let rising = signers.is_sorted_by(|one, next| facts.word(*one) < facts.word(*next));
            let sound = signers.iter().all(|who| is_account(*who));
            demand(signers.len() <= MOST_SIGNERS && rising && sound, "signers")?;
            demand((1..=signers.len()).contains(&usize::from(*threshold)), "threshold")
        }
        Question::Ruled { arbiter, choices, choice, .. } => {
            demand(is_arbiter(*arbiter), "arbiter")?;
            demand(*choices > 0, "choices")?;
            demand(choice <= choices, "choice")
        }
        Question::Awarded { arbiter } => demand(is_arbiter(*arbiter), "arbiter"),
        Question::Oracle(oracle) => check_oracle(oracle),
        Question::View(view) => check_view(view),
        Question::Eas(eas) => {
            demand(eas.service != Who::NOBODY, "eas")?;
            demand(eas.attester != Who::NOBODY, "attester")
        }
        Question::Custom(custom) => {
            demand(is_account(custom.condition), "condition")?;
            demand(!custom.code_hash.is_zero(), "codehash")
        }
    }
}

fn check_oracle(oracle: &Oracle) -> Result<(), Flaw> {
    demand(oracle.feed != Who::NOBODY, "feed")?;
    let bounded = oracle.min_answer >= 0 && oracle.min_answer < oracle.max_answer;
    demand(bounded, "minAnswer")?;
    demand(oracle.max_age > 0, "maxAge")?;
    demand((1..=8).contains(&oracle.min_rounds), "minRounds")?;
    demand(oracle.sequencer != Who::NOBODY || oracle.grace == 0, "grace")
}

fn check_view(view: &View) -> Result<(), Flaw> {
    demand(is_account(view.target), "target")?;
    demand(!view.code_hash.is_zero(), "codehash")?;
    demand((4..=1024).contains(&view.asked.length()), "data")
}

fn demand(holds: bool, member: &'static str) -> Result<(), Flaw> {
    if holds { Ok(()) } else { Err(Flaw::Member(member)) }
}

/// The member of an action that is not acceptable: each kind has its own, and the others are zero.
fn flaw_of_action(terms: &Terms, action: &Action) -> Option<&'static str> {
    use ActionKind::{Attest, Award, Refund, Release, Split, Transition};

    let Action { kind, leg, target, bps, ref shares, data } = *action;
    let pays = !matches!(kind, Transition | Attest);
    let agreed = terms.legs.get(usize::from(leg)).filter(|_| pays);
    let target_fits = match kind {
        Release => usize::from(target) < terms.parties.len(),
        Transition => target < STAGES,
        Award => terms
            .leaves
            .get(usize::from(target))
            .is_some_and(|leaf| matches!(leaf.question, Question::Awarded { .. })),
        Refund | Split | Attest => target == 0,
    };
    let sum: u32 = shares.iter().map(|share| u32::from(*share)).sum();
    let flaws = [
        (if pays { agreed.is_some() } else { leg == 0 }, "leg"),
        (target_fits, "target"),
        (bps <= WHOLE && (bps != 0) == (kind == Release), "bps"),
        // It would pay nothing.
        (kind != Release || agreed.is_some_and(|leg| share(leg.amount, bps) > 0), "bps"),
        (
            if kind == Split {
                shares.len() == terms.parties.len() && sum == u32::from(WHOLE)
            } else {
                shares.is_empty()
            },
            "shares",
        ),
        (kind == Attest || data == 0, "data"),
    ];
    flaws.into_iter().find(|(holds, _)| !holds).map(|(_, member)| member)
}
