//! Which bits of a word come from a clock.

use alloy_primitives::U256;

use super::term::Term;

/// Some bits of a word, and the term whose value they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The lowest of the bits.
    pub low: u16,
    /// How many there are. The value of the term fits into them.
    pub width: u16,
    /// Whose value they hold.
    pub term: Term,
    /// The value is below zero, and the word holds it modulo 2^256.
    pub wrapped: bool,
}

impl Field {
    /// The bit above its highest.
    pub(super) const fn end(self) -> u16 {
        self.low + self.width
    }

    /// Its value in a word that holds it; `None` where that is no number of seconds.
    pub(super) fn value_in(self, word: U256) -> Option<i128> {
        if self.wrapped {
            let value = i128::try_from(U256::ZERO.wrapping_sub(word)).ok()?;
            return Some(-value);
        }
        i128::try_from((word & self.mask()) >> usize::from(self.low)).ok()
    }

    /// Its bits, all ones.
    pub(super) fn mask(self) -> U256 {
        ones(self.width) << usize::from(self.low)
    }
}

/// A word with so many ones at its low end.
pub(super) fn ones(bits: u16) -> U256 {
    if bits >= 256 { U256::MAX } else { (U256::ONE << usize::from(bits)) - U256::ONE }
}

/// What is known about the bits of a word that come from a clock. Bits in no field do not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shadow {
    /// In order of their bits; they do not overlap.
    pub(super) fields: Vec<Field>,
    /// The word depends on time in a way that is not known.
    pub(super) opaque: bool,
}

impl Shadow {
    /// A word that holds nothing but the value of a term.
    pub fn of(term: Term) -> Self {
        Self { fields: vec![Field { low: 0, width: 256, term, wrapped: false }], opaque: false }
    }

    /// A word that depends on time in a way that is not known.
    pub const fn unknown() -> Self {
        Self { fields: Vec::new(), opaque: true }
    }

    /// A word that does not depend on time.
    pub const fn none() -> Self {
        Self { fields: Vec::new(), opaque: false }
    }

    /// A word with these fields.
    pub(super) fn with(mut fields: Vec<Field>) -> Self {
        fields.sort_unstable_by_key(|field| field.low);
        Self { fields, opaque: false }
    }

    /// Whether the word does not depend on time.
    pub const fn is_none(&self) -> bool {
        self.fields.is_empty() && !self.opaque
    }

    /// Whether the word depends on time in a way that is not known.
    pub const fn is_opaque(&self) -> bool {
        self.opaque
    }

    /// The bits that come from a clock, and what they hold.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The same bits with other terms.
    #[must_use]
    pub fn renamed(&self, rename: impl Fn(Term) -> Term) -> Self {
        let renamed = |field: &Field| Field { term: rename(field.term), ..*field };
        Self { fields: self.fields.iter().map(renamed).collect(), opaque: self.opaque }
    }

    /// The word at given times: these bits replaced by what they then hold. `None` where that is not known.
    pub fn at(&self, word: U256, value: impl Fn(Term) -> i128) -> Option<U256> {
        if self.opaque {
            return None;
        }
        let mut word = word;
        for field in &self.fields {
            let value = value(field.term);
            let bits = if value < 0 {
                U256::ZERO.wrapping_sub(U256::from(value.unsigned_abs()))
            } else {
                U256::from(value.unsigned_abs())
            };
            word = (word & !field.mask()) | ((bits & ones(field.width)) << usize::from(field.low));
        }
        Some(word)
    }

    /// The field, where the word is nothing but its value.
    pub(super) fn value(&self, word: U256) -> Option<Field> {
        match self.fields.as_slice() {
            [field] if !self.opaque && field.low == 0 && word & !field.mask() == U256::ZERO => {
                Some(*field)
            }
            _ => None,
        }
    }
}
