//! One set of differences, and what lies under it.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{
    Address, U256,
    map::{AddressMap, HashMap},
};
use revm::bytecode::Bytecode;

/// From this depth on, putting a layer on top first merges small ones below it.
const MERGE_FROM: u32 = 6;

/// What an account is, apart from its storage.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountDiff {
    pub(crate) balance: U256,
    pub(crate) nonce: u64,
    pub(crate) code: Bytecode,
    /// Storage below this layer is gone: the account was created or destroyed here.
    pub(crate) wiped: bool,
}

/// Differences to the layer below.
///
/// A layer that somebody else holds, be it a snapshot or a layer above, never changes again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    pub(crate) accounts: AddressMap<AccountDiff>,
    slots: HashMap<(Address, U256), U256>,
    /// Some account here is `wiped`; saves the look when none is.
    wipes: bool,
    depth: u32,
    parent: Option<Arc<Self>>,
}

impl Layer {
    /// An empty layer on top of `parent`.
    pub(crate) fn over(parent: Arc<Self>) -> Self {
        let parent = if parent.depth >= MERGE_FROM { merged(&parent) } else { parent };
        Self { depth: parent.depth + 1, parent: Some(parent), ..Self::default() }
    }

    /// The account as the topmost layer that mentions it has it.
    pub(crate) fn account(&self, address: &Address) -> Option<&AccountDiff> {
        self.downwards().find_map(|layer| layer.accounts.get(address))
    }

    /// The slot as the topmost layer that knows it has it.
    pub(crate) fn slot(&self, address: Address, slot: U256) -> Option<U256> {
        self.downwards().find_map(|layer| {
            layer.slots.get(&(address, slot)).copied().or_else(|| {
                (layer.wipes && layer.accounts.get(&address).is_some_and(|it| it.wiped))
                    .then_some(U256::ZERO)
            })
        })
    }

    /// The slots of an account that this layer or one below it writes.
    pub(crate) fn slots_of(&self, address: Address) -> Vec<U256> {
        let all = self.downwards().flat_map(|layer| layer.slots.keys());
        all.filter(|(owner, _)| *owner == address).map(|(_, slot)| *slot).collect()
    }

    /// The accounts that this layer or one below it writes.
    pub(crate) fn addresses(&self) -> BTreeSet<Address> {
        self.downwards().flat_map(|layer| layer.accounts.keys().copied()).collect()
    }

    /// Sets everything but storage; a wipe that happened earlier in this layer stays.
    pub(crate) fn set_account(&mut self, address: Address, account: AccountDiff) {
        let wiped = account.wiped;
        let before = self.accounts.insert(address, account);
        if before.as_ref().is_some_and(|it| it.wiped) && !wiped {
            self.accounts.entry(address).and_modify(|it| it.wiped = true);
        }
    }

    /// Notes that an account is created here of which this layer has no storage.
    pub(crate) fn wipes(&mut self) {
        self.wipes = true;
    }

    /// Forgets the storage of an account that is created or destroyed here.
    pub(crate) fn wipe(&mut self, address: Address) {
        self.wipes = true;
        self.slots.retain(|(owner, _), _| *owner != address);
    }

    pub(crate) fn set_slot(&mut self, address: Address, slot: U256, value: U256) {
        self.slots.insert((address, slot), value);
    }

    fn downwards(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |layer| layer.parent.as_deref())
    }

    fn len(&self) -> usize {
        self.accounts.len() + self.slots.len()
    }

    /// All layers down to this one, and without it, in one; down to the origin if it is not among them.
    pub(crate) fn down_to(&self, lowest: &Arc<Self>) -> Self {
        let all = self.downwards().take_while(|layer| !std::ptr::eq(*layer, &raw const **lowest));
        let all: Vec<&Self> = all.collect();
        let mut whole = Self::default();
        all.into_iter().rev().for_each(|layer| whole.absorb(layer));
        whole
    }

    /// The words that this layer itself holds.
    pub(crate) fn own_slots(&self) -> impl Iterator<Item = (Address, U256, U256)> + '_ {
        self.slots.iter().map(|((address, slot), word)| (*address, *slot, *word))
    }

    /// Puts the differences of `above` on top of this layer's.
    fn absorb(&mut self, above: &Self) {
        if above.wipes {
            self.wipes = true;
            self.slots
                .retain(|(owner, _), _| !above.accounts.get(owner).is_some_and(|it| it.wiped));
        }
        self.slots.extend(above.slots.iter().map(|(slot, value)| (*slot, *value)));
        above
            .accounts
            .iter()
            .for_each(|(address, account)| self.set_account(*address, account.clone()));
    }
}

/// `top` with the layers under it that are not much larger merged into one.
///
/// Merging only what is at most twice as large keeps the cost of a layer amortised, and sizes that at least double
/// downwards keep the depth logarithmic.
fn merged(top: &Arc<Layer>) -> Arc<Layer> {
    let mut run = vec![top];
    let mut size = top.len();
    while let Some(next) = run.last().and_then(|layer| layer.parent.as_ref()) {
        if next.len() > 2 * size {
            break;
        }
        size += next.len();
        run.push(next);
    }
    let (bottom, above) = run.split_last().expect("the run holds at least the top");
    if above.is_empty() {
        return Arc::clone(top);
    }
    let mut merged = Layer::clone(bottom);
    above.iter().rev().for_each(|layer| merged.absorb(layer));
    Arc::new(merged)
}
