//! Inputs: where they are, what is tried for them, and which other values make a difference.

use std::{collections::BTreeSet, ops::Range};

use alloy_primitives::U256;
use covenant_chain::inputs::{Input, Looked};
use covenant_scenario::{
    expr::{Type, Typed},
    source::Span,
};

use super::{
    moves::is_fixed,
    voices::{Part, Signature},
    words,
};

/// A value that is tried, and how a scenario writes it.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) typed: Typed,
    pub(crate) text: String,
    /// The word that it is, where it is one, and the same in every state.
    pub(crate) word: Option<U256>,
    /// It is tried where exploration begins, and where others of its kind succeed.
    pub(crate) is_rare: bool,
}

/// An input of a call.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    /// Its name; `value` for the wei sent along.
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// Values that are tried whatever is found out; the first goes first.
    pub(crate) candidates: Vec<Candidate>,
    /// How many of them are tried even where only comparisons matter: what the scenario asks for.
    pub(crate) wanted: usize,
    /// They are all that there are.
    pub(crate) is_complete: bool,
    /// There is so little of it that there is an end to trying, whatever is tried.
    pub(crate) is_scarce: bool,
    /// Where it is.
    pub(crate) place: Place,
}

/// Where an input is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// In these words of calldata; what each of them can hold.
    Words(Range<u8>, Vec<Type>),
    /// Where this word of calldata says.
    Elsewhere(usize),
    /// Sent along.
    Value,
    /// Nowhere that is looked at: its candidates are tried, and nothing else.
    Aside,
}

/// A value of an input: one of the candidates, what of a signature it is, or a word that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Pick {
    Candidate(u32),
    Signed(Signature, Part),
    Word(U256),
}

impl Pick {
    /// None comes before it.
    pub(crate) const FIRST: Self = Self::Candidate(0);
    /// None comes after it.
    pub(crate) const LAST: Self = Self::Word(U256::MAX);

    /// What is tried instead where a signature was made for other inputs: one that has nothing to do with them either.
    pub(super) fn unsigned(self, stray: Option<Signature>) -> Self {
        match self {
            Self::Signed(one, part) if one.is_made_up() => {
                stray.map_or(Self::FIRST, |stray| Self::Signed(stray, part))
            }
            other => other,
        }
    }
}

/// A call as it was sent, and what became of its inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) looked: &'a Looked,
    /// Its calldata, with the selector.
    pub(crate) data: &'a [u8],
    pub(crate) value: U256,
    pub(crate) succeeded: bool,
    /// It was sent where exploration begins.
    pub(crate) is_first: bool,
}

impl Sent<'_> {
    fn word(&self, input: Input) -> U256 {
        match input {
            Input::Value => self.value,
            Input::Word(word) => {
                let from = 4 + 32 * usize::from(word);
                let bytes = self.data.get(from..from + 32).unwrap_or_default();
                U256::from_be_slice(bytes)
            }
        }
    }

    fn steps(&self, input: Input) -> impl Iterator<Item = U256> + '_ {
        self.looked.steps.get(&input).into_iter().flatten().copied()
    }

    /// Whether any other value would have gone another way.
    fn is_pinned(&self, input: Input) -> bool {
        let word = self.word(input);
        let has =
            |step: U256| self.looked.steps.get(&input).is_some_and(|steps| steps.contains(&step));
        !self.looked.related.contains(&input)
            && (word == U256::ZERO || has(word))
            && (word == U256::MAX || has(word + U256::ONE))
    }

    /// Whether something else becomes of an input than that it is compared.
    fn escapes(&self, input: Input) -> bool {
        let looked = self.looked;
        // Wei that are sent along change hands.
        let is_paid = input == Input::Value && self.succeeded;
        looked.related.contains(&input)
            || ((looked.escaped.contains(&input) || is_paid) && !self.is_pinned(input))
    }
}

impl Param {
    pub(super) fn picked(&self, pick: Pick, span: Span) -> Option<Candidate> {
        match pick {
            Pick::Candidate(index) => self.candidates.get(index as usize).cloned(),
            Pick::Word(word) => {
                let value = words::value(word, &self.ty)?;
                Some(words::constant(value, &self.ty, span))
            }
            Pick::Signed(one, part) => one.candidate(part, &self.ty, span),
        }
    }

    /// What is tried where the expression that was picked has no value: nothing at all, if none is left. `None` where it
    /// always has one.
    pub(super) fn instead_of(&self, pick: Pick) -> Option<Option<Pick>> {
        let Pick::Candidate(index) = pick else { return None };
        let one = self.candidates.get(index as usize)?;
        let next = self.candidates.get(index as usize + 1).map(|_| Pick::Candidate(index + 1));
        (!is_fixed(&one.typed)).then_some(next)
    }

    /// Whether a value is none that the scenario asks for, and another one in another state.
    pub(super) fn is_found(&self, pick: Pick) -> bool {
        match pick {
            _ if self.is_scarce => false,
            Pick::Word(_) => true,
            Pick::Signed(one, _) => one.is_made_up(),
            Pick::Candidate(index) => {
                let index = index as usize;
                let changes = |one: &Candidate| !is_fixed(&one.typed);
                index >= self.wanted && self.candidates.get(index).is_some_and(changes)
            }
        }
    }

    /// Whether its values cannot be told by what they are compared with.
    pub(super) fn is_guessed(&self) -> bool {
        !self.is_complete && !words::is_word(&self.ty)
    }

    /// Whether the scenario asks for a value.
    pub(super) fn is_wanted(&self, pick: Pick) -> bool {
        matches!(pick, Pick::Candidate(index) if (index as usize) < self.wanted)
    }

    pub(super) fn is_rare(&self, pick: Pick) -> bool {
        match pick {
            Pick::Candidate(index) => {
                self.candidates.get(index as usize).is_some_and(|one| one.is_rare)
            }
            Pick::Word(_) | Pick::Signed(..) => false,
        }
    }

    /// The words of calldata in which the bytes of an input stand, if it is bytes, and how many words there are before.
    fn tail(&self, sent: &Sent<'_>) -> Option<(u8, u8)> {
        let (Place::Elsewhere(head), Type::Bytes) = (&self.place, &self.ty) else { return None };
        let word = |at: usize| -> Option<usize> {
            let from = 4 + 32 * at;
            usize::try_from(U256::from_be_slice(sent.data.get(from..from + 32)?)).ok()
        };
        let tail = word(*head)? / 32;
        let end = tail + word(tail)?.div_ceil(32);
        let end = u8::try_from(end).ok().filter(|end| *end < Input::LAST)?;
        Some((u8::try_from(tail).ok()?, end))
    }

    /// Whether something comes from the bytes of an input.
    pub(super) fn is_in_bytes(&self, sent: &Sent<'_>, input: Input) -> bool {
        let Some((tail, end)) = self.tail(sent) else { return false };
        matches!(input, Input::Word(word) if tail < word && word <= end)
    }

    /// Whether it is looked at how many bytes there are, as one does with a signature.
    pub(super) fn is_like_a_signature(&self, sent: &Sent<'_>) -> bool {
        let Some((tail, _)) = self.tail(sent) else { return false };
        let lengths = U256::from(64)..=U256::from(65);
        sent.steps(Input::Word(tail)).any(|step| lengths.contains(&step))
    }

    /// How a scenario writes a value; of a signature whose it is.
    pub(crate) fn text(&self, pick: Pick) -> Option<String> {
        if let Pick::Signed(one, part) = pick {
            return Some(one.text(part));
        }
        let typed = self.candidates.first().map(|one| one.typed.span)?;
        self.picked(pick, typed).map(|one| one.text)
    }

    fn all(&self) -> impl Iterator<Item = Pick> + use<> {
        (0..u32::try_from(self.candidates.len()).expect("there are few")).map(Pick::Candidate)
    }

    /// Which values make a difference, and whether these are not all that do.
    pub(super) fn varied(&self, sent: &Sent<'_>) -> (Vec<Pick>, bool) {
        let (inputs, types) = match &self.place {
            // Where it is, depends on the calldata; it is taken to be looked at.
            Place::Elsewhere(_) | Place::Aside => return (self.all().collect(), true),
            Place::Value => (vec![Input::Value], vec![Type::UINT256]),
            Place::Words(words, types) => (words.clone().map(Input::Word).collect(), types.clone()),
        };
        let matters = |input: &Input, ty: &Type| {
            sent.steps(*input).any(|step| words::next(step, ty).is_some())
        };
        let escapes = inputs.iter().any(|input| sent.escapes(*input));
        let is_parted = inputs.iter().zip(&types).any(|(input, ty)| matters(input, ty));
        match (escapes, is_parted) {
            (false, false) => (Vec::new(), false),
            _ if self.is_complete => (self.all().collect(), false),
            _ if inputs.len() != 1 || !words::is_word(&self.ty) => (self.all().collect(), true),
            (escapes, _) => {
                let mut all = self.steps(sent, inputs[0], escapes);
                // An address or a hash that is more than another is none that can be guessed.
                let is_ordered = matches!(self.ty, Type::Int(_));
                let escapes = escapes || !is_ordered && self.is_ordered_by(sent, inputs[0]);
                let count = if escapes { self.candidates.len() } else { self.wanted };
                let bound = if is_ordered { self.bound(sent, inputs[0]) } else { U256::ZERO };
                let worth = |pick: &Pick| self.is_worth(*pick, bound);
                all.extend(self.all().take(count).filter(worth));
                all.push(Pick::Candidate(u32::try_from(self.candidates.len() - 1).unwrap_or(0)));
                (all, escapes)
            }
        }
    }

    /// The greatest number that it is compared with.
    fn bound(&self, sent: &Sent<'_>, input: Input) -> U256 {
        let steps = sent.steps(input).filter(|step| words::value(*step, &self.ty).is_some());
        steps.filter(|step| *step <= MOST_WEI).max().unwrap_or_default()
    }

    /// Whether a number is tried where it is bounded: if it is far below, it could be tried again and again, without end.
    fn is_worth(&self, pick: Pick, bound: U256) -> bool {
        let Pick::Candidate(index) = pick else { return true };
        let index = index as usize;
        let word = self.candidates[index].word;
        index < self.wanted || word.is_none_or(|word| word == U256::ZERO || word >= bound >> 3)
    }

    /// Whether it matters that it is less than something, rather than that it is something. Less than one is only zero.
    fn is_ordered_by(&self, sent: &Sent<'_>, input: Input) -> bool {
        let orders = sent.looked.orders.get(&input).into_iter().flatten();
        orders.into_iter().any(|step| *step != U256::ONE && words::next(*step, &self.ty).is_some())
    }

    /// A value on each side of each step; of what escapes also the last before it.
    fn steps(&self, sent: &Sent<'_>, input: Input, escapes: bool) -> Vec<Pick> {
        let mut words: BTreeSet<U256> = words::least(&self.ty).into_iter().collect();
        let is_number = matches!(self.ty, Type::Int(_));
        let steps: BTreeSet<U256> = sent.steps(input).collect();
        for step in &steps {
            let before = step.wrapping_sub(U256::ONE);
            // Of what is no number one is as good as another, unless it is the one that is asked for.
            if is_number || !(before == U256::ZERO || steps.contains(&before)) {
                words.insert(*step);
            }
            if escapes && is_number {
                words.insert(before);
            }
        }
        let most = matches!(self.place, Place::Value).then_some(MOST_WEI);
        let fits = |word: &U256| {
            most.is_none_or(|most| *word <= most) && words::value(*word, &self.ty).is_some()
        };
        words.into_iter().filter(fits).map(|word| self.pick(word)).collect()
    }

    /// A word, by the name that it has.
    fn pick(&self, word: U256) -> Pick {
        let known = self.candidates.iter().position(|one| one.word == Some(word));
        known.map_or(Pick::Word(word), |known| {
            Pick::Candidate(u32::try_from(known).expect("there are few"))
        })
    }
}

/// Nobody has more wei than that.
const MOST_WEI: U256 = U256::from_limbs([0, 0, 1, 0]);
