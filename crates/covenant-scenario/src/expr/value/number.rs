//! Between exact integers and the EVM's words.

use alloy_primitives::{B256, U256};
use num_bigint::{BigInt, Sign};

use crate::expr::types::IntSize;

/// The exact integer of an unsigned word.
pub fn from_u256(number: U256) -> BigInt {
    BigInt::from_bytes_be(Sign::Plus, &number.to_be_bytes::<32>())
}

/// The unsigned word of an integer; `None` when it is negative or 2²⁵⁶ or more.
pub fn to_u256(number: &BigInt) -> Option<U256> {
    if number.sign() == Sign::Minus || number.bits() > 256 {
        return None;
    }
    Some(U256::from_be_slice(&number.magnitude().to_bytes_be()))
}

/// Whether an integer lies in the range of a type.
pub fn fits(number: &BigInt, size: IntSize) -> bool {
    let bits = u64::from(size.bits);
    match (size.signed, number.sign()) {
        (false, Sign::Minus) => false,
        (false, _) => number.bits() <= bits,
        // −2^(bits−1) is the one negative number whose magnitude needs all the bits.
        (true, Sign::Minus) => {
            number.bits() < bits
                || (number.bits() == bits && number.magnitude().trailing_zeros() == Some(bits - 1))
        }
        (true, _) => number.bits() < bits,
    }
}

/// The two's complement word of an integer; `None` when it does not fit the type.
pub(crate) fn to_word(number: &BigInt, size: IntSize) -> Option<B256> {
    if !fits(number, size) {
        return None;
    }
    let magnitude = U256::from_be_slice(&number.magnitude().to_bytes_be());
    Some(if number.sign() == Sign::Minus { magnitude.wrapping_neg() } else { magnitude }.into())
}

/// The integer that a word holds; `None` when the word is not a clean encoding of the type.
pub(crate) fn from_word(word: B256, size: IntSize) -> Option<BigInt> {
    let number = match size.signed {
        true => BigInt::from_signed_bytes_be(word.as_slice()),
        false => BigInt::from_bytes_be(Sign::Plus, word.as_slice()),
    };
    fits(&number, size).then_some(number)
}

#[cfg(test)]
mod tests {
    use num_traits::{One, Zero};
    use proptest::prelude::*;

    use super::*;

    const fn size(signed: bool, bits: u16) -> IntSize {
        IntSize { signed, bits }
    }

    #[test]
    fn ranges_end_where_solidity_says() {
        for bits in (8..=256).step_by(8) {
            let top = BigInt::one() << bits;
            let half = BigInt::one() << (bits - 1);
            let (unsigned, signed) = (size(false, bits), size(true, bits));
            for (number, in_unsigned, in_signed) in [
                (BigInt::zero(), true, true),
                (BigInt::from(-1), false, true),
                (&top - 1, true, false),
                (top, false, false),
                (&half - 1, true, true),
                (half.clone(), true, false),
                (-&half, false, true),
                (-&half - 1, false, false),
            ] {
                assert_eq!(fits(&number, unsigned), in_unsigned, "{number} in uint{bits}");
                assert_eq!(fits(&number, signed), in_signed, "{number} in int{bits}");
            }
        }
    }

    proptest! {
        #[test]
        fn words_come_back(bytes in any::<[u8; 32]>(), signed: bool, bytes_wide in 1_u16..=32) {
            let size = size(signed, bytes_wide * 8);
            let word = B256::from(bytes);
            if let Some(number) = from_word(word, size) {
                prop_assert_eq!(to_word(&number, size), Some(word));
            } else {
                // A word that is not clean is one whose high bytes are not the extension of the rest.
                let keep = usize::from(bytes_wide);
                let extension = if signed && bytes[32 - keep] & 0x80 != 0 { 0xff } else { 0 };
                prop_assert!(bytes[..32 - keep].iter().any(|byte| *byte != extension));
            }
            prop_assert_eq!(to_u256(&from_u256(word.into())), Some(word.into()));
        }
    }
}
