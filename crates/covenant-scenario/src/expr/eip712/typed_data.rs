//! EIP-712: typed structured data, hashed for signing.

use std::{borrow::Cow, collections::BTreeMap};

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::Eip712Domain;

use crate::expr::{
    abi::{decode_params, to_dyn},
    eval::EvalErrorKind,
    types::{IntSize, StructType, Type},
    value::Value,
};

/// The domain that a contract declares through `eip712Domain()` (ERC-5267).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    parts: Eip712Domain,
}

impl Domain {
    /// Reads what `eip712Domain()` returned. Only the parts that its first byte names belong to the domain.
    ///
    /// # Errors
    /// In words: when the data is something else, names parts that nobody has defined, or uses extensions.
    pub fn decode(output: &[u8]) -> Result<Self, String> {
        let uint256 = Type::Int(Some(IntSize { signed: false, bits: 256 }));
        let extensions = Type::Array(Box::new(uint256.clone()), None);
        let types = [
            &Type::FixedBytes(1),
            &Type::String,
            &Type::String,
            &uint256,
            &Type::Address(None),
            &Type::FixedBytes(32),
            &extensions,
        ];
        let values = decode_params(&types, output)
            .map_err(|error| format!("`eip712Domain()` (ERC-5267): {error}"))?;
        let Ok(
            [
                Value::FixedBytes(fields, _),
                name,
                version,
                chain_id,
                contract,
                salt,
                Value::Array(extensions),
            ],
        ) = <[Value; 7]>::try_from(values)
        else {
            return Err("`eip712Domain()` returned something else".into());
        };
        if !extensions.is_empty() {
            return Err("it uses extensions (ERC-5267)".into());
        }
        let fields = fields[0];
        if fields & !0b1_1111 != 0 {
            return Err(format!("it names parts that ERC-5267 does not define (0x{fields:02x})"));
        }
        let text = |bit: u8, value: Value| match value {
            Value::String(text) if fields & bit != 0 => Some(Cow::Owned(text)),
            _ => None,
        };
        Ok(Self {
            parts: Eip712Domain {
                name: text(1, name),
                version: text(2, version),
                chain_id: chain_id.as_amount().filter(|_| fields & 4 != 0),
                verifying_contract: contract.as_address().filter(|_| fields & 8 != 0),
                salt: match salt {
                    Value::FixedBytes(salt, _) if fields & 16 != 0 => Some(salt),
                    _ => None,
                },
            },
        })
    }

    /// The domain of a contract that says no more of it than its name and, perhaps, its version.
    pub fn of_contract(
        name: String,
        version: Option<String>,
        chain_id: u64,
        contract: Address,
    ) -> Self {
        Self {
            parts: Eip712Domain {
                name: Some(Cow::Owned(name)),
                version: version.map(Cow::Owned),
                chain_id: Some(U256::from(chain_id)),
                verifying_contract: Some(contract),
                salt: None,
            },
        }
    }

    /// The hash that stands for the domain in a digest.
    pub fn separator(&self) -> B256 {
        self.parts.separator()
    }

    /// The chain that signatures are good for; `None`: for all of them.
    pub const fn chain_id(&self) -> Option<U256> {
        self.parts.chain_id
    }

    /// The contract that signatures are good for; `None`: for all of them.
    pub const fn contract(&self) -> Option<Address> {
        self.parts.verifying_contract
    }
}

/// A struct that is to be signed for a contract. Whoever signs it computes the digest from the domain that he has looked
/// at, so that he signs nothing else than that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedMessage {
    /// The contract that was asked for the domain.
    pub contract: Address,
    /// What the signature is good for.
    pub domain: Domain,
    /// The name of the struct.
    pub name: String,
    /// `hashStruct` of the struct.
    pub hash: B256,
}

impl TypedMessage {
    /// A struct to be signed for the contract that declares this domain.
    ///
    /// # Errors
    /// As [`digest`].
    pub fn new(
        contract: Address,
        domain: Domain,
        message: &Value,
        ty: &StructType,
    ) -> Result<Self, EvalErrorKind> {
        let hash = hash_struct(message, ty)?;
        Ok(Self { contract, domain, name: short(&ty.name).to_owned(), hash })
    }

    /// What is signed.
    pub fn digest(&self) -> B256 {
        digest_of(self.domain.separator(), self.hash)
    }
}

/// The hash that is signed: of the domain and of a struct.
///
/// # Errors
/// When a field does not fit its type, or the struct has no EIP-712 description.
pub fn digest(separator: B256, message: &Value, ty: &StructType) -> Result<B256, EvalErrorKind> {
    Ok(digest_of(separator, hash_struct(message, ty)?))
}

fn digest_of(separator: B256, hash: B256) -> B256 {
    keccak256([&[0x19, 0x01][..], separator.as_slice(), hash.as_slice()].concat())
}

/// `hashStruct`: the hash of the type's description and of the fields.
///
/// # Errors
/// As [`digest`].
pub fn hash_struct(value: &Value, ty: &StructType) -> Result<B256, EvalErrorKind> {
    let Value::Struct(_, fields) = value else {
        return Err(EvalErrorKind::Mismatch { value: value.to_string(), wanted: "a struct" });
    };
    let mut data = keccak256(encode_type(ty)?).to_vec();
    for (field, (_, ty)) in fields.iter().zip(&ty.fields) {
        data.extend_from_slice(word(field, ty)?.as_slice());
    }
    Ok(keccak256(data))
}

/// `encodeType`: the struct's description, then those of the structs it refers to, in order of their names.
///
/// # Errors
/// When two different structs share a name, since the description drops the contract's, or when a type has no place
/// in EIP-712.
pub fn encode_type(ty: &StructType) -> Result<String, EvalErrorKind> {
    let mut referred = BTreeMap::new();
    let own = describe(ty, &mut referred)?;
    if let Some(other) = referred.remove(short(&ty.name))
        && other != own
    {
        return Err(same_name(&ty.name));
    }
    Ok(referred.into_values().fold(own, |text, part| text + &part))
}

/// Describes one struct, and adds the description of each that it refers to.
fn describe(
    ty: &StructType,
    referred: &mut BTreeMap<String, String>,
) -> Result<String, EvalErrorKind> {
    let mut fields = Vec::with_capacity(ty.fields.len());
    for (name, field) in &ty.fields {
        fields.push(format!("{} {name}", name_of(field)?));
        if let Some(inner) = struct_in(field) {
            let description = describe(inner, referred)?;
            match referred.get(short(&inner.name)) {
                Some(known) if *known != description => return Err(same_name(&inner.name)),
                _ => referred.insert(short(&inner.name).to_owned(), description),
            };
        }
    }
    Ok(format!("{}({})", short(&ty.name), fields.join(",")))
}

fn same_name(name: &str) -> EvalErrorKind {
    EvalErrorKind::TypedData(format!(
        "it holds two different structs that are named `{}`",
        short(name)
    ))
}

/// EIP-712 knows a struct by its own name, without the contract's.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn struct_in(ty: &Type) -> Option<&StructType> {
    match ty {
        Type::Struct(inner) => Some(inner),
        Type::Array(element, _) => struct_in(element),
        _ => None,
    }
}

/// The name of a type: enums are `uint8`, contracts are `address`.
fn name_of(ty: &Type) -> Result<String, EvalErrorKind> {
    Ok(match ty {
        Type::Struct(inner) => short(&inner.name).to_owned(),
        Type::Enum(_) => "uint8".into(),
        Type::Address(_) => "address".into(),
        Type::Array(element, None) => name_of(element)? + "[]",
        Type::Array(element, Some(length)) => format!("{}[{length}]", name_of(element)?),
        Type::Int(None) | Type::Tuple(_) => {
            return Err(EvalErrorKind::TypedData(format!(
                "{} has no name in EIP-712",
                crate::expr::abi::type_name(ty)
            )));
        }
        _ => crate::expr::abi::type_name(ty),
    })
}

/// The word that stands for a field: what fills more than one is hashed.
fn word(value: &Value, ty: &Type) -> Result<B256, EvalErrorKind> {
    match (value, ty) {
        (Value::Bytes(bytes), Type::Bytes) => Ok(keccak256(bytes)),
        (Value::String(text), Type::String) => Ok(keccak256(text)),
        (Value::Struct(..), Type::Struct(inner)) => hash_struct(value, inner),
        (Value::Array(elements), Type::Array(element, _)) => {
            crate::expr::abi::check(value, ty)?;
            let words: Vec<B256> =
                elements.iter().map(|value| word(value, element)).collect::<Result<_, _>>()?;
            Ok(keccak256(words.concat()))
        }
        _ => to_dyn(value, ty)?
            .as_word()
            .ok_or_else(|| EvalErrorKind::Mismatch { value: value.to_string(), wanted: "a field" }),
    }
}
