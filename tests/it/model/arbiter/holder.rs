//! The contract whose agreements an arbiter rules on, which is beside the one under test.

use std::{fmt::Debug, sync::Arc};

use alloy_primitives::B256;

use super::super::{
    abi::{Fault, Value},
    aside::Aside,
    beside::{Beside, Neighbour},
    books::Books,
    cast::Who,
    dice::Dice,
    facts::Facts,
};

/// What arbiters have to do with their holder. Agreements go by their numbers.
pub(in super::super) trait Holder: Neighbour + Debug {
    /// The adapter for it, and the adapter's EIP-712 name.
    const ADAPTER: (&'static str, &'static str);
    /// The panel for it, and the panel's EIP-712 name.
    const PANEL: (&'static str, &'static str);
    /// Errors and events of the adapter that no script brings about: what it never does here, and what takes two cases with
    /// the hostile arbitrator, or two rulings.
    const RARE: &'static [&'static str];
    /// Whether its agreements may pay their arbiter.
    const PAYS_ARBITER: bool;

    /// So many fresh agreements, whose arbiter mostly is the contract under test: for a share of what is in dispute, where
    /// there can be one, or for none.
    fn ruled(facts: &Arc<Facts>, count: usize, paid: bool, dice: &mut Dice) -> Self;

    /// How many agreements there are.
    fn count(&self) -> usize;

    /// What somebody might do with this agreement now, mostly so that it comes to be disputed.
    fn toward(&self, index: usize, dice: &mut Dice) -> (Who, Self::Act);

    /// Whether the appointment of its arbiter can be made now.
    fn awaits_arbiter(&self, index: usize) -> bool;

    /// Whether it comes to be disputed by nothing but time now.
    fn waits(&self, index: usize) -> bool;

    /// An agreement's id.
    fn id(&self, index: usize) -> B256;

    /// An agreement's terms as an argument.
    fn contract_terms(&self, index: usize) -> Value;

    /// Payer and payee, as the terms name them.
    fn named(&self, index: usize) -> (Who, Who);

    /// Who has the payee's place now.
    fn payee_now(&self, index: usize) -> Who;

    /// What it is in.
    fn asset(&self, index: usize) -> Who;

    /// How long there is for a ruling.
    fn ruling_window(&self, index: usize) -> u64;

    /// Whether it is in dispute.
    fn is_disputed(&self, index: usize) -> bool;

    /// Whether it is over, or will never bind.
    fn is_settled(&self, index: usize) -> bool;

    /// From when on silence decides.
    fn deadline(&self, index: usize) -> u64;

    /// The member of its terms for which the contract under test cannot be its arbiter, paid by it or not.
    fn refuses(&self, index: usize, paid: bool) -> Option<&'static str>;

    /// Something that somebody does besides the agreements.
    fn besides(act: Aside) -> Self::Act;

    /// How its arbiter accepts the appointment, where that is asked for.
    fn acceptance(&self, index: usize) -> Option<Self::Act>;

    /// How its arbiter rules: so much of what is in dispute is the payee's.
    fn ruling(&self, index: usize, payee_bps: u16) -> Self::Act;

    /// Payer and payee as the contract under test sees them.
    fn parties(&self, index: usize) -> (Who, Who) {
        let (payer, payee) = self.named(index);
        (payer.seen_from(Self::PLACE), payee.seen_from(Self::PLACE))
    }

    /// Who has the payee's place now, as the contract under test sees them.
    fn payee(&self, index: usize) -> Who {
        self.payee_now(index).seen_from(Self::PLACE)
    }
}

/// The contract under test accepts its appointment, where that is asked for.
pub(super) fn accept<H: Holder>(
    holder: &mut Beside<H>,
    index: usize,
    books: &mut Books,
) -> Result<(), Fault> {
    match holder.model.acceptance(index) {
        Some(act) => holder.apply(books, Who::CONTRACT, &act).map(drop),
        None => Ok(()),
    }
}

/// The contract under test rules.
pub(super) fn rule<H: Holder>(
    holder: &mut Beside<H>,
    index: usize,
    payee_bps: u16,
    books: &mut Books,
) -> Result<(), Fault> {
    let act = holder.model.ruling(index, payee_bps);
    holder.apply(books, Who::CONTRACT, &act).map(drop)
}
