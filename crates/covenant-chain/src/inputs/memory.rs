//! Marks of strings of bytes: memory, calldata, what a call returned.

use std::collections::BTreeMap;

use super::mark::{Input, Mark};

/// Which bytes come from inputs.
#[derive(Clone, Debug, Default)]
pub(super) struct Bytes(BTreeMap<u64, (u64, Mark)>);

const WORD: u64 = 32;
/// Bytes of a selector.
const SELECTOR: u64 = 4;

impl Bytes {
    /// The calldata of the call whose inputs are looked at.
    pub(super) fn inputs(length: u64) -> Self {
        let words = length.saturating_sub(SELECTOR).div_ceil(WORD);
        let piece = |word: u64| {
            let number = u8::try_from(word).unwrap_or(u8::MAX).min(Input::LAST);
            let mark = Mark::of(Input::Word(number));
            let mark = if number == Input::LAST { mark.blurred() } else { mark };
            (SELECTOR + WORD * word, (WORD, mark))
        };
        Self((0..words).map(piece).collect())
    }

    /// So many bytes that come from all of these in a way that is not known.
    pub(super) fn blurred(&self, length: u64) -> Self {
        let mark = Mark::of_all(self.0.values().map(|(_, mark)| Some(*mark)));
        Self(mark.filter(|_| length > 0).map(|mark| (0, (length, mark))).into_iter().collect())
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The word that begins at a byte.
    pub(super) fn word(&self, byte: u64) -> Option<Mark> {
        match self.0.get(&byte) {
            Some((WORD, mark)) => Some(*mark),
            _ => {
                let part = self.part(byte, WORD);
                let first = part.0.keys().next().is_some_and(|start| *start >= SELECTOR);
                part.mark().map(|mark| if first { mark.below_selector() } else { mark })
            }
        }
    }

    /// What all of it comes from.
    pub(super) fn mark(&self) -> Option<Mark> {
        Mark::of_all(self.0.values().map(|(_, mark)| Some(*mark)))
    }

    /// Some of it.
    pub(super) fn part(&self, byte: u64, length: u64) -> Self {
        let end = byte.saturating_add(length);
        let mut part = BTreeMap::new();
        for (start, (size, mark)) in self.touching(byte, end) {
            let (from, to) = (start.max(byte), (start + size).min(end));
            let whole = from == start && to == start + size;
            let mark = if whole { mark } else { mark.blurred() };
            part.insert(from - byte, (to - from, mark));
        }
        Self(part)
    }

    pub(super) fn set_word(&mut self, byte: u64, mark: Option<Mark>) {
        self.clear(byte, WORD);
        if let Some(mark) = mark {
            self.0.insert(byte, (WORD, mark));
        }
    }

    pub(super) fn set_byte(&mut self, byte: u64, mark: Option<Mark>) {
        self.clear(byte, 1);
        if let Some(mark) = mark {
            self.0.insert(byte, (1, mark.blurred()));
        }
    }

    /// Writes so many bytes, of which these come from inputs.
    pub(super) fn set(&mut self, byte: u64, length: u64, part: &Self) {
        self.clear(byte, length);
        for (start, (size, mark)) in part.0.range(..length) {
            let kept = (*size).min(length - start);
            let mark = if kept == *size { *mark } else { mark.blurred() };
            self.0.insert(byte + start, (kept, mark));
        }
    }

    fn clear(&mut self, byte: u64, length: u64) {
        let end = byte.saturating_add(length);
        for (start, (size, mark)) in self.touching(byte, end) {
            self.0.remove(&start);
            for (from, to) in [(start, byte), (end, start + size)] {
                if from < to {
                    self.0.insert(from, (to - from, mark.blurred()));
                }
            }
        }
    }

    fn touching(&self, from: u64, to: u64) -> Vec<(u64, (u64, Mark))> {
        // Pieces do not overlap, so the first that ends before the range is the last to be looked at.
        let all = self.0.range(..to).rev().take_while(|(start, (size, _))| **start + size > from);
        all.map(|(start, piece)| (*start, *piece)).collect()
    }
}
