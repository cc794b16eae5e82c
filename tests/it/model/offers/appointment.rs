//! What is agreed about how a dispute is ended, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, fault, word},
    cast::Who,
    dice::Dice,
    escrow::{Beside, Draft},
    facts::Facts,
};

/// `ISettlementOffers.Appointment`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Appointment {
    pub(super) arbiter: Who,
    pub(super) offer_window: u64,
    document: u64,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Appointment(address arbiter,uint40 offerWindow,bytes32 documentHash)";

/// The largest time that an appointment can hold.
const LAST: u64 = (1 << 40) - 1;

impl Appointment {
    /// A random appointment for such an agreement, mostly an acceptable one.
    pub(super) fn random(draft: &Draft, dice: &mut Dice) -> Self {
        let [payer, payee] = draft.parties();
        let mut arbiter = if dice.chance(15) { Who::REFUSER } else { dice.pick(&Who::PARTIES) };
        while arbiter == payer || arbiter == payee {
            arbiter = dice.pick(&Who::PARTIES);
        }
        let most = draft.window().clamp(2, 100);
        let mut offer_window = if dice.chance(15) { 1 } else { 1 + dice.below(most - 1) };
        match dice.below(40) {
            0 => arbiter = dice.pick(&[Who::NOBODY, Who::CONTRACT, payer, payee]),
            1 => offer_window = dice.pick(&[0, draft.window(), most + 1, LAST]).min(LAST),
            _ => {}
        }
        Self { arbiter, offer_window, document: dice.next() }
    }

    /// The document in prose.
    pub(super) const fn document(&self) -> u64 {
        self.document
    }

    /// The members as words.
    fn words(&self, facts: &Facts) -> Vec<u8> {
        let numbers = [word(self.offer_window.into()), word(self.document.into())];
        [facts.word(self.arbiter), numbers[0], numbers[1]].concat()
    }

    /// The appointment as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        Value::Words(self.words(facts))
    }

    /// The appointment's id: its EIP-712 digest.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let content = [keccak256(TYPE).as_slice(), &self.words(facts)].concat();
        facts.digest(keccak256(content))
    }

    /// Names the first member that is not acceptable for the agreement with this number.
    pub(super) fn check(&self, beside: &Beside, index: usize) -> Result<(), Fault> {
        let parties = [beside.payer(index), beside.payee(index)];
        let independent = !parties.contains(&self.arbiter);
        let demands = [
            (independent && ![Who::NOBODY, Who::CONTRACT].contains(&self.arbiter), "arbiter"),
            (
                self.offer_window > 0 && self.offer_window < beside.ruling_window(index),
                "offerWindow",
            ),
        ];
        match demands.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, member)) => Err(fault!("SettlementOffers_InvalidAppointment", member)),
        }
    }
}

impl fmt::Display for Appointment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "appointment: arbiter {} offerWindow {}", self.arbiter, self.offer_window)
    }
}
