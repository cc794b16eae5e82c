//! Which questions of a run are tried, where they are too many to try all of them each time.

/// Said behind the name of a test, as one more name: how many questions are tried. `scripts/voyages.sh` says so many that it
/// is all of them.
const COUNT: &str = "questions=";

/// How many are tried, unless somebody says otherwise.
pub(super) fn count(usually: u64) -> u64 {
    let mut said = std::env::args().filter_map(|it| it.strip_prefix(COUNT)?.parse().ok());
    said.next().unwrap_or(usually)
}

/// Some numbers below `below`, one of each of `count` parts that are as long, and others for each seed; all of them if there
/// are no more.
pub(super) fn spread(below: u64, count: u64, seed: u64) -> Vec<u64> {
    if below <= count {
        return (0..below).collect();
    }
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let draw = |part: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (from, to) = (part * below / count, (part + 1) * below / count);
        from + (random >> 33) % (to - from)
    };
    (0..count).map(draw).collect()
}
