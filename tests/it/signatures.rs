//! What is signed is what EIP-712 says: the types and digests of the contracts against those of alloy.
//!
//! Everything is found in the ABIs: a new contract with an `idOf(Terms)`, or a new function that takes a struct and a
//! `signature`, is looked at without a word here.

use std::{collections::BTreeMap, sync::Arc};

use alloy_dyn_abi::{DynSolValue, FunctionExt, JsonAbiExt, TypedData};
use alloy_json_abi::{Function, Param};
use alloy_primitives::{Address, B256, I256, U256};
use covenant_chain::{Call, Chain, ChainOptions, Outcome, Transaction};
use covenant_compile::{Build, Contract, ContractKind, bundled};
use covenant_tests::is_for_real;
use serde_json::{Map, Value, json};

/// Makes up a value of a type. Leaves are numbered in order; one of them can be made different.
struct Sample {
    next: usize,
    different: Option<usize>,
}

impl Sample {
    fn of(param: &Param, different: Option<usize>) -> (DynSolValue, Value, usize) {
        let mut sample = Self { next: 0, different };
        let (value, json) = sample.value(&param.ty, &param.components);
        (value, json, sample.next)
    }

    fn value(&mut self, ty: &str, components: &[Param]) -> (DynSolValue, Value) {
        if let Some(inner) = ty.strip_suffix("[]") {
            let (values, json) = (0..2).map(|_| self.value(inner, components)).unzip();
            return (DynSolValue::Array(values), Value::Array(json));
        }
        if ty == "tuple" {
            let mut json = Map::new();
            let mut values = Vec::new();
            for member in components {
                let (value, text) = self.value(&member.ty, &member.components);
                json.insert(member.name.clone(), text);
                values.push(value);
            }
            return (DynSolValue::Tuple(values), Value::Object(json));
        }
        // Zero and one are within every type, enums included.
        let leaf = self.next;
        self.next += 1;
        let number = u8::from((leaf % 2 == 1) ^ (self.different == Some(leaf)));
        let bits =
            |prefix: &str| ty.strip_prefix(prefix).and_then(|bits| bits.parse::<usize>().ok());
        let word = B256::with_last_byte(number);
        match ty {
            "address" => {
                let address = Address::with_last_byte(number + 1);
                (DynSolValue::Address(address), json!(address.to_string()))
            }
            "bool" => (DynSolValue::Bool(number == 1), json!(number == 1)),
            "bytes" => (DynSolValue::Bytes(vec![number]), json!(format!("0x{number:02x}"))),
            "string" => (DynSolValue::String(number.to_string()), json!(number.to_string())),
            "bytes32" => (DynSolValue::FixedBytes(word, 32), json!(word.to_string())),
            _ => match (bits("uint"), bits("int")) {
                (Some(bits), _) => {
                    (DynSolValue::Uint(U256::from(number), bits), json!(number.to_string()))
                }
                (None, Some(bits)) => {
                    let value = I256::from_raw(U256::from(number));
                    (DynSolValue::Int(value, bits), json!(number.to_string()))
                }
                _ => panic!("no sample of `{ty}`"),
            },
        }
    }
}

/// The name of a struct without the contract it is declared in.
fn struct_name(param: &Param) -> String {
    let internal = param.internal_type.as_ref().expect("solc says what a tuple is").to_string();
    let name = internal.trim_start_matches("struct ").trim_end_matches("[]");
    name.rsplit('.').next().expect("a name has an end").to_owned()
}

/// The EIP-712 types that a struct consists of.
fn types(param: &Param, into: &mut Map<String, Value>) -> String {
    let name = struct_name(param);
    let members = param.components.iter().map(|member| {
        let ty = if member.ty.starts_with("tuple") {
            types(member, into) + member.ty.trim_start_matches("tuple")
        } else {
            member.ty.clone()
        };
        json!({ "name": member.name, "type": ty })
    });
    let members = members.collect();
    into.insert(name.clone(), members);
    name
}

/// A struct as alloy's typed data, in a contract's domain.
fn typed(param: &Param, message: Value, domain: &Value) -> TypedData {
    let mut all = Map::new();
    let primary = types(param, &mut all);
    let member = |name: &str, ty: &str| json!({ "name": name, "type": ty });
    let own = [
        member("name", "string"),
        member("version", "string"),
        member("chainId", "uint256"),
        member("verifyingContract", "address"),
    ];
    all.insert("EIP712Domain".to_owned(), Value::Array(own.to_vec()));
    let data =
        json!({ "types": all, "primaryType": primary, "domain": domain, "message": message });
    serde_json::from_value(data).expect("the ABI gives typed data")
}

/// A contract on a chain of its own.
struct Deployed {
    chain: Chain,
    address: Address,
    contract: Arc<Contract>,
}

impl Deployed {
    fn new(contract: &Arc<Contract>, build: &Build) -> Self {
        let chain = Chain::new(ChainOptions::default()).expect("a chain begins");
        let mut deployed = Self { chain, address: Address::ZERO, contract: Arc::clone(contract) };
        deployed.address = deployed.deploy(contract, build);
        deployed
    }

    /// Deploys a contract after the libraries that it needs.
    fn deploy(&mut self, contract: &Arc<Contract>, build: &Build) -> Address {
        let mut libraries = BTreeMap::new();
        for reference in &contract.creation.libraries {
            if !libraries.contains_key(&reference.library) {
                let library = Arc::clone(&build.contracts[&reference.library]);
                let address = self.deploy(&library, build);
                libraries.insert(reference.library.clone(), address);
            }
        }
        let code = contract.link(&contract.creation, &libraries).expect("all libraries are there");
        let from = Address::with_last_byte(0xaa);
        let address = self.chain.create_address(from).expect("the chain answers");
        let receipt = self.chain.send(&Transaction::create(from, code)).expect("it is mined");
        assert!(receipt.outcome.is_success(), "{}: {:?}", contract.id.name, receipt.outcome);
        address
    }

    fn call(&self, function: &Function, args: &[DynSolValue]) -> Vec<DynSolValue> {
        let input = function.abi_encode_input(args).expect("the arguments fit");
        match self.chain.call(&Call::new(self.address, input)).expect("the chain answers") {
            Outcome::Success { output, .. } => {
                function.abi_decode_output(&output).expect("the answer fits")
            }
            other => panic!("{}.{}: {other:?}", self.contract.id.name, function.name),
        }
    }

    /// What the contract says its domain is (ERC-5267).
    fn domain(&self) -> Value {
        let function = &self.contract.abi.function("eip712Domain").expect("it signs")[0];
        let answer = self.call(function, &[]);
        let text = |at: usize| answer[at].as_str().expect("a string").to_owned();
        let (chain, _) = answer[3].as_uint().expect("a number");
        assert_eq!(chain, U256::from(self.chain.chain_id()));
        assert_eq!(answer[4].as_address(), Some(self.address));
        for name in [text(1), text(2)] {
            // Longer ones would be kept in storage, which clones and proxies do not share.
            assert!(name.len() <= 31, "`{name}` does not fit into a word");
        }
        json!({
            "name": text(1),
            "version": text(2),
            "chainId": chain.to_string(),
            "verifyingContract": self.address.to_string(),
        })
    }
}

/// Our contracts that have an EIP-712 domain and can be deployed as they are.
fn signing(build: &Build) -> Vec<Arc<Contract>> {
    let ours = build.contracts.values().filter(|contract| {
        is_for_real(&contract.id.file)
            && contract.kind == ContractKind::Contract
            && contract.abi.function("eip712Domain").is_some()
            && contract.abi.constructor().is_none_or(|made| made.inputs.is_empty())
    });
    ours.cloned().collect()
}

/// The digest that alloy computes, and the one that the contract does.
fn digests(deployed: &Deployed, function: &Function, different: Option<usize>) -> (B256, B256) {
    let param = &function.inputs[0];
    let (value, json, _) = Sample::of(param, different);
    let typed = typed(param, json, &deployed.domain());
    let expected = typed.eip712_signing_hash().expect("the data is complete");
    let answer = deployed.call(function, &[value]);
    let (word, _) = answer[0].as_fixed_bytes().expect("an id is a word");
    (expected, B256::from_slice(word))
}

/// The id of every agreement is the digest that a wallet signs, and no member of the terms is left out of it.
#[test]
fn ids_are_the_digests_of_the_terms() {
    let build = bundled();
    let mut looked_at = 0;
    for contract in signing(&build) {
        let Some(functions) = contract.abi.function("idOf") else { continue };
        let [function] = functions.as_slice() else { panic!("{}: one idOf", contract.id.name) };
        let deployed = Deployed::new(&contract, &build);
        let (expected, actual) = digests(&deployed, function, None);
        assert_eq!(actual, expected, "{}.idOf", contract.id.name);
        let (_, _, leaves) = Sample::of(&function.inputs[0], None);
        for leaf in 0..leaves {
            let (expected, flipped) = digests(&deployed, function, Some(leaf));
            assert_eq!(flipped, expected, "{}.idOf with another member {leaf}", contract.id.name);
            assert_ne!(flipped, actual, "{}.idOf ignores member {leaf}", contract.id.name);
        }
        looked_at += 1;
    }
    assert!(looked_at >= 2, "escrow and lease at least");
}

/// Every struct that is signed has the type that alloy gives it: its hash stands in the contract's code.
#[test]
fn types_of_what_is_signed_are_those_of_the_abi() {
    let build = bundled();
    let mut looked_at = 0;
    for contract in signing(&build) {
        for function in contract.abi.functions() {
            let signed = function.inputs.iter().any(|input| input.name.starts_with("signature"));
            for param in function.inputs.iter().filter(|param| signed && param.ty == "tuple") {
                let (_, json, _) = Sample::of(param, None);
                let typed = typed(param, json, &json!({}));
                let hash = typed.resolver.type_hash(&typed.primary_type).expect("it is a type");
                let code = &contract.runtime.bytes;
                let found = code.windows(32).any(|window| window == hash.as_slice());
                assert!(
                    found,
                    "{}.{}: the hash of `{}` is not in its code",
                    contract.id.name,
                    function.name,
                    typed.resolver.encode_type(&typed.primary_type).expect("it is a type")
                );
                looked_at += 1;
            }
        }
    }
    assert!(looked_at >= 2, "escrow and lease at least");
}
