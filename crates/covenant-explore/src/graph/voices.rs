//! Signatures: those that can be made, and those that were.
//!
//! Whoever may do anything signs whatever is asked of him. Nobody else signs anything: of him there are the signatures that
//! the scenario has. To both come forms of them that are as good (the twin that everybody can make of a signature, and the
//! short form of EIP-2098), and signatures by somebody whom nobody knows.

use std::collections::BTreeSet;

use alloy_primitives::{B256, U256, hex, keccak256, uint};
use covenant_chain::{Key, inputs::Input};
use covenant_scenario::{
    expr::{ActorId, Type, Value},
    source::Span,
};

use super::{
    params::{Candidate, Param, Pick, Place, Sent},
    words,
};

/// Whose signature it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Signer {
    /// Somebody's who may do anything: he signs it as soon as it is of use.
    Free(ActorId),
    /// Somebody's whom nobody knows.
    Nobody,
    /// The scenario has it, under a name that is tried as such.
    Named,
    /// The scenario has it.
    Heard,
}

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Signature {
    pub(crate) by: Signer,
    r: U256,
    s: U256,
    /// `v` is 28, and not 27.
    is_odd: bool,
}

/// What of a signature an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    /// All 65 bytes.
    Whole,
    /// The 64 bytes of EIP-2098.
    Short,
    R,
    S,
    V,
    /// `s`, with what `v` is in its first bit.
    Vs,
}

/// Where a signature is among the inputs of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One input is all of it.
    Bytes(usize),
    /// `v`, `r` and `s`.
    Parts([usize; 3]),
    /// `r`, and `s` with what `v` is.
    Compact([usize; 2]),
}

/// The order of the group that signatures are made in.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// It looks like one, and is nobody's: `r` is none of the numbers that a signature can begin with.
const VOID: Signature = Signature { by: Signer::Nobody, r: U256::MAX, s: U256::ONE, is_odd: false };

impl Signature {
    /// From `r ‖ s ‖ v`.
    pub(crate) fn read(bytes: &[u8], by: Signer) -> Option<Self> {
        let is_odd = match bytes.get(64)? {
            27 => false,
            28 => true,
            _ => return None,
        };
        let word = |at: usize| U256::from_be_slice(&bytes[at..at + 32]);
        (bytes.len() == 65).then(|| Self { by, r: word(0), s: word(32), is_odd })
    }

    /// The other one of the same signer: who has the one has both.
    fn twin(self) -> Self {
        let by = if self.by == Signer::Named { Signer::Heard } else { self.by };
        Self { by, s: ORDER.wrapping_sub(self.s), is_odd: !self.is_odd, ..self }
    }

    fn vs(self) -> U256 {
        self.s | U256::from(u8::from(self.is_odd)) << 255
    }

    /// Whether it has a short form, in which the first bit of `s` is another's.
    fn is_low(self) -> bool {
        !self.s.bit(255)
    }

    pub(super) const fn is_made_up(self) -> bool {
        matches!(self.by, Signer::Free(_) | Signer::Nobody)
    }

    /// Whose it is, and what of it, in words.
    pub(super) fn text(self, part: Part) -> String {
        let whose = match self.by {
            Signer::Free(_) => "signed by who may do anything",
            Signer::Nobody => "signed by nobody whom one knows",
            Signer::Named | Signer::Heard => "signed before",
        };
        let what = match part {
            Part::Whole if self.is_low() => "",
            Part::Whole => ", the other way",
            Part::Short | Part::Vs => ", short",
            Part::R => ", r",
            Part::S => ", s",
            Part::V => ", v",
        };
        format!("{whose}{what}")
    }

    /// The value of an input.
    pub(super) fn candidate(self, part: Part, ty: &Type, span: Span) -> Option<Candidate> {
        let word = |word: U256| Some(words::constant(words::value(word, ty)?, ty, span));
        let bytes = |last: &[u8], s: U256| {
            let all = [&self.r.to_be_bytes::<32>(), &s.to_be_bytes::<32>()[..], last].concat();
            let text = format!("hex\"{}\"", hex::encode(&all));
            Some(Candidate { text, ..words::constant(Value::Bytes(all), ty, span) })
        };
        let v = 27 + u8::from(self.is_odd);
        match part {
            Part::Whole => bytes(&[v], self.s),
            Part::Short => bytes(&[], self.vs()),
            Part::R => word(self.r),
            Part::S => word(self.s),
            Part::V => word(U256::from(v)),
            Part::Vs => word(self.vs()),
        }
    }
}

/// Everybody who signs, and all that is signed already.
#[derive(Clone, Debug, Default)]
pub(crate) struct Voices {
    free: Vec<(ActorId, Key)>,
    nobody: Option<Key>,
    /// A signature that has nothing to do with anything: by it one sees what is asked for.
    stray: Option<Signature>,
    heard: BTreeSet<Signature>,
}

impl Voices {
    /// `nobody` is a key that belongs to nobody in the scenario.
    pub(crate) fn of(free: Vec<(ActorId, Key)>, nobody: Key, heard: BTreeSet<Signature>) -> Self {
        let stray = nobody.sign_hash(keccak256("@explore/stray"));
        let stray = Signature::read(&stray, Signer::Nobody);
        Self { free, nobody: Some(nobody), stray, heard }
    }

    /// The same, without what is signed on the spot by those who may do anything.
    pub(crate) fn hushed(&self) -> Self {
        Self { free: Vec::new(), ..self.clone() }
    }

    /// Signatures that a call is tried with, given what became of it: by which inputs and how.
    pub(super) fn next(&self, params: &[Param], picks: &[Pick], sent: &Sent<'_>) -> Next {
        // The others that could be signed instead were found where nothing was yet, with all that is signed beside it.
        let is_signed = |shape: &Shape| match picks[shape.first()] {
            Pick::Signed(one, _) => one.is_made_up() && Some(one) != self.stray,
            _ => false,
        };
        let mut found = Vec::new();
        let mut shapes = Vec::new();
        for asked in &sent.looked.asked {
            let Some(shape) = Shape::of(params, sent, [&asked.v, &asked.r, &asked.s]) else {
                continue;
            };
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
            if !is_signed(&shape) {
                found.extend(self.over(asked.digest).into_iter().flat_map(|one| shape.forms(one)));
            }
        }
        // Where only the length was looked at, nothing is known yet but that it is one.
        let bytes = params.iter().enumerate().filter(|(_, param)| param.is_like_a_signature(sent));
        for (index, _) in bytes {
            let shape = Shape::Bytes(index);
            if !shapes.contains(&shape) && !is_signed(&shape) {
                shapes.push(shape);
                found.extend(self.stray.into_iter().flat_map(|one| shape.forms(one)));
            }
        }
        let parts = shapes.iter().flat_map(Shape::parts).copied().collect();
        shapes.retain(|shape| !is_signed(shape));
        let heard = self.heard.iter().flat_map(|one| [*one, one.twin()]);
        let heard: Vec<Signature> = heard.collect();
        let forms =
            |shape: &Shape| heard.iter().flat_map(|one| shape.forms(*one)).collect::<Vec<_>>();
        found.extend(shapes.iter().flat_map(forms));
        Next { spoken: found, parts }
    }

    /// A signature that has nothing to do with anything.
    pub(super) const fn stray(&self) -> Option<Signature> {
        self.stray
    }

    /// What can be signed of this.
    fn over(&self, digest: B256) -> Vec<Signature> {
        let sign = |key: &Key, by: Signer| Signature::read(&key.sign_hash(digest), by);
        let own = self.free.iter().filter_map(|(actor, key)| sign(key, Signer::Free(*actor)));
        let own = own.flat_map(|one| [one, one.twin()]);
        let nobody = self.nobody.iter().filter_map(|key| sign(key, Signer::Nobody));
        own.chain(nobody).chain([VOID]).collect()
    }
}

/// What is tried next.
pub(super) struct Next {
    pub(super) spoken: Vec<Spoken>,
    /// Inputs that are only parts of a signature.
    pub(super) parts: BTreeSet<usize>,
}

/// What inputs are, where they are a signature.
pub(super) type Spoken = Vec<(usize, Pick)>;

impl Shape {
    /// Where it is, given where its parts come from.
    fn of(params: &[Param], sent: &Sent<'_>, parts: [&BTreeSet<Input>; 3]) -> Option<Self> {
        let all = || parts.into_iter().flatten();
        let whole =
            params.iter().position(|param| all().all(|input| param.is_in_bytes(sent, *input)));
        if let Some(index) = whole {
            return Some(Self::Bytes(index));
        }
        let only = |inputs: &BTreeSet<_>| {
            let input = inputs.first().filter(|_| inputs.len() == 1)?;
            params.iter().position(|param| match &param.place {
                Place::Words(words, _) => words.len() == 1 && *input == Input::Word(words.start),
                _ => false,
            })
        };
        let [v, r, s] = [only(parts[0])?, only(parts[1])?, only(parts[2])?];
        match (v == s, v == r || r == s) {
            (true, false) => Some(Self::Compact([r, s])),
            (false, false) => Some(Self::Parts([v, r, s])),
            _ => None,
        }
    }

    const fn first(&self) -> usize {
        match self {
            Self::Bytes(index) => *index,
            Self::Parts([first, ..]) | Self::Compact([first, ..]) => *first,
        }
    }

    /// The inputs, where each is only a part.
    fn parts(&self) -> &[usize] {
        match self {
            Self::Bytes(_) => &[],
            Self::Parts(parts) => parts,
            Self::Compact(parts) => parts,
        }
    }

    /// The forms that a signature can have here.
    fn forms(self, one: Signature) -> Vec<Spoken> {
        let pick = |part: Part| Pick::Signed(one, part);
        match self {
            Self::Bytes(index) => {
                let short = one.is_low().then_some(Part::Short);
                let whole = (one.by != Signer::Named).then_some(Part::Whole);
                whole.into_iter().chain(short).map(|part| vec![(index, pick(part))]).collect()
            }
            Self::Parts([v, r, s]) => {
                vec![vec![(v, pick(Part::V)), (r, pick(Part::R)), (s, pick(Part::S))]]
            }
            Self::Compact([r, vs]) if one.is_low() => {
                vec![vec![(r, pick(Part::R)), (vs, pick(Part::Vs))]]
            }
            Self::Compact(_) => Vec::new(),
        }
    }
}
