//! Which contract a piece of code on chain is.

use std::sync::Arc;

use crate::artifact::{Build, Code, Contract};

impl Build {
    /// The contract that has this code: its runtime code, or (with the arguments of its constructor behind it) its init
    /// code. Library addresses and immutables may have any value.
    #[must_use]
    pub fn contract_with_code(&self, code: &[u8], is_init_code: bool) -> Option<&Arc<Contract>> {
        self.contracts.values().find(|contract| {
            let (known, rest) = if is_init_code {
                (&contract.creation, code.len().saturating_sub(contract.creation.bytes.len()))
            } else {
                (&contract.runtime, 0)
            };
            !known.bytes.is_empty()
                && code.len() == known.bytes.len() + rest
                && is_same(known, code)
        })
    }
}

/// Whether code that is as long, or longer, is the same outside the places that differ between deployments.
fn is_same(known: &Code, code: &[u8]) -> bool {
    let mut from = 0;
    for (start, end) in places(known) {
        if start < from {
            continue;
        }
        if known.bytes.get(from..start) != code.get(from..start) {
            return false;
        }
        from = end;
    }
    code.get(from..known.bytes.len()) == known.bytes.get(from..)
}

/// The places that differ between deployments, in order.
fn places(code: &Code) -> Vec<(usize, usize)> {
    let libraries =
        code.libraries.iter().map(|place| (place.offset as usize, place.offset as usize + 20));
    let immutables = code
        .immutables
        .iter()
        .map(|place| (place.offset as usize, (place.offset + place.length) as usize));
    // The runtime code of a library begins with a push of its own address, zero in the artifact.
    let mut places: Vec<(usize, usize)> = libraries.chain(immutables).collect();
    if code.bytes.starts_with(&[0x73])
        && code.bytes.get(1..21).is_some_and(|address| address == [0; 20])
    {
        places.push((1, 21));
    }
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Bytes;

    use super::*;
    use crate::artifact::ImmutableRef;

    fn code(bytes: &[u8], immutables: &[(u32, u32)]) -> Code {
        Code {
            bytes: Bytes::copy_from_slice(bytes),
            immutables: immutables
                .iter()
                .map(|(offset, length)| ImmutableRef { offset: *offset, length: *length })
                .collect(),
            ..Code::default()
        }
    }

    #[test]
    fn immutables_may_differ_and_nothing_else() {
        let known = code(&[1, 2, 0, 0, 5], &[(2, 2)]);
        assert!(is_same(&known, &[1, 2, 9, 9, 5]));
        assert!(!is_same(&known, &[1, 3, 9, 9, 5]));
        assert!(!is_same(&known, &[1, 2, 9, 9, 6]));
    }

    #[test]
    fn what_follows_init_code_does_not_matter() {
        assert!(is_same(&code(&[1, 2], &[]), &[1, 2, 77, 78]));
    }

    #[test]
    fn a_library_knows_its_own_address() {
        let mut known = vec![0x73];
        known.extend([0; 20]);
        known.push(0x30);
        let mut deployed = vec![0x73];
        deployed.extend([7; 20]);
        deployed.push(0x30);
        assert!(is_same(&code(&known, &[]), &deployed));
    }
}
