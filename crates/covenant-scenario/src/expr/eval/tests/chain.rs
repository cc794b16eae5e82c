use alloy_primitives::{Address, B256, U256};
use covenant_chain::Transaction;

use crate::{
    expr::{
        ActorId, BoundId, EvalErrorKind, Kind, LetId, Type, Typed, Value,
        abi::{DecodeError, decode_output},
        call_data, eval,
    },
    testing::{
        SPAN, actor, args, at, call, constant, deploy, int, int_type, terms, terms_value, text,
        typed, world,
    },
    world::World,
};

fn kind(typed: &Typed, world: &World) -> EvalErrorKind {
    eval(typed, world).unwrap_err().kind
}

#[test]
fn views_answer_with_values_of_their_types() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let (_, ty) = terms();
    let terms = terms_value(probe);
    let given =
        || args([(constant(terms.clone(), Type::Struct(ty.clone())), Type::Struct(ty.clone()))]);

    let echo = call("Probe", probe, "echo", given(), Type::Struct(ty.clone()));
    assert_eq!(eval(&echo, &world).unwrap(), terms);
    let delta = typed(Kind::Field { base: Box::new(echo), index: 3 }, int_type(true, 64));
    assert_eq!(eval(&delta, &world).unwrap(), Value::Int((-7).into()));

    let both = Type::Tuple(vec![
        (Some("left".into()), int_type(false, 256)),
        (Some("right".into()), Type::Address(None)),
    ]);
    let pair = call("Probe", probe, "pair", args([]), both);
    assert_eq!(eval(&pair, &world).unwrap(), Value::Tuple(vec![Value::from(7), probe.into()]));
}

#[test]
fn encodings_are_those_of_solidity() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let (_, ty) = terms();
    let terms = || constant(terms_value(probe), Type::Struct(ty.clone()));
    let on_chain =
        call("Probe", probe, "encoded", args([(terms(), Type::Struct(ty.clone()))]), Type::Bytes);
    let here = typed(Kind::AbiEncode(vec![terms(), constant(3, int_type(false, 8))]), Type::Bytes);
    assert_eq!(eval(&here, &world).unwrap(), eval(&on_chain, &world).unwrap());

    let list = |ty: &Type| Type::Array(Box::new(ty.clone()), None);
    let (int8, bytes4) = (int_type(true, 8), Type::FixedBytes(4));
    let number = |number: i64| Value::Int(number.into());
    let word = Value::fixed_bytes(B256::repeat_byte(0xab), 4);
    let parts = [
        constant(Value::Array(vec![number(-1), number(2)]), list(&int8)),
        constant(Value::Array(vec![word]), list(&bytes4)),
        constant(513, int_type(false, 16)),
        constant(true, Type::Bool),
        at(probe),
        text("packed"),
    ];
    let typed_parts = parts.iter().map(|part| (part.clone(), part.ty.clone()));
    let on_chain = call("Probe", probe, "packed", args(typed_parts), Type::Bytes);
    let here = typed(Kind::AbiEncodePacked(parts.to_vec()), Type::Bytes);
    assert_eq!(eval(&here, &world).unwrap(), eval(&on_chain, &world).unwrap());
}

#[test]
fn every_failure_of_a_call_is_told_from_the_others() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let uint8 = || int_type(false, 8);
    let nothing = || Type::Tuple(Vec::new());
    let failing = |target: Address, function: &str, arg: Option<(Typed, Type)>, output: Type| {
        call("Probe", target, function, args(arg), output)
    };

    let wrong = failing(probe, "wrong", Some((actor(1), Type::Address(None))), nothing());
    assert!(matches!(kind(&wrong, &world), EvalErrorKind::Reverted { call, data }
        if call.function == "wrong" && call.target == probe && data.len() == 100));
    let halt = failing(probe, "halt", None, nothing());
    assert!(matches!(kind(&halt, &world), EvalErrorKind::Halted { .. }));
    let nobody = failing(Address::repeat_byte(9), "small", Some((int(1), uint8())), uint8());
    assert!(matches!(kind(&nobody, &world), EvalErrorKind::NoCode { .. }));
    let large = failing(probe, "small", Some((int(300), uint8())), uint8());
    let error = eval(&large, &world).unwrap_err();
    assert_eq!((error.span, error.to_string().as_str()), (SPAN, "300 does not fit uint8"));
    for data in [Vec::new(), vec![0; 31], [&[1][..], &[0; 31]].concat()] {
        let raw = failing(
            probe,
            "raw",
            Some((constant(Value::Bytes(data), Type::Bytes), Type::Bytes)),
            uint8(),
        );
        assert!(matches!(
            kind(&raw, &world),
            EvalErrorKind::BadReturnData {
                error: DecodeError::Layout { .. } | DecodeError::Word { .. },
                ..
            }
        ));
    }
}

#[test]
fn call_data_starts_with_the_selector() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let Kind::Call { function, args, .. } =
        call("Probe", probe, "small", args([(int(5), int_type(false, 8))]), int_type(false, 8))
            .kind
    else {
        panic!("a call was built")
    };
    let data = call_data(&function, &args, &world).unwrap();
    assert_eq!(data[..4], function.function.selector()[..]);
    assert_eq!(decode_output(&int_type(false, 8), &data[4..]).unwrap(), Value::from(5));
}

#[test]
fn balances_and_gains_are_exact() {
    let mut world = world();
    let [alice, bob] = [0, 1].map(|id| world.actor(ActorId(id)).address);
    let mut arguments = alice.into_word().to_vec();
    arguments.extend(B256::from(U256::from(500)).0);
    let coin = deploy(&mut world, "Coin", &arguments);
    let ask = |kind: fn(Option<Box<Typed>>, Box<Typed>) -> Kind, token: bool, of: usize| {
        typed(kind(token.then(|| Box::new(at(coin))), Box::new(actor(of))), Type::Int(None))
    };
    let balance = |token, of| ask(|token, of| Kind::Balance { token, of }, token, of);
    let gained = |token, of| ask(|token, of| Kind::Gained { token, of }, token, of);
    assert!(
        matches!(kind(&gained(false, 0), &world), EvalErrorKind::NoBaseline { account } if account == "alice")
    );
    let id = world.add_token("coin");
    world.set_token(id, coin);
    world.record_baselines().unwrap();

    world.chain.send(&Transaction::transfer(alice, bob, U256::from(40))).unwrap();
    let mut transfer = alloy_primitives::keccak256("transfer(address,uint256)")[..4].to_vec();
    transfer.extend(bob.into_word().0);
    transfer.extend(B256::from(U256::from(7)).0);
    world.chain.send(&Transaction::call(alice, coin, transfer)).unwrap();

    for (typed, number) in [
        (balance(false, 0), 960),
        (balance(true, 0), 493),
        (balance(true, 1), 7),
        (gained(false, 0), -40),
        (gained(false, 1), 40),
        (gained(true, 0), -7),
        (gained(true, 1), 7),
    ] {
        assert_eq!(eval(&typed, &world).unwrap(), Value::Int(number.into()));
    }
}

#[test]
fn names_have_values_once_they_have_them() {
    let mut world = world();
    let kinds = [Kind::Let(LetId(1)), Kind::Bound(BoundId(0)), Kind::Last];
    let typed_kinds = kinds.map(|kind| typed(kind, Type::Int(None)));
    for named in &typed_kinds {
        assert!(matches!(kind(named, &world), EvalErrorKind::Unset { .. }));
    }
    world.set_let(LetId(1), Value::from(1));
    world.set_bound(BoundId(0), Value::from(2));
    world.set_last(Value::from(3));
    for (named, number) in typed_kinds.iter().zip(1..) {
        assert_eq!(eval(named, &world).unwrap(), Value::from(number));
    }
    let instance = world.add_instance("lease");
    let lease = typed(Kind::Instance(instance), Type::Address(None));
    assert!(matches!(kind(&lease, &world), EvalErrorKind::NotDeployed { name } if name == "lease"));
    world.set_instance(instance, Address::repeat_byte(1));
    assert_eq!(eval(&lease, &world).unwrap(), Address::repeat_byte(1).into());
}

#[test]
fn the_clock_and_the_chain_are_read() {
    let mut world = world();
    let start = world.chain.now();
    world.chain.mine().unwrap();
    world.chain.set_now(covenant_chain::Timestamp(start.0 + 86_400)).unwrap();
    for (kind, number) in [
        (Kind::Start, start.0),
        (Kind::Now, start.0 + 86_400),
        (Kind::BlockTimestamp, start.0 + 86_400),
        (Kind::BlockNumber, 1),
        (Kind::BlockBasefee, 0),
        (Kind::ChainId, 31_337),
    ] {
        assert_eq!(eval(&typed(kind, Type::Int(None)), &world).unwrap(), Value::from(number));
    }
}
