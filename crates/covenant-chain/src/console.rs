//! `console.log` of Foundry and Hardhat: calls to an address without code, whose input is the message.

use std::{collections::BTreeMap, iter, sync::OnceLock};

use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::{Address, I256, Selector, U256, address, hex, keccak256};
use revm::{
    Inspector,
    interpreter::{CallInputs, CallOutcome},
};

use crate::engine::EvmContext;

/// Where the messages go: "console.log" in ASCII.
pub const CONSOLE: Address = address!("0x000000000000000000636F6e736F6c652e6c6f67");

/// Collects the lines that a transaction writes.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    lines: Vec<String>,
}

impl Listener {
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

impl Inspector<EvmContext> for Listener {
    fn call(&mut self, context: &mut EvmContext, inputs: &mut CallInputs) -> Option<CallOutcome> {
        if inputs.target_address == CONSOLE {
            let input = inputs.input.bytes(context);
            self.lines.extend(console_line(&input));
        }
        None
    }
}

/// The line that a call to [`CONSOLE`] with this input writes; `None` if it is not one of the known functions.
pub fn console_line(input: &[u8]) -> Option<String> {
    let (selector, data) = input.split_first_chunk::<4>()?;
    let types = signatures().get(selector)?;
    let values = DynSolType::Tuple(types.clone()).abi_decode_params(data).ok()?;
    let DynSolValue::Tuple(values) = values else { return None };
    Some(line(&values))
}

/// Every function of the two libraries, by selector.
fn signatures() -> &'static BTreeMap<[u8; 4], Vec<DynSolType>> {
    static TABLE: OnceLock<BTreeMap<[u8; 4], Vec<DynSolType>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = BTreeMap::new();
        let mut add = |name: &str, spelt: &[&str]| {
            let types =
                spelt.iter().map(|it| it.parse().expect("the types are spelt right")).collect();
            let selector: Selector =
                keccak256(format!("{name}({})", spelt.join(",")))[..4].try_into().expect("4 bytes");
            table.insert(selector.0, types);
        };
        combinations().iter().for_each(|types| add("log", types));
        let bytes: Vec<String> = (1..=32).map(|size| format!("bytes{size}")).collect();
        for ty in ["int256", "int", "bytes"].into_iter().chain(bytes.iter().map(String::as_str)) {
            add("log", &[ty]);
        }
        add("log", &["string", "int256"]);
        add("log", &["string", "int"]);
        let named = [
            ("logInt", "int256"),
            ("logInt", "int"),
            ("logUint", "uint256"),
            ("logUint", "uint"),
            ("logString", "string"),
            ("logBool", "bool"),
            ("logAddress", "address"),
            ("logBytes", "bytes"),
        ];
        named.iter().for_each(|(name, ty)| add(name, &[ty]));
        bytes.iter().for_each(|ty| add(&format!("logB{}", &ty[1..]), &[ty]));
        table
    })
}

/// Up to four parameters; old versions of Hardhat's library spelt `uint256` as `uint`, which is another selector.
fn combinations() -> Vec<Vec<&'static str>> {
    ["uint256", "uint"]
        .into_iter()
        .flat_map(|uint| {
            let longer = move |shorter: &Vec<Vec<&'static str>>| {
                let extend = |types: &Vec<&'static str>| {
                    [uint, "string", "bool", "address"]
                        .map(|ty| types.iter().copied().chain([ty]).collect::<Vec<_>>())
                };
                Some(shorter.iter().flat_map(extend).collect())
            };
            iter::successors(Some(vec![vec![]]), longer).take(5).flatten()
        })
        .collect()
}

/// Puts values into the placeholders of the first, if that is a string, and the rest behind it.
fn line(values: &[DynSolValue]) -> String {
    let Some((DynSolValue::String(format), rest)) = values.split_first() else {
        return values.iter().map(plain).collect::<Vec<_>>().join(" ");
    };
    let mut rest = rest.iter();
    let mut text = String::new();
    let mut characters = format.chars().peekable();
    while let Some(character) = characters.next() {
        let placeholder = characters.peek().copied().filter(|_| character == '%');
        match placeholder {
            Some('%') => text.push('%'),
            Some(kind @ ('s' | 'd' | 'i' | 'x' | 'o' | 'e' | 'f' | 'j' | 'O'))
                if rest.len() > 0 =>
            {
                text.extend(rest.next().map(|value| formatted(kind, value)));
            }
            _ => {
                text.push(character);
                continue;
            }
        }
        characters.next();
    }
    rest.for_each(|value| {
        text.push(' ');
        text.push_str(&plain(value));
    });
    text
}

fn formatted(kind: char, value: &DynSolValue) -> String {
    match (kind, value) {
        ('x', DynSolValue::Uint(number, _)) => format!("{number:#x}"),
        ('x', DynSolValue::Int(number, _)) => {
            let sign = if number.is_negative() { "-" } else { "" };
            format!("{sign}{:#x}", number.unsigned_abs())
        }
        ('x', DynSolValue::String(text)) => hex::encode_prefixed(text),
        ('e', DynSolValue::Uint(number, _)) => scientific("", *number),
        ('e', DynSolValue::Int(number, _)) => {
            scientific(if number.is_negative() { "-" } else { "" }, number.unsigned_abs())
        }
        ('d' | 'i' | 'f', DynSolValue::Bool(bit)) => u8::from(*bit).to_string(),
        ('d' | 'i' | 'f', DynSolValue::Address(address)) => {
            U256::from_be_slice(address.as_slice()).to_string()
        }
        ('d' | 'i' | 'f', DynSolValue::String(_)) => "NaN".to_owned(),
        _ => plain(value),
    }
}

/// All digits that are not trailing zeros, then the exponent: 1500 is `1.5e3`.
fn scientific(sign: &str, number: U256) -> String {
    let digits = number.to_string();
    let significant = digits.trim_end_matches('0');
    let Some((first, rest)) = significant.split_at_checked(1) else { return "0e0".to_owned() };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}e{}", digits.len() - 1)
}

fn plain(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Bool(bit) => bit.to_string(),
        DynSolValue::Int(number, _) => I256::to_string(number),
        DynSolValue::Uint(number, _) => number.to_string(),
        DynSolValue::Address(address) => address.to_string(),
        DynSolValue::String(text) => text.clone(),
        DynSolValue::Bytes(bytes) => hex::encode_prefixed(bytes),
        DynSolValue::FixedBytes(word, size) => hex::encode_prefixed(&word[..*size]),
        // No function of the libraries takes anything else.
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(signature: &str, values: &[DynSolValue]) -> Option<String> {
        let mut input = keccak256(signature)[..4].to_vec();
        input.extend(DynSolValue::Tuple(values.to_vec()).abi_encode_params());
        console_line(&input)
    }

    fn uint(number: u64) -> DynSolValue {
        DynSolValue::Uint(U256::from(number), 256)
    }

    fn string(text: &str) -> DynSolValue {
        DynSolValue::String(text.to_owned())
    }

    #[test]
    fn joins_values_with_spaces() {
        let values =
            [string("paid"), uint(7), DynSolValue::Bool(true), DynSolValue::Address(Address::ZERO)];
        let expected = "paid 7 true 0x0000000000000000000000000000000000000000";
        assert_eq!(written("log(string,uint256,bool,address)", &values).unwrap(), expected);
        assert_eq!(written("log()", &[]).unwrap(), "");
        assert_eq!(written("log(uint)", &[uint(5)]).unwrap(), "5");
        assert_eq!(
            written("logBytes2(bytes2)", &[DynSolValue::FixedBytes(keccak256(""), 2)]).unwrap(),
            "0xc5d2"
        );
    }

    #[test]
    fn fills_placeholders() {
        let cases = [
            ("%s of %d", vec![uint(1), uint(2)], "1 of 2"),
            ("100%% of %x", vec![uint(255)], "100% of 0xff"),
            ("%e", vec![uint(1500)], "1.5e3"),
            ("%e", vec![uint(0)], "0e0"),
            ("left", vec![uint(3)], "left 3"),
            ("%z%", vec![uint(3)], "%z% 3"),
            ("%s %s", vec![uint(3)], "3 %s"),
        ];
        for (format, rest, expected) in cases {
            let types = rest.iter().map(|_| ",uint256").collect::<String>();
            let values: Vec<_> = iter::once(string(format)).chain(rest).collect();
            assert_eq!(
                written(&format!("log(string{types})"), &values).unwrap(),
                expected,
                "{format}"
            );
        }
        let minus = DynSolValue::Int(I256::MINUS_ONE, 256);
        assert_eq!(written("log(string,int256)", &[string("%d %x"), minus]).unwrap(), "-1 %x");
    }

    #[test]
    fn ignores_what_it_does_not_know() {
        assert_eq!(console_line(&[1, 2, 3, 4, 5]), None);
        assert_eq!(console_line(&[]), None);
        assert_eq!(written("log(string)", &[]), None);
    }
}
