use alloy_dyn_abi::TypedData;
use alloy_primitives::{Address, B256, U256, address};
use serde_json::json;

use super::*;
use crate::{
    expr::{EvalErrorKind, StructType, Type, Value, abi::encode_params},
    testing::{int_type, terms, terms_value},
};

const PARTY: Address = address!("00000000000000000000000000000000000000aa");

/// What `eip712Domain()` returns when it names `fields`.
fn domain_data(fields: u8, extensions: usize) -> Vec<u8> {
    let uint256 = int_type(false, 256);
    let list = Type::Array(Box::new(uint256.clone()), None);
    let values = [
        (Value::fixed_bytes(B256::from(U256::from(fields) << 248), 1), Type::FixedBytes(1)),
        (Value::String("Probe".into()), Type::String),
        (Value::String("1".into()), Type::String),
        (Value::from(31_337), uint256),
        (PARTY.into(), Type::Address(None)),
        (B256::with_last_byte(9).into(), Type::FixedBytes(32)),
        (Value::Array(vec![Value::from(5); extensions]), list),
    ];
    encode_params(values.iter().map(|(value, ty)| (value, ty))).unwrap()
}

#[test]
fn digests_equal_those_of_another_implementation() {
    let domain = Domain::decode(&domain_data(0x0f, 0)).unwrap();
    let value = terms_value(PARTY);
    let (_, ty) = terms();
    let typed_data: TypedData = serde_json::from_value(json!({
        "types": {
            "Item": [{"name": "id", "type": "bytes32"}, {"name": "counts", "type": "uint8[]"}],
            "Terms": [
                {"name": "party", "type": "address"},
                {"name": "status", "type": "uint8"},
                {"name": "items", "type": "Item[]"},
                {"name": "delta", "type": "int64"},
                {"name": "note", "type": "string"},
                {"name": "data", "type": "bytes"},
                {"name": "flags", "type": "bool[2]"},
            ],
        },
        "primaryType": "Terms",
        "domain": {"name": "Probe", "version": "1", "chainId": 31337, "verifyingContract": PARTY},
        "message": {
            "party": PARTY,
            "status": 1,
            "items": [
                {"id": B256::with_last_byte(1), "counts": [1, 255]},
                {"id": B256::with_last_byte(2), "counts": []},
            ],
            "delta": -7,
            "note": "a note that is longer than the thirty-two bytes of a word",
            "data": "0x010203",
            "flags": [true, false],
        },
    }))
    .unwrap();

    assert_eq!(encode_type(&ty).unwrap(), typed_data.encode_type().unwrap());
    assert_eq!(hash_struct(&value, &ty).unwrap(), typed_data.hash_struct().unwrap());
    assert_eq!(domain.separator(), typed_data.domain.separator());
    assert_eq!(
        digest(domain.separator(), &value, &ty).unwrap(),
        typed_data.eip712_signing_hash().unwrap()
    );
}

#[test]
fn a_type_is_described_with_what_it_refers_to_in_order() {
    let field = |name: &str, ty: Type| (name.to_owned(), ty);
    let leaf =
        |name: &str| StructType { name: name.into(), fields: vec![field("x", int_type(true, 24))] };
    let (zebra, ant) = (Type::Struct(leaf("A.Zebra").into()), Type::Struct(leaf("Ant").into()));
    let mail = StructType {
        name: "Post.Mail".into(),
        fields: vec![
            field("z", Type::Array(Box::new(Type::Array(Box::new(zebra.clone()), Some(3))), None)),
            field("a", ant),
            field("again", zebra.clone()),
        ],
    };
    assert_eq!(
        encode_type(&mail).unwrap(),
        "Mail(Zebra[3][] z,Ant a,Zebra again)Ant(int24 x)Zebra(int24 x)"
    );

    let other = StructType { name: "B.Zebra".into(), fields: vec![field("y", Type::Bool)] };
    let both = StructType {
        name: "Both".into(),
        fields: vec![field("a", zebra), field("b", Type::Struct(other.into()))],
    };
    assert!(
        matches!(encode_type(&both), Err(EvalErrorKind::TypedData(words)) if words.contains("`Zebra`"))
    );
}

#[test]
fn a_domain_has_the_parts_that_it_names() {
    let full = Domain::decode(&domain_data(0b1_1111, 0)).unwrap();
    let separators: Vec<B256> = (0..32)
        .map(|fields| Domain::decode(&domain_data(fields, 0)).unwrap().separator())
        .collect();
    let mut distinct = separators.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 32);
    assert_eq!(separators[31], full.separator());

    assert!(Domain::decode(&domain_data(0x2f, 0)).unwrap_err().contains("0x2f"));
    assert!(Domain::decode(&domain_data(0x0f, 1)).unwrap_err().contains("extensions"));
    assert!(Domain::decode(&[]).unwrap_err().contains("0 bytes"));
}

#[test]
fn a_field_that_does_not_fit_is_refused() {
    let (_, ty) = terms();
    let Value::Struct(name, mut fields) = terms_value(PARTY) else { panic!("terms are a struct") };
    fields[3] = Value::Int(i128::from(i64::MAX).into());
    assert!(hash_struct(&Value::Struct(name.clone(), fields.clone()), &ty).is_ok());
    fields[3] = Value::Int((i128::from(i64::MAX) + 1).into());
    assert!(matches!(
        hash_struct(&Value::Struct(name, fields), &ty),
        Err(EvalErrorKind::OutOfRange { ty, .. }) if ty == "int64"
    ));
}
