//! Shadows of strings of bytes: memory, calldata, what a call returned.

use std::collections::BTreeMap;

use alloy_primitives::U256;

use super::{
    ops::Asked,
    term::Term,
    word::{Field, Shadow},
};

/// What some bits of a string hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// How many bits.
    length: u64,
    /// The term, and what its value is now; `None` where that is not known.
    term: Option<(Term, i128)>,
}

/// Which bits of a string of bytes come from a clock. Bits are counted from the highest bit of the first byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits(BTreeMap<u64, Piece>);

/// Bits of a word.
const WORD: u64 = 256;

impl Bits {
    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// So many bytes that depend on time in a way that is not known.
    pub(super) fn unknown(bytes: u64) -> Self {
        let piece = Piece { length: 8 * bytes, term: None };
        Self(if bytes == 0 { BTreeMap::new() } else { BTreeMap::from([(0, piece)]) })
    }

    /// The word that begins at a byte.
    pub(super) fn word(&self, byte: u64, asked: &mut Asked) -> Shadow {
        if self.is_none() {
            return Shadow::none();
        }
        let mut fields = Vec::new();
        for (start, piece) in self.cut(8 * byte, WORD, asked) {
            let Some((term, value)) = piece.term else { return Shadow::unknown() };
            let narrow = |bits: u64| u16::try_from(bits).expect("a word has 256 bits");
            let (low, width) = (narrow(WORD - start - piece.length), narrow(piece.length));
            fields.push(Field { low, width, term, wrapped: value < 0 });
        }
        Shadow::with(fields)
    }

    /// Writes a word.
    pub(super) fn set_word(&mut self, byte: u64, word: U256, shadow: &Shadow, asked: &mut Asked) {
        self.clear(8 * byte, WORD, asked);
        if shadow.is_opaque() {
            self.0.insert(8 * byte, Piece { length: WORD, term: None });
            return;
        }
        for field in shadow.fields() {
            let length = u64::from(field.width);
            let start = 8 * byte + WORD - u64::from(field.low) - length;
            let value = field.value_in(word);
            let term = value.map(|value| (field.term, value));
            self.0.insert(start, Piece { length, term });
        }
    }

    /// Some bytes of it.
    pub(super) fn bytes(&self, byte: u64, length: u64, asked: &mut Asked) -> Self {
        if self.is_none() {
            return Self::default();
        }
        Self(self.cut(8 * byte, 8 * length, asked).into_iter().collect())
    }

    /// Writes so many bytes, of which these bits come from a clock.
    pub(super) fn set_bytes(&mut self, byte: u64, length: u64, bits: &Self, asked: &mut Asked) {
        self.clear(8 * byte, 8 * length, asked);
        for (start, piece) in bits.0.range(..8 * length) {
            self.0.insert(8 * byte + start, *piece);
        }
    }

    /// What lies in a range, counted from its beginning.
    fn cut(&self, from: u64, length: u64, asked: &mut Asked) -> Vec<(u64, Piece)> {
        let to = from + length;
        let mut found = Vec::new();
        for (start, piece) in self.touching(from, to) {
            let end = start + piece.length;
            let visible = (start.max(from), end.min(to));
            if let Some(part) = piece.part(end - visible.1, visible.1 - visible.0, asked) {
                found.push((visible.0 + (visible.1 - visible.0 - part.length) - from, part));
            }
        }
        found
    }

    /// Removes what lies in a range. What sticks out of it stays, as far as it is known what it is.
    fn clear(&mut self, from: u64, length: u64, asked: &mut Asked) {
        let to = from + length;
        for (start, piece) in self.touching(from, to) {
            let end = start + piece.length;
            self.0.remove(&start);
            for (low, high) in [(start, from.min(end)), (to.max(start), end)] {
                if low < high
                    && let Some(part) = piece.part(end - high, high - low, asked)
                {
                    self.0.insert(high - part.length, part);
                }
            }
        }
    }

    fn touching(&self, from: u64, to: u64) -> Vec<(u64, Piece)> {
        let all = self.0.range(..to).rev();
        // Pieces do not overlap, so the first that ends before the range is the last to be looked at.
        let touching = all.take_while(|(start, piece)| **start + piece.length > from);
        touching.map(|(start, piece)| (*start, *piece)).collect()
    }
}

impl Piece {
    /// The part that leaves out so many of the lowest bits and has so many bits itself; `None` where it is all zeros.
    fn part(self, below: u64, length: u64, asked: &mut Asked) -> Option<Self> {
        if below == 0 && length == self.length {
            return Some(self);
        }
        let unknown = Some(Self { length, term: None });
        let Some((term, value)) = self.term else { return unknown };
        if below != 0 {
            // Above where the value ends there are only zeros.
            return if asked.fits(term, value, below) { None } else { unknown };
        }
        if !asked.fits(term, value, length) {
            return unknown;
        }
        Some(Self { length, ..self })
    }
}
