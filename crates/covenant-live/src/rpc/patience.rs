//! How long to wait, and when to ask again.

use std::time::Duration;

use serde_json::Value;

/// How often to ask, and how long to wait in between.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often one endpoint is asked the same.
    pub attempts: u32,
    /// Before asking again; doubles each time.
    pub pause: Duration,
    /// The longest pause, also where the node asks for a longer one.
    pub longest_pause: Duration,
    /// Makes pauses of different runs differ, so that they do not all come back at once.
    pub seed: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 6,
            pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
            seed: 1,
        }
    }
}

impl Patience {
    /// The pause after the `attempt`-th attempt, from 1: what the node asks for, or a doubling one, within bounds.
    pub(super) fn pause_after(
        &self,
        attempt: u32,
        hint: Option<Duration>,
        random: &mut u64,
    ) -> Duration {
        let doubled = self.pause.saturating_mul(1 << (attempt - 1).min(16));
        // xorshift64: between three quarters and five quarters.
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        let spread = 768 + u32::try_from(*random % 512).unwrap_or_default();
        let pause = (doubled / 1024).saturating_mul(spread);
        pause.max(hint.unwrap_or_default()).min(self.longest_pause)
    }
}

/// How long a busy node wants to be left alone, where it says so in the words or data of an error.
pub(super) fn hint(message: &str, data: Option<&Value>) -> Option<Duration> {
    let seconds = data.and_then(|data| data.pointer("/rate/backoff_seconds"));
    if let Some(seconds) = seconds.and_then(Value::as_f64) {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let message = message.to_ascii_lowercase();
    let after = ["try again in ", "retry in ", "retry after "]
        .iter()
        .find_map(|words| message.split_once(words).map(|(_, after)| after))?;
    let digits = after.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(after.len());
    let number: f64 = after[..digits].trim_end_matches('.').parse().ok()?;
    let unit = after[digits..].trim_start();
    let scale = match unit {
        _ if unit.starts_with("ms") || unit.starts_with("milli") => 0.001,
        _ if unit.starts_with("min") => 60.0,
        _ => 1.0,
    };
    Duration::try_from_secs_f64(number * scale).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nodes_say_when_to_come_back() {
        let cases = [
            ("Too many requests, try again in 4ms", Some(4)),
            ("rate limit; retry after 2 seconds", Some(2_000)),
            ("Retry in 1.5s.", Some(1_500)),
            ("please retry in 3 minutes", Some(180_000)),
            ("try again in a while", None),
            ("no", None),
        ];
        for (words, milliseconds) in cases {
            assert_eq!(hint(words, None), milliseconds.map(Duration::from_millis), "{words}");
        }
        let infura = json!({ "rate": { "backoff_seconds": 30, "allowed_rps": 1 } });
        assert_eq!(
            hint("daily request count exceeded", Some(&infura)),
            Some(Duration::from_secs(30))
        );
        let absurd = json!({ "rate": { "backoff_seconds": -1 } });
        assert_eq!(hint("", Some(&absurd)), None);
    }

    #[test]
    fn pauses_double_within_bounds() {
        let patience = Patience::default();
        let mut random = patience.seed;
        for attempt in 1..40 {
            let pause = patience.pause_after(attempt, None, &mut random);
            let middle = patience.pause.saturating_mul(1 << (attempt - 1).min(16));
            assert!(pause >= (middle / 2).min(patience.longest_pause), "{pause:?}");
            assert!(pause <= patience.longest_pause.min(middle * 2));
        }
        let hour = Some(Duration::from_secs(3_600));
        assert_eq!(patience.pause_after(1, hour, &mut random), patience.longest_pause);
        let second = Some(Duration::from_secs(1));
        assert_eq!(patience.pause_after(1, second, &mut random), Duration::from_secs(1));
    }
}
