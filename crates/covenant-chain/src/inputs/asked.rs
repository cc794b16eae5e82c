//! Signatures that code asks about.
//!
//! Whether a signature is somebody's is asked of the first precompiled contract (`ecrecover`), or of the somebody himself
//! where he is a contract (ERC-1271). Both are told what should have been signed.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, address};
use revm::interpreter::CallInputs;

use super::{
    mark::{Input, Mark},
    memory::Bytes,
};

/// A signature that was asked about, and comes from inputs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// What should have been signed.
    pub digest: B256,
    /// The inputs that the first 32 bytes of the signature come from.
    pub r: BTreeSet<Input>,
    /// Those of the next 32 bytes.
    pub s: BTreeSet<Input>,
    /// Those of what tells the two keys apart that it could be by.
    pub v: BTreeSet<Input>,
}

/// `ecrecover(digest, v, r, s)`.
const RECOVER: Address = address!("0x0000000000000000000000000000000000000001");
/// `isValidSignature(bytes32, bytes)`.
const IS_VALID: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];
/// Where the bytes of the signature begin there: behind the selector, the digest, an offset and a length.
const SIGNED: u64 = 4 + 3 * 32;
/// Bytes of a signature in the form that most take.
const LENGTH: u64 = 65;

impl Asked {
    /// What a call asks, given where its calldata comes from.
    pub(super) fn of(call: &CallInputs, data: &[u8], from: &Bytes) -> Option<Self> {
        let inputs = |mark: Option<Mark>| -> BTreeSet<Input> {
            mark.into_iter().flat_map(Mark::inputs).collect()
        };
        let (digest, digest_from, [r, s, v]) = if call.bytecode_address == RECOVER {
            let [r, s, v] = [64, 96, 32].map(|at| inputs(from.word(at)));
            (data.get(..32)?, from.word(0), [r, s, v])
        } else if data.starts_with(&IS_VALID) {
            let all = inputs(from.part(SIGNED, LENGTH).mark());
            (data.get(4..36)?, from.word(4), [all.clone(), all.clone(), all])
        } else {
            return None;
        };
        // What depends on the signature itself cannot be signed.
        let own = inputs(digest_from);
        let is_circular = r.iter().chain(&s).any(|input| own.contains(input));
        let is_given = !r.is_empty() && !s.is_empty() && !v.is_empty();
        let digest = B256::from_slice(digest);
        (is_given && !is_circular).then_some(Self { digest, r, s, v })
    }
}
