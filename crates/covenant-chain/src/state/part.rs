//! What a state differs in from an earlier one, part by part.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use alloy_primitives::{Address, U256};

use super::{
    layer::{AccountDiff, Layer},
    store::State,
};

/// An account or a word of storage, as it is at one moment and was not at an earlier one.
///
/// Many moments have the same parts; who keeps many moments keeps each part once. See
/// [`Snapshot::since`](crate::Snapshot::since).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part(Inner);

#[derive(Clone, Debug)]
enum Inner {
    Account(Address, AccountDiff),
    Word(Address, U256, U256),
}

/// What tells parts apart; of code the hash is enough.
type Key = (Address, bool, [U256; 2], u64, bool);

impl Inner {
    fn key(&self) -> Key {
        match self {
            Self::Account(address, AccountDiff { balance, nonce, code, wiped }) => {
                (*address, false, [*balance, code.hash_slow().into()], *nonce, *wiped)
            }
            Self::Word(address, slot, word) => (*address, true, [*slot, *word], 0, false),
        }
    }
}

impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Inner {}

impl Hash for Inner {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.key().hash(hasher);
    }
}

impl State {
    /// The same state in a single layer.
    pub(crate) fn flat(&self) -> Self {
        let whole = self.top.down_to(&Arc::default());
        Self { top: Arc::new(whole), origin: Arc::clone(&self.origin) }
    }

    /// In which parts it differs from one that it comes from, in a fixed order.
    pub(crate) fn since(&self, earlier: &Self) -> Vec<Part> {
        let changes = self.top.down_to(&earlier.top);
        let is_new = |address: &Address| changes.accounts.get(address).is_some_and(|it| it.wiped);
        let accounts = changes.accounts.iter().map(|(address, account)| {
            let part = Inner::Account(*address, account.clone());
            let before = earlier.top.account(address);
            let before = before.map(|before| Inner::Account(*address, before.clone()));
            (!account.wiped && before.as_ref() == Some(&part), part)
        });
        let words = changes.own_slots().map(|(address, slot, word)| {
            let is_same = !is_new(&address) && earlier.top.slot(address, slot) == Some(word);
            (is_same, Inner::Word(address, slot, word))
        });
        let changed = accounts.chain(words).filter(|(is_same, _)| !is_same);
        let mut parts: Vec<Part> = changed.map(|(_, part)| Part(part)).collect();
        parts.sort_unstable_by_key(|part| part.0.key());
        parts
    }

    /// The state that differs from this one in these parts.
    pub(crate) fn with<'a>(&self, parts: impl IntoIterator<Item = &'a Part>) -> Self {
        let mut layer = Layer::over(Arc::clone(&self.top));
        // Of an account its own part comes before its words.
        for Part(part) in parts {
            match part {
                Inner::Account(address, account) => {
                    if account.wiped {
                        layer.wipe(*address);
                    }
                    layer.set_account(*address, account.clone());
                }
                Inner::Word(address, slot, word) => layer.set_slot(*address, *slot, *word),
            }
        }
        Self { top: Arc::new(layer), origin: Arc::clone(&self.origin) }
    }
}
