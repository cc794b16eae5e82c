//! From a place in bytecode to a place in the sources.

use std::ops::Range;

use crate::{
    artifact::{Build, Code, SourceId},
    position::Place,
};

/// solc's source map of one piece of code, unpacked.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    /// For each program counter that begins an instruction, the number of that instruction.
    instructions: Vec<u32>,
    entries: Vec<Entry>,
}

/// What one instruction was compiled from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Entry {
    start: usize,
    length: usize,
    /// The source, or nothing for code that no source stands for.
    source: Option<u32>,
    jump: Jump,
}

/// What a jump does to the stack of internal functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Jump {
    /// Enters a function.
    Into,
    /// Returns from a function.
    Out,
    /// Neither.
    #[default]
    Regular,
}

/// An instruction and what it was compiled from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// Its program counter.
    pub(crate) counter: usize,
    /// What it does.
    pub(crate) opcode: u8,
    /// The bytes of the source; nothing for code that no source stands for.
    pub(crate) place: Option<(SourceId, Range<usize>)>,
    /// What it does to the stack of internal functions.
    pub(crate) jump: Jump,
}

/// The instructions of a piece of code in their order, as far as it has a source map: data behind the code has none.
pub(crate) fn instructions(code: &Code) -> impl Iterator<Item = Instruction> {
    let numbers = instruction_numbers(&code.bytes);
    let counters = numbers.into_iter().enumerate().filter(|(_, number)| *number != NO_INSTRUCTION);
    counters.zip(entries(&code.source_map)).map(|((counter, _), entry)| Instruction {
        counter,
        opcode: code.bytes[counter],
        place: entry
            .source
            .map(|source| (SourceId(source), entry.start..entry.start + entry.length)),
        jump: entry.jump,
    })
}

/// The place in the sources that an instruction was compiled from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLocation {
    /// The source.
    pub source: SourceId,
    /// File, lines, columns, bytes and the text of the line. Without source text, line and column are 1.
    pub place: Place,
    /// Whether the text of the source was at hand, so that `place` is exact.
    pub text_known: bool,
}

/// The number that a program counter within an instruction's data has.
const NO_INSTRUCTION: u32 = u32::MAX;

impl SourceMap {
    /// Unpacks the source map of a piece of code. A code without one gives a map that knows no place.
    #[must_use]
    pub fn new(code: &Code) -> Self {
        Self { instructions: instruction_numbers(&code.bytes), entries: entries(&code.source_map) }
    }

    /// The place that the instruction at a program counter was compiled from; nothing for code that the compiler
    /// made up, and outside the code.
    #[must_use]
    pub fn pc_to_source(&self, build: &Build, pc: usize) -> Option<SourceLocation> {
        let entry = self.entry(pc)?;
        let source = SourceId(entry.source?);
        let file = build.sources.get(&source)?;
        let text = file.text.as_deref();
        let bytes = entry.start..entry.start.saturating_add(entry.length);
        let place = Place::new(file.path.as_str(), text.unwrap_or_default(), bytes);
        Some(SourceLocation { source, place, text_known: text.is_some() })
    }

    /// Whether the instruction at a program counter jumps into or out of a function.
    #[must_use]
    pub fn jump(&self, pc: usize) -> Jump {
        self.entry(pc).map_or(Jump::Regular, |entry| entry.jump)
    }

    fn entry(&self, pc: usize) -> Option<&Entry> {
        let instruction = *self.instructions.get(pc)?;
        self.entries.get(usize::try_from(instruction).ok()?)
    }
}

/// Numbers the instructions: the data of `PUSH1`…`PUSH32` is skipped.
fn instruction_numbers(bytes: &[u8]) -> Vec<u32> {
    const PUSH1: u8 = 0x60;
    const PUSH32: u8 = 0x7f;
    let mut numbers = vec![NO_INSTRUCTION; bytes.len()];
    let (mut pc, mut next) = (0, 0);
    while let Some(opcode) = bytes.get(pc) {
        numbers[pc] = next;
        next += 1;
        let data =
            if (PUSH1..=PUSH32).contains(opcode) { usize::from(opcode - PUSH1) + 1 } else { 0 };
        pc += 1 + data;
    }
    numbers
}

/// Unpacks `s:l:f:j:m;…`, where a field that is left out repeats that of the entry before.
fn entries(packed: &str) -> Vec<Entry> {
    if packed.is_empty() {
        return Vec::new();
    }
    let mut entry = Entry::default();
    let unpack = |text: &str| {
        let mut fields = text.split(':');
        if let Some(start) = fields.next().and_then(|field| field.parse().ok()) {
            entry.start = start;
        }
        if let Some(length) = fields.next().and_then(|field| field.parse().ok()) {
            entry.length = length;
        }
        match fields.next() {
            None | Some("") => {}
            // `-1` stands for no source.
            Some(source) => entry.source = source.parse().ok(),
        }
        match fields.next() {
            Some("i") => entry.jump = Jump::Into,
            Some("o") => entry.jump = Jump::Out,
            Some("-") => entry.jump = Jump::Regular,
            _ => {}
        }
        entry
    };
    packed.split(';').map(unpack).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::artifact::SourceFile;

    #[test]
    fn follows_instructions_not_bytes() {
        // PUSH2 0x6001, PUSH1 0x00, ADD: the data of the first looks like an instruction.
        let code = Code {
            bytes: vec![0x61, 0x60, 0x01, 0x60, 0x00, 0x01].into(),
            source_map: "0:4:0:-:0;5:3:::i;::-1:o".into(),
            ..Code::default()
        };
        let file = SourceFile { path: "A.sol".into(), text: Some("abcd\nefg".into()) };
        let build = Build { sources: BTreeMap::from([(SourceId(0), file)]), ..Build::default() };
        let map = SourceMap::new(&code);
        let line = |pc| map.pc_to_source(&build, pc).map(|found| found.place.start.line);
        assert_eq!(
            (line(0), line(1), line(3), line(5), line(6)),
            (Some(1), None, Some(2), None, None)
        );
        let place = map.pc_to_source(&build, 3).unwrap().place;
        assert_eq!((place.line_text.as_str(), place.end.column), ("efg", 4));
    }

    #[test]
    fn compression_repeats_fields() {
        let unpacked = entries("1:2:0:-:0;;3;:9::o;::-1;");
        let shape: Vec<_> =
            unpacked.iter().map(|e| (e.start, e.length, e.source, e.jump)).collect();
        assert_eq!(
            shape,
            [
                (1, 2, Some(0), Jump::Regular),
                (1, 2, Some(0), Jump::Regular),
                (3, 2, Some(0), Jump::Regular),
                (3, 9, Some(0), Jump::Out),
                (3, 9, None, Jump::Out),
                (3, 9, None, Jump::Out),
            ]
        );
    }
}
