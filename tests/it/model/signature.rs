//! Signatures, good and forged.

use std::fmt;

use alloy_primitives::{B256, U256, b256};

use super::{cast::Who, dice::Dice, facts::Facts, harness::Sent};

/// What is handed in as a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// By this one, over what is to be signed.
    By(Who),
    /// By this one, over something else.
    OverAnother(Who),
    /// The same as a good one but for `s`, which is in the upper half of the order.
    Mirrored(Who),
    /// A good one without its last byte.
    Cut(Who),
    /// Nothing.
    Empty,
}

/// The order of secp256k1.
const ORDER: B256 = b256!("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

impl Signature {
    /// Mostly one by `signer`.
    pub(super) fn random(dice: &mut Dice, signer: Who) -> Self {
        match dice.below(20) {
            0 => Self::By(dice.pick(&Who::PARTIES)),
            1 => Self::OverAnother(signer),
            2 => Self::Mirrored(signer),
            3 => Self::Cut(signer),
            4 => Self::Empty,
            _ => Self::By(signer),
        }
    }

    /// Whether it is one by `signer`.
    pub(super) fn is_by(self, signer: Who) -> bool {
        self == Self::By(signer) && (signer.has_key() || signer == Who::WALLET)
    }

    /// The bytes that are handed in.
    pub(super) fn bytes(self, facts: &Facts, digest: B256) -> Vec<u8> {
        match self {
            Self::By(who) if who.has_key() => facts.sign(who, digest).to_vec(),
            Self::OverAnother(who) if who.has_key() => facts.sign(who, !digest).to_vec(),
            Self::Mirrored(who) if who.has_key() => {
                let mut bytes = facts.sign(who, digest).to_vec();
                let s = U256::from_be_slice(&bytes[32..64]);
                let mirrored = U256::from_be_bytes(ORDER.0) - s;
                bytes[32..64].copy_from_slice(&mirrored.to_be_bytes::<32>());
                bytes[64] = 27 + 28 - bytes[64];
                bytes
            }
            Self::Cut(who) if who.has_key() => facts.sign(who, digest)[..64].to_vec(),
            _ => Vec::new(),
        }
    }

    /// The call that it goes with, and what makes it a signature: a wallet signs by a call of its own, and takes it back.
    pub(super) fn around(self, facts: &Facts, digest: B256, call: Sent) -> (Vec<Sent>, usize) {
        if self != Self::By(Who::WALLET) {
            return (vec![call], 0);
        }
        let approve = |approved: bool| Sent {
            from: Who::STRANGER,
            to: Who::WALLET,
            input: facts.foreign("setApproved(bytes32,bool)", &[digest.into(), approved.into()]),
            value: 0,
        };
        (vec![approve(true), call, approve(false)], 1)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(who) => write!(f, "signed by {who}"),
            Self::OverAnother(who) => write!(f, "something else signed by {who}"),
            Self::Mirrored(who) => write!(f, "mirrored signature of {who}"),
            Self::Cut(who) => write!(f, "signature of {who}, cut short"),
            Self::Empty => f.write_str("no signature"),
        }
    }
}
