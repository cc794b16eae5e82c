//! How values read: as one would write them in Solidity, with names in the place of known addresses.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Write as _},
};

use alloy_primitives::{Address, hex};

use super::{amount::grouped, data::Value};

/// The names that addresses go by: actors, contracts and tokens of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    by_address: BTreeMap<Address, String>,
}

impl Names {
    /// Names an address; the first name stays.
    pub fn insert(&mut self, address: Address, name: impl Into<String>) {
        self.by_address.entry(address).or_insert_with(|| name.into());
    }

    /// The name of an address, if it has one.
    pub fn get(&self, address: Address) -> Option<&str> {
        self.by_address.get(&address).map(String::as_str)
    }

    /// The name of an address, or the address itself with its checksum.
    pub fn label(&self, address: Address) -> String {
        self.get(address).map_or_else(|| address.to_checksum(None), str::to_owned)
    }

    /// Every named address, in order of address.
    pub fn iter(&self) -> impl Iterator<Item = (Address, &str)> {
        self.by_address.iter().map(|(address, name)| (*address, name.as_str()))
    }
}

impl Value {
    /// The value as text, with names for the addresses that have one.
    pub const fn display<'a>(&'a self, names: &'a Names) -> Shown<'a> {
        Shown { value: self, names: Some(names) }
    }
}

/// Without names: addresses are checksummed.
impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown { value: self, names: None }.fmt(f)
    }
}

/// A value to be printed; made by [`Value::display`].
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    value: &'a Value,
    names: Option<&'a Names>,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Value::Int(number) => f.write_str(&grouped(number)),
            Value::Bool(truth) => truth.fmt(f),
            Value::Address(address) => match self.names.and_then(|names| names.get(*address)) {
                Some(name) => f.write_str(name),
                None => f.write_str(&address.to_checksum(None)),
            },
            Value::FixedBytes(word, n) => {
                f.write_str(&hex::encode_prefixed(&word[..usize::from(*n).min(32)]))
            }
            Value::Bytes(bytes) => f.write_str(&hex::encode_prefixed(bytes)),
            Value::String(text) => quoted(f, text),
            Value::Array(elements) => self.list(f, "[", elements, "]"),
            Value::Tuple(values) => self.list(f, "(", values, ")"),
            Value::Struct(ty, fields) => {
                write!(f, "{}({{", ty.name)?;
                for (place, ((name, _), field)) in ty.fields.iter().zip(fields).enumerate() {
                    write!(
                        f,
                        "{}{name}: {}",
                        comma(place),
                        Shown { value: field, names: self.names }
                    )?;
                }
                f.write_str("})")
            }
            Value::Enum(ty, number) => match ty.members.get(usize::from(*number)) {
                Some(member) => write!(f, "{}.{member}", ty.name),
                None => write!(f, "{}({number})", ty.name),
            },
        }
    }
}

impl Shown<'_> {
    fn list(
        &self,
        f: &mut fmt::Formatter<'_>,
        open: &str,
        values: &[Value],
        close: &str,
    ) -> fmt::Result {
        f.write_str(open)?;
        for (place, value) in values.iter().enumerate() {
            write!(f, "{}{}", comma(place), Shown { value, names: self.names })?;
        }
        f.write_str(close)
    }
}

const fn comma(place: usize) -> &'static str {
    if place == 0 { "" } else { ", " }
}

/// A string literal: quotes, backslashes and control characters escaped as in Solidity.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            invisible if is_invisible(invisible) => write!(f, "\\u{:04x}", u32::from(invisible))?,
            plain => f.write_char(plain)?,
        }
    }
    f.write_char('"')
}

/// Control characters, and those that reorder the text around them: shown raw they could make a report lie.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alloy_primitives::{B256, address};

    use super::*;
    use crate::expr::types::{EnumType, StructType, Type};

    #[test]
    fn values_read_as_solidity() {
        let tenant = address!("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        let terms = Arc::new(StructType {
            name: "Lease.Terms".into(),
            fields: vec![("tenant".into(), Type::Address(None)), ("rent".into(), Type::Int(None))],
        });
        let status = Arc::new(EnumType {
            name: "Lease.Status".into(),
            members: vec!["Open".into(), "Closed".into()],
        });
        let mut names = Names::default();
        names.insert(tenant, "tenant");
        let number = |n: i64| Value::Int(n.into());
        for (value, plain, named) in [
            (number(-5_000_000), "-5_000_000", None),
            (number(999), "999", None),
            (Value::Bool(true), "true", None),
            (Value::Address(tenant), "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Some("tenant")),
            (Value::fixed_bytes(B256::repeat_byte(0xab), 4), "0xabababab", None),
            (Value::Bytes(Vec::new()), "0x", None),
            (Value::String("a \"b\"\n\\ é \u{202e}".into()), r#""a \"b\"\n\\ é \u202e""#, None),
            (Value::Array(vec![number(1), number(2)]), "[1, 2]", None),
            (Value::NOTHING, "()", None),
            (
                Value::Struct(terms, vec![Value::Address(tenant), number(1_000)]),
                "Lease.Terms({tenant: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, rent: 1_000})",
                Some("Lease.Terms({tenant: tenant, rent: 1_000})"),
            ),
            (Value::Enum(status.clone(), 1), "Lease.Status.Closed", None),
            (Value::Enum(status, 7), "Lease.Status(7)", None),
        ] {
            assert_eq!(value.to_string(), plain);
            assert_eq!(value.display(&names).to_string(), named.unwrap_or(plain));
        }
    }

    #[test]
    fn equality_is_by_content() {
        let named =
            |name: &str| Arc::new(EnumType { name: name.into(), members: vec!["A".into()] });
        assert_eq!(Value::Enum(named("S"), 0), Value::Enum(named("S"), 0));
        assert_ne!(Value::Enum(named("S"), 0), Value::Enum(named("T"), 0));
        assert_ne!(Value::fixed_bytes(B256::ZERO, 4), Value::fixed_bytes(B256::ZERO, 5));
        assert_ne!(Value::Array(Vec::new()), Value::Tuple(Vec::new()));
    }
}
