//! The items of everybody: what their contracts do, and what is parked.

use std::collections::BTreeMap;

use super::{
    super::{
        abi::{Fault, require},
        cast::{CAST, Who},
        dice::Dice,
    },
    terms::{Item, MANY, SINGLE},
};

/// How what an account sends is caught on its way, in the order of `Trap`.
pub(in super::super) const FREE: u8 = 0;
pub(in super::super) const REFUSES: u8 = 1;
pub(in super::super) const BURNS_GAS: u8 = 2;
pub(in super::super) const DOES_NOTHING: u8 = 3;

/// How many single items of each contract there are, and how many kinds of those of which there are several.
const ITEMS: usize = 24;
const BOUND: usize = 16;
const KINDS: usize = 3;

/// What is parked: kind, contract, id and for whom.
type Key = (u8, Who, u64, Who);

/// Who owns what, what is parked, and the switches of the items' contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Shelf {
    items: [Who; ITEMS],
    bound: [Who; BOUND],
    many: [[u128; CAST]; KINDS],
    pub(super) parked: BTreeMap<Key, u128>,
    traps: [u8; CAST],
    /// What is added to every amount.
    slip: i8,
    locked: [bool; BOUND],
    /// Which are bound by their next transfer.
    binds: [bool; BOUND],
    /// The state of the one account that belongs to an item.
    pub(super) account_state: u64,
}

/// What came of an attempt to hand an item over.
pub(super) enum Push {
    Accepted,
    Refused,
    /// Refused with all the gas that it got.
    Burnt,
}

impl Shelf {
    /// The item to which the account belongs.
    pub(in super::super) const ACCOUNT_OWNER: (Who, u64) = (Who::ITEMS, 0);

    pub(in super::super) fn new() -> Self {
        let mut row = [0; CAST];
        for who in Who::all() {
            row[who.index()] = Self::endowment(who);
        }
        Self {
            items: std::array::from_fn(|id| Self::first_owner(id as u64)),
            bound: std::array::from_fn(|id| Self::first_owner(id as u64)),
            many: [row; KINDS],
            parked: BTreeMap::new(),
            traps: [FREE; CAST],
            slip: 0,
            locked: [false; BOUND],
            binds: [false; BOUND],
            account_state: 0,
        }
    }

    /// All that there is at first: the contract, the id, how many (of single items one), and whose.
    pub(in super::super) fn stock() -> Vec<(Who, u64, u128, Who)> {
        let single =
            [(Who::ITEMS, ITEMS), (Who::BOUND, BOUND)].into_iter().flat_map(|(token, count)| {
                (0..count as u64).map(move |id| (token, id, 1, Self::first_owner(id)))
            });
        let many = (0..KINDS as u64).flat_map(|id| {
            Who::PARTIES.iter().map(move |who| (Who::MULTI, id, Self::endowment(*who), *who))
        });
        single.chain(many.filter(|it| it.2 > 0)).collect()
    }

    /// Whether somebody lets the contract move his items.
    pub(in super::super) fn approves(who: Who) -> bool {
        who == Who::STRANGER || (Who::PARTIES.contains(&who) && who != Who::POOR)
    }

    /// One of the ids that somebody has at first.
    pub(in super::super) fn some_id(token: Who, owner: Who, dice: &mut Dice) -> u64 {
        let parties = Who::PARTIES.len() as u64;
        let Some(at) = Who::PARTIES.iter().position(|who| *who == owner) else { return 0 };
        match token {
            Who::MULTI => dice.below(KINDS as u64),
            Who::BOUND => at as u64 + parties * dice.below(BOUND as u64 / parties),
            _ => at as u64 + parties * dice.below(ITEMS as u64 / parties),
        }
    }

    /// Who owns a single item, if it exists.
    pub(in super::super) fn owner(&self, token: Who, id: u64) -> Option<Who> {
        let owners: &[Who] = if token == Who::ITEMS { &self.items } else { &self.bound };
        place(id).and_then(|id| owners.get(id)).copied()
    }

    /// How many of an item somebody has.
    pub(super) fn balance(&self, id: u64, who: Who) -> u128 {
        place(id).and_then(|id| self.many.get(id)).map_or(0, |of| of[who.index()])
    }

    /// Whether an item is bound.
    pub(super) fn is_locked(&self, token: Who, id: u64) -> bool {
        token == Who::BOUND && place(id).and_then(|id| self.locked.get(id)).is_some_and(|it| *it)
    }

    /// Takes exactly this item from `giver`, and it was not here before.
    pub(super) fn take(&mut self, item: &Item, giver: Who) -> Result<(), Fault> {
        let Item { kind, token, id, amount, .. } = *item;
        require!(has_code(token), "Ledger_NoCode", token);
        require!(!self.is_locked(token, id), "NftEscrow_Soulbound", token, id);
        let fits = if kind == SINGLE { is_single(token) } else { token == Who::MULTI };
        if !fits {
            // It does not know the question.
            return Err(Fault::SILENT);
        }
        if kind == MANY {
            let before = self.balance(id, Who::CONTRACT);
            self.move_many(Who::CONTRACT, giver, Who::CONTRACT, id, amount)?;
            let received = self.balance(id, Who::CONTRACT) - before;
            require!(received == amount, "NftEscrow_BadDelta", token, id, received, amount);
            return Ok(());
        }
        let owner = self.owner(token, id);
        require!(owner.is_some(), "ERC721NonexistentToken", id);
        require!(owner != Some(Who::CONTRACT), "NftEscrow_AlreadyHeld", token, id);
        self.move_single(Who::CONTRACT, token, giver, Who::CONTRACT, id)?;
        let arrived = self.owner(token, id) == Some(Who::CONTRACT);
        require!(arrived, "NftEscrow_BadDelta", token, id, 0_u64, 1_u64);
        require!(!self.is_locked(token, id), "NftEscrow_Soulbound", token, id);
        Ok(())
    }

    /// Tries to hand an item over.
    pub(super) fn push(&mut self, item: &Item, to: Who) -> Push {
        let Item { kind, token, id, amount, .. } = *item;
        let before = self.clone();
        let from = Who::CONTRACT;
        if token == Who::ITEMS && self.traps[from.index()] == BURNS_GAS {
            return Push::Burnt;
        }
        let moved = if kind == MANY {
            self.move_many(from, from, to, id, amount)
        } else {
            self.move_single(from, token, from, to, id)
        };
        let arrived =
            if kind == MANY { self.slip == 0 } else { self.owner(token, id) != Some(from) };
        let result = match moved {
            // The receiver is asked only once it has moved.
            Ok(()) if to == Who::BURNER => Push::Burnt,
            Ok(()) if arrived && takes_items(to) => return Push::Accepted,
            _ => Push::Refused,
        };
        *self = before;
        result
    }

    /// An item now waits for somebody.
    pub(super) fn park(&mut self, item: &Item, party: Who) {
        *self.parked.entry((item.kind, item.token, item.id, party)).or_default() += item.amount;
    }

    /// How many of an item are parked for somebody.
    pub(super) fn parked(&self, kind: u8, token: Who, id: u64, party: Who) -> u128 {
        self.parked.get(&(kind, token, id, party)).copied().unwrap_or_default()
    }

    /// `withdrawItem(kind, token, id, to)`.
    pub(super) fn withdraw(
        &mut self,
        (kind, token, id): (u8, Who, u64),
        party: Who,
        to: Who,
    ) -> Result<u128, Fault> {
        let amount = self.parked(kind, token, id, party);
        require!(amount > 0, "NftEscrow_NothingParked", token, id, party);
        let possible = to != Who::NOBODY && to != Who::CONTRACT;
        require!(possible, "Ledger_InvalidReceiver", to);
        self.parked.remove(&(kind, token, id, party));
        let from = Who::CONTRACT;
        if kind == SINGLE {
            self.move_single(from, token, from, to, id)?;
            let gone = self.owner(token, id) != Some(from);
            require!(gone, "NftEscrow_BadDelta", token, id, 0_u64, 1_u64);
            return Ok(amount);
        }
        let before = self.balance(id, from);
        self.move_many(from, from, to, id, amount)?;
        is_accepted(MANY, to)?;
        let spent = before - self.balance(id, from);
        require!(spent == amount, "NftEscrow_BadDelta", token, id, spent, amount);
        Ok(amount)
    }

    /// What `transferFrom(from, to, id)` of a contract of single items does when `operator` calls it.
    pub(in super::super) fn move_single(
        &mut self,
        operator: Who,
        token: Who,
        from: Who,
        to: Who,
        id: u64,
    ) -> Result<(), Fault> {
        if token == Who::ITEMS {
            match self.traps[from.index()] {
                REFUSES => require!(false, "OneWayNft_Caught", id),
                BURNS_GAS => return Err(Fault::SILENT),
                DOES_NOTHING => return Ok(()),
                _ => {}
            }
        }
        require!(to != Who::NOBODY, "ERC721InvalidReceiver", to);
        require!(!self.is_locked(token, id), "SoulboundNft_Locked", id);
        let owner = self.owner(token, id);
        require!(owner.is_some(), "ERC721NonexistentToken", id);
        let owner = owner.expect("it was just looked at");
        let allowed = owner == operator || (operator == Who::CONTRACT && Self::approves(owner));
        require!(allowed, "ERC721InsufficientApproval", operator, id);
        require!(owner == from, "ERC721IncorrectOwner", from, id, owner);
        let at = place(id).expect("it exists");
        if token == Who::ITEMS {
            self.items[at] = to;
        } else {
            self.bound[at] = to;
            self.locked[at] = self.binds[at];
        }
        Ok(())
    }

    /// What `safeTransferFrom` of the contract of many items does, but for asking the receiver.
    fn move_many(
        &mut self,
        operator: Who,
        from: Who,
        to: Who,
        id: u64,
        amount: u128,
    ) -> Result<(), Fault> {
        let allowed = operator == from || (operator == Who::CONTRACT && Self::approves(from));
        require!(allowed, "ERC1155MissingApprovalForAll", operator, from);
        require!(to != Who::NOBODY, "ERC1155InvalidReceiver", to);
        let moved = amount.checked_add_signed(self.slip.into()).expect("amounts are small");
        let balance = self.balance(id, from);
        require!(balance >= moved, "ERC1155InsufficientBalance", from, balance, moved, id);
        if let Some(of) = place(id).and_then(|id| self.many.get_mut(id)) {
            of[from.index()] -= moved;
            of[to.index()] += moved;
        }
        Ok(())
    }

    /// `safeTransferFrom(from, to, id, amount, "")` of the contract of many items, by their owner.
    pub(super) fn send_many(
        &mut self,
        from: Who,
        to: Who,
        id: u64,
        amount: u128,
    ) -> Result<(), Fault> {
        self.move_many(from, from, to, id, amount)?;
        require!(to != Who::CONTRACT, "NftEscrow_Unsolicited", from);
        is_accepted(MANY, to)
    }

    /// `safeTransferFrom(from, to, id)` of the contract of single items, by their owner.
    pub(super) fn send_single(&mut self, from: Who, to: Who, id: u64) -> Result<(), Fault> {
        self.move_single(from, Who::ITEMS, from, to, id)?;
        is_accepted(SINGLE, to)
    }

    /// What an account sends is caught so.
    pub(super) const fn set_trap(&mut self, who: Who, trap: u8) {
        self.traps[who.index()] = trap;
    }

    /// This is added to every amount.
    pub(super) const fn set_slip(&mut self, slip: i8) {
        self.slip = slip;
    }

    /// An item is bound, or free.
    pub(super) fn set_locked(&mut self, id: u64, locked: bool) {
        self.locked[place(id).expect("ids are small")] = locked;
    }

    /// An item will be bound by its next transfer, or not.
    pub(super) fn set_binds(&mut self, id: u64, binds: bool) {
        self.binds[place(id).expect("ids are small")] = binds;
    }

    /// A kind of single items that can be bound.
    pub(super) fn bound_id(dice: &mut Dice) -> u64 {
        dice.below(BOUND as u64)
    }

    /// The items of which the contract has some that cannot be told from what it holds for agreements (`held`) and what is
    /// parked: none.
    pub(super) fn unaccounted(&self, held: &[Item], strays: &[(Who, u64)]) -> bool {
        let count = |kind: u8, token: Who, id: u64| {
            let same = |item: &&Item| (item.kind, item.token, item.id) == (kind, token, id);
            let held: u128 = held.iter().filter(same).map(|item| item.amount).sum();
            let parked: u128 = self
                .parked
                .iter()
                .filter(|(key, _)| (key.0, key.1, key.2) == (kind, token, id))
                .map(|(_, amount)| amount)
                .sum();
            held + parked
        };
        let single = |token: Who, owners: &[Who]| {
            owners.iter().zip(0..).any(|(owner, id)| {
                let stray = strays.contains(&(token, id));
                u128::from(*owner == Who::CONTRACT && !stray) != count(SINGLE, token, id)
            })
        };
        let many = self.many.iter().zip(0..);
        single(Who::ITEMS, &self.items)
            || single(Who::BOUND, &self.bound)
            || many
                .into_iter()
                .any(|(of, id)| of[Who::CONTRACT.index()] != count(MANY, Who::MULTI, id))
    }

    fn first_owner(id: u64) -> Who {
        Who::PARTIES[place(id).expect("ids are small") % Who::PARTIES.len()]
    }

    /// How many of each kind somebody has at first. Whoever refuses items has none.
    fn endowment(who: Who) -> u128 {
        match who {
            Who::ALICE | Who::BOB | Who::CAROL | Who::DAVE => 100,
            Who::POOR => 3,
            _ => 0,
        }
    }
}

/// Whether a contract has single items.
pub(in super::super) fn is_single(token: Who) -> bool {
    token == Who::ITEMS || token == Who::BOUND
}

fn place(id: u64) -> Option<usize> {
    usize::try_from(id).ok()
}

fn has_code(token: Who) -> bool {
    !token.has_key() && token != Who::CODELESS && token != Who::NOBODY
}

/// Whether somebody takes items that ask.
fn takes_items(who: Who) -> bool {
    (who.has_key() && who != Who::REFUSER) || who == Who::CODELESS
}

/// What a contract of items says when somebody does not take them.
fn is_accepted(kind: u8, to: Who) -> Result<(), Fault> {
    require!(to != Who::REFUSER, "RejectsEther_Refused", 0_u64);
    let refused = if kind == MANY { "ERC1155InvalidReceiver" } else { "ERC721InvalidReceiver" };
    require!(takes_items(to), refused, to);
    Ok(())
}
