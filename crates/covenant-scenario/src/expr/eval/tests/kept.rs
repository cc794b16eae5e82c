//! Signatures of actors whose keys are kept elsewhere.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use alloy_primitives::{Address, Bytes, U256, keccak256};
use alloy_sol_types::SolValue;
use covenant_chain::Key;

use super::signatures::{permit, sign};
use crate::{
    expr::{
        ActorId, EvalErrorKind, Type, Value,
        eip712::{Domain, TypedMessage},
        eval,
    },
    testing::{args, call, constant, deploy, terms, terms_value, world},
    world::{Signatory, Unsigned, World},
};

/// Has the key of `carol`, and counts what it is asked for.
#[derive(Debug, Default)]
struct Keeper {
    asked: AtomicU64,
    refuses: bool,
}

impl Signatory for Keeper {
    fn sign(&self, account: Address, message: &TypedMessage) -> Result<[u8; 65], Unsigned> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let key = Key::derive("carol");
        if account != key.address() {
            return Err(Unsigned::NoKey);
        }
        if self.refuses {
            return Err(Unsigned::Refused("not today".into()));
        }
        Ok(key.sign_hash(message.digest()))
    }
}

fn kept(refuses: bool) -> (World, Arc<Keeper>) {
    let mut world = world();
    let keeper = Arc::new(Keeper { refuses, ..Keeper::default() });
    world.set_signatory(Some(keeper.clone()));
    (world, keeper)
}

/// A contract that answers each of these calls, and reverts at any other.
fn answering(world: &mut World, address: Address, answers: &[(&str, Vec<u8>)]) {
    const HEAD: usize = 5;
    const CASE: usize = 11;
    const BODY: usize = 16;
    let bodies = HEAD + CASE * answers.len() + 3;
    let mut data = bodies + BODY * answers.len();
    let mut code = vec![0x5f, 0x35, 0x60, 0xe0, 0x1c];
    let two = |number: usize| u16::try_from(number).unwrap().to_be_bytes();
    for (index, (function, _)) in answers.iter().enumerate() {
        code.extend([&[0x80, 0x63], &keccak256(function)[..4]].concat());
        code.extend([&[0x14, 0x61], &two(bodies + BODY * index)[..], &[0x57]].concat());
    }
    code.extend([0x5f, 0x5f, 0xfd]);
    for (_, answer) in answers {
        let length = two(answer.len());
        code.extend([&[0x5b, 0x61], &length[..], &[0x61], &two(data)[..]].concat());
        code.extend([&[0x5f, 0x39, 0x61], &length[..], &[0x5f, 0xf3, 0, 0]].concat());
        data += answer.len();
    }
    answers.iter().for_each(|(_, answer)| code.extend(answer));
    world.chain.set_code(address, Bytes::from(code)).unwrap();
}

#[test]
fn a_contract_recovers_the_account_of_a_kept_key() {
    let (mut world, keeper) = kept(false);
    let probe = deploy(&mut world, "Probe", &[]);
    let (_, ty) = terms();
    let terms = terms_value(probe);
    let given = [
        (constant(terms.clone(), Type::Struct(ty.clone())), Type::Struct(ty)),
        (sign(2, terms, probe), Type::Bytes),
    ];
    let signer = call("Probe", probe, "signer", args(given), Type::Address(None));
    assert_eq!(eval(&signer, &world).unwrap(), world.actor(ActorId(2)).address.into());
    assert_eq!(keeper.asked.load(Ordering::Relaxed), 1);
    // Whoever has a key in the scenario signs with that.
    eval(&sign(0, terms_value(probe), probe), &world).unwrap();
    assert_eq!(keeper.asked.load(Ordering::Relaxed), 1);
}

#[test]
fn whoever_looks_back_has_the_same_keys() {
    let (mut world, keeper) = kept(false);
    let probe = deploy(&mut world, "Probe", &[]);
    let before = world.snapshot();
    let signature = eval(&sign(2, terms_value(probe), probe), &world).unwrap();
    world.restore(&before);
    assert_eq!(eval(&sign(2, terms_value(probe), probe), &world.clone()).unwrap(), signature);
    assert_eq!(keeper.asked.load(Ordering::Relaxed), 2);
}

#[test]
fn a_refusal_ends_everything_and_is_no_false_condition() {
    let (mut world, _) = kept(true);
    let probe = deploy(&mut world, "Probe", &[]);
    let error = eval(&sign(2, terms_value(probe), probe), &world).unwrap_err();
    assert!(error.is_engine());
    assert_eq!(error.to_string(), "`carol` did not sign: not today");
    // Nobody has this one's key, which is for the scenario to mend.
    let (mut world, _) = kept(false);
    let probe = deploy(&mut world, "Probe", &[]);
    let stranger = crate::world::ActorState {
        name: "dora".into(),
        address: Address::repeat_byte(7),
        key: None,
        via: None,
    };
    let dora = world.add_actor(stranger);
    let error = eval(&sign(dora.0, terms_value(probe), probe), &world).unwrap_err();
    assert!(matches!(&error.kind, EvalErrorKind::NoKey { actor } if actor == "dora"), "{error}");
    assert!(!error.is_engine());
}

#[test]
fn an_older_tokens_separator_is_signed_only_where_it_is_its_own() {
    let (mut world, keeper) = kept(false);
    let token = Address::repeat_byte(0x70);
    let text = |words: &str| words.to_owned().abi_encode();
    let chain_id = world.chain.chain_id();
    let separator = |name: &str, version: Option<&str>, chain_id: u64, contract: Address| {
        let version = version.map(str::to_owned);
        Domain::of_contract(name.to_owned(), version, chain_id, contract).separator()
    };
    let mut permits = |name: &str, version: Option<&str>, separator: alloy_primitives::B256| {
        let mut answers = vec![
            ("nonces(address)", U256::from(4).abi_encode()),
            ("name()", text(name)),
            ("DOMAIN_SEPARATOR()", separator.to_vec()),
        ];
        answers.extend(version.map(|version| ("version()", text(version))));
        answering(&mut world, token, &answers);
        eval(&permit(2, token, 12), &world)
    };
    let own = [(Some("2"), Some("2")), (None, Some("1")), (None, None), (Some("9"), Some("1"))];
    for (said, used) in own {
        let signed = permits("Coin", said, separator("Coin", used, chain_id, token));
        assert!(
            matches!(signed, Ok(Value::Bytes(bytes)) if bytes.len() == 65),
            "{said:?} {used:?}"
        );
    }
    let asked = keeper.asked.load(Ordering::Relaxed);
    let others = [
        separator("Coin", Some("1"), chain_id, Address::repeat_byte(0x71)),
        separator("Coin", Some("1"), chain_id + 1, token),
        separator("Gold", Some("1"), chain_id, token),
        separator("Coin", Some("3"), chain_id, token),
        keccak256("old"),
    ];
    for other in others {
        let error = permits("Coin", Some("2"), other).unwrap_err();
        assert!(matches!(&error.kind, EvalErrorKind::NoDomain { .. }), "{error}");
        assert!(error.to_string().contains("a kept key does not sign for it"), "{error}");
    }
    assert_eq!(keeper.asked.load(Ordering::Relaxed), asked);
}
