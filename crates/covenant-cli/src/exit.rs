//! How the command ends.

use std::{fmt::Display, process::ExitCode};

use covenant_compile::CompileError;
use covenant_live::keys::KeyError;

use crate::prepare::NoBuild;

/// The exit code of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All held.
    Held = 0,
    /// An internal error: a bug.
    Internal = 1,
    /// Wrong usage, or an invalid scenario.
    Usage = 2,
    /// An expectation failed (also `always`, `ensures`, `within`, an unexpected revert).
    Failed = 3,
    /// A property was refuted.
    Refuted = 4,
    /// Solidity did not compile.
    NotCompiled = 5,
    /// The network or a deployment failed, or a key could not be used.
    Network = 6,
    /// Undecided: an exploration ended at a limit.
    Undecided = 7,
    /// Parked: a live run waits for a date.
    Parked = 75,
    /// Interrupted by the user.
    Interrupted = 130,
}

impl Exit {
    /// Every exit code with its meaning, as the help shows them.
    pub(crate) const ALL: [(Self, &'static str); 10] = [
        (Self::Held, "all held"),
        (Self::Internal, "internal error (a bug)"),
        (Self::Usage, "wrong usage or invalid scenario"),
        (Self::Failed, "an expectation failed"),
        (Self::Refuted, "a property was refuted"),
        (Self::NotCompiled, "Solidity did not compile"),
        (Self::Network, "network or deployment failed, or a key could not be used"),
        (Self::Undecided, "undecided: an exploration ended at a limit"),
        (Self::Parked, "parked: a live run waits for a date"),
        (Self::Interrupted, "interrupted"),
    ];

    /// Of several, the command ends with the one that is listed first here.
    const SEVERITY: [Self; 7] = [
        Self::Internal,
        Self::NotCompiled,
        Self::Usage,
        Self::Network,
        Self::Refuted,
        Self::Failed,
        Self::Undecided,
    ];

    /// The code of a command that consists of several parts.
    pub(crate) fn worst(parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<Self> = parts.into_iter().collect();
        Self::SEVERITY.into_iter().find(|exit| parts.contains(exit)).unwrap_or(Self::Held)
    }

    /// The number the process ends with.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the command ends.
    pub(crate) exit: Exit,
    /// What is wrong; several are shown one after the other.
    pub(crate) messages: Vec<String>,
    /// What to do about it.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    /// Something the user can mend.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A failure that ends the command with this code.
    pub(crate) fn new(exit: Exit, message: impl Display) -> Self {
        Self { exit, messages: vec![message.to_string()], hints: Vec::new() }
    }

    /// The same failure, with advice.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Self {
        let NoBuild { exit, message } = error.into();
        Self::new(exit, message)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let exit = if matches!(error, KeyError::BadName) { Exit::Usage } else { Exit::Network };
        let failure = Self::new(exit, &error);
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exit::{
        self, Failed, Held, Internal, Network, NotCompiled, Refuted, Undecided, Usage,
    };

    #[test]
    fn codes_are_the_documented_ones() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 75, 130]);
    }

    #[test]
    fn the_worst_part_decides() {
        let cases: [(&[Exit], Exit); 9] = [
            (&[], Held),
            (&[Held, Held], Held),
            (&[Held, Undecided], Undecided),
            (&[Undecided, Failed], Failed),
            (&[Failed, Refuted], Refuted),
            (&[Refuted, Network], Network),
            (&[Network, Usage], Usage),
            (&[Usage, NotCompiled, Failed], NotCompiled),
            (&[NotCompiled, Internal, Held], Internal),
        ];
        for (parts, worst) in cases {
            assert_eq!(Exit::worst(parts.iter().copied()), worst, "{parts:?}");
        }
    }
}
