//! Everybody and everything that a script can name.

use std::fmt;

/// An address: a person, a contract, a token, or nobody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Who(pub(super) u8);

/// How many there are.
pub(super) const CAST: usize = 32;

impl Who {
    /// The zero address; as an asset, ether.
    pub(super) const NOBODY: Self = Self(0);
    /// The contract under test.
    pub(super) const CONTRACT: Self = Self(1);
    /// An account with a key.
    pub(super) const ALICE: Self = Self(2);
    /// An account with a key.
    pub(super) const BOB: Self = Self(3);
    /// An account with a key.
    pub(super) const CAROL: Self = Self(4);
    /// An account with a key.
    pub(super) const DAVE: Self = Self(5);
    /// An account with a key whose code (EIP-7702) refuses ether and every call.
    pub(super) const REFUSER: Self = Self(6);
    /// A contract that takes ether and signs by ERC-1271.
    pub(super) const WALLET: Self = Self(7);
    /// A contract that uses up all gas it is given.
    pub(super) const BURNER: Self = Self(8);
    /// An account with a key, few tokens, and no allowance for the contract.
    pub(super) const POOR: Self = Self(9);
    /// An account that is never a party.
    pub(super) const STRANGER: Self = Self(10);
    /// A token that can block accounts.
    pub(super) const BLOCKING: Self = Self(11);
    /// A token that can lie about transfers.
    pub(super) const LYING: Self = Self(12);
    /// A token that can burn a share of every transfer.
    pub(super) const TAXED: Self = Self(13);
    /// An address without code, as an asset.
    pub(super) const CODELESS: Self = Self(14);
    /// A contract that forces ether upon others.
    pub(super) const FORCER: Self = Self(15);
    /// A price feed.
    pub(super) const FEED: Self = Self(16);
    /// A feed that tells whether a rollup's sequencer is up.
    pub(super) const SEQUENCER: Self = Self(17);
    /// A contract with a value that anybody sets, which is also a condition.
    pub(super) const SETTABLE: Self = Self(18);
    /// An attestation service.
    pub(super) const BOOK: Self = Self(19);
    /// A contract of single items, which can be caught on their way.
    pub(super) const ITEMS: Self = Self(20);
    /// A contract of single items that can be bound to their owner.
    pub(super) const BOUND: Self = Self(21);
    /// A contract of items of which there are many, and whose amounts can slip.
    pub(super) const MULTI: Self = Self(22);
    /// The account that belongs to an item.
    pub(super) const ACCOUNT: Self = Self(23);
    /// The contract of leases to which the one under test is bound, if it is bound to one.
    pub(super) const LEASE: Self = Self(24);

    /// The agent of the first agreement, where agreements have agents: each script has its own.
    pub(super) const AGENT: Self = Self(25);
    /// The agent of the second agreement.
    pub(super) const OTHER_AGENT: Self = Self(26);

    /// The contract of escrows beside the one under test, if that has to do with one.
    pub(super) const ESCROW: Self = Self(27);

    /// An arbitrator (ERC-792) in the hands of [`Self::STRANGER`].
    pub(super) const COURT: Self = Self(28);
    /// An arbitrator that rules as soon as it is asked.
    pub(super) const HASTY: Self = Self(29);
    /// An arbitrator that never rules.
    pub(super) const SILENT: Self = Self(30);
    /// An arbitrator that breaks every rule.
    pub(super) const HOSTILE: Self = Self(31);

    /// The agents, in the order of the agreements.
    pub(super) const AGENTS: [Self; 2] = [Self::AGENT, Self::OTHER_AGENT];

    /// Who may be a party.
    pub(super) const PARTIES: [Self; 8] = [
        Self::ALICE,
        Self::BOB,
        Self::CAROL,
        Self::DAVE,
        Self::REFUSER,
        Self::WALLET,
        Self::BURNER,
        Self::POOR,
    ];

    /// Everybody.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..CAST).map(|index| Self(u8::try_from(index).expect("there are few")))
    }

    /// The place in a table with an entry for everybody.
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The place among the assets, for those that are one.
    pub(super) const fn asset(self) -> Option<usize> {
        match self {
            Self::NOBODY => Some(0),
            Self::BLOCKING => Some(1),
            Self::LYING => Some(2),
            Self::TAXED => Some(3),
            Self::CODELESS => Some(4),
            _ => None,
        }
    }

    /// The same as seen by the contract at `place`, for which it is itself the contract.
    pub(super) fn seen_from(self, place: Self) -> Self {
        match self {
            Self::CONTRACT => place,
            _ if self == place => Self::CONTRACT,
            other => other,
        }
    }

    /// Whether ether that is sent there stays there. What the contract of escrows sends to the one under test does.
    pub(super) const fn takes_ether(self) -> bool {
        !matches!(
            self,
            Self::CONTRACT
                | Self::REFUSER
                | Self::BURNER
                | Self::BLOCKING
                | Self::LYING
                | Self::TAXED
                | Self::FORCER
                | Self::FEED
                | Self::SEQUENCER
                | Self::SETTABLE
                | Self::BOOK
                | Self::ITEMS
                | Self::BOUND
                | Self::MULTI
                | Self::LEASE
                | Self::COURT
                | Self::HASTY
                | Self::SILENT
                | Self::HOSTILE
        )
    }

    /// Whether there is a key that signs for it.
    pub(super) const fn has_key(self) -> bool {
        matches!(
            self,
            Self::ALICE
                | Self::BOB
                | Self::CAROL
                | Self::DAVE
                | Self::REFUSER
                | Self::POOR
                | Self::STRANGER
        )
    }
}

/// The assets, in the order of [`Who::asset`].
pub(super) const ASSETS: [Who; 5] =
    [Who::NOBODY, Who::BLOCKING, Who::LYING, Who::TAXED, Who::CODELESS];

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            [
                "nobody",
                "contract",
                "alice",
                "bob",
                "carol",
                "dave",
                "refuser",
                "wallet",
                "burner",
                "poor",
                "stranger",
                "blocking",
                "lying",
                "taxed",
                "codeless",
                "forcer",
                "feed",
                "sequencer",
                "settable",
                "book",
                "items",
                "bound",
                "multi",
                "account",
                "lease",
                "agent",
                "other agent",
                "escrow",
                "court",
                "hasty",
                "silent",
                "hostile",
            ][self.index()],
        )
    }
}

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
