//! Storage by name: what a state variable of a contract holds, found by the layout that the compiler tells.

use alloy_primitives::{Address, B256, U256};
use covenant_chain::{Chain, ChainError, array_slot, mapping_slot, mapping_slot_of_bytes};
use covenant_compile::{Contract, SolType, StorageLayout, StorageSlot};

use crate::expr::{IntSize, Value, from_u256, from_word};

/// Longest text or bytes that are read.
const MOST_BYTES: usize = 1 << 16;

/// Why a variable could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The contract's storage layout is not known.
    #[error("the storage layout of `{contract}` is not known")]
    NoLayout {
        /// The contract.
        contract: String,
    },
    /// There is no such variable, member or element.
    #[error("`{name}` is not in the storage of the contract")]
    Unknown {
        /// The part of the path that was not found.
        name: String,
    },
    /// What the path leads to is not one value.
    #[error("`{path}` is not a single value; name a member, an index or a key")]
    NotAValue {
        /// The path.
        path: String,
    },
    /// A key or index that cannot be read as one.
    #[error("`{key}` is not a key of this type")]
    BadKey {
        /// As written.
        key: String,
    },
    /// The chain failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// A place in storage on the way to a value.
struct Place<'a> {
    slot: U256,
    offset: usize,
    ty: &'a SolType,
}

/// Reads a state variable: `count`, `locks[3].amount`, `balances[0x…]`, `list[0]`. Integers, booleans, addresses, fixed
/// bytes and enums (as their number), texts and bytes.
///
/// # Errors
/// When the layout is not known, nothing has this name, or it is not a single value.
pub fn storage(
    chain: &Chain,
    address: Address,
    contract: &Contract,
    path: &str,
) -> Result<Value, StorageError> {
    let layout = contract
        .storage
        .as_ref()
        .ok_or_else(|| StorageError::NoLayout { contract: contract.id.name.clone() })?;
    let (first, rest) = split(path);
    let mut place = member(&layout.slots, first, U256::ZERO)?;
    let mut rest = rest;
    while !rest.is_empty() {
        (place, rest) = step(layout, place, rest)?;
    }
    value(chain, address, &place, path)
}

/// The first name of a path, and what follows it.
fn split(path: &str) -> (&str, &str) {
    path.split_at(path.find(['.', '[']).unwrap_or(path.len()))
}

fn unknown(name: &str) -> StorageError {
    StorageError::Unknown { name: name.to_owned() }
}

fn member<'a>(slots: &'a [StorageSlot], name: &str, base: U256) -> Result<Place<'a>, StorageError> {
    let found = slots.iter().find(|slot| slot.label == name).ok_or_else(|| unknown(name))?;
    let slot: U256 = found.slot.parse().map_err(|_| unknown(name))?;
    Ok(Place { slot: base.wrapping_add(slot), offset: usize::from(found.offset), ty: &found.ty })
}

/// Follows one `.member` or `[key]`.
fn step<'a, 'p>(
    layout: &'a StorageLayout,
    place: Place<'a>,
    rest: &'p str,
) -> Result<(Place<'a>, &'p str), StorageError> {
    if let Some(rest) = rest.strip_prefix('.') {
        let (name, rest) = split(rest);
        let SolType::Struct(ty) = place.ty else { return Err(unknown(name)) };
        let members = layout.structs.get(ty).ok_or_else(|| unknown(name))?;
        return Ok((member(members, name, place.slot)?, rest));
    }
    let end = rest.find(']').ok_or_else(|| unknown(rest))?;
    let key = rest[..end].trim_start_matches('[').trim();
    let place = match place.ty {
        SolType::Mapping(ty, element) => {
            Place { slot: keyed(place.slot, ty, key)?, offset: 0, ty: element }
        }
        SolType::Array(element, length) => {
            let index: U256 =
                key.parse().map_err(|_| StorageError::BadKey { key: key.to_owned() })?;
            if length.is_some_and(|length| index >= U256::from(length)) {
                return Err(unknown(rest));
            }
            let start = if length.is_some() { place.slot } else { array_slot(place.slot) };
            element_at(layout, start, element, index).ok_or_else(|| unknown(rest))?
        }
        _ => return Err(unknown(rest)),
    };
    Ok((place, &rest[end + 1..]))
}

/// The slot of a mapping's value.
fn keyed(slot: U256, ty: &SolType, key: &str) -> Result<U256, StorageError> {
    let bad = || StorageError::BadKey { key: key.to_owned() };
    match ty {
        SolType::String => Ok(mapping_slot_of_bytes(slot, key.trim_matches('"').as_bytes())),
        SolType::Bool => {
            Ok(mapping_slot(slot, U256::from(key.parse::<bool>().map_err(|_| bad())?)))
        }
        SolType::Address | SolType::Contract(_) => {
            let address: Address = key.parse().map_err(|_| bad())?;
            Ok(mapping_slot(slot, address.into_word().into()))
        }
        SolType::FixedBytes(size) => {
            let bytes = alloy_primitives::hex::decode(key).map_err(|_| bad())?;
            if bytes.len() != usize::from(*size) {
                return Err(bad());
            }
            Ok(mapping_slot(slot, B256::right_padding_from(&bytes).into()))
        }
        SolType::Bytes => Err(bad()),
        _ => Ok(mapping_slot(slot, key.parse().map_err(|_| bad())?)),
    }
}

/// The place of an array's element: small ones share a slot, large ones have whole slots.
fn element_at<'a>(
    layout: &StorageLayout,
    start: U256,
    ty: &'a SolType,
    index: U256,
) -> Option<Place<'a>> {
    let size = size(ty);
    if let Some(size) = size.filter(|size| *size <= 16) {
        let per_slot = U256::from(32 / size);
        let offset = usize::try_from(index % per_slot).ok()? * size;
        return Some(Place { slot: start.wrapping_add(index / per_slot), offset, ty });
    }
    let slots = match ty {
        SolType::Struct(name) => {
            let members = layout.structs.get(name)?;
            let last = members.last()?;
            let begin: U256 = last.slot.parse().ok()?;
            begin + U256::from(last.bytes.div_ceil(32))
        }
        SolType::Array(_, Some(_)) => return None,
        _ => U256::ONE,
    };
    Some(Place { slot: start.wrapping_add(index.wrapping_mul(slots)), offset: 0, ty })
}

/// How many bytes a value takes; `None` for what is hashed elsewhere or has whole slots.
fn size(ty: &SolType) -> Option<usize> {
    match ty {
        SolType::Bool | SolType::Enum(_) => Some(1),
        SolType::Uint(bits) | SolType::Int(bits) => Some(usize::from(*bits / 8)),
        SolType::Address | SolType::Contract(_) => Some(20),
        SolType::FixedBytes(size) => Some(usize::from(*size)),
        SolType::Function => Some(24),
        _ => None,
    }
}

fn value(
    chain: &Chain,
    address: Address,
    place: &Place<'_>,
    path: &str,
) -> Result<Value, StorageError> {
    let not_a_value = || StorageError::NotAValue { path: path.to_owned() };
    if matches!(place.ty, SolType::String | SolType::Bytes) {
        let bytes = chain.storage_bytes(address, place.slot, MOST_BYTES)?;
        return Ok(match place.ty {
            SolType::String => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
            _ => Value::Bytes(bytes),
        });
    }
    // What a user-defined value type wraps is a detail that its layout entry has already resolved to a size.
    let size = size(place.ty).ok_or_else(not_a_value)?;
    let word = chain.storage_packed(address, place.slot, place.offset, size)?;
    Ok(match place.ty {
        SolType::Bool => Value::Bool(!word.is_zero()),
        SolType::Address | SolType::Contract(_) => Value::Address(Address::from_word(word.into())),
        SolType::FixedBytes(n) => {
            Value::fixed_bytes((word << (8 * (32 - usize::from(*n)))).into(), *n)
        }
        SolType::Int(bits) => Value::Int(signed(word, *bits).ok_or_else(not_a_value)?),
        _ => Value::Int(from_u256(word)),
    })
}

/// A two's complement number of some bits.
fn signed(word: U256, bits: u16) -> Option<num_bigint::BigInt> {
    let bits = usize::from(bits);
    let negative = word.bit(bits - 1);
    let wide = if negative && bits < 256 { word | (U256::MAX << bits) } else { word };
    from_word(wide.into(), IntSize { signed: true, bits: 256 })
}

#[cfg(test)]
mod tests {
    use covenant_chain::ChainOptions;
    use covenant_compile::{Code, ContractId, ContractKind, TypeDefs};

    use super::*;

    const HERE: Address = Address::repeat_byte(7);

    fn slot(label: &str, slot: u32, offset: u8, bytes: u64, ty: SolType) -> StorageSlot {
        StorageSlot { label: label.to_owned(), slot: slot.to_string(), offset, bytes, ty }
    }

    fn layout() -> StorageLayout {
        let lock = SolType::Struct("Vault.Lock".to_owned());
        StorageLayout {
            slots: vec![
                slot("count", 0, 0, 16, SolType::Uint(128)),
                slot("debt", 0, 16, 2, SolType::Int(16)),
                slot(
                    "locks",
                    1,
                    0,
                    32,
                    SolType::Mapping(Box::new(SolType::Uint(256)), Box::new(lock)),
                ),
                slot("times", 2, 0, 32, SolType::Array(Box::new(SolType::Uint(40)), None)),
                slot("name", 3, 0, 32, SolType::String),
            ],
            structs: [(
                "Vault.Lock".to_owned(),
                vec![
                    slot("who", 0, 0, 20, SolType::Address),
                    slot("amount", 1, 0, 32, SolType::Uint(256)),
                ],
            )]
            .into(),
        }
    }

    fn contract(storage: Option<StorageLayout>) -> Contract {
        Contract {
            id: ContractId { file: "Vault.sol".to_owned(), name: "Vault".to_owned() },
            kind: ContractKind::Contract,
            bases: Vec::new(),
            abi: Default::default(),
            creation: Code::default(),
            runtime: Code::default(),
            types: TypeDefs::default(),
            types_known: true,
            storage,
            notice: None,
        }
    }

    fn chain() -> Chain {
        let mut chain = Chain::new(ChainOptions::default()).unwrap();
        let mut set = |slot: U256, word: U256| chain.set_storage(HERE, slot, word).unwrap();
        set(U256::ZERO, (U256::from(0xfffe) << 128) | U256::from(5));
        let lock = mapping_slot(U256::ONE, U256::from(3));
        set(lock, Address::repeat_byte(9).into_word().into());
        set(lock + U256::ONE, U256::from(77));
        set(array_slot(U256::from(2)), U256::from(11) << 40);
        set(
            U256::from(3),
            U256::from_be_bytes(*b"rent\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08"),
        );
        chain
    }

    #[test]
    fn variables_are_read_by_name() {
        let (chain, contract) = (chain(), contract(Some(layout())));
        let read = |path: &str| storage(&chain, HERE, &contract, path).unwrap().to_string();
        assert_eq!(read("count"), "5");
        assert_eq!(read("debt"), "-2");
        assert_eq!(read("locks[3].amount"), "77");
        assert_eq!(read("locks[3].who"), Address::repeat_byte(9).to_string());
        assert_eq!(read("locks[4].amount"), "0");
        assert_eq!(read("times[1]"), "11");
        assert_eq!(read("name"), "\"rent\"");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let (chain, contract) = (chain(), contract(Some(layout())));
        let error = |path: &str| storage(&chain, HERE, &contract, path).unwrap_err().to_string();
        assert_eq!(error("counts"), "`counts` is not in the storage of the contract");
        assert_eq!(
            error("locks"),
            "`locks` is not a single value; name a member, an index or a key"
        );
        assert_eq!(error("locks[x].who"), "`x` is not a key of this type");
        assert_eq!(error("locks[3].whom"), "`whom` is not in the storage of the contract");
        assert_eq!(error("locks[3"), "`[3` is not in the storage of the contract");
        let bare = self::contract(None);
        let error = storage(&chain, HERE, &bare, "count").unwrap_err().to_string();
        assert_eq!(error, "the storage layout of `Vault` is not known");
    }
}
