//! The keys that Covenant keeps.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use alloy_primitives::Address;

use super::{
    account::{Account, AccountName, AccountState, Place},
    audit::{Act, Audit, Subject, WallClock},
    error::KeyError,
    files,
    keystore::{Keystore, Sealed},
    rotation::Retired,
    secret::{Password, Secret},
};

/// What follows the name of an account in the name of the keystore that a rotation replaced.
const OUTGOING: &str = ".outgoing";

/// Where keys are.
#[derive(Clone, Debug)]
pub struct KeyringOptions {
    /// The folder that Covenant keeps keys in. It is made when it is first needed.
    pub folder: PathBuf,
    /// The folder of Foundry's keystores, if there is a home to have it in. It is only read.
    pub foundry: Option<PathBuf>,
    /// What tells the time for the audit log.
    pub clock: WallClock,
}

/// The keys that Covenant keeps, and where else it looks for keys.
///
/// The folder holds `keystores/NAME` (and `NAME.outgoing` while a key is rotated), `retired.json` (addresses whose keys
/// are gone) and `audit.jsonl` (what was done). It is its owner's alone; processes that change it wait for each other.
#[derive(Clone, Debug)]
pub struct Keyring {
    pub(super) folder: PathBuf,
    pub(super) foundry: Option<PathBuf>,
    pub(super) audit: Audit,
}

impl Keyring {
    /// The keyring in a folder. Nothing is read or made yet.
    #[must_use]
    pub fn new(options: KeyringOptions) -> Self {
        let KeyringOptions { folder, foundry, clock } = options;
        let audit = Audit::new(folder.join("audit.jsonl"), clock);
        Self { folder, foundry, audit }
    }

    /// Makes a key and keeps it under a name and a password. Returns its address.
    ///
    /// # Errors
    /// When the name is taken, the password too short, or the keystore cannot be written.
    pub fn create(&self, name: &AccountName, password: &Password) -> Result<Address, KeyError> {
        self.add(Act::Create, name, &Secret::generate()?, password)
    }

    /// Keeps a key from elsewhere under a name and a password. Returns its address.
    ///
    /// # Errors
    /// When the name is taken, the password too short, or the keystore cannot be written.
    pub fn import(
        &self,
        name: &AccountName,
        secret: &Secret,
        password: &Password,
    ) -> Result<Address, KeyError> {
        self.add(Act::Import, name, secret, password)
    }

    /// Checks, before anything is asked for, that a name can be given to a new account.
    ///
    /// # Errors
    /// When it is taken.
    pub fn check_free(&self, name: &AccountName) -> Result<(), KeyError> {
        let path = self.current(name);
        if path.exists() { Err(KeyError::Exists { name: name.clone(), path }) } else { Ok(()) }
    }

    /// Takes a key out of a keystore, to be kept in another.
    ///
    /// # Errors
    /// When the password is wrong, or the file is not what it claims to be.
    pub fn read(&self, keystore: &Keystore, password: &Password) -> Result<Secret, KeyError> {
        self.open_keystore(keystore, password, &keystore.path().display().to_string(), None)
    }

    /// Deletes the key of an account. Its address is remembered; the key is not. Returns the address.
    ///
    /// # Errors
    /// When there is no such account, or when it is being rotated.
    pub fn remove(&self, name: &AccountName) -> Result<Address, KeyError> {
        let _lock = self.lock()?;
        let address = self.replaceable(name)?;
        self.remember(Retired::new(name, address, self.audit.now()))?;
        self.audit.record(Act::Remove, Subject::new(name.as_str(), Some(address)))?;
        // What an interrupted rotation left is the same key.
        if self.outgoing_path(name).exists() {
            files::remove(&self.outgoing_path(name))?;
        }
        files::remove(&self.current(name))?;
        Ok(address)
    }

    /// Checks, before anything is asked for, that an account has one key and an address, so that it can be rotated or
    /// removed. Returns the address.
    ///
    /// # Errors
    /// When there is no such account, or when it is being rotated.
    pub fn replaceable(&self, name: &AccountName) -> Result<Address, KeyError> {
        let address =
            self.current_keystore(name)?.address().ok_or_else(|| KeyError::Malformed {
                path: self.current(name),
                reason: "it does not say its address; `covenant keys import` makes one that does"
                    .to_owned(),
            })?;
        match self.outgoing(name)?.and_then(|keystore| keystore.address()) {
            Some(outgoing) => Err(KeyError::Rotating { name: name.clone(), outgoing }),
            None => Ok(address),
        }
    }

    /// Every account that there is or was: Covenant's by name, then Foundry's by name. What cannot be read is listed with
    /// the reason.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn list(&self) -> Result<Vec<Account>, KeyError> {
        let mut accounts = Vec::new();
        if self.folder.exists() {
            files::check_private_folder(&self.folder)?;
            for (name, path) in entries(&self.keystores())? {
                let (name, state) = match name.strip_suffix(OUTGOING) {
                    Some(name) => (name.to_owned(), AccountState::Outgoing),
                    None => (name, AccountState::Current),
                };
                accounts.push(listed(name, path, state, Place::Covenant));
            }
            self.drop_unfinished(&mut accounts);
            for retired in self.retired()? {
                // A crash may have come between remembering the address and deleting the key.
                if !accounts.iter().any(|account| account.address == Some(retired.address)) {
                    accounts.push(retired.into());
                }
            }
            accounts.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| order(a).cmp(&order(b))));
        }
        if let Some(folder) = self.foundry.as_ref().filter(|folder| folder.exists()) {
            for (name, path) in entries(folder)? {
                accounts.push(listed(name, path, AccountState::Current, Place::Foundry));
            }
        }
        Ok(accounts)
    }

    /// Leaves out the copy that a rotation made before it was interrupted: it is the current key.
    fn drop_unfinished(&self, accounts: &mut Vec<Account>) {
        let current: Vec<(String, Option<Address>)> = accounts
            .iter()
            .filter(|account| account.state == AccountState::Current)
            .map(|account| (account.name.clone(), account.address))
            .collect();
        accounts.retain(|account| {
            account.state != AccountState::Outgoing
                || !current.contains(&(account.name.clone(), account.address))
        });
    }

    fn add(
        &self,
        act: Act,
        name: &AccountName,
        secret: &Secret,
        password: &Password,
    ) -> Result<Address, KeyError> {
        let _lock = self.lock()?;
        self.check_free(name)?;
        let text = sealed(secret, password, &self.current(name))?;
        self.audit.record(act, Subject::new(name.as_str(), Some(secret.address())))?;
        files::write_new(&self.current(name), text.as_bytes())?;
        self.verify(name, secret.address())
    }

    /// Reads back what was written. Returns the address.
    pub(super) fn verify(&self, name: &AccountName, address: Address) -> Result<Address, KeyError> {
        let keystore = self.current_keystore(name)?;
        if keystore.address() == Some(address) {
            Ok(address)
        } else {
            let reason = "it is not what was written".to_owned();
            Err(KeyError::Malformed { path: self.current(name), reason })
        }
    }

    /// The keystore of an account.
    pub(super) fn current_keystore(&self, name: &AccountName) -> Result<Keystore, KeyError> {
        let path = self.current(name);
        match Keystore::read(&path) {
            Err(KeyError::Missing { .. }) => {
                let retired = self.retired()?.into_iter().rfind(|retired| retired.is_of(name));
                Err(match retired {
                    Some(Retired { address, .. }) => {
                        KeyError::Retired { name: name.clone(), address }
                    }
                    None => KeyError::NoAccount { name: name.clone(), path },
                })
            }
            read => read,
        }
    }

    /// The keystore that a rotation replaced, while it is still bound.
    pub(super) fn outgoing(&self, name: &AccountName) -> Result<Option<Keystore>, KeyError> {
        let keystore = match Keystore::read(&self.outgoing_path(name)) {
            Err(KeyError::Missing { .. }) => return Ok(None),
            read => read?,
        };
        // The same key twice is what an interrupted rotation left: nothing was replaced yet.
        let is_current = self.current_keystore(name)?.address() == keystore.address();
        Ok((!is_current).then_some(keystore))
    }

    /// Opens a keystore and writes down that this was done, or that it could not be done.
    pub(super) fn open_keystore(
        &self,
        keystore: &Keystore,
        password: &Password,
        account: &str,
        chain_id: Option<u64>,
    ) -> Result<Secret, KeyError> {
        let subject = |address| Subject { chain_id, ..Subject::new(account, address) };
        match keystore.open(password) {
            Ok(secret) => {
                let act = if chain_id.is_some() { Act::Open } else { Act::Read };
                self.audit.record(act, subject(Some(secret.address())))?;
                Ok(secret)
            }
            Err(error) => {
                self.audit.record(Act::Refuse, subject(keystore.address()))?;
                Err(error)
            }
        }
    }

    pub(super) fn keystores(&self) -> PathBuf {
        self.folder.join("keystores")
    }

    pub(super) fn current(&self, name: &AccountName) -> PathBuf {
        self.keystores().join(name.as_str())
    }

    pub(super) fn outgoing_path(&self, name: &AccountName) -> PathBuf {
        self.keystores().join(format!("{name}{OUTGOING}"))
    }

    /// Makes the folders where they are missing, and keeps other processes from changing them.
    pub(super) fn lock(&self) -> Result<File, KeyError> {
        files::make_private_folder(&self.folder)?;
        files::make_private_folder(&self.keystores())?;
        files::lock(&self.folder.join("lock"))
    }
}

/// The text of a new keystore, which has been opened once: what cannot be opened must not be relied on.
pub(super) fn sealed(
    secret: &Secret,
    password: &Password,
    path: &Path,
) -> Result<String, KeyError> {
    password.check_length()?;
    let sealed = Sealed::seal(secret, password)?;
    let text = sealed.to_json()?;
    let read = Sealed::parse(text.as_bytes()).ok().filter(|read| *read == sealed);
    if read.is_some_and(|read| read.open(password).is_ok()) {
        Ok(text)
    } else {
        let reason = "what was to be written cannot be opened".to_owned();
        Err(KeyError::Malformed { path: path.to_owned(), reason })
    }
}

/// The files of a folder by name, hidden ones left out; none when there is no folder.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, KeyError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let failed = |error| files::unreadable(folder, error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && !name.starts_with('.') {
            entries.push((name, path));
        }
    }
    entries.sort();
    Ok(entries)
}

fn listed(name: String, path: PathBuf, state: AccountState, place: Place) -> Account {
    let read = Keystore::read(&path);
    let (address, strength, weak, problem) = match read {
        Ok(keystore) => (keystore.address(), Some(keystore.strength()), keystore.is_weak(), None),
        Err(error) => (None, None, false, Some(error.to_string())),
    };
    Account { name, address, state, place, path: Some(path), strength, weak, problem }
}

/// Of one name: the current key, then the outgoing one, then what is retired in the order of its end.
const fn order(account: &Account) -> u8 {
    match account.state {
        AccountState::Current => 0,
        AccountState::Outgoing => 1,
        AccountState::Retired => 2,
    }
}
