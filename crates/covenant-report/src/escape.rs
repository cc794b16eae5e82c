//! Makes text that others wrote safe to show: what a file, a contract or a log says must not move the cursor, hide
//! itself or turn its neighbours around.

use std::borrow::Cow;

/// Whether a terminal or an editor would act on this character instead of showing it: control characters, line and
/// paragraph separators, marks of direction, and characters of no width that hide in names.
pub(crate) const fn is_hostile(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The text on one line, with every hostile character written as an escape (`\n`, `\u{1b}`).
pub fn escape(text: &str) -> Cow<'_, str> {
    replace(text, is_hostile)
}

/// The text with its line ends kept (as `\n`), and every other hostile character written as an escape; tabs are spaces.
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    if text.contains(['\r', '\t']) {
        let text = text.replace("\r\n", "\n").replace('\t', "    ");
        return Cow::Owned(
            replace(&text, |character| character != '\n' && is_hostile(character)).into_owned(),
        );
    }
    replace(text, |character| character != '\n' && is_hostile(character))
}

fn replace(text: &str, hostile: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hostile) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if hostile(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// The text, cut to `limit` characters with `…` where something was left out.
pub(crate) fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
            Cow::Owned(kept + "…")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_lines, shorten};

    #[test]
    fn escapes_what_a_terminal_acts_on() {
        let cases = [
            ("lease.sign(terms)", "lease.sign(terms)"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("ten\u{200b}ant", "ten\\u{200b}ant"),
            ("Müller 租客 🏠", "Müller 租客 🏠"),
        ];
        for (text, safe) in cases {
            assert_eq!(escape(text), safe);
        }
    }

    #[test]
    fn keeps_lines_where_asked() {
        assert_eq!(escape_lines("a\r\nb\n\u{1b}c"), "a\nb\n\\u{1b}c");
        assert_eq!(escape_lines("\tx"), "    x");
    }

    #[test]
    fn shortens_by_characters() {
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("äöüß", 3), "äö…");
    }
}
