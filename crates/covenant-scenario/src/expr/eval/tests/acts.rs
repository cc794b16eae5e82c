//! What an actor would do, and what it has changed.

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};
use covenant_chain::{Outcome, Transaction, TxKind};

use crate::{
    expr::{
        Action, ActorId, EvalErrorKind, FunctionRef, Kind, Type, Typed, Value, act_transaction,
        attempt, eval, is_forcing,
    },
    testing::{SPAN, actor, args, at, constant, contract, deploy, int, int_type, typed, world},
    world::{Attempt, World},
};

const ALICE: ActorId = ActorId(0);
const BOB: ActorId = ActorId(1);

/// A coin of which alice has 500.
fn coin(world: &mut World) -> Address {
    let alice = world.actor(ALICE).address;
    deploy(world, "Coin", &[alice.into_word(), B256::from(U256::from(500))].concat())
}

fn transfer(coin: Address, to: Typed, amount: i64) -> Action {
    let contract = contract("Coin");
    let function = Arc::new(contract.abi.function("transfer").unwrap()[0].clone());
    let (args, inputs) = args([(to, Type::ADDRESS), (int(amount), int_type(false, 256))]);
    let selector = function.selector();
    let function = FunctionRef { contract, function, selector, inputs, output: Type::Bool };
    Action::Call { target: at(coin), function, args }
}

fn enabled(who: ActorId, action: Action, value: Option<i64>, gas_limit: Option<i64>) -> Typed {
    let kind = Kind::Enabled {
        actor: who,
        action: Box::new(action),
        value: value.map(|value| Box::new(int(value))),
        gas_limit: gas_limit.map(|limit| Box::new(int(limit))),
    };
    typed(kind, Type::Bool)
}

fn truth(typed: &Typed, world: &World) -> bool {
    match eval(typed, world).unwrap() {
        Value::Bool(truth) => truth,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_is_enabled_if_it_would_succeed_and_is_never_made() {
    let mut world = world();
    let coin = coin(&mut world);
    let block = world.chain.block_number();
    let can =
        |who, amount| truth(&enabled(who, transfer(coin, actor(1), amount), None, None), &world);
    assert!(can(ALICE, 500));
    assert!(!can(ALICE, 501));
    assert!(!can(BOB, 1));
    let send = |amount| Action::Transfer { to: actor(1), amount: int(amount) };
    assert!(truth(&enabled(ALICE, send(1_000), None, None), &world));
    assert!(!truth(&enabled(ALICE, send(1_001), None, None), &world), "more than there is");
    let with = |value, gas| truth(&enabled(ALICE, transfer(coin, actor(1), 1), value, gas), &world);
    assert!(!with(Some(1), None), "it takes no wei");
    assert!(!with(None, Some(21_500)) && with(None, Some(100_000)));
    let nobody = transfer(Address::repeat_byte(9), actor(1), 1);
    assert!(!truth(&enabled(ALICE, nobody, None, None), &world));
    assert_eq!(world.chain.block_number(), block);
    let balance = |who: ActorId| world.balance(Some(coin), world.actor(who).address).unwrap();
    assert_eq!((balance(ALICE), balance(BOB)), (U256::from(500), U256::ZERO));
    assert_eq!(world.chain.balance(world.actor(ALICE).address).unwrap(), U256::from(1_000));
}

#[test]
fn why_a_call_is_not_enabled_is_known() {
    let mut world = world();
    let coin = coin(&mut world);
    let what = |typed: &Typed| attempt(typed, &world).unwrap();
    let reverts = enabled(ALICE, transfer(coin, actor(1), 501), None, None);
    assert!(matches!(what(&reverts), Some(Outcome::Revert { data }) if data.len() > 4));
    let rejected = enabled(ALICE, transfer(coin, actor(1), 1), Some(5_000), None);
    assert!(what(&rejected).is_none());
    assert!(what(&int(1)).is_none());
    let negative = enabled(ALICE, transfer(coin, actor(1), 1), Some(-1), None);
    assert!(matches!(
        eval(&negative, &world).unwrap_err().kind,
        EvalErrorKind::NoAmount(amount) if amount == "-1"
    ));
}

#[test]
fn an_action_becomes_the_transaction_of_its_actor() {
    let mut world = world();
    let coin = coin(&mut world);
    let [alice, bob] = [ALICE, BOB].map(|id| world.actor(id).address);
    let five = U256::from(5);
    let call = act_transaction(&world, ALICE, &transfer(coin, actor(1), 7), five).unwrap();
    let expected = Transaction::call(alice, coin, call.input.clone()).with_value(five);
    assert_eq!((call.from, call.kind, call.value), (expected.from, expected.kind, expected.value));
    assert_eq!(call.input[4..], [bob.into_word(), B256::from(U256::from(7))].concat());

    let send = Action::Transfer { to: actor(0), amount: int(3) };
    let send = act_transaction(&world, BOB, &send, U256::ZERO).unwrap();
    assert_eq!((send.from, send.kind, send.value), (bob, TxKind::Call(alice), U256::from(3)));

    let force = Action::Force { to: actor(0), amount: int(3) };
    let force = act_transaction(&world, BOB, &force, U256::ZERO).unwrap();
    assert_eq!((force.from, force.kind, force.value), (bob, TxKind::Create, U256::from(3)));
    assert_eq!(force.input[..], [&[0x73][..], alice.as_slice(), &[0xff]].concat());
    assert!(is_forcing(&force.input) && !is_forcing(&force.input[1..]));

    let owner = constant(alice, Type::ADDRESS);
    let supply = constant(9, int_type(false, 256));
    let create =
        Action::Deploy { contract: contract("Coin"), args: vec![owner, supply], span: SPAN };
    let create = act_transaction(&world, BOB, &create, U256::ZERO).unwrap();
    assert_eq!((create.from, create.kind), (bob, TxKind::Create));
    assert!(create.input.ends_with(&[alice.into_word(), B256::from(U256::from(9))].concat()));

    let nobody = transfer(Address::repeat_byte(9), actor(1), 1);
    let error = act_transaction(&world, ALICE, &nobody, U256::ZERO).unwrap_err();
    assert!(matches!(error.kind, EvalErrorKind::NobodyThere));
}

#[test]
fn a_change_is_counted_from_before_the_call() {
    let mut world = world();
    let coin = coin(&mut world);
    let [alice, bob] = [ALICE, BOB].map(|id| world.actor(id).address);
    let change = |token: Option<Address>, of: Address| {
        let token = token.map(|token| Box::new(at(token)));
        typed(Kind::Change { token, of: Box::new(at(of)) }, Type::INT256)
    };
    let succeeded = typed(Kind::Succeeded, Type::Bool);
    let unset = |typed: &Typed, world: &World| {
        matches!(eval(typed, world).unwrap_err().kind, EvalErrorKind::Unset { .. })
    };
    assert!(unset(&change(None, bob), &world) && unset(&succeeded, &world));

    world.chain.send(&Transaction::transfer(alice, bob, U256::from(100))).unwrap();
    let before = world.snapshot();
    let act = act_transaction(&world, ALICE, &transfer(coin, actor(1), 7), U256::ZERO).unwrap();
    world.chain.send(&act).unwrap();
    world.chain.send(&Transaction::transfer(bob, alice, U256::from(30))).unwrap();
    world.since(&before, Attempt::Succeeded);
    let int = |number: i64| Value::Int(number.into());
    assert_eq!(eval(&change(None, bob), &world).unwrap(), int(-30));
    assert_eq!(eval(&change(None, alice), &world).unwrap(), int(30));
    assert_eq!(eval(&change(Some(coin), bob), &world).unwrap(), int(7));
    assert_eq!(eval(&change(Some(coin), coin), &world).unwrap(), int(0));
    assert!(truth(&succeeded, &world));

    let later = world.snapshot();
    world.since(&later, Attempt::Failed);
    assert_eq!(eval(&change(Some(coin), bob), &world).unwrap(), int(0));
    assert!(!truth(&succeeded, &world));
    world.restore(&before);
    assert!(unset(&succeeded, &world), "a moment before anyone looked back");
}
