//! `covenant keys`

pub(super) mod check;
mod keep;
mod list;
pub(super) mod open;

use covenant_live::keys::Keyring;

use crate::{
    args::{KeysArgs, KeysCommand},
    environment,
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// Keeps the keys that sign on live networks.
pub(crate) fn keys(args: &KeysArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let keyring = Keyring::new(environment::keyring());
    match &args.command {
        KeysCommand::New(args) => keep::new(&keyring, args, terminal),
        KeysCommand::Import(args) => keep::import(&keyring, args, terminal),
        KeysCommand::List(args) => list::list(&keyring, args, terminal),
        KeysCommand::Rotate(args) => keep::rotate(&keyring, args, terminal),
        KeysCommand::Remove(args) => keep::remove(&keyring, args, terminal),
        KeysCommand::Check(args) => check::check(&keyring, args, terminal),
    }
}
