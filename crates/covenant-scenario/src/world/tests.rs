use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use covenant_chain::{Transaction, TxKind};

use super::*;
use crate::{
    expr::{
        ActorId, EvalErrorKind, LetId, Type, Value,
        abi::{decode_params, encode_params},
    },
    testing::{deploy, int_type, world},
};

#[test]
fn a_snapshot_keeps_everything() {
    let mut world = world();
    let instance = world.add_instance("lease");
    world.set_let(LetId(0), Value::from(1));
    let before = world.snapshot();
    let copy = world.clone();

    world.set_instance(instance, Address::repeat_byte(7));
    world.set_let(LetId(0), Value::from(2));
    world.set_last(Value::from(3));
    world.record_baselines().unwrap();
    world.chain.mine().unwrap();
    assert_eq!(world.names().get(Address::repeat_byte(7)), Some("lease"));

    world.restore(&before);
    for world in [&world, &copy] {
        assert!(matches!(world.instance_address(instance), Err(EvalErrorKind::NotDeployed { .. })));
        assert_eq!(world.let_value(LetId(0)), Some(&Value::from(1)));
        assert_eq!(world.last(), None);
        assert_eq!(world.names().get(Address::repeat_byte(7)), None);
        assert_eq!(world.baseline(None, world.actor(ActorId(0)).address), None);
        assert_eq!(world.chain.block_number(), 0);
    }
}

#[test]
fn changes_name_everyone_who_has_more_or_less() {
    let mut world = world();
    let [alice, bob] = [0, 1].map(|id| world.actor(ActorId(id)).address);
    let before = world.balances().unwrap();
    let coin =
        deploy(&mut world, "Coin", &[alice.into_word(), B256::from(U256::from(500))].concat());
    let token = world.add_token("coin");
    assert_eq!(before.changes_to(&world.balances().unwrap()), []);

    world.set_token(token, coin);
    world.chain.send(&Transaction::transfer(alice, bob, U256::from(40))).unwrap();
    let after = world.balances().unwrap();
    let change = |asset, actor, by: i64| Change {
        asset,
        party: Party::Actor(ActorId(actor)),
        by: by.into(),
    };
    let changes = before.changes_to(&after);
    assert_eq!(
        changes,
        [
            change(Asset::Ether, 0, -40),
            change(Asset::Ether, 1, 40),
            change(Asset::Token(token), 0, 500)
        ]
    );
    assert_eq!(after.get(Asset::Token(token), Party::Actor(ActorId(0))), U256::from(500));
    assert_eq!(after.iter().count(), 2 * 4, "three actors and a token, in ETH and in the token");
    assert_eq!(after.changes_to(&before)[0], change(Asset::Ether, 0, 40));
}

#[test]
fn a_baseline_stays_what_it_was() {
    let mut world = world();
    let [alice, bob] = [0, 1].map(|id| world.actor(ActorId(id)).address);
    world.record_baselines().unwrap();
    world.chain.send(&Transaction::transfer(alice, bob, U256::from(40))).unwrap();
    world.record_baselines().unwrap();
    assert_eq!(world.baseline(None, alice), Some(U256::from(1_000)));
    assert_eq!(world.gain(None, alice).unwrap(), (U256::from(1_000), U256::from(960)));
    assert!(matches!(
        world.gain(None, Address::repeat_byte(5)),
        Err(EvalErrorKind::NoBaseline { .. })
    ));
}

#[test]
fn a_contract_acts_through_its_forwarder() {
    let [owner, wallet, to] = [1, 2, 3].map(Address::repeat_byte);
    let direct = ActorState { name: "it".into(), address: wallet, key: None, via: None };
    let through = ActorState { via: Some(owner), ..direct.clone() };
    let input = Bytes::from(vec![1, 2, 3, 4]);
    let sent = direct.call(to, U256::from(5), input.clone());
    assert_eq!(
        (sent.from, sent.kind, sent.value, &sent.input),
        (wallet, TxKind::Call(to), U256::from(5), &input)
    );
    assert_eq!(direct.returned(&input), Some(input.clone()));

    let sent = through.call(to, U256::from(5), input.clone());
    assert_eq!((sent.from, sent.kind, sent.value), (owner, TxKind::Call(wallet), U256::ZERO));
    assert_eq!(sent.input[..4], keccak256("execute(address,uint256,bytes)")[..4]);
    let uint256 = int_type(false, 256);
    let values =
        decode_params(&[&Type::Address(None), &uint256, &Type::Bytes], &sent.input[4..]).unwrap();
    assert_eq!(values, [to.into(), Value::from(5), Value::Bytes(input.to_vec())]);
    let answer = encode_params([(&Value::Bytes(vec![9]), &Type::Bytes)]).unwrap();
    assert_eq!(through.returned(&answer.into()), Some(Bytes::from(vec![9])));
    assert_eq!(through.returned(&Bytes::new()), None);
}

#[test]
fn a_token_without_code_is_an_error_not_a_zero() {
    let mut world = world();
    let token = world.add_token("usd");
    world.set_token(token, Address::repeat_byte(5));
    assert!(
        matches!(world.balances(), Err(EvalErrorKind::NoCode { call }) if call.label(world.names()) == "usd.balanceOf")
    );
}
