//! Leaves: what is asked, and when it can be decided.

use alloy_primitives::{B256, U256, keccak256};

use super::{
    super::{
        abi::{Value, word},
        cast::Who,
        facts::Facts,
    },
    encode::{list, signed, structure, words},
};

/// `ILeaves.Leaf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) opens_at: u64,
    /// Zero: as long as the agreement lasts.
    pub(super) closes_at: u64,
    pub(super) question: Question,
    /// Whether the parameters lack their last word, or have one although there are none.
    pub(super) is_misshapen: bool,
}

/// `ILeaves.LeafKind`, with the parameters of each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    After,
    Before,
    Paid { leg: u8, amount: u128 },
    Signed { signer: Who, statement: u64 },
    Attested { threshold: u8, signers: Vec<Who>, statement: u64 },
    Ruled { arbiter: Who, matter: u8, choices: u8, choice: u8 },
    Awarded { arbiter: Who },
    Oracle(Oracle),
    View(View),
    Eas(Eas),
    Custom(Custom),
}

/// `ILeaves.OracleParams`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Oracle {
    pub(super) feed: Who,
    pub(super) decimals: u8,
    pub(super) comparison: Comparison,
    pub(super) value: i64,
    pub(super) min_answer: i64,
    pub(super) max_answer: i64,
    pub(super) max_age: u64,
    pub(super) min_rounds: u8,
    pub(super) sequencer: Who,
    pub(super) grace: u64,
}

/// `ILeaves.ViewParams`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) target: Who,
    pub(super) code_hash: B256,
    pub(super) asked: Asked,
    pub(super) comparison: Comparison,
    pub(super) is_signed: bool,
    pub(super) value: U256,
}

/// What a view leaf sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Value,
    SignedValue,
    TwoWords,
    BalanceOf(Who),
    /// So many bytes without meaning.
    Bytes(usize),
}

/// `ILeaves.EasParams`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Eas {
    pub(super) service: Who,
    pub(super) schema: u64,
    pub(super) attester: Who,
    pub(super) recipient: Who,
    /// The word whose hash the terms name.
    pub(super) content: u64,
}

/// `ILeaves.CustomParams`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Custom {
    pub(super) condition: Who,
    pub(super) code_hash: B256,
    pub(super) parameters: u64,
}

/// `ILeaves.Comparison`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(super) const ALL: [Self; 6] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
    ];

    /// Whether what was read compares so with what was agreed.
    pub(super) fn holds<T: Ord>(self, read: &T, agreed: &T) -> bool {
        match self {
            Self::Equal => read == agreed,
            Self::NotEqual => read != agreed,
            Self::Less => read < agreed,
            Self::LessOrEqual => read <= agreed,
            Self::Greater => read > agreed,
            Self::GreaterOrEqual => read >= agreed,
        }
    }
}

impl Leaf {
    pub(super) const fn has_opened(&self, now: u64) -> bool {
        now >= self.opens_at
    }

    pub(super) const fn has_closed(&self, now: u64) -> bool {
        self.closes_at != 0 && now >= self.closes_at
    }

    /// Whether its truth does not last.
    pub(super) const fn is_unstable(&self) -> bool {
        matches!(self.question, Question::Before)
    }

    /// The number of its kind.
    pub(super) const fn kind(&self) -> u8 {
        match self.question {
            Question::After => 0,
            Question::Before => 1,
            Question::Paid { .. } => 2,
            Question::Signed { .. } => 3,
            Question::Attested { .. } => 4,
            Question::Ruled { .. } => 5,
            Question::Awarded { .. } => 6,
            Question::Oracle(_) => 7,
            Question::View(_) => 8,
            Question::Eas(_) => 9,
            Question::Custom(_) => 10,
        }
    }

    /// Whether somebody else is asked.
    pub(super) const fn asks_the_world(&self) -> bool {
        self.kind() >= 7
    }

    /// What is said by whoever decides it by his word.
    pub(super) const fn statement(&self) -> u64 {
        match self.question {
            Question::Signed { statement, .. } | Question::Attested { statement, .. } => statement,
            _ => 0,
        }
    }

    /// The leaf as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        let parameters = Value::bytes(&self.parameters(facts));
        let members = [self.kind().into(), self.opens_at.into(), self.closes_at.into(), parameters];
        Value::Tail(facts.encode(&members))
    }

    /// Its EIP-712 hash.
    pub(super) fn hash(&self, facts: &Facts) -> B256 {
        let name = keccak256("Leaf(uint8 kind,uint40 opensAt,uint40 closesAt,bytes params)");
        let parameters = keccak256(self.parameters(facts));
        keccak256(facts.encode(&[
            name.into(),
            self.kind().into(),
            self.opens_at.into(),
            self.closes_at.into(),
            parameters.into(),
        ]))
    }

    fn parameters(&self, facts: &Facts) -> Vec<u8> {
        let mut bytes = self.question.parameters(facts);
        if self.is_misshapen {
            if bytes.is_empty() {
                bytes.resize(32, 0);
            } else {
                bytes.truncate(bytes.len() - 32);
            }
        }
        bytes
    }
}

impl Question {
    /// The ABI encoding of the struct that goes with the kind.
    fn parameters(&self, facts: &Facts) -> Vec<u8> {
        match self {
            Self::After | Self::Before => Vec::new(),
            Self::Paid { leg, amount } => words(facts, &[(*leg).into(), (*amount).into()]),
            Self::Signed { signer, statement } => {
                words(facts, &[(*signer).into(), (*statement).into()])
            }
            Self::Attested { threshold, signers, statement } => {
                let signers: Vec<Value> = signers.iter().map(|who| (*who).into()).collect();
                let signers = list(facts, &signers);
                structure(facts, &[(*threshold).into(), signers, (*statement).into()])
            }
            Self::Ruled { arbiter, matter, choices, choice } => words(
                facts,
                &[(*arbiter).into(), (*matter).into(), (*choices).into(), (*choice).into()],
            ),
            Self::Awarded { arbiter } => words(facts, &[(*arbiter).into()]),
            Self::Oracle(oracle) => words(
                facts,
                &[
                    oracle.feed.into(),
                    oracle.decimals.into(),
                    (oracle.comparison as u8).into(),
                    signed(oracle.value),
                    signed(oracle.min_answer),
                    signed(oracle.max_answer),
                    oracle.max_age.into(),
                    oracle.min_rounds.into(),
                    oracle.sequencer.into(),
                    oracle.grace.into(),
                ],
            ),
            Self::View(view) => structure(
                facts,
                &[
                    view.target.into(),
                    view.code_hash.into(),
                    Value::bytes(&view.asked.data(facts)),
                    (view.comparison as u8).into(),
                    view.is_signed.into(),
                    view.value.into(),
                ],
            ),
            Self::Eas(eas) => words(
                facts,
                &[
                    eas.service.into(),
                    eas.schema.into(),
                    eas.attester.into(),
                    eas.recipient.into(),
                    keccak256(word(eas.content.into())).into(),
                ],
            ),
            Self::Custom(custom) => structure(
                facts,
                &[
                    custom.condition.into(),
                    custom.code_hash.into(),
                    Value::bytes(&word(custom.parameters.into())),
                ],
            ),
        }
    }
}

impl Asked {
    fn data(self, facts: &Facts) -> Vec<u8> {
        match self {
            Self::Value => facts.foreign("value()", &[]).to_vec(),
            Self::SignedValue => facts.foreign("signedValue()", &[]).to_vec(),
            Self::TwoWords => facts.foreign("twoWords()", &[]).to_vec(),
            Self::BalanceOf(who) => facts.foreign("balanceOf(address)", &[who.into()]).to_vec(),
            Self::Bytes(length) => vec![0; length],
        }
    }

    /// How many bytes it is.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Value | Self::SignedValue | Self::TwoWords => 4,
            Self::BalanceOf(_) => 36,
            Self::Bytes(length) => length,
        }
    }
}
