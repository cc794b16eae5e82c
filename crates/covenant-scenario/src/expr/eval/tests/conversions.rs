use alloy_primitives::{Address, B256, U256, keccak256};

use crate::{
    expr::{BinaryOp, EvalErrorKind, Kind, Type, Typed, Value, eval},
    testing::{binary, constant, int, int_type, terms, text, typed, world},
};

fn fixed(hex: &str) -> Value {
    let bytes = alloy_primitives::hex::decode(hex).unwrap();
    Value::FixedBytes(B256::right_padding_from(&bytes), u8::try_from(bytes.len()).unwrap())
}

#[test]
fn casts_follow_solidity_but_check_the_range() {
    let world = world();
    let address = Address::repeat_byte(0x11);
    let (_, terms) = terms();
    let status = terms.fields[1].1.clone();
    let Type::Enum(members) = &status else { panic!("the second field is an enum") };
    let number = |number: i64| Value::Int(number.into());
    let cast = |value: Value, ty: &Type| {
        let inner = constant(value, Type::Bytes);
        eval(&typed(Kind::Cast(Box::new(inner)), ty.clone()), &world).map_err(|error| error.kind)
    };
    for (value, ty, result) in [
        (number(255), int_type(false, 8), number(255)),
        (number(-1), int_type(true, 8), number(-1)),
        (number(1), status.clone(), Value::Enum(members.clone(), 1)),
        (Value::Enum(members.clone(), 1), int_type(false, 8), number(1)),
        (number(0x1234), Type::FixedBytes(4), fixed("00001234")),
        (number(0), Type::FixedBytes(32), Value::from(B256::ZERO)),
        (fixed("00001234"), int_type(false, 32), number(0x1234)),
        (fixed("12345678"), Type::FixedBytes(2), fixed("1234")),
        (fixed("1234"), Type::FixedBytes(4), fixed("12340000")),
        (fixed("1234"), Type::Bytes, Value::Bytes(vec![0x12, 0x34])),
        (Value::Bytes(vec![1, 2, 3]), Type::FixedBytes(2), fixed("0102")),
        (Value::Bytes(vec![1]), Type::FixedBytes(2), fixed("0100")),
        (Value::String("ab".into()), Type::FixedBytes(3), fixed("616200")),
        (Value::String("ab".into()), Type::Bytes, Value::Bytes(b"ab".to_vec())),
        (Value::Bytes(b"ab".to_vec()), Type::String, Value::String("ab".into())),
        (
            address.into(),
            int_type(false, 160),
            Value::from(U256::from_be_slice(address.as_slice())),
        ),
        (Value::from(U256::from_be_slice(address.as_slice())), Type::Address(None), address.into()),
        (number(0), Type::Address(None), Address::ZERO.into()),
        (address.into(), Type::FixedBytes(20), fixed(&"11".repeat(20))),
        (fixed(&"11".repeat(20)), Type::Address(None), address.into()),
        (Value::Bytes(vec![0x11; 20]), Type::Address(None), address.into()),
        (true.into(), Type::Bool, true.into()),
    ] {
        assert_eq!(cast(value.clone(), &ty).unwrap(), result, "{value} to {ty:?}");
    }
    for (value, ty) in [
        (number(256), int_type(false, 8)),
        (number(-1), int_type(false, 256)),
        (number(2), status.clone()),
        (number(300), status),
        (number(0x1_0000), Type::FixedBytes(2)),
        (number(-1), Type::FixedBytes(32)),
        (Value::from(U256::MAX), Type::Address(None)),
    ] {
        assert!(
            matches!(cast(value.clone(), &ty), Err(EvalErrorKind::OutOfRange { .. })),
            "{value} to {ty:?}"
        );
    }
    for (value, ty) in [
        (Value::Bytes(vec![0; 21]), Type::Address(None)),
        (Value::Bytes(vec![0xff]), Type::String),
        (Value::String("abcd".into()), Type::FixedBytes(3)),
        (true.into(), int_type(false, 8)),
        (fixed("1234"), Type::Address(None)),
    ] {
        assert!(
            matches!(cast(value.clone(), &ty), Err(EvalErrorKind::Cast { .. })),
            "{value} to {ty:?}"
        );
    }
}

#[test]
fn parts_are_found_or_out_of_bounds() {
    let world = world();
    let list = || {
        typed(Kind::Array(vec![int(5), int(6)]), Type::Array(Box::new(Type::Int(None)), Some(2)))
    };
    let index = |base: Typed, place: i64| {
        let kind = Kind::Index { base: Box::new(base), index: Box::new(int(place)) };
        eval(&typed(kind, Type::Int(None)), &world).map_err(|error| error.kind)
    };
    let bytes = || constant(Value::Bytes(vec![0xab, 0xcd]), Type::Bytes);
    assert_eq!(index(list(), 1).unwrap(), Value::from(6));
    assert_eq!(index(bytes(), 1).unwrap(), fixed("cd"));
    assert_eq!(index(constant(fixed("abcd"), Type::FixedBytes(2)), 0).unwrap(), fixed("ab"));
    for (base, place) in [(list(), 2), (list(), -1), (bytes(), 2)] {
        assert!(matches!(
            index(base, place),
            Err(EvalErrorKind::IndexOutOfBounds { length: 2, .. })
        ));
    }
    let length = typed(Kind::Length(Box::new(bytes())), Type::Int(None));
    assert_eq!(eval(&length, &world).unwrap(), Value::from(2));
    let field = typed(
        Kind::Field {
            base: Box::new(typed(Kind::Tuple(vec![int(1), text("b")]), Type::Bool)),
            index: 1,
        },
        Type::String,
    );
    assert_eq!(eval(&field, &world).unwrap(), Value::String("b".into()));
}

#[test]
fn bytes_compare_combine_and_shift() {
    let world = world();
    let of = |op, a: &str, b: &str| {
        let (a, b) = (constant(fixed(a), Type::Bool), constant(fixed(b), Type::Bool));
        eval(&binary(op, a, b), &world).unwrap()
    };
    assert_eq!(of(BinaryOp::BitAnd, "f0f0", "ff00"), fixed("f000"));
    assert_eq!(of(BinaryOp::BitOr, "f0f0", "ff00"), fixed("fff0"));
    assert_eq!(of(BinaryOp::BitXor, "f0f0", "ff00"), fixed("0ff0"));
    assert_eq!(of(BinaryOp::Lt, "01ff", "0200"), Value::Bool(true));
    let shifted =
        |op, by| eval(&binary(op, constant(fixed("1234"), Type::Bool), int(by)), &world).unwrap();
    assert_eq!(shifted(BinaryOp::Shl, 8), fixed("3400"));
    assert_eq!(shifted(BinaryOp::Shr, 8), fixed("0012"));
    assert_eq!(shifted(BinaryOp::Shr, 100), fixed("0000"));
    assert_eq!(shifted(BinaryOp::Shl, i64::MAX), fixed("0000"));
}

#[test]
fn a_field_that_does_not_fit_is_named_by_its_place() {
    let world = world();
    let (item, _) = terms();
    let place = crate::source::Span { start: 40, end: 43, ..crate::testing::SPAN };
    let counts = Typed {
        span: place,
        ..typed(Kind::Array(vec![int(300)]), Type::Array(Box::new(Type::Int(None)), None))
    };
    let id = constant(B256::ZERO, Type::FixedBytes(32));
    let error =
        eval(&typed(Kind::Struct(item.clone(), vec![id, counts]), Type::Struct(item)), &world)
            .unwrap_err();
    assert_eq!((error.span, error.to_string().as_str()), (place, "300 does not fit uint8"));
    assert!(!error.is_engine());
}

#[test]
fn hashes_are_of_bytes() {
    let world = world();
    let hash = typed(Kind::Keccak256(Box::new(text("abc"))), Type::FixedBytes(32));
    assert_eq!(eval(&hash, &world).unwrap(), keccak256("abc").into());
}
