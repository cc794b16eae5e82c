//! Who has which account on a network, and the keys of those who sign.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::Address;
use covenant_live::{
    journal::Begun,
    keys::{Found, Keyring, Opened, Source},
    network::NetworkSettings,
    run::{Cast, SCENE, Unlocked, Voyage, public_signers, signers},
    send::Signer,
};
use covenant_scenario::plan::Plan;

use crate::{
    args::{PasswordArgs, SourceArgs},
    commands::keys::{check::source, open::open},
    environment,
    exit::Failure,
    terminal::Terminal,
};

/// Everybody's accounts, and the keys of those who sign, by address.
pub(super) struct Company {
    pub(super) cast: Cast,
    pub(super) signers: BTreeMap<Address, Box<dyn Signer>>,
}

/// Who is asked for keys.
pub(super) struct Audition<'a> {
    pub(super) plan: &'a Plan,
    pub(super) voyage: &'a Voyage,
    pub(super) deployer: &'a SourceArgs,
    pub(super) password: &'a PasswordArgs,
    /// What the journal began with.
    pub(super) begun: Option<&'a Begun>,
}

impl Audition<'_> {
    /// Opens the keys of those who sign, and looks up the addresses of the others.
    pub(super) fn open(&self, terminal: &Terminal) -> Result<Company, Failure> {
        self.gather(&signers(self.plan), terminal)
    }

    /// Looks up everybody's address; a password is asked for only where nothing else tells one.
    pub(super) fn look_up(&self, terminal: &Terminal) -> Result<Company, Failure> {
        self.gather(&BTreeSet::new(), terminal)
    }

    /// Everybody's address; the keys of those in `opened` are opened.
    fn gather(&self, opened: &BTreeSet<String>, terminal: &Terminal) -> Result<Company, Failure> {
        let network = &self.voyage.network;
        let keyring = Keyring::new(environment::keyring());
        let mut company = self.everybody(network);
        for (name, source) in self.sources(network)? {
            let wanted = self.begun.and_then(|begun| begun.actors.get(&name)).copied();
            let account = keyring.find(&source, network.keys.network, wanted)?;
            let known = match &account {
                Found::Locked(locked) => locked.keystore().address(),
                Found::Open(signer) => Some(signer.address()),
                Found::Raw(_) => None,
            };
            let address = match known.filter(|_| !opened.contains(&name)) {
                Some(address) => address,
                None => {
                    let already = known.filter(|known| company.signers.contains_key(known));
                    match already {
                        Some(address) => address,
                        None => {
                            let key = open(
                                &keyring,
                                &source,
                                network.keys.network,
                                wanted,
                                self.password,
                                terminal,
                            )?;
                            self.add(&mut company, key)?
                        }
                    }
                }
            };
            company.cast.accounts.insert(name, address);
        }
        Ok(company)
    }

    /// On a chain for development, everybody has the account of the same name that everybody has in simulation.
    fn everybody(&self, network: &NetworkSettings) -> Company {
        if !network.is_development() {
            return Company { cast: Cast::default(), signers: BTreeMap::new() };
        }
        let signers = public_signers(self.plan).into_iter();
        Company {
            cast: Cast::public(self.plan),
            signers: signers.map(|signer| (signer.address(), signer)).collect(),
        }
    }

    /// Where the keys come from that are bound to the scenario's actors, and to the scenario itself.
    fn sources(&self, network: &NetworkSettings) -> Result<BTreeMap<String, Source>, Failure> {
        let bound = &network.keys.actors;
        let mut sources = BTreeMap::new();
        for actor in &self.plan.actors {
            if let Some(source) = bound.get(&*actor.name) {
                sources.insert(actor.name.to_string(), source.clone());
            }
        }
        if let Some(source) = source(self.deployer)?.or_else(|| bound.get(SCENE).cloned()) {
            sources.insert(SCENE.to_owned(), source);
        }
        Ok(sources)
    }

    fn add(&self, company: &mut Company, opened: Opened) -> Result<Address, Failure> {
        let address = opened.address();
        let signer: Box<dyn Signer> = match opened {
            Opened::Key(key) => Box::new(key),
            Opened::Node { address, .. } => {
                Box::new(Unlocked::new(address, self.voyage.connect()?))
            }
        };
        company.signers.insert(address, signer);
        Ok(address)
    }
}
