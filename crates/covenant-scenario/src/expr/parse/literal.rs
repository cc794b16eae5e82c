//! Literals.

use alloy_primitives::{Address, U256};
use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use solar_parse::ast::{Lit, LitKind, StrKind, SubDenomination, TimeSubDenomination};

use super::{
    ast::{AstKind, Number},
    guard::Complaint,
};

/// Lowers a literal; `source` is the text it was written as, unit included, at `bytes`.
pub(super) fn lower(
    lit: &Lit<'_>,
    unit: Option<SubDenomination>,
    source: &str,
    bytes: std::ops::Range<usize>,
) -> Result<AstKind, Complaint> {
    if unit == Some(SubDenomination::Time(TimeSubDenomination::Years)) {
        return Err(Complaint::new("`years` is not a unit", bytes).hint(
            "calendar years are written in `wait`, `at` and `every`; elsewhere say `365 days`",
        ));
    }
    match &lit.kind {
        LitKind::Bool(value) => Ok(AstKind::Bool(*value)),
        LitKind::Number(value) => number(BigRational::from_integer(big(value)), lit, source, bytes),
        LitKind::Rational(value) => {
            number(BigRational::new(big(value.numer()), big(value.denom())), lit, source, bytes)
        }
        LitKind::Address(address) => checksummed(*address, lit.symbol.as_str(), unit, bytes),
        LitKind::Str(StrKind::Hex, value, _) => Ok(AstKind::Hex(value.as_byte_str().to_vec())),
        LitKind::Str(_, value, _) => {
            String::from_utf8(value.as_byte_str().to_vec()).map(AstKind::String).map_err(|_| {
                Complaint::new("the string is not valid UTF-8", bytes)
                    .hint("write bytes as `hex\"…\"`")
            })
        }
        LitKind::Err(_) => Err(Complaint::new(format!("`{source}` is not a number"), bytes)),
    }
}

fn big(value: &U256) -> BigInt {
    BigUint::from_bytes_be(&value.to_be_bytes::<32>()).into()
}

fn number(
    value: BigRational,
    lit: &Lit<'_>,
    source: &str,
    bytes: std::ops::Range<usize>,
) -> Result<AstKind, Complaint> {
    let symbol = lit.symbol.as_str();
    let written = source.split_whitespace().next().unwrap_or_default();
    if written.contains("__") || written.ends_with('_') {
        return Err(Complaint::new(format!("`{written}` is not a number"), bytes)
            .hint("one `_` can stand between two digits"));
    }
    let digits = symbol
        .strip_prefix("0x")
        .map(|digits| digits.bytes().filter(u8::is_ascii_hexdigit).count());
    match digits {
        // Solidity refuses these as well: an address with a digit lost or doubled.
        Some(digits @ (39 | 41)) => Err(Complaint::new(
            format!("an address has 40 hexadecimal digits, this has {digits}"),
            bytes,
        )),
        Some(_) if source.contains(char::is_whitespace) => {
            Err(Complaint::new("a hexadecimal number takes no unit", bytes))
        }
        _ => Ok(AstKind::Number(Number { value, hex_digits: digits, text: source.to_owned() })),
    }
}

/// Solidity wants the checksum of EIP-55; all lower or upper case is taken for an address without one.
fn checksummed(
    address: Address,
    written: &str,
    unit: Option<SubDenomination>,
    bytes: std::ops::Range<usize>,
) -> Result<AstKind, Complaint> {
    if unit.is_some() {
        return Err(Complaint::new("an address takes no unit", bytes));
    }
    let digits = written.trim_start_matches("0x").replace('_', "");
    let one_case = !digits.bytes().any(|b| b.is_ascii_uppercase())
        || !digits.bytes().any(|b| b.is_ascii_lowercase());
    let right = address.to_checksum(None);
    if one_case || right.ends_with(&digits) {
        return Ok(AstKind::Address(address));
    }
    Err(Complaint::new("the address has a wrong checksum", bytes)
        .hint(format!("did you mean `{right}`?")))
}
