//! The terms of an exchange, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::{
    super::{
        abi::{Fault, Value, fault, word},
        cast::Who,
        dice::Dice,
        facts::Facts,
        world::START,
    },
    shelf::Shelf,
};

/// `INftEscrow.Kind`.
pub(super) const SINGLE: u8 = 0;
/// `INftEscrow.Kind`.
pub(super) const MANY: u8 = 1;

/// `INftEscrow.Item`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Item {
    pub(super) kind: u8,
    pub(super) token: Who,
    pub(super) id: u64,
    pub(super) amount: u128,
    pub(super) account: Who,
    pub(super) state: u64,
}

/// `INftEscrow.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) seller: Who,
    pub(super) buyer: Who,
    pub(super) fee_receiver: Who,
    pub(super) asset: Who,
    pub(super) price: u128,
    pub(super) fee_bps: u16,
    pub(super) expires_at: u64,
    pub(super) document: u64,
    pub(super) salt: B256,
    pub(super) items: Vec<Item>,
    pub(super) in_exchange: Vec<Item>,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Terms(address seller,address buyer,address feeReceiver,address asset,uint128 price,uint16 feeBps,\
    uint40 expiresAt,bytes32 documentHash,bytes32 salt,Item[] items,Item[] inExchange)\
    Item(uint8 kind,address token,uint256 id,uint256 amount,address account,uint256 state)";

/// The EIP-712 type of an item.
const ITEM_TYPE: &str =
    "Item(uint8 kind,address token,uint256 id,uint256 amount,address account,uint256 state)";

/// The most items that there may be on both sides.
const MOST: usize = 12;

/// So many items can be refused with all the gas that they get, and it still is plain which of them are tried.
pub(super) const FEW: usize = 4;

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Item {
    /// One of what somebody has at first, rarely of what somebody else has.
    fn of(owner: Who, dice: &mut Dice) -> Self {
        let owner = if dice.chance(4) { dice.pick(&Who::PARTIES) } else { owner };
        let token = dice.pick(&[Who::ITEMS, Who::ITEMS, Who::BOUND, Who::MULTI]);
        let mut item = Self {
            kind: if token == Who::MULTI { MANY } else { SINGLE },
            token,
            id: Shelf::some_id(token, owner, dice),
            amount: if token == Who::MULTI { 1 + u128::from(dice.below(30)) } else { 1 },
            account: Who::NOBODY,
            state: 0,
        };
        if (item.token, item.id) == Shelf::ACCOUNT_OWNER && dice.chance(75) {
            item.account = Who::ACCOUNT;
            item.state = u64::from(dice.chance(20));
        }
        if dice.chance(3) {
            item.spoil(dice);
        }
        item
    }

    fn spoil(&mut self, dice: &mut Dice) {
        match dice.below(10) {
            0 => self.amount = 0,
            1 => self.amount = 2,
            2 => self.kind = 1 - self.kind,
            3 => self.token = dice.pick(&[Who::NOBODY, Who::CONTRACT, Who::CODELESS]),
            4 => self.token = dice.pick(&[Who::BLOCKING, Who::CAROL]),
            5 => self.id = 1_000,
            6 => self.state = 1,
            7 | 8 => self.account = Who::ACCOUNT,
            _ => self.account = Who::CODELESS,
        }
    }

    fn words(&self, facts: &Facts) -> [[u8; 32]; 6] {
        let numbers = [self.kind.into(), self.id.into(), self.amount, self.state.into()].map(word);
        let (token, account) = (facts.word(self.token), facts.word(self.account));
        [numbers[0], token, numbers[1], numbers[2], account, numbers[3]]
    }

    /// The item as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        Value::Words(self.words(facts).concat())
    }
}

impl Terms {
    /// Random terms, mostly acceptable ones.
    pub(super) fn random(dice: &mut Dice) -> Self {
        let many = dice.chance(4);
        let seller = party(dice, many, Who::NOBODY);
        let buyer = party(dice, many, seller);
        let barter = dice.chance(25);
        let fee_bps = if barter || dice.chance(40) { 0 } else { dice.whole_bps() };
        let assets = [Who::NOBODY, Who::NOBODY, Who::NOBODY, Who::BLOCKING, Who::LYING, Who::TAXED];
        let (items, in_exchange) = if many {
            let first = 1 + dice.below(12);
            (first, dice.below(13 - first))
        } else {
            let first = 1 + dice.below(3);
            let second = if barter || dice.chance(20) { 1 + dice.below(4 - first) } else { 0 };
            (first, second)
        };
        let price = if barter { 0 } else { price(dice) };
        let mut terms = Self {
            seller,
            buyer,
            fee_receiver: if fee_bps == 0 { Who::NOBODY } else { dice.pick(&Who::PARTIES) },
            asset: if price == 0 { Who::NOBODY } else { dice.pick(&assets) },
            price,
            fee_bps,
            expires_at: START + dice.pick(&[1, 50, 200]) + dice.below(100),
            document: dice.below(3),
            salt: B256::from(word(dice.next().into())),
            items: (0..items).map(|_| Item::of(seller, dice)).collect(),
            in_exchange: (0..in_exchange).map(|_| Item::of(buyer, dice)).collect(),
        };
        if dice.chance(7) {
            terms.spoil(dice);
        }
        terms
    }

    /// Changes a member, mostly for the worse.
    fn spoil(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, self.seller, self.buyer, Who::CODELESS];
        match dice.below(14) {
            0 => self.seller = dice.pick(&odd),
            1 => self.buyer = dice.pick(&odd),
            2 => self.fee_receiver = dice.pick(&odd),
            3 => self.asset = Who::CONTRACT,
            4 => self.asset = Who::CODELESS,
            5 => self.price = 0,
            6 => self.price = u128::MAX,
            7 => self.fee_bps = dice.bps(),
            8 => self.expires_at = dice.pick(&[START - 1, START, LAST]),
            9 => self.items.clear(),
            10 => self.items = vec![self.items[0]; MOST + 1],
            11 => self.in_exchange = vec![self.items[0]; MOST],
            12 => self.items[0].token = self.asset,
            _ => self.items[0].spoil(dice),
        }
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let payable = |who: Who| who != Who::NOBODY && who != Who::CONTRACT;
        let priced = self.price > 0;
        let count = self.items.len() + self.in_exchange.len();
        let sound = |items: &[Item]| {
            items.iter().all(|item| {
                let token = payable(item.token) && item.token != self.asset;
                let amount = if item.kind == SINGLE { item.amount == 1 } else { item.amount > 0 };
                token && amount && (item.account != Who::NOBODY || item.state == 0)
            })
        };
        let demands = [
            (payable(self.seller), "seller"),
            (payable(self.buyer) && self.buyer != self.seller, "buyer"),
            ((self.fee_receiver == Who::NOBODY) == (self.fee_bps == 0), "feeReceiver"),
            (self.fee_receiver != Who::CONTRACT, "feeReceiver"),
            (self.fee_bps <= 10_000, "feeBps"),
            (self.asset != Who::CONTRACT, "asset"),
            (priced || !self.in_exchange.is_empty(), "price"),
            (priced || self.asset == Who::NOBODY, "asset"),
            (priced || self.fee_bps == 0, "feeBps"),
            (!self.items.is_empty() && count <= MOST, "items"),
            (sound(&self.items), "items"),
            (sound(&self.in_exchange), "inExchange"),
        ];
        match demands.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, member)) => Err(fault!("NftEscrow_InvalidTerms", member)),
        }
    }

    /// The members before the items as words.
    fn words(&self, facts: &Facts) -> Vec<u8> {
        let people = [self.seller, self.buyer, self.fee_receiver, self.asset];
        let numbers =
            [self.price, self.fee_bps.into(), self.expires_at.into(), self.document.into()];
        let mut words: Vec<u8> = people.iter().flat_map(|who| facts.word(*who)).collect();
        words.extend(numbers.iter().flat_map(|number| word(*number)));
        words.extend(self.salt.0);
        words
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        let list = |items: &[Item]| -> Vec<u8> {
            let words = items.iter().flat_map(|item| item.words(facts));
            [word(items.len() as u128)].into_iter().chain(words).flatten().collect()
        };
        let (items, in_exchange) = (list(&self.items), list(&self.in_exchange));
        let mut tail = self.words(facts);
        tail.extend(word(11 * 32));
        tail.extend(word(11 * 32 + items.len() as u128));
        tail.extend(items);
        tail.extend(in_exchange);
        Value::Tail(tail)
    }

    /// The agreement's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let item_type = keccak256(ITEM_TYPE);
        let hash = |items: &[Item]| {
            let one = |item: &Item| {
                let words = item.words(facts).concat();
                keccak256([item_type.as_slice(), &words].concat()).0
            };
            keccak256(items.iter().flat_map(one).collect::<Vec<u8>>())
        };
        let hashes = [keccak256(TYPE), hash(&self.items), hash(&self.in_exchange)];
        let content =
            [hashes[0].as_slice(), &self.words(facts), hashes[1].as_slice(), hashes[2].as_slice()];
        facts.digest(keccak256(content.concat()))
    }
}

/// Somebody who may be a party; of an exchange of many items nobody who burns gas.
fn party(dice: &mut Dice, many: bool, other: Who) -> Who {
    loop {
        let who = if dice.chance(50) {
            dice.pick(&[Who::ALICE, Who::BOB, Who::CAROL, Who::DAVE])
        } else {
            dice.pick(&Who::PARTIES)
        };
        if who != other && !(many && who == Who::BURNER) {
            return who;
        }
    }
}

fn price(dice: &mut Dice) -> u128 {
    match dice.below(10) {
        0 => 1,
        1..4 => 1 + dice.below_u128(50),
        4 => dice.pick(&[9_999, 10_000, 10_001]),
        5 => 1 + dice.below_u128(1 << 127),
        _ => 1 + dice.below_u128(1_000_000_007),
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, token, id, amount, account, state } = self;
        write!(f, "{amount} of {token} {id} (kind {kind})")?;
        if *account == Who::NOBODY && *state == 0 {
            return Ok(());
        }
        write!(f, " with account {account} in state {state}")
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seller, buyer, fee_receiver, asset, price, fee_bps, .. } = self;
        let list =
            |items: &[Item]| items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        write!(
            f,
            "seller {seller} buyer {buyer} feeReceiver {fee_receiver} asset {asset} price {price} feeBps {fee_bps} \
             expiresAt +{} items [{}] inExchange [{}]",
            self.expires_at.saturating_sub(START),
            list(&self.items),
            list(&self.in_exchange),
        )
    }
}
