//! The chain on which scripts run: everybody of the cast with money, the tokens, and one contract under test.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use covenant_chain::{
    Call, Chain, ChainOptions, Decoder, Key, Log, Outcome, Receipt, Snapshot, Timestamp,
    Transaction, mapping_slot,
};
use covenant_compile::{Build, BuildOptions, Contract, Project, Surroundings};

use super::{
    abi::{Event, Fault, Value, encode, word},
    books::Books,
    cast::{ASSETS, CAST, Who},
    items::Shelf,
};
use crate::binary::root;

/// When every script begins: 2026-01-01T00:00:00Z.
pub(super) const START: u64 = 1_767_225_600;

/// What never changes: who is where, and what functions and errors are called on the wire.
#[derive(Debug)]
pub(super) struct Facts {
    addresses: [Address; CAST],
    keys: Vec<Option<Key>>,
    functions: BTreeMap<String, [u8; 4]>,
    errors: BTreeMap<String, [u8; 4]>,
    /// The contract's events: what begins their topics, and which arguments are indexed.
    events: BTreeMap<String, (B256, Vec<bool>)>,
    /// The hashes of everybody's code.
    code_hashes: [B256; CAST],
    /// The names of the contract's own errors.
    pub(super) own_errors: Vec<String>,
    /// The names of the contract's own functions that change something.
    pub(super) acts: Vec<String>,
    /// The same about the contract of leases, which takes the contract's place there.
    pub(super) lease: Option<Arc<Self>>,
    /// EIP-712's `domainSeparator` of the contract.
    domain: B256,
}

impl Facts {
    /// Where somebody is.
    pub(super) const fn address(&self, who: Who) -> Address {
        self.addresses[who.index()]
    }

    /// Somebody's address as a word.
    pub(super) fn word(&self, who: Who) -> [u8; 32] {
        self.address(who).into_word().0
    }

    /// The hash of somebody's code.
    pub(super) const fn code_hash(&self, who: Who) -> B256 {
        self.code_hashes[who.index()]
    }

    /// What is sent to call a function of the contract with these arguments.
    pub(super) fn calldata(&self, function: &str, arguments: &[Value]) -> Bytes {
        let selector = self
            .functions
            .get(function)
            .unwrap_or_else(|| panic!("the contract has no function {function}"));
        self.after(*selector, arguments)
    }

    /// What is sent to call a function of somebody else.
    pub(super) fn foreign(&self, signature: &str, arguments: &[Value]) -> Bytes {
        let hash = keccak256(signature);
        self.after([hash[0], hash[1], hash[2], hash[3]], arguments)
    }

    /// What a revert with this error returns.
    pub(super) fn revert_data(&self, fault: &Fault) -> Bytes {
        if fault.name.is_empty() {
            return Bytes::new();
        }
        let selector = self
            .errors
            .get(fault.name)
            .unwrap_or_else(|| panic!("the contract has no error {}", fault.name));
        self.after(*selector, &fault.arguments)
    }

    /// What the contract logs for an event.
    pub(super) fn log(&self, event: &Event) -> Log {
        let (first, indexed) = self.event(event.name);
        let mut topics = vec![*first];
        let mut rest = Vec::new();
        for (argument, indexed) in event.arguments.iter().zip(indexed) {
            if *indexed {
                let word = self.encode(std::slice::from_ref(argument));
                topics.push(B256::from_slice(&word));
            } else {
                rest.push(argument.clone());
            }
        }
        Log { address: self.address(Who::CONTRACT), topics, data: self.encode(&rest).into() }
    }

    /// Whether the contract told this, which is an event of one of these names if there are names.
    pub(super) fn is_told(&self, log: &Log, names: Option<&[&str]>) -> bool {
        let first = log.topics.first();
        log.address == self.address(Who::CONTRACT)
            && names.is_none_or(|names| names.iter().any(|name| first == Some(&self.event(name).0)))
    }

    /// The names of the contract's events.
    pub(super) fn event_names(&self) -> impl Iterator<Item = &str> {
        self.events.keys().map(String::as_str)
    }

    fn event(&self, name: &str) -> &(B256, Vec<bool>) {
        self.events.get(name).unwrap_or_else(|| panic!("the contract has no event {name}"))
    }

    /// The encoding of these values.
    pub(super) fn encode(&self, values: &[Value]) -> Vec<u8> {
        encode(values, |who| self.word(who))
    }

    /// The digest that a wallet signs for a struct with this hash.
    pub(super) fn digest(&self, struct_hash: B256) -> B256 {
        keccak256([b"\x19\x01", self.domain.as_slice(), struct_hash.as_slice()].concat())
    }

    /// Somebody's signature over a digest.
    pub(super) fn sign(&self, who: Who, digest: B256) -> [u8; 65] {
        self.keys[who.index()].as_ref().expect("only who has a key signs").sign_hash(digest)
    }

    fn after(&self, selector: [u8; 4], values: &[Value]) -> Bytes {
        let mut bytes = selector.to_vec();
        bytes.extend(self.encode(values));
        bytes.into()
    }
}

/// A chain at the moment when scripts begin.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) chain: Chain,
    pub(super) facts: Arc<Facts>,
    start: Snapshot,
    decoder: Arc<Decoder>,
    /// The slots of balances, for each asset that is a token.
    balance_slots: Arc<[[U256; CAST]; ASSETS.len()]>,
}

impl World {
    /// A world in which `contract`, whose EIP-712 name is `domain`, is under test.
    pub(super) fn new(build: &Build, contract: &str, domain: &str) -> Self {
        let options = ChainOptions { timestamp: Timestamp(START), ..ChainOptions::default() };
        let mut maker = Maker {
            chain: Chain::new(options).expect("the options are possible"),
            build,
            decoder: Decoder::new(),
        };
        let addresses = maker.everybody(contract);
        maker.endow(&addresses);
        maker.stock(&addresses);
        let mut theirs = addresses;
        theirs.swap(Who::CONTRACT.index(), Who::LEASE.index());
        let lease = facts(build, "Lease", "Covenant Lease", theirs, &maker.chain);
        let mut facts = facts(build, contract, domain, addresses, &maker.chain);
        facts.lease = is_bound(build, contract).then(|| Arc::new(lease));
        let facts = Arc::new(facts);
        let balance_slots = Arc::new(maker.balance_slots(&addresses));
        let start = maker.chain.snapshot();
        let decoder = Arc::new(maker.decoder);
        Self { chain: maker.chain, facts, start, decoder, balance_slots }
    }

    /// Goes back to the beginning.
    pub(super) fn reset(&mut self) {
        self.chain.restore(&self.start);
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
                let slots = &self.balance_slots[asset.asset().expect("it is an asset")];
                self.chain.storage(self.facts.address(asset), slots[who.index()])
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
    decoder: Decoder,
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
        let lease = self.deploy("Lease", &[]);
        let bound =
            if is_bound(self.build, contract) { lease.into_word().to_vec() } else { Vec::new() };
        for who in Who::all() {
            addresses[who.index()] = match who {
                Who::NOBODY => Address::ZERO,
                Who::CONTRACT => self.deploy(contract, &bound),
                Who::LEASE => lease,
                Who::WALLET => self.deploy("ContractWallet", &[]),
                Who::BLOCKING => self.deploy("BlocklistingToken", &token("BLK")),
                Who::LYING => self.deploy("MisreportingToken", &token("LIE")),
                Who::TAXED => self.deploy("FeeOnTransferToken", &token("TAX")),
                Who::FORCER => self.deploy("ForcesEther", &[]),
                Who::FEED => self.deploy("PostedFeed", &word(8)),
                Who::SEQUENCER => self.deploy("PostedFeed", &word(0)),
                Who::SETTABLE => self.deploy("Settable", &[]),
                Who::BOOK => self.deploy("AttestationBook", &[]),
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

    fn deploy(&mut self, name: &str, arguments: &[u8]) -> Address {
        let contract = found(self.build, name);
        self.decoder.register(name, &contract.abi);
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
        let transaction = Transaction::create(Key::derive("deployer").address(), init);
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
                for spender in [Who::CONTRACT, Who::LEASE] {
                    let allowance = [spender.into(), Books::allowance(who).into()];
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

    /// Where the tokens keep balances.
    fn balance_slots(&self, addresses: &[Address; CAST]) -> [[U256; CAST]; ASSETS.len()] {
        let mut slots = [[U256::ZERO; CAST]; ASSETS.len()];
        let tokens = [
            (Who::BLOCKING, "BlocklistingToken", "_balances"),
            (Who::LYING, "MisreportingToken", "balanceOf"),
            (Who::TAXED, "FeeOnTransferToken", "_balances"),
        ];
        for (token, contract, label) in tokens {
            let layout = found(self.build, contract).storage.as_ref().expect("it was compiled");
            let of = layout.slots.iter().find(|slot| slot.label == label).expect("it is there");
            let base: U256 = of.slot.parse().expect("a slot is a number");
            for who in Who::all() {
                let key = U256::from_be_bytes(addresses[who.index()].into_word().0);
                slots[token.asset().expect("it is one")][who.index()] = mapping_slot(base, key);
            }
        }
        slots
    }
}

fn facts(
    build: &Build,
    contract: &str,
    domain: &str,
    addresses: [Address; CAST],
    chain: &Chain,
) -> Facts {
    let abi = &found(build, contract).abi;
    let mut functions = BTreeMap::new();
    let mut acts = Vec::new();
    for function in abi.functions() {
        // Overloads are told apart by the number of their parameters.
        let several = abi.functions().filter(|other| other.name == function.name).count() > 1;
        let name = if several {
            format!("{}/{}", function.name, function.inputs.len())
        } else {
            function.name.clone()
        };
        let views = ["view", "pure"];
        if !views.contains(&function.state_mutability.as_json_str()) {
            acts.push(name.clone());
        }
        functions.insert(name, function.selector().0);
    }
    let own = [
        contract,
        "Lease",
        "BlocklistingToken",
        "MisreportingToken",
        "OneWayNft",
        "SoulboundNft",
        "SlippingMultiToken",
        "TokenBoundAccount",
        "RejectsEther",
        "AttestationBook",
    ];
    let errors = own
        .iter()
        .flat_map(|name| found(build, name).abi.errors())
        .map(|error| (error.name.clone(), error.selector().0))
        .collect();
    let events = abi
        .events()
        .map(|event| {
            let indexed = event.inputs.iter().map(|input| input.indexed).collect();
            (event.name.clone(), (event.selector(), indexed))
        })
        .collect();
    let code = |address| keccak256(chain.code(address).expect("there is no fork"));
    let own_errors = abi.errors().map(|error| error.name.clone()).collect();
    let domain_type =
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
    let domain = [
        keccak256(domain_type),
        keccak256(domain),
        keccak256("1"),
        B256::from(word(chain.chain_id().into())),
        addresses[Who::CONTRACT.index()].into_word(),
    ];
    let keys = Who::all().map(|who| who.has_key().then(|| Key::derive(&who.to_string()))).collect();
    Facts {
        addresses,
        keys,
        functions,
        errors,
        events,
        code_hashes: addresses.map(code),
        own_errors,
        acts,
        lease: None,
        domain: keccak256(domain.map(|word| word.0).concat()),
    }
}

/// Whether a contract is bound to one of leases when it is made.
fn is_bound(build: &Build, contract: &str) -> bool {
    let constructor = found(build, contract).abi.constructor();
    constructor.is_some_and(|it| !it.inputs.is_empty())
}

fn found<'a>(build: &'a Build, name: &str) -> &'a Contract {
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
