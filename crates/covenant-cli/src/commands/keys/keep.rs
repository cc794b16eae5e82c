//! What changes the keyring.

use alloy_primitives::Address;
use covenant_live::keys::{AccountName, Keyring, Keystore, Secret};

use super::open::{new_password, password_in, warn_if_weak};
use crate::{
    args::{ImportKeyArgs, NewKeyArgs, RemoveKeyArgs, RotateKeyArgs},
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// What a name and an address look like as a result.
fn line(name: &AccountName, address: Address) -> String {
    format!("{name}  {address}\n")
}

/// Makes a key.
pub(super) fn new(
    keyring: &Keyring,
    args: &NewKeyArgs,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let name: AccountName = args.name.parse()?;
    keyring.check_free(&name)?;
    let password = new_password(&args.name, &args.password, terminal)?;
    let address = keyring.create(&name, &password)?;
    terminal.out(&line(&name, address));
    terminal.note(
        "note: the key is lost when its keystore or its password is: `covenant keys list --json` says where it is; keep a \
         copy of it elsewhere",
    );
    Ok(Exit::Held)
}

/// Keeps a key from elsewhere.
pub(super) fn import(
    keyring: &Keyring,
    args: &ImportKeyArgs,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let name: AccountName = args.name.parse()?;
    keyring.check_free(&name)?;
    let secret = match &args.keystore {
        Some(path) => {
            let keystore = Keystore::read(path)?;
            warn_if_weak(&keystore, terminal);
            let file = args.keystore_password_file.as_deref();
            let question = format!("Password of {}", path.display());
            keyring.read(&keystore, &password_in(file, &question, terminal)?)?
        }
        None => {
            let typed = terminal.ask_secret("Private key").map_err(|failure| {
                if failure.messages.is_empty() {
                    failure
                } else {
                    failure.hint("`--keystore FILE` takes the key out of another keystore")
                }
            })?;
            Secret::parse(&typed, "what was typed")?
        }
    };
    let password = new_password(&args.name, &args.password, terminal)?;
    terminal.out(&line(&name, keyring.import(&name, &secret, &password)?));
    Ok(Exit::Held)
}

/// Gives an account a new key, or ends that.
pub(super) fn rotate(
    keyring: &Keyring,
    args: &RotateKeyArgs,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let name: AccountName = args.name.parse()?;
    if args.finish {
        let outgoing = keyring.rotating(&name)?;
        confirm(&name, outgoing, args.yes, terminal)?;
        terminal.out(&format!("{name}  {}  retired\n", keyring.finish_rotation(&name)?));
        return Ok(Exit::Held);
    }
    keyring.replaceable(&name)?;
    let password = new_password(&args.name, &args.password, terminal)?;
    let rotation = keyring.rotate(&name, &password)?;
    terminal.out(&format!(
        "{name}  {}  current\n{name}  {}  outgoing\n",
        rotation.current, rotation.outgoing
    ));
    terminal.note(&format!(
        "note: hand over what the old address holds and may do; then `covenant keys rotate {name} --finish` deletes its key"
    ));
    Ok(Exit::Held)
}

/// Deletes a key.
pub(super) fn remove(
    keyring: &Keyring,
    args: &RemoveKeyArgs,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let name: AccountName = args.name.parse()?;
    let address = keyring.replaceable(&name)?;
    confirm(&name, address, args.yes, terminal)?;
    keyring.remove(&name)?;
    terminal.out(&format!("{name}  {address}  retired\n"));
    Ok(Exit::Held)
}

/// Has the name typed before a key is deleted, for nothing brings it back.
fn confirm(
    name: &AccountName,
    address: Address,
    yes: bool,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let question = format!("The key of {address} is deleted for good. Type `{name}` to go on");
    let answer = terminal.ask(&question).map_err(|failure| {
        failure.hint("`--yes` deletes it without asking; nothing was deleted")
    })?;
    if answer == name.as_str() {
        Ok(())
    } else {
        Err(Failure::new(Exit::Network, "that is not the name; nothing was deleted"))
    }
}
