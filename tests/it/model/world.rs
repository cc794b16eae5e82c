//! The chain on which scripts run: everybody of the cast with money, the tokens, and one contract under test.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use alloy_primitives::{Address, Bytes, U256, keccak256};
use covenant_chain::{
    Call, Chain, ChainOptions, Decoder, Key, Lexicon, Log, Outcome, Receipt, Snapshot, Timestamp,
    Transaction, mapping_slot,
};
use covenant_compile::{Build, BuildOptions, Contract, Project, Surroundings};

use super::{
    abi::{Value, encode, word},
    arbiter::{HASTY_RULING, PLAIN_COURT},
    books::Books,
    cast::{ASSETS, CAST, Who},
    facts::Facts,
    items::Shelf,
};
use crate::binary::root;

/// When every script begins: 2026-01-01T00:00:00Z.
pub(super) const START: u64 = 1_767_225_600;

/// The contracts beside the one under test, with their EIP-712 names.
const BESIDE: [(Who, &str, &str); 2] =
    [(Who::LEASE, "Lease", "Covenant Lease"), (Who::ESCROW, "Escrow", "Covenant Escrow")];

/// What is around the contract under test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// The tokens, with the contracts of which they are, and where these have their tables of balances.
    pub(super) tokens: [(Who, &'static str, &'static str); 3],
    /// Who may take of everybody's tokens but the poor's.
    pub(super) spenders: &'static [Who],
}

impl Setting {
    /// The usual one.
    pub(super) const USUAL: Self = Self {
        tokens: [
            (Who::BLOCKING, "BlocklistingToken", "_balances"),
            (Who::LYING, "MisreportingToken", "balanceOf"),
            (Who::TAXED, "FeeOnTransferToken", "_balances"),
        ],
        spenders: &[Who::CONTRACT, Who::LEASE, Who::ESCROW],
    };
}

/// A chain at the moment when scripts begin.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) chain: Chain,
    pub(super) facts: Arc<Facts>,
    start: Snapshot,
    decoder: Arc<Decoder>,
    /// The slots of the tables of balances, of each asset that is a token.
    tables: [U256; ASSETS.len()],
    /// The slots of everybody's balances there, but for those of agents.
    balance_slots: Arc<[[U256; CAST]; ASSETS.len()]>,
}

impl World {
    /// A world in which `contract`, whose EIP-712 name is `domain`, is under test.
    pub(super) fn new(build: &Build, contract: &str, domain: &str, setting: &Setting) -> Self {
        let options = ChainOptions { timestamp: Timestamp(START), ..ChainOptions::default() };
        let mut maker = Maker {
            chain: Chain::new(options).expect("the options are possible"),
            build,
            setting,
            decoder: Decoder::new(),
            lexicon: Lexicon::new(),
        };
        let addresses = maker.everybody(contract);
        maker.endow(&addresses);
        maker.stock(&addresses);
        let chain = &maker.chain;
        let facts = BESIDE
            .into_iter()
            .fold(Facts::new(build, contract, domain, addresses, chain), |facts, beside| {
                facts.with_beside(build, beside, chain)
            });
        let facts = Arc::new(facts);
        let tables = tables(build, setting);
        let balance_slots = Arc::new(balance_slots(&facts, &tables));
        let start = maker.chain.snapshot();
        let decoder = Arc::new(maker.decoder.with_lexicon(Arc::new(maker.lexicon)));
        Self { chain: maker.chain, facts, start, decoder, tables, balance_slots }
    }

    /// Goes back to the beginning.
    pub(super) fn reset(&mut self) {
        self.chain.restore(&self.start);
    }

    /// From now on the facts are these, which differ in where agents are.
    pub(super) fn set_facts(&mut self, facts: &Arc<Facts>) {
        self.facts = Arc::clone(facts);
    }

    /// Tells agents by their names.
    pub(super) fn name_agents(&mut self) {
        let decoder = Arc::make_mut(&mut self.decoder);
        for agent in Who::AGENTS {
            decoder.label(self.facts.address(agent), agent.to_string());
        }
    }

    /// Sends a call and says what came of it.
    pub(super) fn send(&mut self, from: Who, to: Who, input: Bytes, value: u128) -> Receipt {
        let (from, to) = (self.facts.address(from), self.facts.address(to));
        let transaction = Transaction::call(from, to, input).with_value(U256::from(value));
        self.chain.send(&transaction).expect("everybody can pay for what they send")
    }

    /// What a view of the contract answers; empty if it reverts.
    pub(super) fn view(&self, input: Bytes) -> Bytes {
        self.view_of(Who::CONTRACT, input)
    }

    /// What somebody's view answers; empty if it reverts.
    pub(super) fn view_of(&self, of: Who, input: Bytes) -> Bytes {
        let call = Call::new(self.facts.address(of), input);
        match self.chain.call(&call).expect("nothing is sent along") {
            Outcome::Success { output, .. } => output,
            Outcome::Revert { .. } | Outcome::Halt { .. } => Bytes::new(),
        }
    }

    /// What somebody has of an asset.
    pub(super) fn balance(&self, asset: Who, who: Who) -> U256 {
        match asset {
            Who::NOBODY => self.chain.balance(self.facts.address(who)),
            Who::CODELESS => Ok(U256::ZERO),
            _ => {
                let place = asset.asset().expect("it is an asset");
                let slot = if Who::AGENTS.contains(&who) {
                    balance_slot(&self.facts, self.tables[place], who)
                } else {
                    self.balance_slots[place][who.index()]
                };
                self.chain.storage(self.facts.address(asset), slot)
            }
        }
        .expect("there is no fork")
    }

    /// What came of a call, in words.
    pub(super) fn told(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Success { output, .. } => format!("succeeds with {output}"),
            Outcome::Revert { data } => format!("reverts with {}", self.told_revert(data)),
            Outcome::Halt { reason } => format!("is stopped: {reason}"),
        }
    }

    /// An event, in words.
    pub(super) fn told_log(&self, log: &Log) -> String {
        self.decoder.decode_log(log).map_or_else(|| format!("{log:?}"), |it| it.to_string())
    }

    /// The data of a revert, in words.
    pub(super) fn told_revert(&self, data: &[u8]) -> String {
        self.decoder.decode_revert(data).to_string()
    }
}

/// Puts a world together.
struct Maker<'a> {
    chain: Chain,
    build: &'a Build,
    setting: &'a Setting,
    decoder: Decoder,
    lexicon: Lexicon,
}

impl Maker<'_> {
    /// Deploys what is a contract and names everybody else.
    fn everybody(&mut self, contract: &str) -> [Address; CAST] {
        let token = |symbol: &str| {
            let text = [Value::from(symbol), Value::from(symbol), Value::from(6_u64)];
            encode(&text, |_| word(0))
        };
        let rejecting = self.deploy("RejectsEther", &[]);
        let mut addresses = [Address::ZERO; CAST];
        for (place, contract, _) in BESIDE {
            addresses[place.index()] = self.deploy(contract, &[]);
        }
        addresses[Who::PERMIT2.index()] = self.deploy("SimulatedPermit2", &[]);
        let [blocking, lying, taxed] = self.setting.tokens.map(|(_, contract, _)| contract);
        for who in Who::all() {
            addresses[who.index()] = match who {
                Who::NOBODY => Address::ZERO,
                Who::CONTRACT => {
                    let bound = bound_to(self.build, contract);
                    let bound = bound.map(|place| addresses[place.index()].into_word());
                    self.deploy(contract, bound.as_ref().map_or(&[], |word| word.as_slice()))
                }
                Who::LEASE | Who::ESCROW | Who::PERMIT2 => addresses[who.index()],
                Who::WALLET => self.deploy("ContractWallet", &[]),
                Who::BLOCKING => self.deploy(blocking, &token("BLK")),
                Who::LYING => self.deploy(lying, &token("LIE")),
                Who::TAXED => self.deploy(taxed, &token("TAX")),
                Who::FORCER => self.deploy("ForcesEther", &[]),
                Who::FEED => self.deploy("PostedFeed", &word(8)),
                Who::SEQUENCER => self.deploy("PostedFeed", &word(0)),
                Who::SETTABLE => self.deploy("Settable", &[]),
                Who::BOOK => self.deploy("AttestationBook", &[]),
                Who::COURT | Who::HASTY => self.court(who),
                Who::SILENT => self.deploy("SilentArbitrator", &[]),
                Who::HOSTILE => self.deploy("HostileArbitrator", &[]),
                Who::ITEMS => self.deploy("OneWayNft", &[]),
                Who::BOUND => self.deploy("SoulboundNft", &[]),
                Who::MULTI => self.deploy("SlippingMultiToken", &[]),
                Who::ACCOUNT => {
                    let (token, id) = Shelf::ACCOUNT_OWNER;
                    let chain = Value::from(self.chain.chain_id());
                    let address = |who: Who| addresses[who.index()].into_word().0;
                    let owner = encode(&[chain, token.into(), id.into()], address);
                    self.deploy("TokenBoundAccount", &owner)
                }
                _ => Key::derive(&who.to_string()).address(),
            };
            self.decoder.label(addresses[who.index()], who.to_string());
        }
        let set = "there is no fork";
        let delegated = [&[0xef, 0x01, 0x00], rejecting.as_slice()].concat();
        self.chain.set_code(addresses[Who::REFUSER.index()], delegated.into()).expect(set);
        // INVALID: the gas is gone at once.
        self.chain.set_code(addresses[Who::BURNER.index()], vec![0xfe].into()).expect(set);
        addresses
    }

    /// An arbitrator in the hands of [`Who::STRANGER`].
    fn court(&mut self, which: Who) -> Address {
        let owner = Who::STRANGER.to_string();
        let (cost, cost_of_appeal, window) = PLAIN_COURT;
        if which == Who::HASTY {
            let arguments = [word(cost), word(HASTY_RULING.into())].concat();
            return self.deploy_by(&owner, "SynchronousArbitrator", &arguments);
        }
        let arguments = [word(cost), word(cost_of_appeal), word(window.into())].concat();
        self.deploy_by(&owner, "PlainArbitrator", &arguments)
    }

    fn deploy(&mut self, name: &str, arguments: &[u8]) -> Address {
        self.deploy_by("deployer", name, arguments)
    }

    /// Deploys a contract in the name of whoever has this key.
    fn deploy_by(&mut self, deployer: &str, name: &str, arguments: &[u8]) -> Address {
        let contract = found(self.build, name);
        self.lexicon.register(name, &contract.abi);
        let libraries: BTreeMap<_, _> = contract
            .libraries()
            .into_iter()
            .map(|library| {
                let address = self.deploy(&library.to_string(), &[]);
                (library, address)
            })
            .collect();
        let code = contract
            .link(&contract.creation, &libraries)
            .unwrap_or_else(|error| panic!("{name} cannot be deployed: {error}"));
        let init = [&code, arguments].concat();
        let transaction = Transaction::create(Key::derive(deployer).address(), init);
        let outcome = self.chain.send(&transaction).expect("it costs nothing").outcome;
        outcome.created().unwrap_or_else(|| panic!("{name} cannot be deployed: {outcome:?}"))
    }

    /// Gives everybody money, and the contract their leave to take it.
    fn endow(&mut self, addresses: &[Address; CAST]) {
        for who in Who::all() {
            let address = addresses[who.index()];
            let ether = Books::endowment(Who::NOBODY, who);
            self.chain.set_balance(address, ether).expect("there is no fork");
            for token in [Who::BLOCKING, Who::LYING, Who::TAXED] {
                let endowment = Books::endowment(token, who);
                if endowment.is_zero() {
                    continue;
                }
                let minted = [who.into(), endowment.into()];
                self.tell(addresses, who, token, "mint(address,uint256)", &minted);
                for spender in self.setting.spenders {
                    let allowance = [(*spender).into(), Books::allowance(who).into()];
                    self.tell(addresses, who, token, "approve(address,uint256)", &allowance);
                }
            }
        }
        let tax = Transaction::call(
            Address::ZERO,
            addresses[Who::TAXED.index()],
            [keccak256("setFeeBps(uint256)")[..4].to_vec(), vec![0; 32]].concat(),
        );
        self.chain.send(&tax).expect("it costs nothing");
    }

    /// Gives everybody items, and the contract their leave to move them.
    fn stock(&mut self, addresses: &[Address; CAST]) {
        for (token, id, amount, who) in Shelf::stock() {
            let mut item = vec![who.into(), id.into()];
            let function = if token == Who::MULTI {
                item.push(amount.into());
                "mint(address,uint256,uint256)"
            } else {
                "mint(address,uint256)"
            };
            self.tell(addresses, who, token, function, &item);
        }
        for who in Who::all().filter(|who| Shelf::approves(*who)) {
            for token in [Who::ITEMS, Who::BOUND, Who::MULTI] {
                let leave = [Who::CONTRACT.into(), true.into()];
                self.tell(addresses, who, token, "setApprovalForAll(address,bool)", &leave);
            }
        }
    }

    /// Calls a token, which does what it is told.
    fn tell(
        &mut self,
        addresses: &[Address; CAST],
        from: Who,
        token: Who,
        function: &str,
        arguments: &[Value],
    ) {
        let mut input = keccak256(function)[..4].to_vec();
        input.extend(encode(arguments, |who| addresses[who.index()].into_word().0));
        let [from, to] = [from, token].map(|who| addresses[who.index()]);
        let transaction = Transaction::call(from, to, input);
        let outcome = self.chain.send(&transaction).expect("it costs nothing").outcome;
        assert!(outcome.is_success(), "{token} refuses {function}: {outcome:?}");
    }
}

/// The slots of the tokens' tables of balances.
fn tables(build: &Build, setting: &Setting) -> [U256; ASSETS.len()] {
    let mut tables = [U256::ZERO; ASSETS.len()];
    for (token, contract, label) in setting.tokens {
        let layout = found(build, contract).storage.as_ref().expect("it was compiled");
        let of = layout.slots.iter().find(|slot| slot.label == label).expect("it is there");
        let base = of.slot.parse().expect("a slot is a number");
        tables[token.asset().expect("it is one")] = base;
    }
    tables
}

fn balance_slots(facts: &Facts, tables: &[U256; ASSETS.len()]) -> [[U256; CAST]; ASSETS.len()] {
    tables.map(|table| {
        let mut slots = [U256::ZERO; CAST];
        for who in Who::all() {
            slots[who.index()] = balance_slot(facts, table, who);
        }
        slots
    })
}

fn balance_slot(facts: &Facts, table: U256, who: Who) -> U256 {
    mapping_slot(table, U256::from_be_bytes(facts.word(who)))
}

/// The contract to which this one is bound when it is made.
fn bound_to(build: &Build, contract: &str) -> Option<Who> {
    let [input] = found(build, contract).abi.constructor()?.inputs.as_slice() else { return None };
    match input.internal_type()?.as_contract()? {
        "ILease" => Some(Who::LEASE),
        "IEscrow" => Some(Who::ESCROW),
        "ISignatureTransfer" => Some(Who::PERMIT2),
        other => panic!("{contract} is bound to {other}, of which there is none"),
    }
}

/// The contract with this name.
pub(super) fn found<'a>(build: &'a Build, name: &str) -> &'a Contract {
    build.find(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The contracts of this project as they are now; of the folder in `COVENANT_MODEL_CONTRACTS`, if that is set.
pub(super) fn contracts() -> Build {
    let folder = variable("COVENANT_MODEL_CONTRACTS")
        .map_or_else(|| root().join("contracts"), PathBuf::from);
    let project = Project::open(&folder).expect("the folder is a project");
    let own_compiler = root().join("contracts/node_modules/solc");
    let options = BuildOptions {
        solc: own_compiler.is_dir().then_some(own_compiler),
        store: std::env::temp_dir().join("covenant-model-store"),
        surroundings: Surroundings {
            path: variable("PATH").map(Into::into),
            ..Surroundings::default()
        },
        ..BuildOptions::default()
    };
    project.build(&options, &|_| ()).unwrap_or_else(|error| panic!("{error}"))
}

/// A variable of the environment, unless it is unset or empty.
pub(super) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "how much to try is up to who runs the tests")]
    let value = std::env::var(name).ok();
    value.filter(|value| !value.is_empty())
}
