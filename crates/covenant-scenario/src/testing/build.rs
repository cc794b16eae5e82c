//! Worlds, types, values and expressions, made by hand.

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};
use covenant_chain::{Chain, ChainOptions, Key};

use super::contracts::contract;
use crate::{
    expr::{
        ActorId, BinaryOp, EnumType, FunctionRef, IntSize, Kind, StructType, Type, Typed, Value,
    },
    source::{FileId, Span},
    world::{ActorState, World},
};

/// Some place.
pub(crate) const SPAN: Span = Span { file: FileId(0), start: 0, end: 1 };

/// A world with `alice`, who has a key, `bob`, who has one too, and `carol`, who has none.
pub(crate) fn world() -> World {
    let mut world = World::new(Chain::new(ChainOptions::default()).unwrap());
    for name in ["alice", "bob", "carol"] {
        let key = Key::derive(name);
        world.chain.set_balance(key.address(), U256::from(1_000)).unwrap();
        let address = key.address();
        world.add_actor(ActorState {
            name: name.into(),
            address,
            key: (name != "carol").then_some(key),
            via: None,
        });
    }
    world
}

pub(crate) const fn typed(kind: Kind, ty: Type) -> Typed {
    Typed { kind, ty, span: SPAN }
}

pub(crate) const fn int_type(signed: bool, bits: u16) -> Type {
    Type::Int(Some(IntSize { signed, bits }))
}

/// A constant.
pub(crate) fn constant(value: impl Into<Value>, ty: Type) -> Typed {
    typed(Kind::Constant(value.into()), ty)
}

/// An integer of no declared width.
pub(crate) fn int(number: i64) -> Typed {
    constant(Value::Int(number.into()), Type::Int(None))
}

/// A string.
pub(crate) fn text(words: &str) -> Typed {
    constant(Value::String(words.into()), Type::String)
}

/// An actor's address.
pub(crate) const fn actor(id: usize) -> Typed {
    typed(Kind::Actor(ActorId(id)), Type::Address(None))
}

/// An address.
pub(crate) fn at(address: Address) -> Typed {
    constant(address, Type::Address(None))
}

/// An operation on integers or truth values.
pub(crate) fn binary(op: BinaryOp, left: Typed, right: Typed) -> Typed {
    typed(Kind::Binary(op, Box::new(left), Box::new(right)), Type::Int(None))
}

/// Arguments with the types that they are encoded as.
pub(crate) fn args(list: impl IntoIterator<Item = (Typed, Type)>) -> (Vec<Typed>, Arc<[Type]>) {
    let (args, types): (Vec<_>, Vec<_>) = list.into_iter().unzip();
    (args, types.into())
}

/// A view call.
pub(crate) fn call(
    name: &str,
    target: Address,
    function: &str,
    (args, inputs): (Vec<Typed>, Arc<[Type]>),
    output: Type,
) -> Typed {
    let contract = contract(name);
    let function = Arc::new(contract.abi.function(function).unwrap()[0].clone());
    let function = FunctionRef {
        contract,
        selector: function.selector(),
        function,
        inputs,
        output: output.clone(),
    };
    typed(Kind::Call { target: Box::new(at(target)), function, args }, output)
}

/// `Probe.Item` and `Probe.Terms`.
pub(crate) fn terms() -> (Arc<StructType>, Arc<StructType>) {
    let field = |name: &str, ty: Type| (name.to_owned(), ty);
    let list = |ty: Type| Type::Array(Box::new(ty), None);
    let item = Arc::new(StructType {
        name: "Probe.Item".into(),
        fields: vec![field("id", Type::FixedBytes(32)), field("counts", list(int_type(false, 8)))],
    });
    let status =
        EnumType { name: "Probe.Status".into(), members: vec!["Open".into(), "Closed".into()] };
    let terms = StructType {
        name: "Probe.Terms".into(),
        fields: vec![
            field("party", Type::Address(None)),
            field("status", Type::Enum(Arc::new(status))),
            field("items", list(Type::Struct(item.clone()))),
            field("delta", int_type(true, 64)),
            field("note", Type::String),
            field("data", Type::Bytes),
            field("flags", Type::Array(Box::new(Type::Bool), Some(2))),
        ],
    };
    (item, Arc::new(terms))
}

/// Some `Probe.Terms`.
pub(crate) fn terms_value(party: Address) -> Value {
    let (item, terms) = terms();
    let Type::Enum(status) = &terms.fields[1].1 else { panic!("the second field is an enum") };
    let counts =
        |numbers: &[u64]| Value::Array(numbers.iter().map(|number| Value::from(*number)).collect());
    let items = [(1, counts(&[1, 255])), (2, counts(&[]))].map(|(id, counts)| {
        Value::Struct(item.clone(), vec![B256::with_last_byte(id).into(), counts])
    });
    let fields = vec![
        party.into(),
        Value::Enum(status.clone(), 1),
        Value::Array(items.to_vec()),
        Value::Int((-7).into()),
        Value::String("a note that is longer than the thirty-two bytes of a word".into()),
        Value::Bytes(vec![1, 2, 3]),
        Value::Array(vec![true.into(), false.into()]),
    ];
    Value::Struct(terms, fields)
}
