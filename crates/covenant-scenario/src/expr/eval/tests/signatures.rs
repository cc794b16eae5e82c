use alloy_primitives::{Address, B256, U256, keccak256};
use covenant_chain::Transaction;

use crate::{
    expr::{
        ActorId, EvalErrorKind, Kind, SignaturePart, Type, Typed, Value, abi::encode_params, eval,
    },
    testing::{
        actor, args, at, call, constant, deploy, int, int_type, terms, terms_value, typed, world,
    },
    world::World,
};

pub(super) fn sign(signer: usize, message: Value, contract: Address) -> Typed {
    let (_, ty) = terms();
    let message = Box::new(constant(message, Type::Struct(ty)));
    typed(
        Kind::Sign { actor: ActorId(signer), message, contract: Box::new(at(contract)) },
        Type::Bytes,
    )
}

pub(super) fn permit(signer: usize, token: Address, amount: i64) -> Typed {
    let kind = Kind::Permit {
        actor: ActorId(signer),
        token: Box::new(at(token)),
        spender: Box::new(actor(1)),
        amount: Box::new(int(amount)),
        deadline: Box::new(int(2_000_000_000)),
    };
    typed(kind, Type::Bytes)
}

fn domains(world: &mut World, fields: u8, extensions: u64) -> Address {
    let fields = Value::fixed_bytes(B256::from(U256::from(fields) << 248), 1);
    let arguments =
        [(&fields, &Type::FixedBytes(1)), (&Value::from(extensions), &int_type(false, 256))];
    deploy(world, "Domains", &encode_params(arguments).unwrap())
}

#[test]
fn a_contract_recovers_the_signer() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let (_, ty) = terms();
    let terms = terms_value(probe);
    let signature = sign(0, terms.clone(), probe);
    let given =
        [(constant(terms, Type::Struct(ty.clone())), Type::Struct(ty)), (signature, Type::Bytes)];
    let signer = call("Probe", probe, "signer", args(given), Type::Address(None));
    assert_eq!(eval(&signer, &world).unwrap(), world.actor(ActorId(0)).address.into());
}

#[test]
fn a_token_accepts_a_permit_once() {
    let mut world = world();
    let [alice, bob] = [0, 1].map(|id| world.actor(ActorId(id)).address);
    let supply = [alice.into_word(), B256::from(U256::from(500))].concat();
    let coin = deploy(&mut world, "Coin", &supply);
    let use_permit = |world: &World| {
        let Value::Bytes(signature) = eval(&permit(0, coin, 12), world).unwrap() else {
            panic!("65 bytes")
        };
        let mut input = keccak256("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)")
            [..4]
            .to_vec();
        let number = |number: u64| B256::from(U256::from(number));
        let head = [
            alice.into_word(),
            bob.into_word(),
            number(12),
            number(2_000_000_000),
            number(signature[64].into()),
        ];
        input.extend(head.concat());
        input.extend(&signature[..64]);
        Transaction::call(bob, coin, input)
    };
    let first = use_permit(&world);
    assert!(world.chain.send(&first).unwrap().outcome.is_success());
    assert!(!world.chain.send(&first).unwrap().outcome.is_success(), "the nonce was used");
    let second = use_permit(&world);
    assert!(world.chain.send(&second).unwrap().outcome.is_success());
}

#[test]
fn an_old_token_is_asked_for_its_separator() {
    let mut world = world();
    let coin = deploy(&mut world, "OldCoin", &[]);
    let given = [
        (actor(0), Type::Address(None)),
        (actor(1), Type::Address(None)),
        (int(12), int_type(false, 256)),
        (int(2_000_000_000), int_type(false, 256)),
        (permit(0, coin, 12), Type::Bytes),
    ];
    let recover = call("OldCoin", coin, "recover", args(given), Type::Address(None));
    assert_eq!(eval(&recover, &world).unwrap(), world.actor(ActorId(0)).address.into());
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let old = deploy(&mut world, "OldCoin", &[]);
    let usable = domains(&mut world, 0x1f, 0);
    let [odd, extended] =
        [(0x20, 0), (0x0f, 1)].map(|(fields, extensions)| domains(&mut world, fields, extensions));
    let message = || terms_value(probe);
    let kind = |typed: Typed| eval(&typed, &world).unwrap_err().kind;

    assert!(
        matches!(eval(&sign(0, message(), usable), &world), Ok(Value::Bytes(bytes)) if bytes.len() == 65)
    );
    assert!(
        matches!(kind(sign(2, message(), probe)), EvalErrorKind::NoKey { actor } if actor == "carol")
    );
    for contract in [old, odd, extended] {
        assert!(matches!(kind(sign(0, message(), contract)), EvalErrorKind::NoDomain { .. }));
    }
    let nobody = Address::repeat_byte(9);
    assert!(matches!(kind(sign(0, message(), nobody)), EvalErrorKind::NoCode { .. }));
    assert!(matches!(kind(permit(0, nobody, 1)), EvalErrorKind::NoCode { .. }));
    assert!(
        matches!(kind(permit(0, probe, 1)), EvalErrorKind::Reverted { call, .. } if call.function == "nonces")
    );
    let old_coin_amount = permit(0, old, -1);
    assert!(matches!(kind(old_coin_amount), EvalErrorKind::OutOfRange { .. }));
}

#[test]
fn signatures_and_bytes_come_apart() {
    let world = world();
    let bytes = |length: u8| Box::new(constant(Value::Bytes((0..length).collect()), Type::Bytes));
    let part = |length: u8, part| {
        let kind = Kind::SignaturePart { of: bytes(length), part };
        eval(&typed(kind, Type::FixedBytes(32)), &world)
    };
    let word = |from: u8| Value::from(B256::from_slice(&(from..from + 32).collect::<Vec<u8>>()));
    assert_eq!(part(65, SignaturePart::R).unwrap(), word(0));
    assert_eq!(part(65, SignaturePart::S).unwrap(), word(32));
    assert_eq!(part(65, SignaturePart::V).unwrap(), Value::from(64_u64));
    let refused = part(64, SignaturePart::V).unwrap_err().kind;
    assert!(matches!(refused, EvalErrorKind::NotASignature { length: 64 }));

    let slice = |from: Option<i64>, to: Option<i64>| {
        let end = |end: Option<i64>| end.map(|end| Box::new(int(end)));
        let kind = Kind::Slice { base: bytes(4), from: end(from), to: end(to) };
        eval(&typed(kind, Type::Bytes), &world).map_err(|error| error.to_string())
    };
    assert_eq!(slice(Some(1), Some(3)), Ok(Value::Bytes(vec![1, 2])));
    assert_eq!(slice(None, Some(1)), Ok(Value::Bytes(vec![0])));
    assert_eq!(slice(Some(4), None), Ok(Value::Bytes(Vec::new())));
    for (from, to) in [(Some(3), Some(1)), (None, Some(5)), (Some(-1), None)] {
        assert!(slice(from, to).unwrap_err().contains("there are 4 bytes"));
    }
}
