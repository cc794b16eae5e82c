//! Exact amounts and moments, and how they are written.

use std::fmt;

use alloy_primitives::U256;
use covenant_chain::Timestamp;
use jiff::Timestamp as Instant;
use num_bigint::{BigInt, Sign};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// An exact number of the smallest unit of an asset; a decimal string in JSON, where numbers are not exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String")]
pub struct Amount(pub BigInt);

impl From<U256> for Amount {
    fn from(units: U256) -> Self {
        Self(BigInt::from_bytes_be(Sign::Plus, &units.to_be_bytes::<32>()))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A moment of the chain's clock; `2026-01-01T00:00:00Z` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String")]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Moment {
    /// `2026-01-01 00:00:00`, which sorts and aligns; moments after the year 9999 are written in seconds.
    pub(crate) fn aligned(self) -> String {
        match self.instant() {
            Some(instant) => instant.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            None => format!("@{}", self.0.0),
        }
    }

    fn instant(self) -> Option<Instant> {
        Instant::from_second(i64::try_from(self.0.0).ok()?).ok()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.instant() {
            Some(instant) => write!(f, "{}", instant.strftime("%Y-%m-%dT%H:%M:%SZ")),
            None => write!(f, "@{}", self.0.0),
        }
    }
}

/// A span of time in words: `31 days`, `1 day 2 hours`, `1 second`.
pub(crate) fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = seconds;
    let mut words = Vec::new();
    for (length, unit) in UNITS {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            words.push(format!("{} {unit}{plural}", grouped(&count.to_string())));
        }
    }
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}

/// Digits in groups of three, as scenario files write them: `1_234_567`.
pub(crate) fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Whether an act says itself how many wei go with it: `transfer(maker, 2 ether)`, `box.fund{value: 1}()`.
pub(crate) fn says_its_wei(act: &str) -> bool {
    let sends = ["transfer(", "force("].iter().any(|beginning| act.starts_with(beginning));
    sends || act.contains("{value:")
}

/// An amount with a point before its last `decimals` digits, without superfluous zeros: `-1_000.5`.
pub(crate) fn decimal(amount: &BigInt, decimals: u8) -> String {
    let digits = amount.magnitude().to_string();
    let decimals = usize::from(decimals);
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    let minus = if amount.sign() == Sign::Minus { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{minus}{}{point}{fraction}", grouped(whole))
}

/// Wei in the unit that reads best, always exact: `2 ether`, `1.5 gwei`, `7 wei`.
pub(crate) fn ether(wei: &BigInt) -> String {
    let digits = wei.magnitude().to_string();
    match digits.len() {
        _ if digits == "0" => "0 ether".to_owned(),
        0..=9 => format!("{} wei", decimal(wei, 0)),
        10..=14 => format!("{} gwei", decimal(wei, 9)),
        _ => format!("{} ether", decimal(wei, 18)),
    }
}

/// The text with a plus in front unless it has a minus.
pub(crate) fn signed(text: String, amount: &BigInt) -> String {
    if amount.sign() == Sign::Plus { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::{Moment, Timestamp, decimal, ether, grouped, signed, span};

    #[test]
    fn groups_digits() {
        for (digits, text) in
            [("0", "0"), ("999", "999"), ("1000", "1_000"), ("1234567", "1_234_567")]
        {
            assert_eq!(grouped(digits), text);
        }
    }

    #[test]
    fn writes_decimals_exactly() {
        let cases = [
            (0, 6, "0"),
            (5_000_000, 6, "5"),
            (-5, 6, "-0.000005"),
            (1_234_567_890, 6, "1_234.56789"),
            (7, 0, "7"),
            (-1_500, 0, "-1_500"),
        ];
        for (amount, decimals, text) in cases {
            assert_eq!(decimal(&BigInt::from(amount), decimals), text);
        }
    }

    #[test]
    fn picks_the_unit_of_ether() {
        let cases = [
            ("0", "0 ether"),
            ("7", "7 wei"),
            ("-1500000000", "-1.5 gwei"),
            ("2000000000000000000", "2 ether"),
            ("-1000000000000000001", "-1.000000000000000001 ether"),
            ("500000000000000", "0.0005 ether"),
        ];
        for (wei, text) in cases {
            assert_eq!(ether(&wei.parse().unwrap()), text);
        }
    }

    #[test]
    fn writes_signs() {
        assert_eq!(signed("2".to_owned(), &BigInt::from(2)), "+2");
        assert_eq!(signed("-2".to_owned(), &BigInt::from(-2)), "-2");
        assert_eq!(signed("0".to_owned(), &BigInt::from(0)), "0");
    }

    #[test]
    fn writes_moments_and_spans() {
        let start = Moment(Timestamp(1_767_225_600));
        assert_eq!(start.to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(start.aligned(), "2026-01-01 00:00:00");
        assert_eq!(Moment(Timestamp(u64::MAX)).to_string(), "@18446744073709551615");
        assert_eq!(span(31 * 86_400), "31 days");
        assert_eq!(span(90_061), "1 day 1 hour 1 minute 1 second");
        assert_eq!(span(0), "0 seconds");
    }
}
