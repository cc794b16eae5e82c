//! Who has which account on a network, and the keys of those who sign.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::Address;
use covenant_live::{
    journal::Begun,
    keys::{Found, Keyring, Opened, Source},
    run::{Cast, SCENE, Signatures, Unlocked, Voyage, public_signers, signatories, signers},
    send::Signer,
};
use covenant_scenario::{plan::Plan, run::RunOptions, world::Signatory};

use super::target::Target;
use crate::{
    args::{PasswordArgs, SourceArgs},
    commands::keys::{check::source, open::open},
    environment,
    exit::Failure,
    interrupt,
    terminal::Terminal,
};

/// Everybody's accounts, the keys that were opened, and the scenario with these accounts.
pub(super) struct Company {
    /// The scenario, [bound](Cast::bind) to the network.
    pub(super) plan: Arc<Plan>,
    roll: Roll,
    /// The keys that sign typed data. What they have signed once, they do not sign again.
    signatures: Arc<Signatures>,
}

/// Who is who, as far as was found out.
#[derive(Default)]
struct Roll {
    cast: Cast,
    keys: Keys,
    /// Actors whose keys are among these.
    opened: BTreeMap<String, Address>,
}

type Keys = BTreeMap<Address, Arc<dyn Signer>>;

impl Company {
    /// Everybody's accounts.
    pub(super) const fn cast(&self) -> &Cast {
        &self.roll.cast
    }

    /// How the scenario is run with them.
    pub(super) fn options(&self) -> RunOptions {
        let signatory: Arc<dyn Signatory> = Arc::clone(&self.signatures) as Arc<_>;
        RunOptions {
            cancel: Some(interrupt::flag()),
            signatory: Some(signatory),
            ..RunOptions::default()
        }
    }

    /// Who signs transactions.
    pub(super) fn signers(&self) -> Vec<Box<dyn Signer>> {
        let keys = self.roll.keys.values();
        keys.map(|key| Box::new(Arc::clone(key)) as Box<dyn Signer>).collect()
    }
}

/// Who is asked for keys.
pub(super) struct Audition<'a> {
    plan: &'a Plan,
    voyage: &'a Voyage,
    deployer: &'a SourceArgs,
    password: &'a PasswordArgs,
    begun: Option<&'a Begun>,
}

impl<'a> Audition<'a> {
    /// Asks for the keys of a scenario's actors; if its run was begun, for those that it was begun with.
    pub(super) fn new(
        target: &'a Target,
        voyage: &'a Voyage,
        deployer: &'a SourceArgs,
        password: &'a PasswordArgs,
        begun: Option<&'a Begun>,
    ) -> Self {
        Self { plan: &target.plan, voyage, deployer, password, begun }
    }

    /// Looks up everybody's address, and opens the keys of those who sign typed data: without their signatures nobody can
    /// tell what would happen. Otherwise a password is asked for only where nothing else tells an address.
    pub(super) fn look_up(&self, terminal: &Terminal) -> Result<Company, Failure> {
        let roll = self.gather(self.everybody(), &signatories(self.plan), terminal)?;
        self.company(roll, None)
    }

    /// Opens the keys of all who sign; those that are open already are not asked for again.
    pub(super) fn open(
        &self,
        known: Option<Company>,
        terminal: &Terminal,
    ) -> Result<Company, Failure> {
        let mut wanted = signers(self.plan);
        wanted.extend(signatories(self.plan));
        let (roll, signatures) = match known {
            Some(Company { roll, signatures, .. }) => (roll, Some(signatures)),
            None => (self.everybody(), None),
        };
        self.company(self.gather(roll, &wanted, terminal)?, signatures)
    }

    fn company(&self, roll: Roll, signatures: Option<Arc<Signatures>>) -> Result<Company, Failure> {
        let plan = Arc::new(roll.cast.bind(self.plan, &self.voyage.network)?);
        let signatures = signatures.unwrap_or_else(|| {
            let names = signatories(self.plan);
            let sign: BTreeSet<&Address> =
                names.iter().filter_map(|name| roll.cast.accounts.get(name)).collect();
            let keys = roll.keys.iter().filter(|(address, _)| sign.contains(address));
            let keys = keys.map(|(address, key)| (*address, Arc::clone(key))).collect();
            Arc::new(Signatures::new(self.voyage.network.keys.network.chain_id(), keys))
        });
        Ok(Company { plan, roll, signatures })
    }

    /// Everybody's address; the keys of those in `wanted` are opened.
    fn gather(
        &self,
        mut roll: Roll,
        wanted: &BTreeSet<String>,
        terminal: &Terminal,
    ) -> Result<Roll, Failure> {
        let network = self.voyage.network.keys.network;
        let keyring = Keyring::new(environment::keyring());
        for (name, source) in self.sources()? {
            if roll.opened.contains_key(&name) {
                continue;
            }
            let begun = self.begun.and_then(|begun| begun.actors.get(&name)).copied();
            let known = match keyring.find(&source, network, begun)? {
                Found::Locked(locked) => locked.keystore().address(),
                Found::Open(signer) => Some(signer.address()),
                Found::Raw(_) => None,
            };
            let at_hand =
                |address: &Address| !wanted.contains(&name) || roll.keys.contains_key(address);
            let address = match known.filter(at_hand) {
                Some(address) => address,
                None => {
                    let key = open(&keyring, &source, network, begun, self.password, terminal)?;
                    let address = self.add(&mut roll, key)?;
                    roll.opened.insert(name.clone(), address);
                    address
                }
            };
            roll.cast.accounts.insert(name, address);
        }
        Ok(roll)
    }

    /// On a chain for development, everybody has the account of the same name that everybody has in simulation.
    fn everybody(&self) -> Roll {
        if !self.voyage.network.is_development() {
            return Roll::default();
        }
        let keys = public_signers(self.plan).into_iter();
        Roll {
            cast: Cast::public(self.plan),
            keys: keys.map(|key| (key.address(), Arc::from(key))).collect(),
            opened: BTreeMap::new(),
        }
    }

    /// Where the keys come from that are bound to the scenario's actors, and to the scenario itself.
    fn sources(&self) -> Result<BTreeMap<String, Source>, Failure> {
        let bound = &self.voyage.network.keys.actors;
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

    fn add(&self, roll: &mut Roll, opened: Opened) -> Result<Address, Failure> {
        let address = opened.address();
        let key: Arc<dyn Signer> = match opened {
            Opened::Key(key) => Arc::new(key),
            Opened::Node { address, .. } => {
                Arc::new(Unlocked::new(address, self.voyage.connect()?))
            }
        };
        roll.keys.insert(address, key);
        Ok(address)
    }
}
