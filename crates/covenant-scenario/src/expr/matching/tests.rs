use std::sync::Arc;

use alloy_primitives::{Address, Bytes, U256, keccak256};
use covenant_chain::{Log, Outcome, Transaction};

use super::*;
use crate::{
    expr::{
        ActorId, EventPattern, GasBound, GasOp, Kind, RevertPattern, Type, Typed, Value,
        abi::encode_call,
    },
    testing::{
        SPAN, actor, at, binary, constant, contract, deploy, int, int_type, terms, terms_value,
        text, typed, world,
    },
    world::World,
};

/// `Done(who, note, item, counts, delta)`.
fn pattern(emitter: Option<Address>, fields: [Option<Typed>; 5]) -> EventPattern {
    let event = contract("Probe").abi.event("Done").unwrap()[0].clone();
    EventPattern {
        emitter: emitter.map(at),
        event: Arc::new(event),
        types: types().into(),
        fields: fields.into(),
        span: SPAN,
    }
}

fn types() -> [Type; 5] {
    let (item, _) = terms();
    let counts = Type::Array(Box::new(int_type(false, 8)), None);
    [Type::Address(None), Type::String, Type::Struct(item), counts, int_type(true, 64)]
}

fn item(world: &World) -> Value {
    let Value::Struct(_, mut fields) = terms_value(world.actor(ActorId(0)).address) else {
        panic!("a struct")
    };
    let Value::Array(mut items) = fields.swap_remove(2) else { panic!("an array") };
    items.swap_remove(0)
}

fn counts(numbers: &[u64]) -> Value {
    Value::Array(numbers.iter().map(|number| Value::from(*number)).collect())
}

/// The logs of `done(bob, note, item, [1, 2])`, one for each note.
fn logs(world: &mut World, probe: Address, notes: &[&str]) -> Vec<Log> {
    let function = contract("Probe").abi.function("done").unwrap()[0].clone();
    let [who, note_type, item_type, counts_type, _] = types();
    let bob = world.actor(ActorId(1)).address;
    let mut logs = Vec::new();
    for note in notes {
        let (note, item, counts) = (Value::String((*note).into()), item(world), counts(&[1, 2]));
        let arguments = [
            (&bob.into(), &who),
            (&note, &note_type),
            (&item, &item_type),
            (&counts, &counts_type),
        ];
        let input = encode_call(&function, arguments).unwrap();
        logs.extend(world.chain.send(&Transaction::call(bob, probe, input)).unwrap().logs);
    }
    logs
}

#[test]
fn an_event_matches_field_by_field() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let log = logs(&mut world, probe, &["rent"]).remove(0);
    let item = constant(item(&world), types()[2].clone());
    let list = |numbers: &[u64]| constant(counts(numbers), types()[3].clone());
    let check = |emitter: Option<Address>, fields: [Option<Typed>; 5]| {
        ExpectedEvent::new(&pattern(emitter, fields), &world).unwrap().check(&log)
    };
    let all = [Some(actor(1)), Some(text("rent")), Some(item), Some(list(&[1, 2])), Some(int(-5))];

    assert_eq!(check(Some(probe), all.clone()), Ok(()));
    assert_eq!(check(None, [const { None }; 5]), Ok(()));
    for (index, other) in [(0, actor(0)), (1, text("Rent")), (3, list(&[1])), (4, int(5))] {
        let mut fields = all.clone();
        fields[index] = Some(other);
        let Err(EventMismatch::Fields(differing)) = check(None, fields) else {
            panic!("field {index} differs")
        };
        assert_eq!(differing.len(), 1);
        assert_eq!(differing[0].index, index);
        assert_eq!(differing[0].name, ["who", "note", "item", "counts", "delta"][index]);
    }
    let expected = world.actor(ActorId(0)).address;
    assert_eq!(check(Some(expected), all), Err(EventMismatch::Emitter { expected, actual: probe }));

    let mut fields = [const { None }; 5];
    fields[4] = Some(int(1 << 40));
    fields[1] = Some(text("no"));
    let Err(EventMismatch::Fields(differing)) = check(None, fields) else {
        panic!("two fields differ")
    };
    assert_eq!(differing[0].actual, Actual::Hash(keccak256("rent")));
    assert_eq!(differing[1].actual, Actual::Value(Value::Int((-5).into())));
}

#[test]
fn other_logs_are_no_match_and_no_error() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let log = logs(&mut world, probe, &["rent"]).remove(0);
    let expected = ExpectedEvent::new(&pattern(None, [const { None }; 5]), &world).unwrap();
    let mut topics = log.topics.clone();
    topics.pop();
    assert_eq!(expected.check(&Log { topics, ..log.clone() }), Err(EventMismatch::Event));
    assert_eq!(
        expected.check(&Log { topics: Vec::new(), ..log.clone() }),
        Err(EventMismatch::Event)
    );
    let cut = Log { data: log.data.slice(..32), ..log };
    assert!(matches!(expected.check(&cut), Err(EventMismatch::Undecodable(_))));
}

#[test]
fn a_pattern_that_cannot_match_is_an_error() {
    let world = world();
    let mut fields = [const { None }; 5];
    fields[4] = Some(binary(crate::expr::BinaryOp::Shl, int(1), int(63)));
    let error = ExpectedEvent::new(&pattern(None, fields), &world).unwrap_err();
    assert_eq!(error.to_string(), "9_223_372_036_854_775_808 does not fit int64");
}

#[test]
fn several_events_match_in_order() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let logs = logs(&mut world, probe, &["a", "b", "c"]);
    let expected = |notes: &[&str]| -> Vec<ExpectedEvent> {
        let of = |note: &&str| pattern(None, [None, Some(text(note)), None, None, None]);
        notes.iter().map(|note| ExpectedEvent::new(&of(note), &world).unwrap()).collect()
    };
    assert_eq!(match_in_order(&expected(&["a", "c"]), &logs), Ok(vec![0, 2]));
    assert_eq!(match_in_order(&[], &logs), Ok(Vec::new()));
    let missing = match_in_order(&expected(&["b", "a"]), &logs).unwrap_err();
    assert_eq!(missing.expected, 1);
    assert!(matches!(missing.nearest, Some((2, EventMismatch::Fields(_)))));
    let missing = match_in_order(&expected(&["c", "c"]), &logs).unwrap_err();
    assert_eq!(missing, MissingEvent { expected: 1, nearest: None });
}

/// What a call of the probe ends with.
fn outcome(
    world: &World,
    probe: Address,
    function: &str,
    argument: Option<(Value, Type)>,
) -> Outcome {
    let function = contract("Probe").abi.function(function).unwrap()[0].clone();
    let input = encode_call(&function, argument.iter().map(|(value, ty)| (value, ty))).unwrap();
    world.chain.call(&covenant_chain::Call::new(probe, input)).unwrap()
}

#[test]
fn reverts_match_by_what_they_say() {
    let mut world = world();
    let probe = deploy(&mut world, "Probe", &[]);
    let bob = world.actor(ActorId(1)).address;
    let wrong = outcome(&world, probe, "wrong", Some((bob.into(), Type::Address(None))));
    let said = outcome(&world, probe, "say", Some((Value::String("no".into()), Type::String)));
    let panicked = outcome(&world, probe, "overflow", Some((Value::from(56), int_type(false, 8))));
    let halted = outcome(&world, probe, "halt", None);
    let fine = outcome(&world, probe, "pair", None);

    let (_, terms) = terms();
    let types: Arc<[Type]> =
        [Type::Address(None), int_type(false, 256), terms.fields[1].1.clone()].into();
    let error = Arc::new(contract("Probe").abi.error("Wrong").unwrap()[0].clone());
    let custom = |args: Vec<Option<Typed>>| RevertPattern::Error {
        error: error.clone(),
        types: types.clone(),
        args,
    };
    let check = |pattern: RevertPattern, outcome: &Outcome| {
        ExpectedRevert::new(&pattern, &world).unwrap().check(outcome)
    };

    for outcome in [&wrong, &said, &panicked, &halted] {
        assert_eq!(check(RevertPattern::Any, outcome), Ok(()));
    }
    assert_eq!(check(RevertPattern::Any, &fine), Err(RevertMismatch::Succeeded));
    assert_eq!(check(RevertPattern::Message("no".into()), &said), Ok(()));
    assert_eq!(check(RevertPattern::Panic(Some(int(0x11))), &panicked), Ok(()));
    assert_eq!(check(RevertPattern::Panic(None), &panicked), Ok(()));
    assert_eq!(check(custom(vec![Some(actor(1)), Some(int(3)), None]), &wrong), Ok(()));

    assert!(matches!(
        check(RevertPattern::Message("No".into()), &said),
        Err(RevertMismatch::Arguments(_))
    ));
    assert!(matches!(
        check(RevertPattern::Panic(Some(int(0x12))), &panicked),
        Err(RevertMismatch::Arguments(_))
    ));
    assert!(matches!(
        check(RevertPattern::Message("no".into()), &wrong),
        Err(RevertMismatch::Other { .. })
    ));
    assert!(matches!(check(custom(vec![None; 3]), &said), Err(RevertMismatch::Other { .. })));
    assert!(matches!(check(custom(vec![None; 3]), &halted), Err(RevertMismatch::Halted { .. })));
    let Err(RevertMismatch::Arguments(differing)) =
        check(custom(vec![None, Some(int(4)), None]), &wrong)
    else {
        panic!("the second argument differs")
    };
    assert_eq!((differing[0].index, differing[0].name.as_str()), (1, "have"));
    assert_eq!(differing[0].actual, Actual::Value(Value::from(U256::from(3))));
    let cut = Outcome::Revert { data: Bytes::copy_from_slice(&error.selector()[..]) };
    assert!(matches!(check(custom(vec![None; 3]), &cut), Err(RevertMismatch::Undecodable(_))));
}

#[test]
fn gas_is_bounded_on_either_side() {
    let world = world();
    for (op, holding) in [
        (GasOp::Lt, [true, false, false]),
        (GasOp::Le, [true, true, false]),
        (GasOp::Eq, [false, true, false]),
        (GasOp::Ge, [false, true, true]),
        (GasOp::Gt, [false, false, true]),
    ] {
        let bound = ExpectedGas::new(&GasBound { op, bound: int(21_000) }, &world).unwrap();
        let found = [20_999, 21_000, 21_001].map(|used| bound.check(used).is_ok());
        assert_eq!(found, holding, "{}", op.symbol());
    }
    let unset = typed(Kind::Last, Type::Int(None));
    assert!(ExpectedGas::new(&GasBound { op: GasOp::Le, bound: unset }, &world).is_err());
}
