//! What to pay for gas.

use alloy_primitives::U256;

/// What a transaction offers, in wei per gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeQuote {
    /// Most it pays.
    pub max_fee: u128,
    /// What goes to whoever includes it.
    pub priority: u128,
}

impl FeeQuote {
    /// Room for a base fee that doubles, within `cap`; `None` if the base fee alone is over it.
    pub fn at(base_fee: u128, tip: u128, cap: u128) -> Option<Self> {
        if base_fee > cap {
            return None;
        }
        let max_fee = base_fee.saturating_mul(2).saturating_add(tip).min(cap);
        Some(Self { max_fee, priority: tip.min(max_fee) })
    }

    /// What to offer in place of this: an eighth more of both, or what a new transaction would offer if that is more;
    /// `None` if that is over `cap`, because nodes take no smaller step.
    pub fn raised_to(self, fresh: Self, cap: u128) -> Option<Self> {
        let max_fee = raised(self.max_fee);
        let priority = raised(self.priority).max(fresh.priority.min(cap));
        let max_fee = max_fee.max(priority).max(fresh.max_fee.min(cap));
        (max_fee <= cap).then_some(Self { max_fee, priority: priority.min(max_fee) })
    }

    /// Most that so much gas costs, in wei.
    pub(super) fn cost(self, gas: u64) -> U256 {
        U256::from(gas) * U256::from(self.max_fee)
    }
}

/// An eighth more, and at least one wei, rounded up.
pub fn raised(fee: u128) -> u128 {
    fee.saturating_add((fee / 8).saturating_add(u128::from(!fee.is_multiple_of(8))).max(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_replacement_pays_an_eighth_more_of_both_and_never_over_the_cap(
            max_fee in 0..u128::MAX / 16, part in 0..=100_u128, base in 0..u128::MAX / 16, tip in any::<u64>(),
            cap in any::<u128>(),
        ) {
            let old = FeeQuote { max_fee, priority: max_fee / 100 * part };
            let Some(fresh) = FeeQuote::at(base, u128::from(tip), cap) else {
                prop_assert!(base > cap);
                return Ok(());
            };
            prop_assert!(fresh.max_fee <= cap && fresh.priority <= fresh.max_fee);
            match old.raised_to(fresh, cap) {
                Some(new) => {
                    prop_assert!(new.max_fee <= cap && new.priority <= new.max_fee);
                    prop_assert!(new.max_fee * 8 >= old.max_fee * 9 && new.max_fee > old.max_fee);
                    prop_assert!(new.priority * 8 >= old.priority * 9 && new.priority > old.priority);
                    prop_assert!(new.max_fee >= fresh.max_fee);
                }
                None => prop_assert!(raised(old.max_fee).max(raised(old.priority)) > cap),
            }
        }
    }

    #[test]
    fn a_base_fee_over_the_cap_is_waited_for() {
        assert_eq!(FeeQuote::at(11, 1, 10), None);
        assert_eq!(FeeQuote::at(10, 1, 10), Some(FeeQuote { max_fee: 10, priority: 1 }));
        assert_eq!(FeeQuote::at(3, 1, 10), Some(FeeQuote { max_fee: 7, priority: 1 }));
        assert_eq!(FeeQuote::at(0, 0, 10), Some(FeeQuote { max_fee: 0, priority: 0 }));
    }
}
