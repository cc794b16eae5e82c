//! What the instructions of the EVM do to shadows.

use alloy_primitives::U256;

use super::{
    term::{Constraint, FAR, Sum, Term},
    word::{Field, Shadow, ones},
};

/// That a computation did something with a time that cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opaque;

/// What a computation has asked about the instants so far.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    constraints: Vec<Constraint>,
}

/// A word and its shadow.
type Shadowed<'a> = (U256, &'a Shadow);

/// A number that a word stands for: a constant, or a field's value.
#[derive(Clone, Copy)]
enum Number {
    Constant(U256),
    Value(Field),
}

impl Asked {
    /// The constraints, in the order in which they were asked for.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// Forgets them all, and hands them over.
    pub fn take(&mut self) -> Vec<Constraint> {
        std::mem::take(&mut self.constraints)
    }

    fn ask(&mut self, constraint: Constraint) {
        // A difference of nothing is nothing, whatever the times.
        let trivial = constraint.plus == constraint.minus;
        if !trivial && self.constraints.last() != Some(&constraint) {
            self.constraints.push(constraint);
        }
    }

    /// Whether a value is not below zero and fits into so many bits.
    pub(super) fn fits(&mut self, term: Term, value: i128, bits: u64) -> bool {
        // No value is far from zero.
        !self.compare(term, value, -1)
            && (bits >= 100 || self.compare(term, value, (1 << bits) - 1))
    }

    /// Whether a term is at most a constant, given what its value is now.
    fn compare(&mut self, term: Term, value: i128, most: i128) -> bool {
        let holds = value <= most;
        self.ask(if holds { term.at_most(most) } else { term.at_least(most + 1) });
        holds
    }

    /// A result that is a term: where it is below zero, the word has wrapped around.
    fn result(&mut self, sum: Option<Sum>, word: U256) -> Shadow {
        match sum {
            Some(Sum::Constant(_)) => Shadow::none(),
            Some(Sum::Term(term)) => {
                let wrapped = word.bit(255);
                let sign = if wrapped { term.at_most(-1) } else { term.at_least(0) };
                self.ask(sign);
                Shadow::with(vec![Field { low: 0, width: 256, term, wrapped }])
            }
            None => Shadow::unknown(),
        }
    }

    /// `ADD` and `SUB`, with the word that they give.
    pub fn sum(&mut self, a: Shadowed<'_>, b: Shadowed<'_>, subtract: bool, word: U256) -> Shadow {
        if a.1.is_none() && b.1.is_none() {
            return Shadow::none();
        }
        match (number(a), number(b)) {
            (Some(Number::Value(one)), Some(Number::Value(other))) => {
                self.result(one.term.combined(other.term, subtract), word)
            }
            (Some(Number::Value(field)), Some(Number::Constant(constant))) => {
                let seconds =
                    signed(constant).map(|seconds| if subtract { -seconds } else { seconds });
                let term = seconds.and_then(|seconds| field.term.plus_seconds(seconds));
                self.result(term.map(Sum::Term), word)
            }
            (Some(Number::Constant(constant)), Some(Number::Value(field))) => {
                let term = field.term;
                let turned = Term { plus: term.minus, minus: term.plus, offset: -term.offset };
                let term = if subtract { turned } else { term };
                let sum = signed(constant).and_then(|seconds| term.plus_seconds(seconds));
                self.result(sum.map(Sum::Term), word)
            }
            // Values beside each other are added as they are joined, as long as nothing is carried over.
            _ if !subtract && a.0 & b.0 == U256::ZERO => self.join(a, b),
            _ => Shadow::unknown(),
        }
    }

    /// `OR`, and `XOR` of what does not overlap.
    pub fn join(&mut self, a: Shadowed<'_>, b: Shadowed<'_>) -> Shadow {
        if a.1.opaque || b.1.opaque {
            return Shadow::unknown();
        }
        let free = |fields: &[Field], (word, other): Shadowed<'_>| {
            fields.iter().all(|field| {
                let crosses =
                    other.fields.iter().any(|o| o.low < field.end() && field.low < o.end());
                !field.wrapped && word & field.mask() == U256::ZERO && !crosses
            })
        };
        // Fields that reach over the other's bits are cut down to where the other begins, if their values fit.
        let a_fields = self.narrowed(a, b);
        let b_fields = self.narrowed(b, a);
        let (Some(a_fields), Some(b_fields)) = (a_fields, b_fields) else {
            return Shadow::unknown();
        };
        let a_cut = Shadow::with(a_fields);
        let b_cut = Shadow::with(b_fields);
        if !free(&a_cut.fields, (b.0, &b_cut)) || !free(&b_cut.fields, (a.0, &a_cut)) {
            return Shadow::unknown();
        }
        Shadow::with(a_cut.fields.into_iter().chain(b_cut.fields).collect())
    }

    /// The fields of a word, each cut down to the lowest bit that another word uses above it.
    fn narrowed(
        &mut self,
        (word, shadow): Shadowed<'_>,
        other: Shadowed<'_>,
    ) -> Option<Vec<Field>> {
        let cut = |field: &Field| {
            let used = other.1.fields.iter().fold(other.0, |used, field| used | field_bits(field));
            let above = used >> usize::from(field.low);
            let room = if above == U256::ZERO { 256 } else { above.trailing_zeros() };
            field.width.min(u16::try_from(room).unwrap_or(256))
        };
        shadow.fields.iter().map(|field| self.fit(*field, word, cut(field))).collect()
    }

    /// The field with fewer bits, if its value fits into them.
    fn fit(&mut self, field: Field, word: U256, width: u16) -> Option<Field> {
        if width >= field.width {
            return Some(field);
        }
        let value = (word & field.mask()) >> usize::from(field.low);
        if field.wrapped || width == 0 {
            return None;
        }
        let fits = value <= ones(width);
        if width < 100 {
            let least = 1_i128 << width;
            let term = field.term;
            self.ask(if fits { term.at_most(least - 1) } else { term.at_least(least) });
        }
        if !fits {
            return None;
        }
        Some(Field { width, ..field })
    }

    /// `AND` with a word that does not depend on time.
    pub fn mask(&mut self, (word, shadow): Shadowed<'_>, mask: U256) -> Shadow {
        if shadow.opaque {
            // Nothing is left of it where the mask lets nothing through.
            return if mask == U256::ZERO { Shadow::none() } else { Shadow::unknown() };
        }
        let mut kept = Vec::new();
        for field in &shadow.fields {
            let through = (mask & field.mask()) >> usize::from(field.low);
            if through == U256::ZERO {
                continue;
            }
            let ones_low = u16::try_from(through.trailing_ones()).unwrap_or(256);
            // What the mask does above a value that fits below does not matter.
            match self.fit(*field, word, ones_low.min(field.width)) {
                Some(field) => kept.push(field),
                None => return Shadow::unknown(),
            }
        }
        Shadow::with(kept)
    }

    /// `AND` of any two words.
    pub fn and(&mut self, a: Shadowed<'_>, b: Shadowed<'_>) -> Shadow {
        match (a.1.is_none(), b.1.is_none()) {
            (true, true) => Shadow::none(),
            (false, true) => self.mask(a, b.0),
            (true, false) => self.mask(b, a.0),
            (false, false) => Shadow::unknown(),
        }
    }

    /// `SHL`, and `MUL` by a power of two.
    pub fn shifted_left(&mut self, (word, shadow): Shadowed<'_>, bits: u32) -> Shadow {
        let Ok(bits) = u16::try_from(bits) else { return Shadow::none() };
        if shadow.opaque {
            return Shadow::unknown();
        }
        let mut fields = Vec::new();
        for field in shadow.fields.iter().filter(|field| field.low + bits < 256) {
            let low = field.low + bits;
            match self.fit(*field, word, field.width.min(256 - low)) {
                Some(fitting) if bits == 0 || !field.wrapped => {
                    fields.push(Field { low, ..fitting })
                }
                _ => return Shadow::unknown(),
            }
        }
        Shadow::with(fields)
    }

    /// `SHR`, and `DIV` by a power of two.
    pub fn shifted_right(&mut self, (_, shadow): Shadowed<'_>, bits: u32) -> Shadow {
        let Ok(bits) = u16::try_from(bits) else { return Shadow::none() };
        if shadow.opaque {
            return Shadow::unknown();
        }
        let mut fields = Vec::new();
        for field in shadow.fields.iter().filter(|field| field.end() > bits) {
            if field.low < bits || (field.wrapped && bits != 0) {
                return Shadow::unknown();
            }
            fields.push(Field { low: field.low - bits, ..*field });
        }
        Shadow::with(fields)
    }

    /// `SIGNEXTEND` from so many low bits: nothing changes where the value has fewer.
    pub fn sign_extended(&mut self, (word, shadow): Shadowed<'_>, bits: u16) -> Shadow {
        if shadow.is_none() {
            return Shadow::none();
        }
        let Some(field) = shadow.value(word) else { return Shadow::unknown() };
        if bits >= 256 {
            return shadow.clone();
        }
        match self.fit(field, word, bits - 1) {
            Some(fitting) => Shadow::with(vec![fitting]),
            None => Shadow::unknown(),
        }
    }

    /// `LT` and `GT`: asks which of two words is less. What the words are, says the answer; this notes what it means.
    ///
    /// # Errors
    /// When the answer depends on time in a way that is not known.
    pub fn less(&mut self, a: Shadowed<'_>, b: Shadowed<'_>) -> Result<(), Opaque> {
        if a.1.is_none() && b.1.is_none() {
            return Ok(());
        }
        match (number(a).ok_or(Opaque)?, number(b).ok_or(Opaque)?) {
            (Number::Constant(_), Number::Constant(_)) => Ok(()),
            (Number::Value(field), Number::Constant(most)) => self.below(field, a.0, most, false),
            (Number::Constant(least), Number::Value(field)) => self.below(field, b.0, least, true),
            (Number::Value(one), Number::Value(other)) => self.order(one, a.0, other, b.0),
        }
    }

    /// Whether a field's value is less than a constant, or with `above` greater.
    fn below(
        &mut self,
        field: Field,
        word: U256,
        constant: U256,
        above: bool,
    ) -> Result<(), Opaque> {
        if field.wrapped {
            // Far up: only another word up there could come between.
            return if constant.bit(255) { Err(Opaque) } else { Ok(()) };
        }
        // A constant that no time reaches is always greater.
        let Some(constant) = near(constant) else { return Ok(()) };
        let value = near(word).ok_or(Opaque)?;
        // v < c is v <= c - 1; v > c is not v <= c.
        self.compare(field.term, value, if above { constant } else { constant - 1 });
        Ok(())
    }

    /// Whether one field's value is less than another's.
    fn order(&mut self, one: Field, a: U256, other: Field, b: U256) -> Result<(), Opaque> {
        if one.wrapped || other.wrapped {
            // One of them is far up, the other is not.
            return if one.wrapped == other.wrapped { Err(Opaque) } else { Ok(()) };
        }
        let (a, b) = (near(a).ok_or(Opaque)?, near(b).ok_or(Opaque)?);
        match one.term.combined(other.term, true).ok_or(Opaque)? {
            Sum::Constant(_) => {}
            Sum::Term(difference) => {
                self.compare(difference, a - b, -1);
            }
        }
        Ok(())
    }

    /// `SLT` and `SGT`: as [`Self::less`], where no word has its highest bit set.
    ///
    /// # Errors
    /// When the answer depends on time in a way that is not known.
    pub fn signed_less(&mut self, a: Shadowed<'_>, b: Shadowed<'_>) -> Result<(), Opaque> {
        if a.1.is_none() && b.1.is_none() {
            return Ok(());
        }
        let signed_number = |shadowed: Shadowed<'_>| match number(shadowed) {
            Some(Number::Value(field)) => Some(Ok(field.term)),
            Some(Number::Constant(constant)) => signed(constant).map(Err),
            None => None,
        };
        let value = |shadowed: Shadowed<'_>| signed(shadowed.0).ok_or(Opaque);
        match (signed_number(a).ok_or(Opaque)?, signed_number(b).ok_or(Opaque)?) {
            (Err(_), Err(_)) => {}
            (Ok(term), Err(constant)) => {
                self.compare(term, value(a)?, constant - 1);
            }
            (Err(constant), Ok(term)) => {
                self.compare(term, value(b)?, constant);
            }
            (Ok(one), Ok(other)) => {
                if let Sum::Term(difference) = one.combined(other, true).ok_or(Opaque)? {
                    self.compare(difference, value(a)? - value(b)?, -1);
                }
            }
        }
        Ok(())
    }

    /// `EQ`, and `ISZERO` and `JUMPI` with zero: asks whether two words are equal.
    ///
    /// # Errors
    /// When the answer depends on time in a way that is not known.
    pub fn equal(&mut self, a: Shadowed<'_>, b: Shadowed<'_>) -> Result<(), Opaque> {
        if a.1.is_none() && b.1.is_none() {
            return Ok(());
        }
        if a.1.opaque || b.1.opaque {
            return Err(Opaque);
        }
        // Bits that no clock reaches decide, where they differ.
        let clocks = a.1.fields.iter().chain(&b.1.fields).fold(U256::ZERO, |m, f| m | f.mask());
        if a.0 & !clocks != b.0 & !clocks {
            return Ok(());
        }
        let (Some(one), Some(other)) = (number(a), number(b)) else {
            return self.equal_field(a, b);
        };
        let difference = match (one, other) {
            (Number::Constant(_), Number::Constant(_)) => return Ok(()),
            (Number::Value(field), Number::Constant(constant))
            | (Number::Constant(constant), Number::Value(field)) => {
                let Some(constant) = signed(constant) else { return Ok(()) };
                if field.wrapped != (constant < 0) {
                    return Ok(());
                }
                let sum = field.term.plus_seconds(-constant).ok_or(Opaque)?;
                let word = if matches!(one, Number::Value(_)) { a.0 } else { b.0 };
                (Sum::Term(sum), signed(word).ok_or(Opaque)? - constant)
            }
            (Number::Value(one), Number::Value(other)) => {
                if one.wrapped != other.wrapped {
                    return Ok(());
                }
                let sum = one.term.combined(other.term, true).ok_or(Opaque)?;
                (sum, signed(a.0).ok_or(Opaque)? - signed(b.0).ok_or(Opaque)?)
            }
        };
        if let (Sum::Term(term), value) = difference {
            // Equal is both; unequal is one of two, and which one it is now.
            match value {
                0 => {
                    self.ask(term.at_most(0));
                    self.ask(term.at_least(0));
                }
                1.. => self.ask(term.at_least(1)),
                _ => self.ask(term.at_most(-1)),
            }
        }
        Ok(())
    }

    /// Equality of words of which one has a field among other bits, and the other does not depend on time.
    fn equal_field(&mut self, a: Shadowed<'_>, b: Shadowed<'_>) -> Result<(), Opaque> {
        let ((word, shadow), constant) = match (a.1.is_none(), b.1.is_none()) {
            (false, true) => (a, b.0),
            (true, false) => (b, a.0),
            _ => return Err(Opaque),
        };
        let [field] = shadow.fields.as_slice() else { return Err(Opaque) };
        let part = |word: U256| (word & field.mask()) >> usize::from(field.low);
        let alone = Shadow::with(vec![Field { low: 0, ..*field }]);
        self.equal((part(word), &alone), (part(constant), &Shadow::none()))
    }
}

fn field_bits(field: &Field) -> U256 {
    // How far up the value reaches is not fixed; where the field begins is.
    U256::ONE << usize::from(field.low)
}

/// A word as a number: what it is now, where it does not depend on time, or the field that it is.
fn number((word, shadow): Shadowed<'_>) -> Option<Number> {
    if shadow.is_none() {
        Some(Number::Constant(word))
    } else {
        shadow.value(word).map(Number::Value)
    }
}

/// A word as a number of seconds, if it is small enough to be one.
fn near(word: U256) -> Option<i128> {
    i128::try_from(word).ok().filter(|seconds| *seconds < FAR)
}

/// A word as a number of seconds with a sign (two's complement), if it is small enough to be one.
fn signed(word: U256) -> Option<i128> {
    if word.bit(255) {
        near(U256::ZERO.wrapping_sub(word)).map(|seconds| -seconds)
    } else {
        near(word)
    }
}
