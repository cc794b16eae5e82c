//! How amounts of money read: exact, never rounded.

use num_bigint::{BigInt, Sign};

/// Digits of a number in groups of three: `-1_234_567`.
pub fn grouped(number: &BigInt) -> String {
    let sign = if number.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}{}", group(&number.magnitude().to_string()))
}

/// An amount of wei in the unit that suits its size: `2 ether`, `1.5 gwei`, `-0.001 ether`, `7 wei`, and `0`.
///
/// The text is exact, and is an expression of the scenario language with the same value. From 0.001 of a unit on, the
/// unit is used.
pub fn ether(wei: &BigInt) -> String {
    let digits = wei.magnitude().to_string();
    match digits.len() {
        _ if wei.sign() == Sign::NoSign => "0".into(),
        16.. => decimal(wei, 18) + " ether",
        7..16 => decimal(wei, 9) + " gwei",
        _ => grouped(wei) + " wei",
    }
}

/// An amount in units of 10^`decimals`, exact: `decimal(5_000_250_000, 6)` is `5_000.25`.
pub fn decimal(amount: &BigInt, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    let sign = if amount.sign() == Sign::Minus { "-" } else { "" };
    let digits = format!("{:0>width$}", amount.magnitude().to_string(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let whole = group(whole);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

fn group(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use num_traits::Pow;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        for (wei, text) in [
            ("0", "0"),
            ("1", "1 wei"),
            ("-999999", "-999_999 wei"),
            ("1000000", "0.001 gwei"),
            ("1500000000", "1.5 gwei"),
            ("95000000000000", "95_000 gwei"),
            ("1000000000000000", "0.001 ether"),
            ("2000000000000000000", "2 ether"),
            ("-2500000000000000000", "-2.5 ether"),
            ("10000000000000000000001", "10_000.000000000000000001 ether"),
        ] {
            assert_eq!(ether(&wei.parse().unwrap()), text);
        }
    }

    #[test]
    fn decimals_may_be_none_or_many() {
        for (amount, decimals, text) in [
            (5_000_250_000_i64, 6, "5_000.25"),
            (-7, 0, "-7"),
            (-7, 2, "-0.07"),
            (0, 6, "0"),
            (1_234, 3, "1.234"),
        ] {
            assert_eq!(decimal(&amount.into(), decimals), text);
        }
    }

    proptest! {
        #[test]
        fn no_digit_is_lost(amount: i128) {
            let text = ether(&amount.into()).replace('_', "");
            let (number, unit) = text.split_once(' ').unwrap_or((&text, "wei"));
            let decimals = match unit { "ether" => 18, "gwei" => 9, _ => 0_u32 };
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
            let missing = decimals - u32::try_from(fraction.len()).unwrap();
            prop_assert_eq!(digits * BigInt::from(10).pow(missing), BigInt::from(amount));
        }
    }
}
