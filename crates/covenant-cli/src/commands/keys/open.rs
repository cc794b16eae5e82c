//! Passwords, and keys that open with them.

use std::path::Path;

use alloy_primitives::Address;
use covenant_live::keys::{Found, Keyring, Keystore, Network, Opened, Password, Source};

use crate::{args::PasswordArgs, environment, exit::Failure, terminal::Terminal};

/// Opens the key that a source speaks of. `wanted` is the address it has to have, where that is known.
///
/// # Errors
/// When there is no such key, when it must not be used on this network, or when it does not open.
pub(crate) fn open(
    keyring: &Keyring,
    source: &Source,
    network: Network,
    wanted: Option<Address>,
    args: &PasswordArgs,
    terminal: &Terminal,
) -> Result<Opened, Failure> {
    match keyring.find(source, network, wanted)? {
        Found::Open(signer) => Ok(signer),
        Found::Raw(raw) => {
            let value = environment::private_key(raw.variable());
            Ok(Opened::Key(raw.open(value.as_ref())?))
        }
        Found::Locked(locked) => {
            warn_if_weak(locked.keystore(), terminal);
            let password = password(&format!("Password of {source}"), args, terminal)?;
            Ok(Opened::Key(locked.open(&password)?))
        }
    }
}

/// Says so when the password of a keystore is guessed too fast by somebody who has the file.
pub(super) fn warn_if_weak(keystore: &Keystore, terminal: &Terminal) {
    if keystore.is_weak() {
        terminal.note(&format!(
            "warning: `{}` protects its key weakly ({}); `covenant keys import NAME --keystore FILE` makes a stronger one",
            keystore.path().display(),
            keystore.strength()
        ));
    }
}

/// A password that exists: from a file, or typed.
pub(super) fn password(
    question: &str,
    args: &PasswordArgs,
    terminal: &Terminal,
) -> Result<Password, Failure> {
    match file(args) {
        Some(path) => Ok(Password::read(&path)?),
        None => typed(question, terminal),
    }
}

/// A password for a new keystore: from a file, or typed twice.
pub(super) fn new_password(
    name: &str,
    args: &PasswordArgs,
    terminal: &Terminal,
) -> Result<Password, Failure> {
    let password = match file(args) {
        Some(path) => Password::read(&path)?,
        None => {
            let password = typed(&format!("New password for {name}"), terminal)?;
            password.check_length()?;
            if typed("The same again", terminal)? != password {
                return Err(Failure::new(
                    crate::exit::Exit::Network,
                    "the two passwords differ; nothing was written",
                ));
            }
            password
        }
    };
    password.check_length()?;
    Ok(password)
}

/// A password from this file, or typed.
pub(super) fn password_in(
    path: Option<&Path>,
    question: &str,
    terminal: &Terminal,
) -> Result<Password, Failure> {
    match path {
        Some(path) => Ok(Password::read(path)?),
        None => typed(question, terminal),
    }
}

fn typed(question: &str, terminal: &Terminal) -> Result<Password, Failure> {
    terminal.ask_secret(question).map_err(|failure| {
        if failure.messages.is_empty() {
            failure
        } else {
            failure.hint(
                "`--password-file FILE` or ETH_PASSWORD=FILE gives a password without a terminal",
            )
        }
    })
}

fn file(args: &PasswordArgs) -> Option<std::path::PathBuf> {
    args.password_file.clone().or_else(environment::password_file)
}
