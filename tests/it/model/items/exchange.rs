//! One exchange as a state machine, after contracts/docs/nft-escrow.md.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value, event, require},
        books::{Books, share},
        cast::Who,
    },
    act::Call,
    shelf::{Push, Shelf},
    terms::{Item, Terms},
};

/// `INftEscrow.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Deposited,
    Funded,
    Exchanged,
    Returned,
    Cancelled,
}

use Status::{Cancelled, Deposited, Exchanged, Funded, None as Absent, Returned};

/// An agreement with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) terms: Terms,
    pub(super) id: B256,
    pub(super) status: Status,
    /// For I-1: all that was paid in, and all that was paid out or credited.
    pub(super) came: u128,
    pub(super) went: u128,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) shelf: &'a mut Shelf,
    pub(super) caller: Who,
    pub(super) value: u128,
    /// The terms as an argument.
    pub(super) terms: &'a Value,
}

impl Scene<'_> {
    fn tell(&mut self, event: Event) {
        self.books.events.push(event);
    }
}

/// The gas, in thousands, for all items of a transaction; for one; the least with which one is tried; what one takes.
const ALL_GAS: u64 = 750;
const PUSH_GAS: u64 = 300;
const LEAST_GAS: u64 = 60;
const USUAL_GAS: u64 = 45;

impl Status {
    pub(super) const fn is_final(self) -> bool {
        matches!(self, Exchanged | Returned | Cancelled)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Deposited => "Deposited",
            Funded => "Funded",
            Exchanged => "Exchanged",
            Returned => "Returned",
            Cancelled => "Cancelled",
        }
    }
}

impl Exchange {
    pub(super) const fn new(terms: Terms, id: B256) -> Self {
        Self { terms, id, status: Absent, came: 0, went: 0 }
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: Call, mut scene: Scene<'_>) -> Result<bool, Fault> {
        if call != Call::Fund && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        match call {
            Call::Deposit => self.deposit(&mut scene)?,
            Call::Fund => self.fund(&mut scene)?,
            Call::Cancel => self.cancel(&mut scene)?,
            Call::Settle => self.settle(&mut scene)?,
        }
        Ok(matches!(call, Call::Deposit | Call::Fund))
    }

    fn deposit(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let seller = self.terms.seller;
        require!(scene.caller == seller, "NftEscrow_WrongCaller", scene.caller, seller);
        self.is_none_or(Funded)?;
        self.is_before_expiry(scene)?;
        self.propose(scene)?;
        scene.tell(event!("Deposited", self.id, seller));
        for item in &self.terms.items {
            scene.shelf.take(item, seller)?;
        }
        if self.status == Absent {
            self.status = Deposited;
            return Ok(());
        }
        self.exchange(scene)
    }

    fn fund(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { buyer, asset, price, .. } = self.terms;
        let may = self.terms.in_exchange.is_empty() || scene.caller == buyer;
        require!(may, "NftEscrow_WrongCaller", scene.caller, buyer);
        self.is_none_or(Deposited)?;
        self.is_before_expiry(scene)?;
        self.propose(scene)?;
        scene.tell(event!("Funded", self.id, scene.caller, price));
        scene.books.take(asset, scene.caller, scene.value, price)?;
        self.came += price;
        for item in &self.terms.in_exchange {
            scene.shelf.take(item, scene.caller)?;
        }
        if self.status == Absent {
            self.status = Funded;
            return Ok(());
        }
        self.exchange(scene)
    }

    /// The first call puts the terms on record.
    fn propose(&self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        if self.status == Absent {
            self.terms.check()?;
            scene.tell(event!("Proposed", self.id, scene.caller, scene.terms.clone()));
        }
        Ok(())
    }

    fn cancel(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let party = [self.terms.seller, self.terms.buyer].contains(&scene.caller);
        require!(party, "NftEscrow_NotAParty", scene.caller);
        let over = self.status.is_final();
        require!(!over, "NftEscrow_WrongState", self.status as u8, Funded as u8);
        scene.tell(event!("Cancelled", self.id, scene.caller));
        if self.status == Absent {
            self.close(Cancelled, scene);
        } else {
            self.give_back(scene);
        }
        Ok(())
    }

    fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        require!(self.status != Absent, "NftEscrow_UnknownAgreement", self.id);
        let (actual, expected) = (self.status as u8, Deposited as u8);
        require!(!self.status.is_final(), "NftEscrow_WrongState", actual, expected);
        let (now, deadline) = (scene.books.now, self.terms.expires_at);
        require!(now >= deadline, "NftEscrow_TooEarly", now, deadline);
        self.give_back(scene);
        Ok(())
    }

    /// Both parts are in: everything changes hands.
    fn exchange(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { seller, buyer, asset, price, fee_receiver, fee_bps, .. } = self.terms;
        for item in self.terms.items.iter().chain(&self.terms.in_exchange) {
            if item.account != Who::NOBODY {
                is_as_agreed(item, scene.shelf)?;
            }
        }
        self.went += price;
        let fee = share(price, fee_bps);
        scene.tell(event!("Exchanged", self.id, price - fee, fee));
        self.close(Exchanged, scene);
        scene.books.release_some(asset, seller, price - fee);
        scene.books.release_some(asset, fee_receiver, fee);
        let left = hand_over(&self.terms.items, buyer, ALL_GAS, scene);
        hand_over(&self.terms.in_exchange, seller, left, scene);
        Ok(())
    }

    /// What is in goes back to who put it in.
    fn give_back(&mut self, scene: &mut Scene<'_>) {
        let Terms { seller, buyer, asset, price, .. } = self.terms;
        let deposited = self.status == Deposited;
        self.close(Returned, scene);
        scene.tell(event!("Returned", self.id, if deposited { seller } else { buyer }));
        if deposited {
            hand_over(&self.terms.items, seller, ALL_GAS, scene);
        } else {
            self.went += price;
            scene.books.release_some(asset, buyer, price);
            hand_over(&self.terms.in_exchange, buyer, ALL_GAS, scene);
        }
    }

    fn close(&mut self, status: Status, scene: &mut Scene<'_>) {
        self.status = status;
        scene.tell(event!("Closed", self.id, status as u8));
    }

    /// From when on silence decides; zero when it never will.
    pub(super) const fn deadline(&self) -> u64 {
        if matches!(self.status, Deposited | Funded) { self.terms.expires_at } else { 0 }
    }

    /// What somebody gets of the money if nobody does anything any more.
    pub(super) fn claim(&self, who: Who) -> u128 {
        if self.status == Funded && who == self.terms.buyer { self.terms.price } else { 0 }
    }

    /// The items that are held for it.
    pub(super) fn held(&self) -> &[Item] {
        match self.status {
            Deposited => &self.terms.items,
            Funded => &self.terms.in_exchange,
            _ => &[],
        }
    }

    /// Who may get something of it.
    pub(super) fn named(&self) -> [Who; 3] {
        [self.terms.seller, self.terms.buyer, self.terms.fee_receiver]
    }

    fn is_none_or(&self, other: Status) -> Result<(), Fault> {
        let possible = self.status == Absent || self.status == other;
        require!(possible, "NftEscrow_WrongState", self.status as u8, Absent as u8);
        Ok(())
    }

    fn is_before_expiry(&self, scene: &Scene<'_>) -> Result<(), Fault> {
        let (now, deadline) = (scene.books.now, self.terms.expires_at);
        require!(now < deadline, "NftEscrow_TooLate", now, deadline);
        Ok(())
    }
}

/// The account is the item's, and in the state that was agreed.
fn is_as_agreed(item: &Item, shelf: &Shelf) -> Result<(), Fault> {
    if item.account != Who::ACCOUNT {
        // It does not know the question.
        return Err(Fault::SILENT);
    }
    let own = (item.token, item.id) == Shelf::ACCOUNT_OWNER;
    require!(own, "NftEscrow_WrongAccount", item.account);
    let (actual, expected) = (shelf.account_state, item.state);
    require!(actual == expected, "NftEscrow_AccountChanged", item.account, actual, expected);
    Ok(())
}

/// Hands items over, or parks them. Returns what gas is left.
fn hand_over(items: &[Item], to: Who, gas: u64, scene: &mut Scene<'_>) -> u64 {
    items.iter().fold(gas, |gas, item| {
        let limit = gas.min(PUSH_GAS);
        let push = if limit < LEAST_GAS { None } else { Some(scene.shelf.push(item, to)) };
        if !matches!(push, Some(Push::Accepted)) {
            scene.shelf.park(item, to);
            let Item { kind, token, id, amount, .. } = *item;
            scene.tell(event!("ItemParked", to, token, id, kind, amount));
        }
        match push {
            None => gas,
            Some(Push::Burnt) => gas - limit,
            Some(Push::Accepted | Push::Refused) => gas.saturating_sub(USUAL_GAS),
        }
    })
}
