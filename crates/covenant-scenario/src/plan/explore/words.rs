//! Texts as words, each of which knows where it stands.

use std::ops::Range;

use crate::source::Text;

/// The words of a text.
pub(super) fn words(text: &Text) -> Vec<Text> {
    places(text.as_str()).into_iter().map(|place| text.slice(place)).collect()
}

/// What follows after so many words, if anything does.
pub(super) fn after(text: &Text, count: usize) -> Option<Text> {
    let places = places(text.as_str());
    Some(text.slice(places.get(count)?.start..places.last()?.end))
}

/// A text without blanks around it.
pub(super) fn trimmed(text: &Text) -> Text {
    let start = text.value.len() - text.value.trim_start().len();
    text.slice(start..start + text.value.trim().len())
}

fn places(value: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut start = None;
    for (at, letter) in value.char_indices().chain([(value.len(), ' ')]) {
        match (letter.is_whitespace(), start) {
            (true, Some(from)) => {
                places.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    places
}

/// `head(inside) tail`
pub(super) struct Applied {
    /// All of it.
    pub(super) whole: Text,
    /// The word before the parentheses.
    pub(super) head: Text,
    /// What is between them.
    pub(super) inside: Text,
    /// What comes after them.
    pub(super) tail: Text,
}

impl Applied {
    pub(super) fn of(text: &Text) -> Option<Self> {
        let whole = trimmed(text);
        let value = whole.as_str();
        let open = value.find('(')?;
        let word = value[..open].trim_end();
        if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        let close = open + closing(&value[open..])?;
        Some(Self {
            head: whole.slice(0..word.len()),
            inside: trimmed(&whole.slice(open + 1..close)),
            tail: trimmed(&whole.slice(close + 1..value.len())),
            whole,
        })
    }
}

/// Where the parenthesis that a text begins with is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn text(value: &str) -> Text {
        let end = u32::try_from(value.len()).expect("it is short");
        Text::plain(value, Span { file: FileId(0), start: 0, end })
    }

    #[test]
    fn words_know_where_they_stand() {
        let text = text("  usd  can\tpause ");
        let words = words(&text);
        let said: Vec<_> = words.iter().map(|word| (word.as_str(), word.span.range())).collect();
        assert_eq!(said, [("usd", 2..5), ("can", 7..10), ("pause", 11..16)]);
        let rest = after(&text, 1).expect("there are more words");
        assert_eq!((rest.as_str(), rest.span.range()), ("can\tpause", 7..16));
        assert!(after(&text, 3).is_none());
    }

    #[test]
    fn what_is_applied_comes_apart() {
        let parts = |value: &str| {
            let applied = Applied::of(&text(value))?;
            Some([applied.head.value, applied.inside.value, applied.tail.value])
        };
        let of = |parts: [&str; 3]| Some(parts.map(str::to_owned));
        assert_eq!(parts(" exit( buyer )  within 3 days "), of(["exit", "buyer", "within 3 days"]));
        assert_eq!(parts("only (a, f(b))"), of(["only", "a, f(b)", ""]));
        assert_eq!(parts("exit() alone"), of(["exit", "", "alone"]));
        assert_eq!(parts("exit(buyer alone"), None);
        assert_eq!(parts("ends"), None);
        assert_eq!(parts("no (trapped) funds"), of(["no", "trapped", "funds"]));
        assert_eq!(parts("(a) b"), None);
    }
}
