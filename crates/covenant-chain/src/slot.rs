//! Where Solidity puts things in storage.
//!
//! Names and types are in a compiler's storage layout, which this crate does not know; it takes numbers.

use alloy_primitives::{Address, U256, keccak256};

use crate::{Chain, ChainError};

/// The slot of `mapping[key]` for a mapping declared at `slot` and a key of a value type, in its 32 bytes.
pub fn mapping_slot(slot: U256, key: U256) -> U256 {
    hashed(&[key.to_be_bytes::<32>(), slot.to_be_bytes::<32>()].concat())
}

/// The slot of `mapping[key]` for a mapping declared at `slot` and a key that is a string or bytes.
pub fn mapping_slot_of_bytes(slot: U256, key: &[u8]) -> U256 {
    hashed(&[key, &slot.to_be_bytes::<32>()].concat())
}

/// The slot of the first element of a dynamic array, or of the text of long `bytes`, declared at `slot`.
pub fn array_slot(slot: U256) -> U256 {
    hashed(&slot.to_be_bytes::<32>())
}

/// The `size` bytes at `offset` (in bytes, from the low end) of a slot's word, as a number.
///
/// # Panics
///
/// If the bytes are not all in one word.
pub fn packed(word: U256, offset: usize, size: usize) -> U256 {
    assert!(offset + size <= 32, "{size} bytes at {offset} are not in one word");
    if size == 32 { word } else { (word >> (8 * offset)) & ((U256::ONE << (8 * size)) - U256::ONE) }
}

impl Chain {
    /// Reads a value of at most 32 bytes that shares its slot with others, as in a storage layout's `slot`, `offset`
    /// and `numberOfBytes`.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if it is on a fork and cannot be had.
    ///
    /// # Panics
    ///
    /// If the bytes are not all in one word.
    pub fn storage_packed(
        &self,
        address: Address,
        slot: U256,
        offset: usize,
        size: usize,
    ) -> Result<U256, ChainError> {
        Ok(packed(self.storage(address, slot)?, offset, size))
    }

    /// Reads a `string` or `bytes` declared at `slot`. A length beyond `limit` bytes is cut to it.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if it is on a fork and cannot be had.
    pub fn storage_bytes(
        &self,
        address: Address,
        slot: U256,
        limit: usize,
    ) -> Result<Vec<u8>, ChainError> {
        let head = self.storage(address, slot)?;
        if !head.bit(0) {
            let length = (head.byte(0) / 2).min(31) as usize;
            return Ok(head.to_be_bytes::<32>()[..length.min(limit)].to_vec());
        }
        let length = usize::try_from(head >> 1).map_or(limit, |length| length.min(limit));
        let first = array_slot(slot);
        let mut bytes = Vec::with_capacity(length);
        for index in 0..length.div_ceil(32) {
            let word = self.storage(address, first.wrapping_add(U256::from(index)))?;
            bytes.extend(word.to_be_bytes::<32>());
        }
        bytes.truncate(length);
        Ok(bytes)
    }
}

fn hashed(preimage: &[u8]) -> U256 {
    U256::from_be_bytes(keccak256(preimage).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChainOptions;

    #[test]
    fn reads_what_shares_a_slot() {
        let word = U256::from(0x0011_2233_4455_6677_u64);
        assert_eq!(packed(word, 0, 2), U256::from(0x6677));
        assert_eq!(packed(word, 6, 1), U256::from(0x11));
        assert_eq!(packed(word, 0, 32), word);
        assert_eq!(packed(U256::MAX, 31, 1), U256::from(0xff));
    }

    #[test]
    fn reads_short_and_long_text() {
        let mut chain = Chain::new(ChainOptions::default()).unwrap();
        let address = Address::with_last_byte(0xaa);
        let mut short = [0; 32];
        short[..3].copy_from_slice(b"usd");
        short[31] = 6;
        chain.set_storage(address, U256::ZERO, U256::from_be_bytes(short)).unwrap();
        assert_eq!(chain.storage_bytes(address, U256::ZERO, 100).unwrap(), b"usd");
        chain.set_storage(address, U256::ONE, U256::from(40 * 2 + 1)).unwrap();
        let data = array_slot(U256::ONE);
        chain.set_storage(address, data, U256::from_be_bytes([b'a'; 32])).unwrap();
        chain.set_storage(address, data + U256::ONE, U256::from_be_bytes([b'b'; 32])).unwrap();
        let text = chain.storage_bytes(address, U256::ONE, 100).unwrap();
        assert_eq!(text, [[b'a'; 32].as_slice(), &[b'b'; 8]].concat());
        assert_eq!(chain.storage_bytes(address, U256::ONE, 33).unwrap().len(), 33);
    }
}
