//! `covenant keys check`

use std::path::Path;

use covenant_live::keys::{Keyring, Network, NetworkKeys, Opened, Source};

use super::open::open;
use crate::{
    args::{CheckKeyArgs, SourceArgs},
    exit::{Exit, Failure},
    paths::project,
    terminal::Terminal,
};

/// Opens a key as a deployment would, and prints its address.
pub(super) fn check(
    keyring: &Keyring,
    args: &CheckKeyArgs,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let (network, source) = target(args)?;
    let signer = open(keyring, &source, network, None, &args.password, terminal)?;
    let how = match &signer {
        Opened::Key(_) => "signs",
        Opened::Node { .. } => "the node signs",
    };
    terminal.out(&format!("{}  {how} for chain id {}\n", signer.address(), signer.chain_id()));
    Ok(Exit::Held)
}

/// The network, and where the key for it comes from.
fn target(args: &CheckKeyArgs) -> Result<(Network, Source), Failure> {
    let named = args.network.as_deref().map(network).transpose()?;
    let network = match (&named, args.chain_id) {
        (Some(keys), _) => keys.network,
        (None, chain_id) => Network::of(chain_id.unwrap_or_default()),
    };
    let bound = match (&named, &args.actor) {
        (Some(keys), Some(actor)) => Some(bound(keys, actor)?),
        _ => None,
    };
    match bound.map_or_else(|| source(&args.source), |source| Ok(Some(source)))? {
        Some(source) => Ok((network, source)),
        None => Err(Failure::usage("which key? Nothing on the command line says so").hint(
            "`--account NAME`, `--keystore FILE`, or `--network NAME --actor ACTOR`; see `covenant keys check --help`",
        )),
    }
}

/// What covenant.toml says of a network's keys.
fn network(name: &str) -> Result<NetworkKeys, Failure> {
    let project = project(Path::new("."))?;
    let table = project.networks().get(name).and_then(|value| value.as_table());
    match table {
        Some(table) => Ok(NetworkKeys::read(name, table, project.root())?),
        None => Err(Failure::usage(format!("covenant.toml has no [networks.{name}]"))),
    }
}

fn bound(keys: &NetworkKeys, actor: &str) -> Result<Source, Failure> {
    keys.actors.get(actor).cloned().ok_or_else(|| {
        Failure::usage(format!("covenant.toml binds no key to actor `{actor}` on this network"))
    })
}

/// The source that options name; the command line allows one at most.
pub(crate) fn source(args: &SourceArgs) -> Result<Option<Source>, Failure> {
    if let Some(name) = &args.account {
        return Ok(Some(Source::Account(name.parse()?)));
    }
    if let Some(address) = &args.unlocked {
        // What was given is not repeated: it may be a private key.
        let address =
            address.parse().map_err(|_| Failure::usage("--unlocked: that is not an address"))?;
        return Ok(Some(Source::Unlocked(address)));
    }
    let keystore = args.keystore.clone().map(Source::Keystore);
    let ledger = args.ledger.then_some(Source::Ledger(0));
    Ok(keystore.or(ledger).or_else(|| args.test_account.map(Source::TestAccount)))
}
