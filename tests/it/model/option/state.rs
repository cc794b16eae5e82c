//! One option as a state machine, after contracts/docs/rent-to-own.md. What is credited is not kept but follows from when
//! each instalment was registered.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value, event, fault, require},
        books::{Books, share},
        cast::Who,
        extension::{Rent, before, can_be_paid, from, is_about, is_called_by},
        items::{Shelf, is_single},
        lease::Beside,
    },
    act::Call,
    terms::Terms,
};

/// `IRentToOwn.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Offered,
    Active,
    Lapsed,
    Exercised,
    Closed,
}

use Status::{Active, Closed, Exercised, Lapsed, None as Absent, Offered};

/// The most instalments that one call decides on.
const MOST: usize = 24;

/// An option with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Deal {
    pub(super) terms: Terms,
    pub(super) id: B256,
    /// What was written down last; what follows from the clock is in [`Deal::status`].
    pub(super) stage: Status,
    /// It is over, and the title refused to go back.
    pub(super) parked: bool,
    /// What each instalment earned that was decided on: nothing if it was missed.
    pub(super) earned: Vec<u128>,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) beside: &'a mut Beside,
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

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Offered => "Offered",
            Active => "Active",
            Lapsed => "Lapsed",
            Exercised => "Exercised",
            Closed => "Closed",
        }
    }
}

impl Deal {
    pub(super) const fn new(terms: Terms, id: B256) -> Self {
        Self { terms, id, stage: Absent, parked: false, earned: Vec::new() }
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<bool, Fault> {
        if !matches!(call, Call::Accept | Call::Pay(..) | Call::Exercise(..)) && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let scene = &mut scene;
        if matches!(call, Call::Offer) {
            self.offer(scene)?;
            return Ok(true);
        }
        require!(self.stage != Absent, "Extension_UnknownAgreement", self.id);
        match call {
            Call::Offer => unreachable!("it was done"),
            Call::Accept => self.accept(scene)?,
            Call::Cancel => self.cancel(scene)?,
            Call::Pay(lease, amount) => self.pay(*lease, *amount, scene)?,
            Call::Register(lease) => {
                self.is_open(scene)?;
                is_about(scene.beside, *lease, self.lease(scene))?;
                self.register(scene);
            }
            Call::Exercise(lease, to) => self.exercise(*lease, *to, scene)?,
            Call::Settle => self.settle(scene)?,
            Call::TakeTitle(to) => self.take_title(*to, scene)?,
        }
        Ok(false)
    }

    fn offer(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.seller, scene.caller)?;
        let status = self.status(scene.books.now) as u8;
        require!(self.stage == Absent, "RentToOwn_WrongState", status, Absent as u8);
        before(scene.books.now, self.terms.accept_by)?;
        self.terms.check()?;
        let Terms { title, token_id, .. } = self.terms;
        let owner = owner(title, token_id, scene)?;
        require!(owner != Who::CONTRACT, "RentToOwn_AlreadyHeld", title, token_id);
        self.stage = Offered;
        scene.tell(event!("Offered", self.id, scene.caller, scene.terms.clone()));
        scene.shelf.move_single(Who::CONTRACT, title, scene.caller, Who::CONTRACT, token_id)?;
        self.is_here(scene)
    }

    fn accept(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { seller, buyer, asset, fee, accept_by, .. } = self.terms;
        is_called_by(buyer, scene.caller)?;
        self.is_exactly(Offered, scene)?;
        before(scene.books.now, accept_by)?;
        self.is_here(scene)?;
        self.stage = Active;
        scene.tell(event!("Accepted", self.id, buyer, fee));
        scene.books.pull(asset, buyer, scene.value, fee)?;
        scene.books.forward(asset, seller, fee);
        Ok(())
    }

    fn cancel(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { seller, buyer, .. } = self.terms;
        if scene.caller != buyer {
            // The option is the buyer's from acceptance on.
            is_called_by(seller, scene.caller)?;
            self.is_exactly(Offered, scene)?;
        }
        let open = matches!(self.stage, Offered | Active);
        require!(open, "RentToOwn_WrongState", self.stage as u8, Active as u8);
        self.close(scene);
        Ok(())
    }

    fn pay(&mut self, lease: usize, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_about(scene.beside, lease, self.lease(scene))?;
        let rent = Rent { lease, payer: scene.caller, offered: amount, value: scene.value };
        rent.pay(scene.beside, scene.books)?;
        if self.status(scene.books.now) == Active {
            self.register(scene);
        }
        Ok(())
    }

    fn exercise(&mut self, lease: usize, to: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { seller, buyer, title, token_id, asset, .. } = self.terms;
        is_called_by(buyer, scene.caller)?;
        self.is_open(scene)?;
        is_about(scene.beside, lease, self.lease(scene))?;
        let arrears = scene.beside.arrears(lease);
        require!(arrears == 0, "RentToOwn_InArrears", arrears);
        require!(can_be_paid(to), "RentToOwn_InvalidReceiver", to);
        self.register(scene);
        let price = self.price();
        let offered = if asset == Who::NOBODY { scene.value } else { price };
        require!(offered >= price, "Ledger_WrongValue", offered, price);
        self.stage = Exercised;
        scene.tell(event!("Exercised", self.id, to, price));
        scene.books.pull(asset, buyer, scene.value, offered)?;
        scene.books.forward(asset, seller, price);
        scene.books.forward(asset, buyer, offered - price);
        deliver(title, token_id, to, scene.shelf)
    }

    fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let deadline = self.deadline();
        require!(deadline > 0, "RentToOwn_WrongState", self.stage as u8, Active as u8);
        from(scene.books.now, deadline)?;
        self.close(scene);
        Ok(())
    }

    fn take_title(&mut self, to: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { seller, title, token_id, .. } = self.terms;
        is_called_by(seller, scene.caller)?;
        require!(self.parked, "RentToOwn_NotHeld", title, token_id);
        require!(can_be_paid(to), "RentToOwn_InvalidReceiver", to);
        self.parked = false;
        deliver(title, token_id, to, scene.shelf)
    }

    /// Decides on instalments in their order: what is paid in time earns, what is too late does not, the rest is open.
    fn register(&mut self, scene: &mut Scene<'_>) {
        let Terms { lease, credit_bps, grace, .. } = self.terms;
        let (now, paid) = (scene.books.now, scene.beside.rent_paid(lease));
        let decided = self.earned.len();
        for k in decided..scene.beside.instalments(lease).min(decided + MOST) {
            if now >= scene.beside.due_at(lease, k) + grace {
                self.earned.push(0);
                scene.tell(event!("InstalmentMissed", self.id, k));
            } else if scene.beside.sum_of(lease, k + 1) <= paid {
                let credit = share(scene.beside.instalment(lease, k), credit_bps);
                self.earned.push(credit);
                scene.tell(event!("InstalmentCredited", self.id, k, credit));
            } else {
                break;
            }
        }
    }

    /// Over without a sale: the title goes back, or waits.
    fn close(&mut self, scene: &mut Scene<'_>) {
        self.stage = Closed;
        scene.tell(event!("Closed", self.id));
        let Terms { seller, title, token_id, .. } = self.terms;
        let before = scene.shelf.clone();
        if deliver(title, token_id, seller, scene.shelf).is_err() {
            *scene.shelf = before;
            self.parked = true;
            scene.tell(event!("TitleParked", self.id));
        }
    }

    /// Where the option stands.
    pub(super) fn status(&self, now: u64) -> Status {
        let deadline = self.deadline();
        if deadline > 0 && now >= deadline { Lapsed } else { self.stage }
    }

    /// From when on silence decides; zero when it never will.
    pub(super) const fn deadline(&self) -> u64 {
        match self.stage {
            Offered => self.terms.accept_by,
            Active => self.terms.expires_at,
            _ => 0,
        }
    }

    /// All credits, before the cap.
    pub(super) fn credit(&self) -> u128 {
        self.earned.iter().sum()
    }

    /// The strike less the credits.
    pub(super) fn price(&self) -> u128 {
        self.terms.strike - self.credit().min(self.terms.credit_cap)
    }

    /// Whether the title is in escrow.
    pub(super) const fn holds(&self) -> bool {
        matches!(self.stage, Offered | Active) || self.parked
    }

    fn lease(&self, scene: &Scene<'_>) -> B256 {
        scene.beside.id(self.terms.lease)
    }

    fn is_open(&self, scene: &Scene<'_>) -> Result<(), Fault> {
        self.is_exactly(Active, scene)?;
        before(scene.books.now, self.terms.expires_at)
    }

    fn is_exactly(&self, expected: Status, scene: &Scene<'_>) -> Result<(), Fault> {
        if self.stage == expected {
            return Ok(());
        }
        let status = self.status(scene.books.now);
        Err(fault!("RentToOwn_WrongState", status as u8, expected as u8))
    }

    fn is_here(&self, scene: &Scene<'_>) -> Result<(), Fault> {
        let Terms { title, token_id, .. } = self.terms;
        let owner = owner(title, token_id, scene)?;
        require!(owner == Who::CONTRACT, "RentToOwn_NotHeld", title, token_id);
        Ok(())
    }
}

/// Who owns a title.
fn owner(title: Who, token_id: u64, scene: &Scene<'_>) -> Result<Who, Fault> {
    if !is_single(title) {
        // It does not know the question.
        return Err(Fault::SILENT);
    }
    let owner = scene.shelf.owner(title, token_id);
    owner.ok_or_else(|| fault!("ERC721NonexistentToken", token_id))
}

/// Moves a title out, and it is there.
fn deliver(title: Who, token_id: u64, to: Who, shelf: &mut Shelf) -> Result<(), Fault> {
    shelf.move_single(Who::CONTRACT, title, Who::CONTRACT, to, token_id)?;
    let there = shelf.owner(title, token_id) == Some(to);
    require!(there, "RentToOwn_NotDelivered", title, token_id);
    Ok(())
}
