//! Chance that is the same on every machine: a script is a function of its seed.

/// A SplitMix64 generator.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice with this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not zero.
    pub(crate) const fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A number below `limit`, which is not zero.
    pub(crate) fn below_u128(&mut self, limit: u128) -> u128 {
        let high = u128::from(self.next());
        ((high << 64) | u128::from(self.next())) % limit
    }

    /// True this often in a hundred.
    pub(crate) const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let length = u64::try_from(from.len()).expect("no list is that long");
        let index = usize::try_from(self.below(length)).expect("it is below a length");
        from[index]
    }

    /// A share in basis points: often one of the ends, rarely more than the whole.
    pub(crate) fn bps(&mut self) -> u16 {
        match self.below(20) {
            0..4 => 0,
            4..7 => 10_000,
            7 => 1,
            8 => 9_999,
            9 => self.pick(&[10_001, u16::MAX]),
            _ => u16::try_from(self.below(10_001)).expect("it is below the whole"),
        }
    }

    /// The same, never more than the whole.
    pub(crate) fn whole_bps(&mut self) -> u16 {
        self.bps().min(10_000)
    }
}
