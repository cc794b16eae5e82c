//! What can be done with agreements.

use std::fmt;

use super::{
    super::{aside::Aside, cast::Who, signature::Signature},
    sources::Turn,
    terms::time,
};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function on the agreement with this number, with wei sent along.
    On(usize, Call, u128),
    /// `approve` a digest, or `revoke` it, with wei sent along.
    Approve(Subject, u128),
    Revoke(Subject, u128),
    /// Something besides.
    Aside(Aside),
    /// Something that those hear of whom leaves ask.
    Turn(Turn),
}

/// A function that is about one agreement.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Accept,
    /// The party, and its signature over a subject.
    AcceptFor(Who, Signature, Subject),
    Fund(usize, u128),
    Cancel,
    Record(Reveal, Witness),
    Attest(Reveal, Attest),
    Rule(u8, u8),
    Award(usize, Vec<u16>),
    Execute(usize),
    SettleByConsent(Settlement, Vec<Signature>, Subject),
    Settle,
}

/// What a signature is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Subject {
    /// The agreement with this number, as a whole.
    Agreement(usize),
    Attestation(Attestation),
    Settlement(Settlement),
}

/// `IAgreementTypes.Attestation`, of the agreement with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Attestation {
    pub(super) agreement: usize,
    pub(super) leaf: usize,
    pub(super) verdict: bool,
    pub(super) round: u64,
    pub(super) valid_until: u64,
}

/// `IAgreementTypes.Settlement`, of the agreement with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Settlement {
    pub(super) agreement: usize,
    pub(super) shares: Vec<u16>,
    pub(super) executed: u32,
    pub(super) deadline: u64,
}

/// `IAgreementTypes.Reveal`: one leaf at its index, or another one, or of other terms.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Reveal {
    pub(super) index: usize,
    /// The leaf that is shown.
    pub(super) leaf: usize,
    /// Whether another time is in it.
    pub(super) is_touched: bool,
    /// Whether the deal is another.
    pub(super) is_of_others: bool,
}

/// What is handed in beside the reveal for `attest`.
#[derive(Clone, Debug)]
pub(in super::super) struct Attest {
    pub(super) verdict: bool,
    pub(super) valid_until: u64,
    /// Which of the signers, and its signature.
    pub(super) votes: Vec<(u8, Signature)>,
    /// What they sign.
    pub(super) said: Subject,
}

/// What is handed in beside the reveal for `record`.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Witness {
    Nothing,
    /// The id of the attestation with this number.
    Attestation(usize),
    /// The same without its last byte.
    Cut(usize),
    Word(u64),
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            Self::Approve(..) => "approve",
            Self::Revoke(..) => "revoke",
            Self::Aside(act) => act.function(),
            Self::Turn(_) => "(sources)",
        }
    }
}

impl Call {
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::AcceptFor(..) => "acceptFor",
            Self::Fund(..) => "fund",
            Self::Cancel => "cancel",
            Self::Record(..) => "record",
            Self::Attest(..) => "attest",
            Self::Rule(..) => "rule",
            Self::Award(..) => "award",
            Self::Execute(_) => "execute",
            Self::SettleByConsent(..) => "settleByConsent",
            Self::Settle => "settle",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}{call})", call.function())?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Approve(subject, value) => write!(f, "approve({subject}) with {value} wei"),
            Self::Revoke(subject, value) => write!(f, "revoke({subject}) with {value} wei"),
            Self::Aside(act) => write!(f, "{act}"),
            Self::Turn(turn) => write!(f, "{turn}"),
        }
    }
}

/// The arguments after the first.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept | Self::Cancel | Self::Settle => Ok(()),
            Self::AcceptFor(party, signature, said) => {
                write!(f, ", {party}, {signature} over {said}")
            }
            Self::Fund(leg, amount) => write!(f, ", leg {leg}, {amount}"),
            Self::Record(reveal, witness) => write!(f, ", {reveal}, {witness:?}"),
            Self::Attest(reveal, Attest { verdict, valid_until, votes, said }) => {
                write!(f, ", {reveal}, {verdict}, until {}, [", time(*valid_until))?;
                for (signer, signature) in votes {
                    write!(f, "{signer}: {signature}, ")?;
                }
                write!(f, "] over {said}")
            }
            Self::Rule(matter, choice) => write!(f, ", matter {matter}, choice {choice}"),
            Self::Award(leaf, shares) => write!(f, ", leaf {leaf}, {shares:?}"),
            Self::Execute(clause) => write!(f, ", clause {clause}"),
            Self::SettleByConsent(settlement, signatures, said) => {
                write!(f, ", {settlement}, [")?;
                for signature in signatures {
                    write!(f, "{signature}, ")?;
                }
                write!(f, "] over {said}")
            }
        }
    }
}

impl fmt::Display for Reveal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leaf {} as {}", self.leaf, self.index)?;
        f.write_str(if self.is_touched { ", touched" } else { "" })?;
        f.write_str(if self.is_of_others { ", of other terms" } else { "" })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agreement(index) => write!(f, "agreement #{index}"),
            Self::Attestation(it) => {
                let Attestation { agreement, leaf, verdict, round, valid_until } = it;
                let until = time(*valid_until);
                write!(f, "leaf {leaf} of #{agreement} is {verdict}, round {round}, until {until}")
            }
            Self::Settlement(settlement) => write!(f, "{settlement}"),
        }
    }
}

impl fmt::Display for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { agreement, shares, executed, deadline } = self;
        let until = time(*deadline);
        write!(f, "settlement of #{agreement} {shares:?}, executed {executed:b}, until {until}")
    }
}
