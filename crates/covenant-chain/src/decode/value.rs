//! Values as a Solidity developer writes them.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, U256, hex};

/// How integers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// All digits: `1500000000000000000`.
    #[default]
    Plain,
    /// All digits, and large ones a second time with an exponent, as forge does: `1500000000000000000 [1.5e18]`.
    Hinted,
}

/// Numbers below this are easy to read as they are.
const HINTED_FROM: U256 = U256::from_limbs([10_000, 0, 0, 0]);

/// Writes a value; `name` gives an address its label, if it has one.
pub(super) fn written(
    value: &DynSolValue,
    numbers: Numbers,
    name: &impl Fn(Address) -> String,
) -> String {
    let each = |values: &[DynSolValue]| {
        values.iter().map(|value| written(value, numbers, name)).collect::<Vec<_>>().join(", ")
    };
    match value {
        DynSolValue::Bool(bit) => bit.to_string(),
        DynSolValue::Int(number, _) => {
            let sign = if number.is_negative() { "-" } else { "" };
            integer(sign, number.unsigned_abs(), numbers)
        }
        DynSolValue::Uint(number, _) => integer("", *number, numbers),
        DynSolValue::FixedBytes(word, size) => hex::encode_prefixed(&word[..*size]),
        DynSolValue::Address(address) => name(*address),
        DynSolValue::Function(function) => hex::encode_prefixed(function.as_slice()),
        DynSolValue::Bytes(bytes) => hex::encode_prefixed(bytes),
        DynSolValue::String(text) => format!("{text:?}"),
        DynSolValue::Array(values) | DynSolValue::FixedArray(values) => {
            format!("[{}]", each(values))
        }
        DynSolValue::Tuple(values) => format!("({})", each(values)),
        DynSolValue::CustomStruct { name: ty, prop_names, tuple } => {
            let field = |(field, value)| format!("{field}: {}", written(value, numbers, name));
            let fields = prop_names.iter().zip(tuple).map(field).collect::<Vec<_>>();
            format!("{ty}({{{}}})", fields.join(", "))
        }
    }
}

fn integer(sign: &str, number: U256, numbers: Numbers) -> String {
    if numbers == Numbers::Plain || number < HINTED_FROM {
        return format!("{sign}{number}");
    }
    format!("{sign}{number} [{}]", scientific(sign, number))
}

/// The first digits, rounded down to three after the point, and the exponent: 1500 is `1.5e3`.
fn scientific(sign: &str, number: U256) -> String {
    let digits = number.to_string();
    let exponent = digits.len() - 1;
    let (first, rest) = digits.split_at(1);
    let rest = rest[..rest.len().min(3)].trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}e{exponent}")
}
