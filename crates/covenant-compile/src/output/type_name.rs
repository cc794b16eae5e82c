//! Reads the type names that solc writes: in ABIs, storage layouts and syntax trees.

use crate::artifact::SolType;

impl SolType {
    /// Reads a type as solc names it: `struct Lease.Terms[2]`, `enum Status`, `mapping(address => uint256)`.
    /// A name that is nothing else is a user-defined value type. Nothing when it is not a type.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = without_location(text.trim());
        if let Some(inner) = text.strip_suffix(']') {
            let (element, length) = inner.rsplit_once('[')?;
            let length = if length.is_empty() { None } else { Some(length.parse().ok()?) };
            return Some(Self::Array(Box::new(Self::parse(element)?), length));
        }
        if let Some(inner) = text.strip_prefix("mapping(") {
            let (key, value) = inner.strip_suffix(')')?.split_once("=>")?;
            return Some(Self::Mapping(
                Box::new(Self::parse(first_word(key))?),
                Box::new(Self::parse(value)?),
            ));
        }
        match text.split_once(' ') {
            Some(("struct", name)) => Some(Self::Struct(name.into())),
            Some(("enum", name)) => Some(Self::Enum(name.into())),
            Some(("contract" | "interface" | "library", name)) => Some(Self::Contract(name.into())),
            Some(("address", "payable")) => Some(Self::Address),
            Some(("function", _)) => Some(Self::Function),
            Some(_) => None,
            None => Self::parse_word(text),
        }
    }

    /// Reads a type that is one word.
    fn parse_word(text: &str) -> Option<Self> {
        let bits = |digits: &str| {
            digits.parse::<u16>().ok().filter(|bits| (8..=256).contains(bits) && bits % 8 == 0)
        };
        Some(match text {
            "bool" => Self::Bool,
            "address" => Self::Address,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "byte" => Self::FixedBytes(1),
            "uint" => Self::Uint(256),
            "int" => Self::Int(256),
            "function" => Self::Function,
            _ if text.starts_with("function(") || text.starts_with("function ") => Self::Function,
            _ => {
                let elementary = if let Some(size) = text.strip_prefix("uint").and_then(bits) {
                    Some(Self::Uint(size))
                } else if let Some(size) = text.strip_prefix("int").and_then(bits) {
                    Some(Self::Int(size))
                } else {
                    let size =
                        text.strip_prefix("bytes").and_then(|digits| digits.parse::<u8>().ok());
                    size.filter(|size| (1..=32).contains(size)).map(Self::FixedBytes)
                };
                match elementary {
                    Some(elementary) => elementary,
                    None if is_name(text) => Self::Value(text.into()),
                    None => return None,
                }
            }
        })
    }
}

/// Drops where a value lives: `struct A.B storage ref`.
fn without_location(text: &str) -> &str {
    [" storage pointer", " storage ref", " storage", " memory", " calldata"]
        .iter()
        .find_map(|location| text.strip_suffix(location))
        .unwrap_or(text)
}

/// The key of a mapping may carry a name, and `contract X` or `enum X` is two words of type.
fn first_word(key: &str) -> &str {
    let key = key.trim();
    let words_of_type =
        if ["contract ", "enum ", "address payable"].iter().any(|prefix| key.starts_with(prefix)) {
            2
        } else {
            1
        };
    key.match_indices(' ').nth(words_of_type - 1).map_or(key, |(end, _)| &key[..end])
}

/// Whether a text is an identifier, perhaps with the contract before it.
fn is_name(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        let uint = || SolType::Uint(256);
        let array = |element, length| SolType::Array(Box::new(element), length);
        for (text, expected) in [
            ("uint256", uint()),
            ("int40", SolType::Int(40)),
            ("address payable", SolType::Address),
            ("bytes32", SolType::FixedBytes(32)),
            ("bytes", SolType::Bytes),
            ("struct Lease.Terms", SolType::Struct("Lease.Terms".into())),
            ("struct L.P[2][]", array(array(SolType::Struct("L.P".into()), Some(2)), None)),
            ("enum E", SolType::Enum("E".into())),
            ("contract IERC20", SolType::Contract("IERC20".into())),
            ("Lease.Id", SolType::Value("Lease.Id".into())),
            ("uint256x", SolType::Value("uint256x".into())),
            ("function (uint256) external returns (uint256)", SolType::Function),
            ("string storage ref", SolType::String),
            (
                "mapping(contract A => mapping(uint256 => struct B.S[] storage ref))",
                SolType::Mapping(
                    Box::new(SolType::Contract("A".into())),
                    Box::new(SolType::Mapping(
                        Box::new(uint()),
                        Box::new(array(SolType::Struct("B.S".into()), None)),
                    )),
                ),
            ),
        ] {
            assert_eq!(SolType::parse(text), Some(expected), "{text}");
        }
        for bad in ["", "]", "uint256[x]", "mapping(", "a b", "1x"] {
            assert_eq!(SolType::parse(bad), None, "{bad}");
        }
    }
}
