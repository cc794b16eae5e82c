//! Several transactions in one block.

use std::sync::Arc;

use covenant_chain::{Receipt, Transaction};

use super::{
    act::Mined,
    carrier::{Carrier, Output},
    runner::{Flow, Runner},
};
use crate::{expr::Prepared, plan::Act};

impl<C: Carrier> Runner<'_, C> {
    /// Puts transactions into one block, and compares each with what was expected of it.
    ///
    /// A chain shows balances between blocks only, as a network does. What the k-th transaction did is the difference
    /// between the block of the first k transactions and the one of the first k - 1; both are made from the same state,
    /// and the whole block is what remains.
    pub(super) fn together(&mut self, acts: &[Act], rule: Option<&Arc<str>>) -> Flow {
        for act in acts {
            self.deadline(act)?;
        }
        let prepared = acts.iter().map(|act| self.prepare(act)).collect::<Flow<Vec<Prepared>>>()?;
        let before = self.world.chain.snapshot();
        let Some(first) = acts.first() else { return Ok(()) };
        let mut balances = self.balances(first)?;
        for (index, (act, this)) in acts.iter().zip(&prepared).enumerate() {
            self.world.chain.restore(&before);
            let transactions: Vec<Transaction> =
                prepared[..=index].iter().map(|prepared| prepared.transaction.clone()).collect();
            let result = self.last_of_block(&transactions)?;
            let changes = self.changes_since((&balances, None), act, this, &result)?;
            balances = self.balances(act)?;
            let mined = Mined { result, changes, before: before.clone(), output: Output::Known };
            self.record(act, rule, this, &mined)?;
            self.meet(act, this, &mined)?;
            self.look_at_always()?;
        }
        if rule.is_none() { self.settle() } else { Ok(()) }
    }

    /// Mines a block; the receipt of its last transaction, or why that was rejected.
    fn last_of_block(&mut self, transactions: &[Transaction]) -> Flow<Result<Receipt, String>> {
        Ok(match self.carrier.send_block(&mut self.world.chain, transactions)? {
            Ok(mut receipts) => {
                Ok(receipts.pop().expect("a block of at least one transaction has a last receipt"))
            }
            Err(rejection) => Err(self.rejection_text(&rejection)),
        })
    }
}
