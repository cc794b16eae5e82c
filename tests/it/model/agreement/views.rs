//! What the contract's views must answer.

use super::{
    super::{
        abi::Value,
        cast::Who,
        harness::{View, view},
    },
    Agreements,
    act::{Reveal, Subject},
    encode::list,
    state::{Agreement, Consent, set},
    terms::Terms,
};

impl Agreements {
    /// About one agreement; what is dear only if it is to be `in_full`.
    pub(super) fn agreement_views(
        &self,
        agreement: &Agreement,
        in_full: bool,
        views: &mut Vec<View>,
    ) {
        let facts = &*self.facts;
        let terms = &agreement.deed.argument;
        let mut look = |name: &str, argument: Option<Value>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(argument);
            views.push(view(facts, name, &arguments, answer));
        };
        let verdicts = |verdict: bool| {
            let those: Vec<bool> =
                agreement.decided.iter().map(|it| *it == Some(verdict)).collect();
            Value::from(u64::from(set(&those)))
        };
        let paid: Vec<bool> = (0..agreement.legs.len()).map(|leg| agreement.is_paid(leg)).collect();
        let number = |marked: &[bool]| Value::from(u64::from(set(marked)));
        let stored = [
            Value::from(agreement.status as u8),
            number(&agreement.accepted),
            // No payment is due where the amount is nothing, which is not acceptable.
            if self.sound[agreement.number] { number(&paid) } else { 0_u64.into() },
            agreement.stage.into(),
            agreement.round.into(),
            agreement.since.into(),
            verdicts(true),
            verdicts(false),
            number(&agreement.executed),
        ];
        look("agreementOf", None, &stored);
        for (leg, account) in agreement.legs.iter().enumerate() {
            look("legOf", Some(leg.into()), &[account.paid_in.into(), account.held.into()]);
        }
        if !in_full {
            return;
        }
        look("statusOf", None, &[Value::from(agreement.status as u8)]);
        look("deadlineOf", None, &[agreement.deadline().into()]);
        if !self.sound[agreement.number] {
            return;
        }
        // Each of these is dear, so only some are looked at, other ones at other times.
        let some = |count: usize| usize::try_from(self.books.now).expect("it fits") % count;
        let Terms { parties, leaves, clauses, .. } = agreement.terms();
        let stranger = some(3 * parties.len()) == 0;
        let who = if stranger { Who::STRANGER } else { parties[some(parties.len())] };
        let claims: Vec<Value> = agreement.claim(who).into_iter().map(Value::from).collect();
        look("claimOf", Some(who.into()), &[list(facts, &claims)]);
        let clause = some(clauses.len());
        let (truth, retry_at) = agreement.truth(clause, self.books.now);
        look("truthOf", Some(clause.into()), &[(truth as u8).into(), retry_at.into()]);
        if some(4) == 0 {
            let index = some(leaves.len());
            let shown = Reveal { index, leaf: index, is_touched: false, is_of_others: false };
            look("revealOf", Some(index.into()), &[self.reveal(agreement, &shown)]);
        }
    }

    /// About what was consented to on chain.
    pub(super) fn consent_views(&self, views: &mut Vec<View>) {
        let facts = &*self.facts;
        for Consent { signer, subject, is_revoked } in &self.consents {
            let digest = self.digest(subject);
            let said = if *is_revoked { 2_u64 } else { 1 };
            let arguments = [(*signer).into(), digest.into()];
            views.push(view(facts, "consentOf", &arguments, &[said.into()]));
            let (name, argument) = match subject {
                Subject::Agreement(_) => continue,
                Subject::Attestation(it) => {
                    ("attestationDigest", Value::Words(facts.encode(&self.attestation(it))))
                }
                Subject::Settlement(it) => ("settlementDigest", self.settlement(it)),
            };
            views.push(view(facts, name, &[argument], &[digest.into()]));
        }
    }
}
