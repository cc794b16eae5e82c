//! Words of the EVM as values of types, and back.

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use covenant_scenario::{
    expr::{IntSize, Kind, Type, Typed, Value, from_u256, grouped, to_u256},
    source::Span,
};
use num_bigint::BigInt;

use super::params::Candidate;

/// Whether a value of this type is one word, in which every value has its place.
pub(crate) const fn is_word(ty: &Type) -> bool {
    matches!(ty, Type::Int(_) | Type::Address(_) | Type::FixedBytes(_))
}

/// The value that a word holds; `None` where it holds none of this type.
pub(crate) fn value(word: U256, ty: &Type) -> Option<Value> {
    match ty {
        Type::Int(size) => {
            let size = size.unwrap_or(IntSize::UINT256);
            let number = from_u256(word);
            let is_negative = size.signed && word.bit(255);
            let number = if is_negative { number - (BigInt::from(1) << 256_u32) } else { number };
            size.holds(&number).then_some(Value::Int(number))
        }
        Type::Address(_) => {
            (word >> 160 == U256::ZERO).then(|| Address::from_word(word.into()).into())
        }
        Type::FixedBytes(length) => {
            let below = 256 - 8 * usize::from(*length);
            let is_clean = below == 0 || word << (256 - below) == U256::ZERO;
            is_clean.then(|| Value::fixed_bytes(word.into(), *length))
        }
        Type::Bool => (word <= U256::ONE).then(|| (word == U256::ONE).into()),
        Type::Enum(enumeration) => {
            let number = u8::try_from(word).ok()?;
            let is_member = usize::from(number) < enumeration.members.len();
            is_member.then(|| Value::Enum(Arc::clone(enumeration), number))
        }
        _ => None,
    }
}

/// The least words of the values of a type: where they begin, and where those below zero do.
pub(crate) fn least(ty: &Type) -> Vec<U256> {
    match ty {
        Type::Int(Some(size)) if size.signed => {
            vec![U256::ZERO, U256::MAX << usize::from(size.bits - 1)]
        }
        _ => vec![U256::ZERO],
    }
}

/// The least word from here on that holds a value of a type, unless it is the least of all.
pub(crate) fn next(word: U256, ty: &Type) -> Option<U256> {
    let next = match ty {
        Type::Int(Some(size)) if size.signed => {
            let negative = U256::MAX << usize::from(size.bits - 1);
            if value(word, ty).is_some() { word } else { negative }
        }
        Type::FixedBytes(length) => {
            let unit = U256::ONE << (256 - 8 * usize::from(*length));
            let rest = word % unit;
            if rest == U256::ZERO { word } else { (word - rest).checked_add(unit)? }
        }
        _ => word,
    };
    (next != U256::ZERO && value(next, ty).is_some()).then_some(next)
}

/// A value as a scenario writes it.
pub(crate) fn constant(value: Value, ty: &Type, span: Span) -> Candidate {
    let text = match &value {
        Value::Int(number) => grouped(number),
        Value::Address(address) => format!("address({address})"),
        other => other.to_string(),
    };
    let word = word(&value);
    let typed = Typed { kind: Kind::Constant(value), ty: ty.clone(), span };
    Candidate { typed, text, word, is_rare: false }
}

/// The word that a value is.
pub(crate) fn word(value: &Value) -> Option<U256> {
    match value {
        Value::Int(number) => {
            let number = number.clone();
            let is_negative = number < BigInt::from(0);
            to_u256(&if is_negative { number + (BigInt::from(1) << 256_u32) } else { number })
        }
        Value::Address(address) => Some(U256::from_be_slice(address.as_slice())),
        Value::FixedBytes(word, _) => Some((*word).into()),
        _ => None,
    }
}

/// Whether a value is one of a type: numbers may be too large for it.
pub(crate) fn holds(ty: &Type, value: &Value) -> bool {
    match (ty, value) {
        (Type::Int(Some(size)), Value::Int(number)) => size.holds(number),
        _ => true,
    }
}

/// Whether an expression is the number zero.
pub(crate) fn is_zero(typed: &Typed) -> bool {
    matches!(&typed.kind, Kind::Constant(Value::Int(number)) if *number == 0.into())
}

/// The words of calldata in which a value of a type stands, and what each can hold; `None` where it stands elsewhere.
pub(crate) fn leaves(ty: &Type) -> Option<Vec<Type>> {
    Some(match ty {
        Type::Bytes | Type::String | Type::Array(_, None) => return None,
        Type::Array(element, Some(length)) => {
            let one = leaves(element)?;
            std::iter::repeat_n(one, *length).flatten().collect()
        }
        Type::Struct(structure) => {
            let fields = structure.fields.iter().map(|(_, ty)| leaves(ty));
            fields.collect::<Option<Vec<_>>>()?.concat()
        }
        Type::Tuple(items) => {
            let items = items.iter().map(|(_, ty)| leaves(ty));
            items.collect::<Option<Vec<_>>>()?.concat()
        }
        word => vec![word.clone()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For every word, as far as one can see, the next is what one finds by going up.
    #[test]
    fn the_next_word_of_a_type_is_the_first_on_the_way_up() {
        let signed = Type::Int(Some(IntSize { signed: true, bits: 8 }));
        let unsigned = Type::Int(Some(IntSize { signed: false, bits: 8 }));
        let words = |bases: [U256; 3]| {
            bases
                .into_iter()
                .flat_map(|base| (0..400_u64).map(move |by| base.wrapping_add(U256::from(by))))
        };
        let low = U256::MAX - U256::from(300);
        for word in words([U256::ZERO, low, U256::ONE << 255]) {
            let expected = if word == U256::ZERO {
                None
            } else if word < U256::from(128) || word >= U256::MAX - U256::from(127) {
                Some(word)
            } else {
                Some(U256::MAX - U256::from(127))
            };
            assert_eq!(next(word, &signed), expected, "{word}");
            let expected = (word != U256::ZERO && word < U256::from(256)).then_some(word);
            assert_eq!(next(word, &unsigned), expected, "{word}");
        }
        let unit = U256::ONE << 240;
        let bytes = Type::FixedBytes(2);
        assert_eq!(next(U256::ZERO, &bytes), None);
        assert_eq!(next(U256::ONE, &bytes), Some(unit));
        assert_eq!(next(unit, &bytes), Some(unit));
        assert_eq!(next(unit + U256::ONE, &bytes), Some(unit * U256::from(2)));
        assert_eq!(next(U256::MAX, &bytes), None);
        assert_eq!(next(U256::MAX, &Type::FixedBytes(32)), Some(U256::MAX));
        assert_eq!(next(U256::ONE << 160, &Type::ADDRESS), None);
    }
}
