//! What can be done with a panel.

use std::fmt;

use super::super::super::{aside::Aside, cast::Who, signature::Signature, world::START};

/// A call by somebody. `B` is what can be done with the holder.
#[derive(Clone, Debug)]
pub(in super::super::super) enum Act<B> {
    /// A function of the panel on the terms with this number.
    On(usize, Call),
    /// So many wei without a word.
    Send(u128),
    /// Something with the holder's agreements.
    Holder(B),
    /// Something besides.
    Aside(Aside),
}

/// A function of the panel that takes the terms; some take those of the agreement with this number as well.
#[derive(Clone, Copy, Debug)]
pub(in super::super::super) enum Call {
    Agree,
    AgreeFor(Who, Signature),
    Cancel,
    Appoint(usize),
    Vote(usize, u8, u16),
    VoteFor(usize, Who, Ballot, Signature),
    RevokeVotes(u8),
    Collect(usize),
    Settle,
}

/// `IPanel.Vote`.
#[derive(Clone, Copy, Debug)]
pub(in super::super::super) struct Ballot {
    /// The number of the terms.
    pub(super) panel: usize,
    pub(super) bench: u8,
    pub(super) payee_bps: u16,
    pub(super) nonce: u64,
    pub(super) deadline: u64,
}

impl<B> Act<B> {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call) => call.function(),
            Self::Send(_) => "(ether)",
            Self::Holder(_) => "(holder)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::AgreeFor(..) => "agreeFor",
            Self::Cancel => "cancel",
            Self::Appoint(_) => "appoint",
            Self::Vote(..) => "vote",
            Self::VoteFor(..) => "voteFor",
            Self::RevokeVotes(_) => "revokeVotes",
            Self::Collect(_) => "collect",
            Self::Settle => "settle",
        }
    }
}

impl<B: fmt::Display> fmt::Display for Act<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::AgreeFor(who, signature) => write!(f, ", {who}, {signature}")?,
                    Call::Appoint(agreement) | Call::Collect(agreement) => {
                        write!(f, ", agreement #{agreement}")?;
                    }
                    Call::Vote(agreement, bench, bps) => {
                        write!(f, ", agreement #{agreement}, bench {bench}, {bps} bps")?;
                    }
                    Call::VoteFor(agreement, member, ballot, signature) => {
                        let Ballot { panel, bench, payee_bps, nonce, deadline } = ballot;
                        let deadline = deadline.saturating_sub(START);
                        write!(
                            f,
                            ", agreement #{agreement}, {member}, #{panel} bench {bench} {payee_bps} bps nonce {nonce} \
                             until +{deadline}, {signature}"
                        )?;
                    }
                    Call::RevokeVotes(bench) => write!(f, ", bench {bench}")?,
                    Call::Agree | Call::Cancel | Call::Settle => {}
                }
                f.write_str(")")
            }
            Self::Send(value) => write!(f, "send {value} wei"),
            Self::Holder(act) => write!(f, "on the agreements: {act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}
