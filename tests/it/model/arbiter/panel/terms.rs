//! The terms of a panel, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    super::{
        abi::{Fault, Value, encode, word},
        cast::Who,
        dice::Dice,
        facts::Facts,
        world::START,
    },
    consent::acceptable,
    holder::Holder,
};

/// `IPanel.Bench`.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    pub(super) members: Vec<Who>,
    pub(super) quorum: u8,
    pub(super) term: u64,
}

/// `IPanel.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) agreement: B256,
    pub(super) payer: Who,
    pub(super) payee: Who,
    pub(super) benches: Vec<Bench>,
    pub(super) agree_by: u64,
    pub(super) salt: B256,
}

/// The EIP-712 type of a bench, as the interface lists the members.
const BENCH_TYPE: &str = "Bench(address[] members,uint8 quorum,uint40 term)";

/// The EIP-712 type, without that of a bench.
const TYPE: &str = "Terms(bytes32 agreement,address payer,address payee,Bench[] benches,uint40 agreeBy,bytes32 salt)";

/// Who may sit on a bench.
const CANDIDATES: [Who; 9] = [
    Who::ALICE,
    Who::BOB,
    Who::CAROL,
    Who::DAVE,
    Who::REFUSER,
    Who::WALLET,
    Who::BURNER,
    Who::POOR,
    Who::STRANGER,
];

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Terms {
    /// Random terms for this agreement, mostly acceptable ones.
    pub(super) fn random<H: Holder>(holder: &H, agreement: usize, dice: &mut Dice) -> Self {
        let (payer, payee) = holder.parties(agreement);
        let count = dice.pick(&[1, 1, 1, 2, 2, 3]);
        let term = (holder.ruling_window(agreement) / count).max(1);
        let benches = (0..count).map(|_| Bench::random([payer, payee], term, dice)).collect();
        let mut terms = Self {
            agreement: holder.id(agreement),
            payer,
            payee,
            benches,
            agree_by: START + 200 + dice.below(400),
            salt: B256::from(word(dice.next().into())),
        };
        if dice.chance(7) {
            terms.spoil::<H>(dice);
        }
        terms
    }

    /// Changes a member, mostly for the worse.
    fn spoil<H: Holder>(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, H::PLACE, self.payer, self.payee, Who::DAVE];
        let bench = &mut self.benches[0];
        match dice.below(14) {
            0 => self.payer = dice.pick(&odd),
            1 => self.payee = dice.pick(&odd),
            2 => self.benches.clear(),
            3 => self.benches = vec![bench.clone(); dice.pick(&[5, 6])],
            4 => bench.members.clear(),
            5 => bench.members.push(dice.pick(&odd)),
            6 => bench.members.push(bench.members[0]),
            7 => bench.members = vec![Who::CAROL; dice.pick(&[15, 16])],
            8 => bench.quorum = dice.pick(&[0, 5, 6]),
            9 => (bench.members, bench.quorum) = (CANDIDATES.to_vec(), dice.pick(&[5, 6])),
            10 => bench.term = dice.pick(&[0, LAST]),
            11 => self.agree_by = START - dice.below(2),
            12 => self.agreement = !self.agreement,
            _ => self.agree_by = LAST,
        }
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self, holder: Who) -> Result<(), Fault> {
        let somebody = |who: Who| who != Who::NOBODY && who != Who::CONTRACT;
        acceptable(&[
            (somebody(self.payer), "payer"),
            (somebody(self.payee) && self.payee != self.payer, "payee"),
            ((1..=5).contains(&self.benches.len()), "benches"),
        ])?;
        let involved = [Who::NOBODY, Who::CONTRACT, holder, self.payer, self.payee];
        for Bench { members, quorum, term } in &self.benches {
            let differ =
                members.iter().enumerate().all(|(place, who)| !members[..place].contains(who));
            acceptable(&[
                ((1..=15).contains(&members.len()), "members"),
                ((1..=5).contains(quorum) && usize::from(*quorum) <= members.len(), "quorum"),
                (*term > 0, "term"),
                (differ && !members.iter().any(|who| involved.contains(who)), "members"),
            ])?;
        }
        Ok(())
    }

    /// Everybody who is named, in order.
    pub(super) fn named(&self) -> Vec<Who> {
        let members = self.benches.iter().flat_map(|bench| bench.members.iter().copied());
        [self.payer, self.payee].into_iter().chain(members).collect()
    }

    /// How long the first so many benches sit, together.
    pub(super) fn terms_of(&self, count: usize) -> u64 {
        self.benches.iter().take(count).map(|bench| bench.term).sum()
    }

    /// From when until when a bench sits in a dispute that was opened then.
    pub(super) fn sitting(&self, bench: usize, opened: u64) -> (u64, u64) {
        (opened + self.terms_of(bench), opened + self.terms_of(bench + 1))
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        let listed = |items: usize, rest: Vec<u8>| {
            let mut list = word(items as u128).to_vec();
            list.extend(rest);
            Value::Tail(list)
        };
        let encoded = |values: &[Value]| encode(values, |who| facts.word(who));
        let benches: Vec<Value> = self
            .benches
            .iter()
            .map(|Bench { members, quorum, term }| {
                let words = members.iter().flat_map(|who| facts.word(*who)).collect();
                let members = listed(members.len(), words);
                Value::Tail(encoded(&[members, (*quorum).into(), (*term).into()]))
            })
            .collect();
        Value::Tail(encoded(&[
            self.agreement.into(),
            self.payer.into(),
            self.payee.into(),
            listed(benches.len(), encoded(&benches)),
            self.agree_by.into(),
            self.salt.into(),
        ]))
    }

    /// The panel's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let bench_hash = |bench: &Bench| {
            let members: Vec<u8> = bench.members.iter().flat_map(|who| facts.word(*who)).collect();
            let content = facts.encode(&[
                keccak256(BENCH_TYPE).into(),
                keccak256(members).into(),
                bench.quorum.into(),
                bench.term.into(),
            ]);
            keccak256(content).0
        };
        let benches: Vec<u8> = self.benches.iter().flat_map(bench_hash).collect();
        let content = facts.encode(&[
            keccak256([TYPE, BENCH_TYPE].concat()).into(),
            self.agreement.into(),
            self.payer.into(),
            self.payee.into(),
            keccak256(benches).into(),
            self.agree_by.into(),
            self.salt.into(),
        ]);
        facts.digest(keccak256(content))
    }
}

impl Bench {
    fn random(parties: [Who; 2], term: u64, dice: &mut Dice) -> Self {
        let mut members = Vec::new();
        for _ in 0..dice.pick(&[1, 1, 2, 2, 3, 3, 4]) {
            let who = dice.pick(&CANDIDATES);
            if !members.contains(&who) && !parties.contains(&who) {
                members.push(who);
            }
        }
        if members.is_empty() {
            members.push(Who::STRANGER);
        }
        let quorum = 1 + dice.below(members.len() as u64);
        let quorum = u8::try_from(quorum).expect("there are few");
        let term = if dice.chance(70) { term } else { 1 + dice.below(term) };
        Self { members, quorum, term }
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let agree_by = i128::from(self.agree_by) - i128::from(START);
        write!(
            f,
            "agreement {} payer {} payee {} agreeBy {agree_by:+} benches {:?}",
            self.agreement, self.payer, self.payee, self.benches
        )
    }
}
