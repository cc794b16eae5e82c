//! What covenant.toml says of a network's keys.

use std::{collections::BTreeMap, path::Path};

use alloy_primitives::ChainId;
use serde::Deserialize;
use toml::{Table, Value};

use super::{account::AccountName, error::KeyError, network::Network, source::Source};

/// The part of `[networks.NAME]` that is about keys: `chain_id`, `testnet` and `[networks.NAME.actors]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkKeys {
    /// The network.
    pub network: Network,
    /// Which key each actor has.
    pub actors: BTreeMap<String, Source>,
}

impl NetworkKeys {
    /// Reads the table of a network; other keys in it are somebody else's. Paths are relative to `root`, the folder of
    /// covenant.toml.
    ///
    /// # Errors
    /// When `chain_id` is missing, when a main network is called a test network, or when an actor's key is not one.
    pub fn read(name: &str, table: &Table, root: &Path) -> Result<Self, KeyError> {
        let wrong = |reason: String| KeyError::Binding { network: name.to_owned(), reason };
        let network = network(table).map_err(wrong)?;
        let actors = match table.get("actors") {
            None => BTreeMap::new(),
            Some(Value::Table(actors)) => actors
                .iter()
                .map(|(actor, value)| Ok((actor.clone(), source(actor, value, root)?)))
                .collect::<Result<_, String>>()
                .map_err(wrong)?,
            Some(_) => return Err(wrong("`actors` is not a table".to_owned())),
        };
        Ok(Self { network, actors })
    }
}

fn network(table: &Table) -> Result<Network, String> {
    let chain_id = table.get("chain_id").ok_or("`chain_id` is missing")?;
    let chain_id = chain_id
        .as_integer()
        .and_then(|id| ChainId::try_from(id).ok())
        .filter(|id| *id > 0)
        .ok_or("`chain_id` is not a whole number above 0")?;
    match table.get("testnet") {
        None | Some(Value::Boolean(false)) => Ok(Network::of(chain_id)),
        Some(Value::Boolean(true)) => Network::declared_test(chain_id)
            .ok_or_else(|| format!("`testnet`: chain id {chain_id} is known to be a main network")),
        Some(_) => Err("`testnet` is not true or false".to_owned()),
    }
}

fn source(actor: &str, value: &Value, root: &Path) -> Result<Source, String> {
    let expected = |what: &str| {
        format!(
            "`actors.{actor}` {what}: expected the name of an account, or one of {{ account = … }}, {{ keystore = … }}, \
             {{ ledger = … }}, {{ unlocked = … }}, {{ test-account = … }}, {{ env = … }}"
        )
    };
    // What is written there by mistake may be a private key: it is not repeated.
    match value {
        Value::String(account) => account
            .parse::<AccountName>()
            .map(Source::Account)
            .map_err(|_| expected("is not the name of an account")),
        Value::Table(_) => match Source::deserialize(value.clone()) {
            Ok(Source::Keystore(path)) => Ok(Source::Keystore(root.join(path))),
            Ok(source) => Ok(source),
            Err(_) => Err(expected("does not say where a key is")),
        },
        _ => Err(expected("is not a key")),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;

    use super::*;
    use crate::keys::NetworkKind;

    fn read(text: &str) -> Result<NetworkKeys, String> {
        NetworkKeys::read("x", &text.parse().unwrap(), Path::new("/project"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_source_can_be_written() {
        let keys = read(
            "chain_id = 31337\nrpc = \"…\"\n[actors]\na = \"deployer\"\nb = { account = \"deployer\" }\n\
             c = { keystore = \"keys/a.json\" }\nd = { ledger = 0 }\n\
             e = { unlocked = \"0x0000000000000000000000000000000000000000\" }\nf = { test-account = 3 }\n\
             g = { env = \"G_KEY\" }\n",
        )
        .unwrap();
        let account: AccountName = "deployer".parse().unwrap();
        let expected = [
            Source::Account(account.clone()),
            Source::Account(account),
            Source::Keystore("/project/keys/a.json".into()),
            Source::Ledger(0),
            Source::Unlocked(Address::ZERO),
            Source::TestAccount(3),
            Source::Variable("G_KEY".to_owned()),
        ];
        assert_eq!(keys.actors.values().cloned().collect::<Vec<_>>(), expected);
        assert_eq!(keys.network.kind(), NetworkKind::Development);
    }

    #[test]
    fn what_is_wrong_is_named_and_not_repeated() {
        let key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
        let cases = [
            (String::new(), "`chain_id` is missing"),
            ("chain_id = -1".to_owned(), "`chain_id` is not"),
            ("chain_id = 0".to_owned(), "`chain_id` is not"),
            ("chain_id = \"1\"".to_owned(), "`chain_id` is not"),
            ("chain_id = 1\ntestnet = true".to_owned(), "known to be a main network"),
            ("chain_id = 1\ntestnet = 1".to_owned(), "`testnet` is not"),
            ("chain_id = 1\nactors = 1".to_owned(), "`actors` is not a table"),
            (format!("chain_id = 1\nactors = {{ a = \"0x{key}\" }}"), "`actors.a` is not the name"),
            (
                format!("chain_id = 1\nactors = {{ a = {{ account = \"0x{key}\" }} }}"),
                "`actors.a` does not",
            ),
            (
                format!("chain_id = 1\nactors = {{ a = {{ key = \"{key}\" }} }}"),
                "`actors.a` does not",
            ),
            (
                "chain_id = 1\nactors = { a = { ledger = 0, env = \"A\" } }".to_owned(),
                "`actors.a` does",
            ),
            ("chain_id = 1\nactors = { a = 1 }".to_owned(), "`actors.a` is not a key"),
        ];
        for (text, expected) in cases {
            let message = read(&text).unwrap_err();
            assert!(message.starts_with("[networks.x] in covenant.toml: "), "{message}");
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains(key), "{message}");
        }
    }

    #[test]
    fn a_private_network_can_be_declared_worthless() {
        let keys = read("chain_id = 987654321\ntestnet = true").unwrap();
        assert_eq!(keys.network.kind(), NetworkKind::Test);
        assert_eq!(read("chain_id = 987654321").unwrap().network.kind(), NetworkKind::Main);
    }
}
