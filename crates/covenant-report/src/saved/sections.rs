//! The text of a scenario file by its top-level keys.

/// A top-level key with all of its text, and the comments before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// The key; empty for what stands before the first.
    pub(super) key: String,
    /// Its lines, each with its end.
    pub(super) text: String,
}

/// The sections of a file, in order: together they are its text.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let mut all = vec![Section { key: String::new(), text: String::new() }];
    // Comments belong to the key that they stand before.
    let mut comments = String::new();
    for line in text.lines() {
        if let Some(key) = key(line) {
            let text = format!("{}{line}\n", std::mem::take(&mut comments));
            all.push(Section { key: key.to_owned(), text });
        } else if line.is_empty() || line.starts_with('#') {
            comments.push_str(line);
            comments.push('\n');
        } else {
            let last = all.last_mut().expect("there is one from the start");
            last.text.push_str(&std::mem::take(&mut comments));
            last.text.push_str(line);
            last.text.push('\n');
        }
        // The first comments are about the file.
        if all.len() == 1 {
            all[0].text.push_str(&std::mem::take(&mut comments));
        }
    }
    all.last_mut().expect("there is one from the start").text.push_str(&comments);
    all
}

/// The key that begins on a line.
fn key(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let key = key.trim_matches(['"', '\'']);
    let is_word =
        !key.is_empty() && key.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
    (is_word && (rest.is_empty() || rest.starts_with(' '))).then_some(key)
}

impl Section {
    /// What stands on the line of the key, without a comment.
    pub(super) fn inline(&self) -> &str {
        let line = self.text.lines().find(|line| key(line).is_some()).unwrap_or_default();
        let value = line.split_once(':').map_or("", |(_, value)| value);
        value.split(" #").next().unwrap_or_default().trim()
    }

    /// The blanks before the entries of a section that is not on one line.
    pub(super) fn indent(&self) -> Option<&str> {
        let mut lines = self.text.lines().skip_while(|line| key(line).is_none()).skip(1);
        let entry = lines.find(|line| !line.trim().is_empty() && !line.trim().starts_with('#'))?;
        Some(&entry[..entry.len() - entry.trim_start().len()])
    }

    /// The words of a list of words, in whichever way it is written.
    pub(super) fn words(&self) -> Vec<String> {
        let lines = self.text.lines().skip_while(|line| key(line).is_none());
        let text: String = lines
            .map(|line| line.split(" #").next().unwrap_or_default().trim())
            .collect::<Vec<_>>()
            .join("\n");
        let value = text.split_once(':').map_or("", |(_, value)| value);
        value
            .split(['\n', ','])
            .map(|word| word.trim().trim_start_matches("- ").trim_matches(['[', ']', ' ']))
            .map(|word| word.trim_matches(['"', '\'']).to_owned())
            .filter(|word| !word.is_empty())
            .collect()
    }
}

/// A text as YAML takes it.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || "._(), ".contains(one);
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    if begins && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, sections};

    const FILE: &str = "# schema\n\nscenario: a: b\ninclude: [_a.yaml, \"b c.yaml\"] # both\n# who\nactors:\n  one: {}\n\n  # two\n  two: {}\nsteps:\n- one: x.y()\n";

    #[test]
    fn the_sections_are_the_whole_file() {
        let all = sections(FILE);
        let keys: Vec<&str> = all.iter().map(|section| section.key.as_str()).collect();
        assert_eq!(keys, ["", "scenario", "include", "actors", "steps"]);
        assert_eq!(all.iter().map(|section| section.text.as_str()).collect::<String>(), FILE);
        assert!(all[3].text.starts_with("# who\n"));
        assert_eq!(all[3].indent(), Some("  "));
        assert_eq!(all[4].indent(), Some(""));
        assert_eq!(all[1].inline(), "a: b");
    }

    #[test]
    fn lists_of_words_are_read_however_they_are_written() {
        assert_eq!(sections(FILE)[2].words(), ["_a.yaml", "b c.yaml"]);
        assert_eq!(sections("include: ../x.yaml\n")[1].words(), ["../x.yaml"]);
        assert_eq!(
            sections("include:\n  - a.yaml\n  - 'b.yaml'\n")[1].words(),
            ["a.yaml", "b.yaml"]
        );
    }

    #[test]
    fn texts_are_quoted_where_yaml_would_read_something_else() {
        assert_eq!(quoted("box.claim(1, terms)"), "box.claim(1, terms)");
        assert_eq!(quoted("box.fund{value: 1}()"), "'box.fund{value: 1}()'");
        assert_eq!(quoted("it's: so"), "'it''s: so'");
        assert_eq!(quoted("!(x)"), "'!(x)'");
    }
}
