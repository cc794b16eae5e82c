//! `[networks.NAME]` of covenant.toml, and `[rpc_endpoints]` of foundry.toml.

use std::{collections::BTreeMap, fmt, io, ops::Range, path::Path, str::FromStr};

use alloy_chains::NamedChain;
use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::error::NetworkError;
use crate::keys::{NetworkKeys, NetworkKind};

/// The default of `max_fee_gwei`.
const MAX_FEE_GWEI: f64 = 100.0;

/// A network.
#[derive(Clone, Debug)]
pub struct NetworkSettings {
    /// Its name.
    pub name: String,
    /// Its nodes, in the order in which they are asked.
    pub rpc: Vec<RpcAddress>,
    /// Which chain it is, and which key each actor has.
    pub keys: NetworkKeys,
    /// How deep a block must be; 1 is the latest one.
    pub confirmations: u64,
    /// Most wei per gas that may ever be paid.
    pub max_fee: u128,
    /// How many transactions of one account may wait at once, where it is not left to what is known of the network.
    pub window: Option<usize>,
    /// Where people look at its transactions.
    pub explorer: Option<String>,
}

/// The address of a node, with `${VARIABLE}` where the environment has a part of it that is often a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RpcAddress(String);

impl fmt::Debug for RpcAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RpcAddress(…)")
    }
}

impl NetworkSettings {
    /// Its nodes' addresses, with the values of variables.
    ///
    /// # Errors
    /// [`NetworkError::Variable`] if one is not set.
    pub fn addresses(
        &self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<String>, NetworkError> {
        self.rpc.iter().map(|address| self.filled(&address.0, &variable)).collect()
    }

    fn filled(
        &self,
        address: &str,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Result<String, NetworkError> {
        let mut filled = String::new();
        let mut rest = address;
        while let Some((before, after)) = rest.split_once("${") {
            let network = || self.name.clone();
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| NetworkError::Unclosed { network: network() })?;
            let value = variable(name).ok_or_else(|| NetworkError::Variable {
                network: network(),
                variable: name.to_owned(),
            })?;
            filled.push_str(before);
            filled.push_str(&value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Whether its clock is ours to move.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.keys.network.kind() == NetworkKind::Development
    }
}

/// Every network that a project's covenant.toml and foundry.toml describe, by name; covenant.toml goes first.
///
/// `root` is the folder of covenant.toml, `contracts` that of foundry.toml.
///
/// # Errors
/// When one of these files cannot be read at all; what is wrong with one network only matters to those who want that one.
pub fn networks(
    root: &Path,
    contracts: &Path,
) -> Result<BTreeMap<String, Result<NetworkSettings, NetworkError>>, NetworkError> {
    let mut found = BTreeMap::new();
    if let Some(file) = File::read(&contracts.join("foundry.toml"))? {
        let written: FoundryToml = file.parse()?;
        for (name, endpoint) in written.rpc_endpoints {
            if let Some(rpc) = endpoint.address() {
                found.insert(name.clone(), foundry(name, rpc, root));
            }
        }
    }
    if let Some(file) = File::read(&root.join("covenant.toml"))? {
        let written: CovenantToml = file.parse()?;
        for (name, network) in written.networks {
            let settings = covenant(&file, &name, network, root);
            found.insert(name, settings);
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct CovenantToml {
    #[serde(default)]
    networks: BTreeMap<String, Spanned<Written>>,
}

/// A network as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rpc: Option<Spanned<Value>>,
    chain_id: Spanned<i64>,
    confirmations: Option<Spanned<i64>>,
    max_fee_gwei: Option<Spanned<Value>>,
    window: Option<Spanned<i64>>,
    explorer: Option<String>,
    testnet: Option<bool>,
    actors: Option<Table>,
}

#[derive(Deserialize)]
struct FoundryToml {
    #[serde(default)]
    rpc_endpoints: BTreeMap<String, FoundryEndpoint>,
}

/// foundry.toml also has endpoints with retries and the like.
#[derive(Deserialize)]
#[serde(transparent)]
struct FoundryEndpoint(Value);

impl FoundryEndpoint {
    fn address(&self) -> Option<String> {
        match &self.0 {
            Value::String(address) => Some(address.clone()),
            Value::Table(table) => ["url", "endpoint"]
                .iter()
                .find_map(|key| Some(table.get(*key)?.as_str()?.to_owned())),
            _ => None,
        }
    }
}

fn foundry(name: String, rpc: String, root: &Path) -> Result<NetworkSettings, NetworkError> {
    let chain =
        NamedChain::from_str(&name).map_err(|_| NetworkError::WhichChain { name: name.clone() })?;
    let id = i64::try_from(u64::from(chain)).expect("numbers of known chains are small");
    let mut table = Table::new();
    table.insert("chain_id".to_owned(), Value::Integer(id));
    let keys = NetworkKeys::read(&name, &table, root)?;
    let confirmations = default_confirmations(&keys);
    let max_fee = gwei(MAX_FEE_GWEI);
    let rpc = vec![RpcAddress(rpc)];
    Ok(NetworkSettings { name, rpc, keys, confirmations, max_fee, window: None, explorer: None })
}

fn covenant(
    file: &File<'_>,
    name: &str,
    network: Spanned<Written>,
    root: &Path,
) -> Result<NetworkSettings, NetworkError> {
    let at = network.span();
    let written = network.into_inner();
    let mut table = Table::new();
    table.insert("chain_id".to_owned(), Value::Integer(*written.chain_id.as_ref()));
    if let Some(testnet) = written.testnet {
        table.insert("testnet".to_owned(), Value::Boolean(testnet));
    }
    if let Some(actors) = written.actors {
        table.insert("actors".to_owned(), Value::Table(actors));
    }
    let keys = NetworkKeys::read(name, &table, root).map_err(|error| {
        let text = error.to_string();
        let message = text.split_once("in covenant.toml: ").map_or(text.as_str(), |(_, rest)| rest);
        file.wrong(at.clone(), format!("[networks.{name}]: {message}"))
    })?;
    let confirmations = match &written.confirmations {
        None => default_confirmations(&keys),
        Some(depth) => {
            u64::try_from(*depth.as_ref()).ok().filter(|depth| *depth > 0).ok_or_else(|| {
                file.wrong(depth.span(), "`confirmations` is not a whole number above 0".to_owned())
            })?
        }
    };
    let max_fee = match &written.max_fee_gwei {
        None => gwei(MAX_FEE_GWEI),
        Some(fee) => number(fee.as_ref()).map(gwei).ok_or_else(|| {
            file.wrong(fee.span(), "`max_fee_gwei` is not a number above 0".to_owned())
        })?,
    };
    let window = match &written.window {
        None => None,
        Some(window) => {
            let number = usize::try_from(*window.as_ref()).ok().filter(|it| *it > 0);
            let wrong = || "`window` is not a whole number above 0".to_owned();
            Some(number.ok_or_else(|| file.wrong(window.span(), wrong()))?)
        }
    };
    let rpc = written.rpc.ok_or_else(|| {
        let message = format!("[networks.{name}]: `rpc`, the address of a node, is missing");
        file.wrong(at.clone(), message)
    })?;
    let rpc = addresses(rpc.as_ref()).ok_or_else(|| {
        let message = "`rpc` is not an address or a list of addresses".to_owned();
        file.wrong(rpc.span(), message)
    })?;
    let (name, explorer) = (name.to_owned(), written.explorer);
    Ok(NetworkSettings { name, rpc, keys, confirmations, max_fee, window, explorer })
}

/// On a chain of one's own, which makes blocks only when something is sent, nothing would come after the latest.
fn default_confirmations(keys: &NetworkKeys) -> u64 {
    if keys.network.kind() == NetworkKind::Development { 1 } else { 2 }
}

fn addresses(value: &Value) -> Option<Vec<RpcAddress>> {
    let one = |value: &Value| Some(RpcAddress(value.as_str()?.to_owned()));
    match value {
        Value::Array(values) if !values.is_empty() => values.iter().map(one).collect(),
        value => Some(vec![one(value)?]),
    }
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Integer(number) => f64::from(i32::try_from(*number).ok()?),
        Value::Float(number) => *number,
        _ => return None,
    };
    (number > 0.0 && number < 1e9).then_some(number)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 10^18, which fits, and wei have no fractions"
)]
fn gwei(gwei: f64) -> u128 {
    (gwei * 1e9).round() as u128
}

/// A configuration file and its text, for errors that point into it.
struct File<'a> {
    path: &'a Path,
    text: String,
}

impl<'a> File<'a> {
    /// Reads a file; `None` if there is none.
    fn read(path: &'a Path) -> Result<Option<Self>, NetworkError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self { path, text })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(NetworkError::Read { file: path.to_owned(), source }),
        }
    }

    fn parse<T: for<'de> Deserialize<'de>>(&self) -> Result<T, NetworkError> {
        toml::from_str(&self.text).map_err(|error| {
            self.wrong(error.span().unwrap_or_default(), error.message().to_owned())
        })
    }

    fn wrong(&self, at: Range<usize>, message: String) -> NetworkError {
        let before = self.text.get(..at.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        NetworkError::Wrong { file: self.path.to_owned(), line, column, message }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(
        covenant: &str,
        foundry: &str,
    ) -> Result<BTreeMap<String, Result<NetworkSettings, NetworkError>>, NetworkError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("covenant.toml"), covenant).unwrap();
        fs::write(folder.path().join("foundry.toml"), foundry).unwrap();
        networks(folder.path(), folder.path())
    }

    #[test]
    fn both_files_are_read_and_covenants_goes_first() {
        let found = read(
            "contracts = \".\"\n[networks.sepolia]\nrpc = [\"${A}/x\", \"http://b\"]\nchain_id = 11155111\n\
             max_fee_gwei = 1.5\nwindow = 7\n[networks.sepolia.actors]\nbuyer = \"someone\"\n",
            "[profile.default]\nsrc = \"src\"\n[rpc_endpoints]\nsepolia = \"http://other\"\nholesky = { url = \"http://c\" }\nhome = \"http://d\"\n",
        )
        .unwrap();
        let sepolia = found["sepolia"].as_ref().unwrap();
        let variable = |name: &str| (name == "A").then(|| "http://a".to_owned());
        assert_eq!(sepolia.addresses(variable).unwrap(), ["http://a/x", "http://b"]);
        assert_eq!((sepolia.confirmations, sepolia.max_fee), (2, 1_500_000_000));
        assert_eq!((sepolia.keys.actors.len(), sepolia.window), (1, Some(7)));
        let holesky = found["holesky"].as_ref().unwrap();
        assert_eq!(holesky.keys.network.chain_id(), 17_000);
        assert!(matches!(&found["home"], Err(NetworkError::WhichChain { name }) if name == "home"));
        let missing = sepolia.addresses(|_| None).unwrap_err();
        assert!(matches!(missing, NetworkError::Variable { variable, .. } if variable == "A"));
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let cases = [
            ("chain_id = 5\n", "2:1: [networks.x]: `rpc`, the address"),
            ("rpc = 1\nchain_id = 5\n", "3:7: `rpc` is not"),
            ("rpc = \"a\"\nchain_id = 0\n", "2:1: [networks.x]: `chain_id` is not"),
            ("rpc = \"a\"\nchain_id = 5\nconfirmations = 0\n", "5:17: `confirmations`"),
            ("rpc = \"a\"\nchain_id = 5\nmax_fee_gwei = -1\n", "5:16: `max_fee_gwei`"),
            ("rpc = \"a\"\nchain_id = 5\nwindow = 0\n", "5:10: `window`"),
            ("rpc = \"a\"\nchain_id = 5\nchainid = 1\n", "5:1: unknown field `chainid`"),
        ];
        for (text, expected) in cases {
            let found = read(&format!("\n[networks.x]\n{text}"), "");
            let error = found.and_then(|mut all| all.remove("x").unwrap()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error} is not about {expected}");
        }
    }
}
