//! One mandate as a state machine, after contracts/docs/direct-debit.md.

use alloy_primitives::{B256, keccak256};

use super::{
    super::{
        abi::{Fault, Value, event, fault, require, word},
        books::Books,
        cast::Who,
        dice::Dice,
        extension::{before, is_about, is_called_by},
        facts::Facts,
        lease::Beside,
        world::START,
    },
    act::Call,
};

/// `IDirectDebit.Mandate`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Mandate {
    /// The number of the lease.
    pub(super) lease: usize,
    pub(super) payer: Who,
    pub(super) collector: Who,
    pub(super) max_per_period: u128,
    pub(super) max_arrears: u128,
    pub(super) max_total: u128,
    pub(super) expires_at: u64,
    pub(super) salt: u64,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Mandate(bytes32 leaseId,address payer,address collector,uint128 maxPerPeriod,uint128 maxArrears,\
    uint128 maxTotal,uint40 expiresAt,bytes32 salt)";

const DAY: u64 = 86_400;

/// `IDirectDebit.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    None,
    Authorised,
    Expired,
    Cancelled,
}

/// A mandate with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) mandate: Mandate,
    pub(super) id: B256,
    pub(super) stage: Status,
    /// How many instalments were due at the last debit.
    pub(super) instalments: usize,
    pub(super) drawn: u128,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) beside: &'a mut Beside,
    pub(super) caller: Who,
    pub(super) value: u128,
    /// The mandate as an argument.
    pub(super) argument: &'a Value,
}

impl Mandate {
    /// A random mandate, mostly an acceptable one.
    pub(super) fn random(beside: &Beside, dice: &mut Dice) -> Self {
        let lease = usize::try_from(dice.below(beside.count() as u64)).expect("it is an index");
        let rent = beside.rent(lease).max(1);
        let some = |dice: &mut Dice| match dice.below(8) {
            0 => u128::from(dice.chance(50)),
            1 => u128::MAX,
            2 | 3 => rent,
            4 => 1 + dice.below_u128(rent),
            _ => rent.saturating_add(dice.below_u128(rent)).saturating_mul(3),
        };
        Self {
            lease,
            payer: dice.pick(&Who::PARTIES),
            collector: if dice.chance(15) { Who::NOBODY } else { dice.pick(&Who::PARTIES) },
            max_per_period: some(dice),
            max_arrears: if dice.chance(30) { 0 } else { some(dice) },
            max_total: some(dice),
            expires_at: START + dice.pick(&[0, 20, 400, 800, 1_200]) * DAY + dice.below(100),
            salt: dice.next(),
        }
    }

    /// The members as words, for the lease with this id.
    pub(super) fn words(&self, facts: &Facts, lease: B256) -> Vec<u8> {
        let numbers = [
            self.max_per_period,
            self.max_arrears,
            self.max_total,
            self.expires_at.into(),
            self.salt.into(),
        ];
        let mut words = lease.to_vec();
        words.extend([self.payer, self.collector].iter().flat_map(|who| facts.word(*who)));
        words.extend(numbers.iter().flat_map(|number| word(*number)));
        words
    }

    /// The mandate's id: its EIP-712 digest.
    pub(super) fn id(&self, facts: &Facts, lease: B256) -> B256 {
        let content = [keccak256(TYPE).as_slice(), &self.words(facts, lease)].concat();
        facts.digest(keccak256(content))
    }
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Authorised => "Authorised",
            Self::Expired => "Expired",
            Self::Cancelled => "Cancelled",
        }
    }
}

impl Standing {
    pub(super) const fn new(mandate: Mandate, id: B256) -> Self {
        Self { mandate, id, stage: Status::None, instalments: 0, drawn: 0 }
    }

    /// Does what is called for, and says what the function returns.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<Vec<Value>, Fault> {
        if scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let payer = self.mandate.payer;
        match call {
            Call::Authorise => {
                is_called_by(payer, scene.caller)?;
                self.authorise(&mut scene)?;
                Ok(vec![self.id.into()])
            }
            Call::AuthoriseFor(signature) => {
                self.authorise(&mut scene)?;
                require!(signature.is_by(payer), "DirectDebit_InvalidSignature", payer);
                Ok(vec![self.id.into()])
            }
            Call::Cancel => {
                is_called_by(payer, scene.caller)?;
                let open = self.stage != Status::Cancelled;
                let (actual, expected) = (Status::Cancelled as u8, Status::Authorised as u8);
                require!(open, "DirectDebit_WrongState", actual, expected);
                self.stage = Status::Cancelled;
                scene.books.events.push(event!("Cancelled", self.id));
                Ok(Vec::new())
            }
            Call::Collect(lease) => Ok(vec![self.collect(*lease, &mut scene)?.into()]),
        }
    }

    fn authorise(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_exactly(Status::None)?;
        before(scene.books.now, self.mandate.expires_at)?;
        require!(self.mandate.max_per_period > 0, "Extension_InvalidTerms", "maxPerPeriod");
        require!(self.mandate.max_total > 0, "Extension_InvalidTerms", "maxTotal");
        self.stage = Status::Authorised;
        let (payer, mandate) = (self.mandate.payer, scene.argument.clone());
        scene.books.events.push(event!("Authorised", self.id, payer, mandate));
        Ok(())
    }

    fn collect(&mut self, lease: usize, scene: &mut Scene<'_>) -> Result<u128, Fault> {
        let Mandate { payer, collector, expires_at, .. } = self.mandate;
        if scene.caller != payer {
            is_called_by(collector, scene.caller)?;
        }
        require!(self.stage != Status::None, "Extension_UnknownAgreement", self.id);
        self.is_exactly(Status::Authorised)?;
        before(scene.books.now, expires_at)?;
        is_about(scene.beside, lease, scene.beside.id(self.mandate.lease))?;
        let asset = scene.beside.asset(lease);
        require!(asset != Who::NOBODY, "DirectDebit_NotAToken", asset);
        let (due, next) = (scene.beside.due(lease), self.instalments + 1);
        require!(due >= next, "DirectDebit_AlreadyCollected", due, next);
        let amount = self.collectable(scene.beside);
        let arrears = scene.beside.arrears(lease);
        require!(amount > 0, "Extension_InvalidAmount", 0_u64, arrears);
        self.instalments = due;
        self.drawn += amount;
        scene.books.events.push(event!("Collected", self.id, scene.caller, amount, due));
        scene.books.pull(asset, payer, 0, amount).map_err(|fault| match fault.name {
            // It has no code to be asked.
            "Ledger_NoCode" => Fault::SILENT,
            "Ledger_BadDelta" => Fault { name: "Extension_BadDelta", ..fault },
            _ => fault,
        })?;
        scene.beside.pay(lease, amount, scene.books)?;
        Ok(amount)
    }

    /// What a debit would draw while the mandate stands.
    pub(super) fn collectable(&self, beside: &Beside) -> u128 {
        let Mandate { lease, max_per_period, max_arrears, max_total, .. } = self.mandate;
        let due = beside.due(lease);
        if beside.asset(lease) == Who::NOBODY || due <= self.instalments {
            return 0;
        }
        let latest = beside.instalment(lease, due - 1).saturating_add(max_arrears);
        beside.arrears(lease).min(latest).min(max_per_period).min(max_total - self.drawn)
    }

    /// Where the mandate stands.
    pub(super) fn status(&self, now: u64) -> Status {
        match self.stage {
            Status::Authorised if now >= self.mandate.expires_at => Status::Expired,
            stage => stage,
        }
    }

    fn is_exactly(&self, expected: Status) -> Result<(), Fault> {
        if self.stage == expected {
            return Ok(());
        }
        Err(fault!("DirectDebit_WrongState", self.stage as u8, expected as u8))
    }
}
