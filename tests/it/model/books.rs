//! The money of everybody: what tokens do, and what the ledger of a contract owes (`ILedger`).

use alloy_primitives::U256;

use super::{
    abi::{Event, Fault, Value, event, require},
    cast::{ASSETS, CAST, Who},
};

/// How the lying token lies, in the order of its `Lie`.
const MOVES_BUT_RETURNS_FALSE: u8 = 1;
const RETURNS_TRUE_BUT_KEEPS: u8 = 2;

/// A number for everybody, for each asset.
type Table = [[U256; CAST]; ASSETS.len()];

/// Balances, credits, liabilities, and the switches of the tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Books {
    /// The clock.
    pub(super) now: u64,
    /// What was told, in order: at least since the present call began.
    pub(super) events: Vec<Event>,
    pub(super) balances: Table,
    pub(super) credits: Table,
    pub(super) liabilities: [U256; ASSETS.len()],
    /// What reached the contract without being owed to anybody.
    donated: [U256; ASSETS.len()],
    /// Whom the blocking token blocks.
    blocked: [bool; CAST],
    lie: u8,
    tax: u16,
}

impl Books {
    /// Everybody is rich but the poor, and the contract has nothing.
    pub(super) fn new() -> Self {
        let mut balances: Table = [[U256::ZERO; CAST]; ASSETS.len()];
        for asset in ASSETS {
            let column = &mut balances[asset.asset().expect("it is one")];
            for who in Who::all() {
                column[who.index()] = Self::endowment(asset, who);
            }
        }
        Self {
            now: 0,
            events: Vec::new(),
            balances,
            credits: [[U256::ZERO; CAST]; ASSETS.len()],
            liabilities: [U256::ZERO; ASSETS.len()],
            donated: [U256::ZERO; ASSETS.len()],
            blocked: [false; CAST],
            lie: 0,
            tax: 0,
        }
    }

    /// Takes over from the books of another contract what tokens and accounts are like. One of the two is beside the other,
    /// at `place`: what belongs to the one there belongs to the other here.
    pub(super) fn mirror(&mut self, other: &Self, place: Who) {
        (self.now, self.lie, self.tax) = (other.now, other.lie, other.tax);
        (self.balances, self.blocked) = (other.balances, other.blocked);
        let (one, two) = (Who::CONTRACT.index(), place.index());
        self.blocked.swap(one, two);
        self.balances.iter_mut().for_each(|column| column.swap(one, two));
    }

    /// What somebody has at first.
    pub(super) fn endowment(asset: Who, who: Who) -> U256 {
        let acts = Who::PARTIES.contains(&who) || who == Who::STRANGER;
        if !acts || asset == Who::CODELESS {
            U256::ZERO
        } else if who == Who::POOR && asset != Who::NOBODY {
            U256::from(40)
        } else {
            U256::ONE << 132
        }
    }

    /// How much the contract may take of somebody's tokens at first.
    pub(super) fn allowance(who: Who) -> U256 {
        if who == Who::POOR { U256::ZERO } else { U256::MAX }
    }

    /// Moves the clock; what was told before is forgotten.
    pub(super) fn turn(&mut self, now: u64) {
        self.now = now;
        self.events.clear();
    }

    /// Takes exactly `amount` from `from`, who sends `value` along, to hold it.
    pub(super) fn take(
        &mut self,
        asset: Who,
        from: Who,
        value: u128,
        amount: u128,
    ) -> Result<(), Fault> {
        self.pull(asset, from, value, amount)?;
        self.liabilities[index(asset)] += U256::from(amount);
        Ok(())
    }

    /// Takes exactly `amount` from `from`, who sends `value` along, on its way to somebody else.
    pub(super) fn pull(
        &mut self,
        asset: Who,
        from: Who,
        value: u128,
        amount: u128,
    ) -> Result<(), Fault> {
        let expected = if asset == Who::NOBODY { amount } else { 0 };
        require!(value == expected, "Ledger_WrongValue", value, expected);
        if asset == Who::NOBODY {
            self.shift(asset, from, Who::CONTRACT, U256::from(amount));
            return Ok(());
        }
        if amount == 0 {
            return Ok(());
        }
        require!(asset != Who::CODELESS, "Ledger_NoCode", asset);
        let before = self.balance(asset, Who::CONTRACT);
        self.transfer_from(asset, from, Who::CONTRACT, amount)?;
        let received = self.balance(asset, Who::CONTRACT) - before;
        require!(received == U256::from(amount), "Ledger_BadDelta", received, amount);
        Ok(())
    }

    /// Owes `amount`, which is owed anyway, to `to` as a credit.
    pub(super) fn set_aside(&mut self, asset: Who, to: Who, amount: u128) {
        if amount > 0 {
            self.credits[index(asset)][to.index()] += U256::from(amount);
            self.events.push(event!("Credited", asset, to, amount));
        }
    }

    /// Stops owing `amount` and pays it to `to`; if that is refused, it is owed as a credit. True if it was paid.
    pub(super) fn release(&mut self, asset: Who, to: Who, amount: u128) -> bool {
        self.liabilities[index(asset)] -= U256::from(amount);
        self.forward(asset, to, amount)
    }

    /// Stops owing `amount`, which is about to go elsewhere.
    pub(super) fn discharge(&mut self, asset: Who, amount: u128) {
        self.liabilities[index(asset)] -= U256::from(amount);
    }

    /// [`Self::release`] of an amount that may be nothing, of an asset that may be none.
    pub(super) fn release_some(&mut self, asset: Who, to: Who, amount: u128) {
        if amount > 0 {
            self.release(asset, to, amount);
        }
    }

    /// Pays `amount`, which is not counted as owed, to `to`; if that is refused, it is owed as a credit.
    pub(super) fn forward(&mut self, asset: Who, to: Who, amount: u128) -> bool {
        let before = self.clone();
        if amount == 0 || self.push(asset, to, U256::from(amount)).is_ok() {
            return true;
        }
        *self = before;
        self.credit(asset, to, amount);
        false
    }

    /// Owes `amount` more to `to`, as a credit.
    pub(super) fn credit(&mut self, asset: Who, to: Who, amount: u128) {
        self.set_aside(asset, to, amount);
        self.liabilities[index(asset)] += U256::from(amount);
    }

    /// Passes `amount` of what the caller offers on to `to`: a token straight, if that can be.
    pub(super) fn relay(
        &mut self,
        asset: Who,
        from: Who,
        to: Who,
        amount: u128,
        offered: u128,
        value: u128,
    ) -> Result<(), Fault> {
        if asset == Who::NOBODY {
            self.pull(asset, from, value, offered)?;
            self.forward(asset, to, amount);
            self.forward(asset, from, offered - amount);
            return Ok(());
        }
        if value == 0 && asset != Who::CODELESS && from != to {
            let before = self.clone();
            let had = self.balance(asset, to);
            let moved = self.transfer_from(asset, from, to, amount);
            if moved.is_ok() && self.balance(asset, to) - had == U256::from(amount) {
                return Ok(());
            }
            *self = before;
        }
        self.pull(asset, from, value, amount)?;
        self.forward(asset, to, amount);
        Ok(())
    }

    /// `withdraw(asset, to)`.
    pub(super) fn withdraw(&mut self, asset: Who, party: Who, to: Who) -> Result<U256, Fault> {
        let payable = to != Who::NOBODY && to != Who::CONTRACT;
        require!(payable, "Ledger_InvalidReceiver", to);
        self.pay_credit(asset, party, to)
    }

    /// Pays the credit of `party` to `to`, all of it or nothing.
    pub(super) fn pay_credit(&mut self, asset: Who, party: Who, to: Who) -> Result<U256, Fault> {
        let amount = self.credit_of(asset, party);
        require!(!amount.is_zero(), "Ledger_NoCredit", asset, party);
        self.credits[index(asset)][party.index()] = U256::ZERO;
        self.liabilities[index(asset)] -= amount;
        self.events.push(event!("Withdrawn", asset, party, to, amount));
        self.push(asset, to, amount)?;
        Ok(amount)
    }

    /// Sends `amount`, which is on hand and owed to nobody, to `to`. What a token that lies keeps back is nobody's.
    pub(super) fn hand(&mut self, asset: Who, to: Who, amount: u128) -> Result<(), Fault> {
        let (before, amount) = (self.balance(asset, Who::CONTRACT), U256::from(amount));
        if asset == Who::NOBODY {
            self.shift(asset, Who::CONTRACT, to, amount);
            return Ok(());
        }
        self.transfer(asset, Who::CONTRACT, to, amount)?;
        let lied = asset == Who::LYING && self.lie == MOVES_BUT_RETURNS_FALSE;
        require!(!lied, "SafeERC20FailedOperation", asset);
        self.donated[index(asset)] += amount - (before - self.balance(asset, Who::CONTRACT));
        Ok(())
    }

    /// So much has reached the contract that is not counted as owed.
    pub(super) fn come_by(&mut self, asset: Who, amount: U256) {
        self.donated[index(asset)] += amount;
    }

    /// So much of what is not counted as owed is about to be paid to somebody.
    pub(super) fn part_with(&mut self, asset: Who, amount: u128) {
        self.donated[index(asset)] -= U256::from(amount);
    }

    /// All that is owed.
    pub(super) fn owed(&self, asset: Who) -> U256 {
        self.liabilities[index(asset)]
    }

    /// Ether goes from one to another, past the contract.
    pub(super) fn transfer_ether(&mut self, from: Who, to: Who, amount: U256) {
        self.shift(Who::NOBODY, from, to, amount);
    }

    /// What somebody has.
    pub(super) fn balance(&self, asset: Who, who: Who) -> U256 {
        self.balances[index(asset)][who.index()]
    }

    /// Whether the blocking token blocks somebody.
    pub(super) const fn is_blocked(&self, who: Who) -> bool {
        self.blocked[who.index()]
    }

    /// What somebody may withdraw; nothing of what is no asset.
    pub(super) fn credit_of(&self, asset: Who, who: Who) -> U256 {
        asset.asset().map_or(U256::ZERO, |asset| self.credits[asset][who.index()])
    }

    /// Whether somebody has a credit in some asset.
    pub(super) fn any_credit(&self) -> Option<(Who, Who)> {
        ASSETS.iter().find_map(|asset| {
            Who::all().find(|who| !self.credit_of(*asset, *who).is_zero()).map(|who| (*asset, who))
        })
    }

    /// What reached the contract without being owed to anybody.
    pub(super) fn donated(&self, asset: Who) -> U256 {
        self.donated[index(asset)]
    }

    /// The contract has exactly what it owes, and what was donated.
    pub(super) fn is_solvent_to_the_unit(&self) -> bool {
        ASSETS.iter().map(|asset| index(*asset)).all(|asset| {
            self.balances[asset][Who::CONTRACT.index()]
                == self.liabilities[asset] + self.donated[asset]
        })
    }

    /// Somebody calls a token or a helper, not the contract.
    pub(super) fn outside(&mut self, caller: Who, act: Outside) -> Result<Vec<Value>, Fault> {
        match act {
            Outside::Block(who, blocked) => self.blocked[who.index()] = blocked,
            Outside::Lie(lie) => self.lie = lie,
            Outside::Tax(bps) => self.tax = bps,
            Outside::Donate(Who::NOBODY, amount) => {
                self.shift(Who::NOBODY, caller, Who::CONTRACT, U256::from(amount));
                self.donated[0] += U256::from(amount);
            }
            Outside::Gift(to, Who::NOBODY, amount) => {
                self.shift(Who::NOBODY, caller, to, U256::from(amount));
            }
            Outside::Gift(to, asset, amount) => {
                self.transfer(asset, caller, to, U256::from(amount))?;
                let lied = asset == Who::LYING && self.lie == MOVES_BUT_RETURNS_FALSE;
                return Ok(vec![(!lied).into()]);
            }
            Outside::Donate(asset, amount) => {
                let before = self.balance(asset, Who::CONTRACT);
                self.transfer(asset, caller, Who::CONTRACT, U256::from(amount))?;
                self.donated[index(asset)] += self.balance(asset, Who::CONTRACT) - before;
                let lied = asset == Who::LYING && self.lie == MOVES_BUT_RETURNS_FALSE;
                return Ok(vec![(!lied).into()]);
            }
        }
        Ok(Vec::new())
    }

    /// Moves money out of the contract, all or nothing.
    fn push(&mut self, asset: Who, to: Who, amount: U256) -> Result<(), Fault> {
        if asset == Who::NOBODY {
            require!(to.takes_ether(), "Ledger_Refused", to);
            self.shift(asset, Who::CONTRACT, to, amount);
            return Ok(());
        }
        let before = self.balance(asset, Who::CONTRACT);
        self.transfer(asset, Who::CONTRACT, to, amount)?;
        let lied = asset == Who::LYING && self.lie == MOVES_BUT_RETURNS_FALSE;
        require!(!lied, "SafeERC20FailedOperation", asset);
        let spent = before - self.balance(asset, Who::CONTRACT);
        require!(spent == amount, "Ledger_BadDelta", spent, amount);
        Ok(())
    }

    /// The token's `transferFrom`, by the contract.
    fn transfer_from(&mut self, asset: Who, from: Who, to: Who, amount: u128) -> Result<(), Fault> {
        let allowed = Self::allowance(from);
        let amount = U256::from(amount);
        if asset == Who::LYING {
            require!(allowed >= amount, "BareToken_InsufficientAllowance", allowed, amount);
            return self.bare_move(from, to, amount);
        }
        let missing = "ERC20InsufficientAllowance";
        require!(allowed >= amount, missing, Who::CONTRACT, allowed, amount);
        self.move_with_rules(asset, from, to, amount)
    }

    /// The token's `transfer`.
    fn transfer(&mut self, asset: Who, from: Who, to: Who, amount: U256) -> Result<(), Fault> {
        match asset {
            Who::LYING if self.lie == RETURNS_TRUE_BUT_KEEPS => Ok(()),
            Who::LYING => self.bare_move(from, to, amount),
            _ => self.move_with_rules(asset, from, to, amount),
        }
    }

    fn bare_move(&mut self, from: Who, to: Who, amount: U256) -> Result<(), Fault> {
        let balance = self.balance(Who::LYING, from);
        require!(balance >= amount, "BareToken_InsufficientBalance", balance, amount);
        self.shift(Who::LYING, from, to, amount);
        Ok(())
    }

    /// A transfer of the tokens that are OpenZeppelin's underneath.
    fn move_with_rules(
        &mut self,
        asset: Who,
        from: Who,
        to: Who,
        amount: U256,
    ) -> Result<(), Fault> {
        if asset == Who::BLOCKING {
            for who in [from, to] {
                require!(!self.blocked[who.index()], "BlocklistingToken_Blocked", who);
            }
        }
        let balance = self.balance(asset, from);
        require!(balance >= amount, "ERC20InsufficientBalance", from, balance, amount);
        self.shift(asset, from, to, amount);
        if asset == Who::TAXED {
            let burnt = amount * U256::from(self.tax) / U256::from(10_000);
            self.balances[index(asset)][to.index()] -= burnt;
        }
        Ok(())
    }

    fn shift(&mut self, asset: Who, from: Who, to: Who, amount: U256) {
        let column = &mut self.balances[index(asset)];
        column[from.index()] -= amount;
        column[to.index()] += amount;
    }
}

/// The share in basis points, rounded down. Taken apart so that no product overflows.
pub(super) const fn share(amount: u128, bps: u16) -> u128 {
    let bps = bps as u128;
    amount / 10_000 * bps + amount % 10_000 * bps / 10_000
}

fn index(asset: Who) -> usize {
    asset.asset().expect("only an asset is moved")
}

/// What somebody does to the world around the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    /// The blocking token blocks somebody or lets go.
    Block(Who, bool),
    /// The lying token lies so.
    Lie(u8),
    /// The taxed token burns this share.
    Tax(u16),
    /// Somebody sends an asset to the contract, unasked; ether is forced upon it.
    Donate(Who, u128),
    /// Somebody sends somebody else so much of an asset, unasked.
    Gift(Who, Who, u128),
}

impl Outside {
    /// Whom it calls, the function, the arguments, and the wei sent along.
    pub(super) fn call(self) -> (Who, &'static str, Vec<Value>, u128) {
        match self {
            Self::Block(who, blocked) => {
                (Who::BLOCKING, "setBlocked(address,bool)", vec![who.into(), blocked.into()], 0)
            }
            Self::Lie(lie) => (Who::LYING, "setLie(uint8)", vec![lie.into()], 0),
            Self::Tax(bps) => (Who::TAXED, "setFeeBps(uint256)", vec![bps.into()], 0),
            Self::Gift(to, Who::NOBODY, amount) => {
                (Who::FORCER, "force(address)", vec![to.into()], amount)
            }
            Self::Gift(to, asset, amount) => {
                (asset, "transfer(address,uint256)", vec![to.into(), amount.into()], 0)
            }
            Self::Donate(Who::NOBODY, amount) => {
                (Who::FORCER, "force(address)", vec![Who::CONTRACT.into()], amount)
            }
            Self::Donate(asset, amount) => {
                (asset, "transfer(address,uint256)", vec![Who::CONTRACT.into(), amount.into()], 0)
            }
        }
    }
}

impl std::fmt::Display for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Block(who, true) => write!(f, "block {who}"),
            Self::Block(who, false) => write!(f, "unblock {who}"),
            Self::Lie(lie) => write!(f, "let the lying token lie {lie}"),
            Self::Tax(bps) => write!(f, "tax transfers {bps} bps"),
            Self::Gift(to, asset, amount) => write!(f, "give {to} {amount} of {asset}"),
            Self::Donate(asset, amount) => write!(f, "donate {amount} of {asset}"),
        }
    }
}
