//! What kind of network a key is opened for.

use alloy_chains::NamedChain;
use alloy_primitives::ChainId;

/// The chain ids of nodes for development: geth's, and that of anvil and Hardhat.
const DEVELOPMENT: [ChainId; 2] = [1337, 31337];

/// A network, as far as keys care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    chain_id: ChainId,
    kind: NetworkKind,
}

/// How much a key on a network is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkKind {
    /// A node on somebody's desk. Nothing signed for its chain id is valid anywhere else.
    Development,
    /// A public network whose money is worth nothing.
    Test,
    /// A network whose money is worth something, or one that nobody knows.
    Main,
}

impl Network {
    /// The network with this chain id. One that is not known counts as a main network.
    #[must_use]
    pub fn of(chain_id: ChainId) -> Self {
        let kind = if DEVELOPMENT.contains(&chain_id) {
            NetworkKind::Development
        } else if named(chain_id).is_some_and(|chain| chain.is_testnet()) {
            NetworkKind::Test
        } else {
            NetworkKind::Main
        };
        Self { chain_id, kind }
    }

    /// A network of which its user says that its money is worth nothing; `None` if it is known to be otherwise.
    #[must_use]
    pub fn declared_test(chain_id: ChainId) -> Option<Self> {
        match Self::of(chain_id) {
            Self { kind: NetworkKind::Main, .. } if named(chain_id).is_none() => {
                Some(Self { chain_id, kind: NetworkKind::Test })
            }
            Self { kind: NetworkKind::Main, .. } => None,
            known => Some(known),
        }
    }

    /// Its chain id.
    #[must_use]
    pub const fn chain_id(self) -> ChainId {
        self.chain_id
    }

    /// How much a key on it is worth.
    #[must_use]
    pub const fn kind(self) -> NetworkKind {
        self.kind
    }
}

fn named(chain_id: ChainId) -> Option<NamedChain> {
    NamedChain::try_from(chain_id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_to_be_worthless_is_a_main_network() {
        let kinds = [
            (31337, NetworkKind::Development),
            (1337, NetworkKind::Development),
            (11_155_111, NetworkKind::Test),
            (17_000, NetworkKind::Test),
            (560_048, NetworkKind::Test),
            (84_532, NetworkKind::Test),
            (421_614, NetworkKind::Test),
            (1, NetworkKind::Main),
            (10, NetworkKind::Main),
            (137, NetworkKind::Main),
            (8453, NetworkKind::Main),
            (42_161, NetworkKind::Main),
            (0, NetworkKind::Main),
            (987_654_321, NetworkKind::Main),
        ];
        for (chain_id, kind) in kinds {
            assert_eq!(Network::of(chain_id).kind(), kind, "{chain_id}");
            assert_eq!(Network::of(chain_id).chain_id(), chain_id);
        }
    }

    #[test]
    fn only_an_unknown_network_can_be_declared_worthless() {
        let kind = |chain_id| Network::declared_test(chain_id).map(Network::kind);
        assert_eq!(kind(987_654_321), Some(NetworkKind::Test));
        assert_eq!(kind(11_155_111), Some(NetworkKind::Test));
        assert_eq!(kind(31337), Some(NetworkKind::Development));
        assert_eq!(kind(1), None);
        assert_eq!(kind(8453), None);
    }
}
