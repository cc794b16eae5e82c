//! Who is where, and what everything is called on the wire.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, B256, Bytes, keccak256};
use covenant_chain::{Chain, Key, Log};
use covenant_compile::Build;

use super::{
    abi::{Event, Fault, Value, encode, word},
    cast::{CAST, Who},
    world::found,
};

/// What does not change while a script runs.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    addresses: [Address; CAST],
    /// The hashes of everybody's code.
    code_hashes: [B256; CAST],
    wire: Arc<Wire>,
    /// EIP-712's `domainSeparator` of the contract.
    domain: B256,
    chain: u64,
    /// The same about the contracts beside it, each of which takes the contract's place there.
    beside: BTreeMap<Who, Arc<Self>>,
}

/// What functions, errors and events are called on the wire.
#[derive(Debug)]
struct Wire {
    keys: Vec<Option<Key>>,
    functions: BTreeMap<String, [u8; 4]>,
    errors: BTreeMap<String, [u8; 4]>,
    /// The contract's events: what begins their topics, and which arguments are indexed.
    events: BTreeMap<String, (B256, Vec<bool>)>,
    /// The names of the contract's own errors.
    own_errors: Vec<String>,
    /// The names of the contract's own functions that change something.
    acts: Vec<String>,
}

/// The contracts whose errors can be seen, beside the one under test.
const HEARD: [&str; 15] = [
    "Lease",
    "Escrow",
    "LeaseAgent",
    "BlocklistingToken",
    "MisreportingToken",
    "OneWayNft",
    "SoulboundNft",
    "SlippingMultiToken",
    "TokenBoundAccount",
    "RejectsEther",
    "AttestationBook",
    "PlainArbitrator",
    "HostileArbitrator",
    "SimulatedPermit2",
    "AuthorizingToken",
];

impl Facts {
    /// The facts about a contract, whose EIP-712 name is `domain`.
    pub(super) fn new(
        build: &Build,
        contract: &str,
        domain: &str,
        addresses: [Address; CAST],
        chain: &Chain,
    ) -> Self {
        let code = |address| keccak256(chain.code(address).expect("there is no fork"));
        let domain_type =
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
        let domain = [
            keccak256(domain_type),
            keccak256(domain),
            keccak256("1"),
            B256::from(word(chain.chain_id().into())),
            addresses[Who::CONTRACT.index()].into_word(),
        ];
        Self {
            addresses,
            code_hashes: addresses.map(code),
            wire: Arc::new(Wire::new(build, contract)),
            domain: keccak256(domain.map(|word| word.0).concat()),
            chain: chain.chain_id(),
            beside: BTreeMap::new(),
        }
    }

    /// The same facts where the agents of the agreements with these ids are, in the order of [`Who::AGENTS`].
    pub(super) fn with_agents(&self, ids: &[B256]) -> Arc<Self> {
        let contract = self.address(Who::CONTRACT);
        let mut facts = self.clone();
        for (agent, id) in Who::AGENTS.into_iter().zip(ids) {
            let address = clone_of(contract, contract.create(1), *id);
            facts.addresses[agent.index()] = address;
            for theirs in facts.beside.values_mut() {
                Arc::make_mut(theirs).addresses[agent.index()] = address;
            }
        }
        Arc::new(facts)
    }

    /// The same facts where the contract at `place`, whose EIP-712 name is `domain`, is beside it.
    pub(super) fn with_beside(
        mut self,
        build: &Build,
        (place, contract, domain): (Who, &str, &str),
        chain: &Chain,
    ) -> Self {
        let mut addresses = self.addresses;
        addresses.swap(Who::CONTRACT.index(), place.index());
        let theirs = Self::new(build, contract, domain, addresses, chain);
        self.beside.insert(place, Arc::new(theirs));
        self
    }

    /// The facts as the contract at `place` sees them.
    pub(super) fn of(&self, place: Who) -> &Arc<Self> {
        &self.beside[&place]
    }

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
            .wire
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
            .wire
            .errors
            .get(fault.name)
            .unwrap_or_else(|| panic!("the contract has no error {}", fault.name));
        self.after(*selector, &fault.arguments)
    }

    /// What is logged for an event.
    pub(super) fn log(&self, event: &Event) -> Log {
        if event.by != Who::CONTRACT {
            return self.of(event.by).log(&Event { by: Who::CONTRACT, ..event.clone() });
        }
        let (first, indexed) = self
            .wire
            .events
            .get(event.name)
            .unwrap_or_else(|| panic!("the contract has no event {}", event.name));
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

    /// Whether this is told by the contract, or by one beside it.
    pub(super) fn is_told(&self, log: &Log) -> bool {
        let mut places = [Who::CONTRACT].into_iter().chain(self.beside.keys().copied());
        places.any(|place| self.address(place) == log.address)
    }

    /// The names of the contract's events.
    pub(super) fn events(&self) -> impl Iterator<Item = &str> {
        self.wire.events.keys().map(String::as_str)
    }

    /// The names of the contract's own errors.
    pub(super) fn own_errors(&self) -> impl Iterator<Item = &str> {
        self.wire.own_errors.iter().map(String::as_str)
    }

    /// The names of the contract's own functions that change something.
    pub(super) fn acts(&self) -> impl Iterator<Item = &str> {
        self.wire.acts.iter().map(String::as_str)
    }

    /// The encoding of these values.
    pub(super) fn encode(&self, values: &[Value]) -> Vec<u8> {
        encode(values, |who| self.word(who))
    }

    /// The digest that a wallet signs for a struct with this hash.
    pub(super) fn digest(&self, struct_hash: B256) -> B256 {
        keccak256([b"\x19\x01", self.domain.as_slice(), struct_hash.as_slice()].concat())
    }

    /// The digest that a wallet signs for a struct with this hash in the domain of somebody else, which may have no version.
    pub(super) fn foreign_digest(
        &self,
        of: Who,
        (name, version): (&str, Option<&str>),
        struct_hash: B256,
    ) -> B256 {
        let middle = if version.is_some() { "string version," } else { "" };
        let kind =
            format!("EIP712Domain(string name,{middle}uint256 chainId,address verifyingContract)");
        let mut domain = [keccak256(kind), keccak256(name)].concat();
        domain.extend(version.iter().flat_map(|version| keccak256(version).0));
        domain.extend(word(self.chain.into()));
        domain.extend(self.word(of));
        let domain = keccak256(domain);
        keccak256([b"\x19\x01", domain.as_slice(), struct_hash.as_slice()].concat())
    }

    /// Somebody's signature over a digest.
    pub(super) fn sign(&self, who: Who, digest: B256) -> [u8; 65] {
        self.wire.keys[who.index()].as_ref().expect("only who has a key signs").sign_hash(digest)
    }

    fn after(&self, selector: [u8; 4], values: &[Value]) -> Bytes {
        let mut bytes = selector.to_vec();
        bytes.extend(self.encode(values));
        bytes.into()
    }
}

impl Wire {
    fn new(build: &Build, contract: &str) -> Self {
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
        let errors = std::iter::once(contract)
            .chain(HEARD)
            .flat_map(|name| found(build, name).abi.errors())
            .map(|error| (error.name.clone(), error.selector().0))
            // What `revert` says in words, and what the compiler's own checks say.
            .chain([
                ("Error".to_owned(), [0x08, 0xc3, 0x79, 0xa0]),
                ("Panic".to_owned(), [0x4e, 0x48, 0x7b, 0x71]),
            ])
            .collect();
        let events = abi.events().map(|event| {
            let indexed = event.inputs.iter().map(|input| input.indexed).collect();
            (event.name.clone(), (event.selector(), indexed))
        });
        let key = |who: Who| who.has_key().then(|| Key::derive(&who.to_string()));
        Self {
            keys: Who::all().map(key).collect(),
            functions,
            errors,
            events: events.collect(),
            own_errors: abi.errors().map(|error| error.name.clone()).collect(),
            acts,
        }
    }
}

/// Where `deployer` puts the minimal clone (ERC-1167) of `code` with this salt.
fn clone_of(deployer: Address, code: Address, salt: B256) -> Address {
    let before = [
        0x3d, 0x60, 0x2d, 0x80, 0x60, 0x0a, 0x3d, 0x39, 0x81, 0xf3, 0x36, 0x3d, 0x3d, 0x37, 0x3d,
        0x3d, 0x3d, 0x36, 0x3d, 0x73,
    ];
    let after =
        [0x5a, 0xf4, 0x3d, 0x82, 0x80, 0x3e, 0x90, 0x3d, 0x91, 0x60, 0x2b, 0x57, 0xfd, 0x5b, 0xf3];
    deployer.create2_from_code(salt, [&before, code.as_slice(), &after].concat())
}
