//! Did you mean …?

/// The candidate that a word was probably meant to be, if one is close enough.
///
/// Case and `-`, `_` count for nothing; of two that are equally close, the first wins.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody mistypes a whole sentence, and the distance takes the product of the lengths.
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let word = plain(word);
    let most = (word.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What tells a word from another that looks the same: ` The second character is U+0430, not `a`.`
pub fn look_alike(word: &str, other: &str) -> Option<String> {
    if word.is_ascii() || word.chars().count() != other.chars().count() {
        return None;
    }
    let mut pairs = word.chars().zip(other.chars()).enumerate().filter(|(_, (a, b))| a != b);
    let (at, (letter, meant)) = pairs.next()?;
    (!letter.is_ascii() && pairs.all(|(_, (letter, _))| !letter.is_ascii()))
        .then(|| format!(" Its character {} is U+{:04X}, not `{meant}`", at + 1, u32::from(letter)))
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}
