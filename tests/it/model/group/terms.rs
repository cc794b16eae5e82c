//! The terms of a group of tenants, and their hash.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, word},
    books::share,
    cast::Who,
    dice::Dice,
    extension::{acceptable, can_be_paid},
    facts::Facts,
    lease::Draft,
    world::START,
};

/// `ICoTenants.Member`.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) account: Who,
    pub(super) rent_bps: u16,
    pub(super) deposit_bps: u16,
}

/// `ICoTenants.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) asset: Who,
    pub(super) deposit: u128,
    pub(super) form_by: u64,
    pub(super) quorum: u8,
    pub(super) document: u64,
    pub(super) salt: u64,
    pub(super) members: Vec<Member>,
}

impl Terms {
    /// Random terms for a lease, mostly acceptable ones that fit it.
    pub(super) fn random(lease: &Draft, dice: &mut Dice) -> Self {
        let mut all: Vec<Who> = Who::PARTIES.to_vec();
        let count = dice.pick(&[2, 2, 2, 3, 3, 4]);
        let mut accounts = Vec::new();
        while accounts.len() < count {
            let at = usize::try_from(dice.below(all.len() as u64)).expect("it is an index");
            accounts.push(all.remove(at));
        }
        let rent = shares(count, dice);
        let deposit = shares(count, dice);
        let members = accounts.iter().zip(rent.iter().zip(&deposit));
        let members = members.map(|(account, (rent, deposit))| Member {
            account: *account,
            rent_bps: *rent,
            deposit_bps: *deposit,
        });
        let mut terms = Self {
            asset: lease.asset,
            deposit: lease.deposit,
            form_by: START + 1 + dice.pick(&[20, 400, 400, 30 * 86_400]) + dice.below(20),
            quorum: u8::try_from(2 + dice.below(count as u64 - 1)).expect("it is small"),
            document: dice.below(3),
            salt: dice.next(),
            members: members.collect(),
        };
        if dice.chance(8) {
            terms.spoil(dice);
        }
        terms
    }

    /// Changes a member of the terms, mostly for the worse.
    fn spoil(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, Who::LEASE, self.members[0].account];
        match dice.below(10) {
            0 => self.asset = dice.pick(&[Who::CONTRACT, Who::NOBODY, Who::TAXED]),
            1 => self.deposit = dice.pick(&[0, self.deposit.saturating_add(1)]),
            2 => self.form_by = dice.pick(&[0, START, (1 << 40) - 1]),
            3 => self.quorum = dice.pick(&[0, 1, self.quorum + 3]),
            4 => self.members[1].account = dice.pick(&odd),
            5 => self.members[0].account = dice.pick(&odd[..3]),
            6 => self.members[1].rent_bps ^= 1,
            7 => self.members[1].deposit_bps ^= 1,
            8 => self.members.truncate(1),
            _ => self.grow(usize::try_from(15 + dice.below(3)).expect("it is small")),
        }
    }

    /// Makes it so many members, of whom only two have shares.
    fn grow(&mut self, count: usize) {
        self.members.truncate(2);
        for (member, [rent_bps, deposit_bps]) in
            self.members.iter_mut().zip([[10_000, 0], [0, 10_000]])
        {
            (member.rent_bps, member.deposit_bps) = (rent_bps, deposit_bps);
        }
        let known =
            |who: &Who| self.members.iter().all(|it| it.account != *who) && can_be_paid(*who);
        let others: Vec<Who> = Who::all().filter(known).take(count - 2).collect();
        self.members.extend(others.into_iter().map(|account| Member {
            account,
            rent_bps: 0,
            deposit_bps: 0,
        }));
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let count = self.members.len();
        let accounts: Vec<Who> = self.members.iter().map(|it| it.account).collect();
        let distinct = (1..count).all(|index| !accounts[..index].contains(&accounts[index]));
        let whole = |part: fn(&Member) -> u16| {
            self.members.iter().map(|it| u32::from(part(it))).sum::<u32>() == 10_000
        };
        let quorum = usize::from(self.quorum);
        acceptable(&[
            ((2..=16).contains(&count), "members"),
            (accounts.iter().all(|who| can_be_paid(*who)), "members"),
            (distinct, "members"),
            (whole(|it| it.rent_bps) && whole(|it| it.deposit_bps), "shares"),
            (quorum >= 2 && quorum <= count, "quorum"),
            (self.asset != Who::CONTRACT, "asset"),
        ])
    }

    /// The parts of the members in an amount of the deposit: rounded down but the first, which is the rest.
    pub(super) fn deposit_parts(&self, amount: u128) -> Vec<u128> {
        parts(amount, self.members.iter().map(|it| it.deposit_bps))
    }

    /// The same of rent.
    pub(super) fn rent_parts(&self, amount: u128) -> Vec<u128> {
        parts(amount, self.members.iter().map(|it| it.rent_bps))
    }

    /// A member's number.
    pub(super) fn number(&self, who: Who) -> Option<usize> {
        self.members.iter().position(|it| it.account == who)
    }

    fn words(&self, facts: &Facts) -> Vec<u8> {
        let numbers = [
            self.deposit,
            self.form_by.into(),
            self.quorum.into(),
            self.document.into(),
            self.salt.into(),
            // Where the members begin: behind the head.
            7 * 32,
            self.members.len() as u128,
        ];
        let mut words = facts.word(self.asset).to_vec();
        words.extend(numbers.iter().flat_map(|number| word(*number)));
        for member in &self.members {
            words.extend(facts.word(member.account));
            words.extend([member.rent_bps, member.deposit_bps].map(|it| word(it.into())).concat());
        }
        words
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        Value::Tail(self.words(facts))
    }

    /// The group's id: the hash of the terms as a whole, for this chain and contract.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        facts.digest(keccak256(facts.encode(&[self.argument(facts)])))
    }
}

fn parts(amount: u128, shares: impl Iterator<Item = u16>) -> Vec<u128> {
    let mut parts: Vec<u128> = shares.map(|bps| share(amount, bps)).collect();
    parts[0] = amount - parts[1..].iter().sum::<u128>();
    parts
}

/// Shares that make up the whole, some of them nothing.
fn shares(count: usize, dice: &mut Dice) -> Vec<u16> {
    let mut left = 10_000;
    let mut shares = Vec::new();
    for _ in 1..count {
        let part = match dice.below(8) {
            0 => 0,
            1 => left,
            2 => left.min(3_333),
            _ => u16::try_from(dice.below(u64::from(left) + 1)).expect("it is below the whole"),
        };
        shares.push(part);
        left -= part;
    }
    let at = usize::try_from(dice.below(count as u64)).expect("it is an index");
    shares.insert(at, left);
    shares
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asset, deposit, form_by, quorum, members, .. } = self;
        let until = form_by.saturating_sub(START);
        write!(f, "asset {asset} deposit {deposit} formBy +{until} quorum {quorum} members")?;
        members.iter().try_for_each(|it| {
            write!(f, " {} (rent {} deposit {})", it.account, it.rent_bps, it.deposit_bps)
        })
    }
}
