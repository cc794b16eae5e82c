use std::sync::Arc;

use alloy_dyn_abi::DynSolType;
use alloy_primitives::{Address, B256, hex};
use num_bigint::BigInt;
use proptest::prelude::*;

use super::*;
use crate::{
    expr::{EnumType, IntSize, StructType, Type, Value},
    testing::{int_type, terms, terms_value},
};

/// Any type, with what it is called in the ABI.
fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        (any::<bool>(), 1_u16..=32).prop_map(|(signed, bytes)| int_type(signed, bytes * 8)),
        Just(Type::Bool),
        Just(Type::Address(None)),
        (1_u8..=32).prop_map(Type::FixedBytes),
        Just(Type::Bytes),
        Just(Type::String),
        (1_usize..=256).prop_map(|members| {
            Type::Enum(Arc::new(EnumType { name: "E".into(), members: vec!["M".into(); members] }))
        }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| Type::Array(Box::new(ty), None)),
            (inner.clone(), 1_usize..4)
                .prop_map(|(ty, length)| Type::Array(Box::new(ty), Some(length))),
            prop::collection::vec(inner, 1..4).prop_map(|types| {
                let fields = types.into_iter().map(|ty| ("f".to_owned(), ty)).collect();
                Type::Struct(Arc::new(StructType { name: "S".into(), fields }))
            }),
        ]
    })
}

/// Any value of a type.
fn any_value(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Int(size) => {
            let size = size.unwrap_or(IntSize { signed: false, bits: 256 });
            any::<[u8; 32]>()
                .prop_map(move |bytes| {
                    let number = BigInt::from_signed_bytes_be(&bytes[..usize::from(size.bits / 8)]);
                    if size.signed {
                        Value::Int(number)
                    } else {
                        Value::Int(number.magnitude().clone().into())
                    }
                })
                .boxed()
        }
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Address(_) => {
            any::<[u8; 20]>().prop_map(|bytes| Value::Address(Address::from(bytes))).boxed()
        }
        Type::FixedBytes(n) => {
            let n = *n;
            any::<[u8; 32]>()
                .prop_map(move |bytes| Value::fixed_bytes(B256::from(bytes), n))
                .boxed()
        }
        Type::Bytes => prop::collection::vec(any::<u8>(), 0..70).prop_map(Value::Bytes).boxed(),
        Type::String => any::<String>().prop_map(Value::String).boxed(),
        Type::Array(element, length) => {
            let length = length.map_or(0..=3, |length| length..=length);
            prop::collection::vec(any_value(element), length).prop_map(Value::Array).boxed()
        }
        Type::Struct(of) => {
            let of = of.clone();
            let fields: Vec<_> = of.fields.iter().map(|(_, ty)| any_value(ty)).collect();
            fields.prop_map(move |fields| Value::Struct(of.clone(), fields)).boxed()
        }
        Type::Enum(of) => {
            let of = of.clone();
            (0..of.members.len())
                .prop_map(move |member| Value::Enum(of.clone(), u8::try_from(member).unwrap()))
                .boxed()
        }
        Type::Tuple(_) => Just(Value::NOTHING).boxed(),
    }
}

fn typed_value() -> impl Strategy<Value = (Type, Value)> {
    any_type().prop_flat_map(|ty| any_value(&ty).prop_map(move |value| (ty.clone(), value)))
}

/// The type as the ABI names it.
fn sol_type(ty: &Type) -> DynSolType {
    match ty {
        Type::Array(element, None) => DynSolType::Array(Box::new(sol_type(element))),
        Type::Array(element, Some(length)) => {
            DynSolType::FixedArray(Box::new(sol_type(element)), *length)
        }
        Type::Struct(of) => {
            DynSolType::Tuple(of.fields.iter().map(|(_, ty)| sol_type(ty)).collect())
        }
        Type::Enum(_) => DynSolType::Uint(8),
        other => DynSolType::parse(&type_name(other)).unwrap(),
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded((ty, value) in typed_value()) {
        let data = encode_params([(&value, &ty)]).unwrap();
        prop_assert_eq!(check(&value, &ty), Ok(()));
        let decoded = decode_output(&ty, &data).unwrap();
        prop_assert_eq!(&decoded, &value);
        // Another decoder, which knows nothing of these types, finds an encoding of the ABI's type.
        let other = DynSolType::Tuple(vec![sol_type(&ty)]).abi_decode_sequence(&data).unwrap();
        prop_assert_eq!(other.abi_encode_params(), data);
    }

    #[test]
    fn cut_data_is_an_error((ty, value) in typed_value(), cut in 1_usize..64) {
        let data = encode_params([(&value, &ty)]).unwrap();
        let cut = cut.min(data.len());
        // What is cut off may be nothing but padding; then the value is the same.
        if let Ok(decoded) = decode_output(&ty, &data[..data.len() - cut]) {
            prop_assert!(cut < 32);
            prop_assert_eq!(decoded, value);
        }
    }

    #[test]
    fn no_data_makes_the_decoder_panic(ty in any_type(), data in prop::collection::vec(prop_oneof![Just(0_u8), Just(32), any::<u8>()], 0..400)) {
        let _ = decode_output(&ty, &data);
    }

    #[test]
    fn a_changed_word_is_noticed_or_changes_the_value(ty in any_type().prop_filter("one word", |ty| matches!(ty, Type::Int(_) | Type::Bool | Type::Address(_) | Type::FixedBytes(_) | Type::Enum(_))), word in any::<[u8; 32]>()) {
        if let Ok(value) = decode_output(&ty, &word) {
            prop_assert_eq!(encode_params([(&value, &ty)]).unwrap(), word.to_vec());
        }
    }
}

#[test]
fn dirty_words_are_refused() {
    let status =
        Type::Enum(Arc::new(EnumType { name: "E".into(), members: vec!["A".into(), "B".into()] }));
    let mut dirty_start = [0_u8; 32];
    dirty_start[0] = 1;
    let two = B256::with_last_byte(2).0;
    for (ty, word) in [
        (Type::Bool, two),
        (Type::Bool, dirty_start),
        (status, two),
        (Type::Address(None), dirty_start),
        (int_type(false, 8), dirty_start),
        (int_type(true, 8), B256::with_last_byte(0x80).0),
        (Type::FixedBytes(31), two),
    ] {
        let error = decode_output(&ty, &word).unwrap_err();
        assert!(
            matches!(&error, DecodeError::Word { ty: name, .. } if *name == type_name(&ty)),
            "{error}"
        );
    }
}

#[test]
fn strings_are_utf8_and_data_is_used_once() {
    let data = encode_params([(&Value::Bytes(vec![0xff, 0xfe]), &Type::Bytes)]).unwrap();
    assert_eq!(
        decode_output(&Type::String, &data),
        Err(DecodeError::NotUtf8 { bytes: "fffe".into() })
    );

    // Two elements of `bytes[]` that are the same sixty-four bytes of data, four times over.
    let word = |number: u8| B256::with_last_byte(number).0;
    let shared =
        [word(32), word(4), word(128), word(128), word(128), word(128), word(200)].concat();
    let shared = [shared, vec![7; 224]].concat();
    let list = Type::Array(Box::new(Type::Bytes), None);
    assert_eq!(decode_output(&list, &shared), Err(DecodeError::Overlap));
}

#[test]
fn integers_must_fit() {
    for (number, ty, fits) in [
        (300, int_type(false, 8), false),
        (255, int_type(false, 8), true),
        (-1, int_type(false, 256), false),
        (-128, int_type(true, 8), true),
        (128, int_type(true, 8), false),
        (-1, Type::Int(None), true),
    ] {
        let value = Value::Int(number.into());
        assert_eq!(encode_params([(&value, &ty)]).is_ok(), fits, "{number} as {}", type_name(&ty));
    }
    let error = encode_params([(&Value::Int(300.into()), &int_type(false, 8))]).unwrap_err();
    assert_eq!(error.to_string(), "300 does not fit uint8");
    let three = Value::Array(vec![Value::from(1); 3]);
    let error = check(&three, &Type::Array(Box::new(int_type(false, 8)), Some(2))).unwrap_err();
    assert_eq!(error.to_string(), "3 elements where uint8[2] needs 2");
}

#[test]
fn packing_refuses_what_solidity_refuses() {
    let (_, ty) = terms();
    let nested = Type::Array(Box::new(Type::Array(Box::new(int_type(false, 8)), None)), None);
    let strings = Type::Array(Box::new(Type::String), None);
    for (value, ty) in [
        (Value::from(1), Type::Int(None)),
        (Value::Array(Vec::new()), nested),
        (Value::Array(Vec::new()), strings),
        (terms_value(Address::ZERO), Type::Struct(ty)),
    ] {
        assert!(
            matches!(encode_packed([(&value, &ty)]), Err(EncodeError::NotPackable { .. })),
            "{}",
            type_name(&ty)
        );
    }
}

#[test]
fn topics_of_what_does_not_fill_a_word_are_hashes() {
    let text = Value::String("note".into());
    assert_eq!(topic(&text, &Type::String).unwrap(), alloy_primitives::keccak256("note"));
    let counts = Value::Array(vec![Value::from(1), Value::from(2)]);
    let list = Type::Array(Box::new(int_type(false, 8)), None);
    let words = [B256::with_last_byte(1), B256::with_last_byte(2)].concat();
    assert_eq!(topic(&counts, &list).unwrap(), alloy_primitives::keccak256(words));
    assert_eq!(
        topic(&Value::Int((-1).into()), &int_type(true, 8)).unwrap(),
        B256::repeat_byte(0xff)
    );
    assert_eq!(from_topic(&list, B256::ZERO), Ok(None));
}

#[test]
fn single_values_are_packed_as_narrow_as_they_are() {
    let packed = |value: Value, ty: Type| hex::encode(encode_packed([(&value, &ty)]).unwrap());
    assert_eq!(packed(Value::Int((-2).into()), int_type(true, 16)), "fffe");
    assert_eq!(
        packed(Value::fixed_bytes(B256::repeat_byte(0xab), 3), Type::FixedBytes(3)),
        "ababab"
    );
    let minus = Value::Array(vec![Value::Int((-1).into())]);
    assert_eq!(packed(minus, Type::Array(Box::new(int_type(true, 8)), None)), "ff".repeat(32));
}
