//! What a counterexample of a case or on a fork needs besides, and who acts in it.

use super::{
    assemble::Unsaved,
    sections::{Section, sections},
    strangers::Stranger,
};

/// What a case says, as far as a counterexample needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Case {
    /// Its name, as it is written.
    name: String,
    /// What it replaces of `let` and `actors`, at the left margin.
    replaced: String,
    /// Its steps, if it has any of its own.
    pub(super) steps: Option<Section>,
}

impl Case {
    /// The case of a name among the sections of a file.
    pub(super) fn of(all: &[Section], name: &str) -> Result<Self, Unsaved> {
        let cases = all.iter().find(|section| section.key == "cases");
        let cases = cases.ok_or(Unsaved("its case stands in another file"))?;
        if !cases.inline().is_empty() {
            return Err(Unsaved("the cases of the scenario are on one line"));
        }
        let body =
            dedented(cases.text.lines().skip_while(|line| !line.starts_with("cases:")).skip(1));
        let is_own = |line: &str| {
            let head = line.split_once(':').map(|(head, _)| head.trim_matches(['"', '\'']));
            !line.starts_with([' ', '#']) && head == Some(name)
        };
        let mut lines = body.lines().skip_while(|line| !is_own(line));
        let head = lines.next().ok_or(Unsaved("its case is not where it is looked for"))?;
        let (written, inline) = head.split_once(':').unwrap_or((head, ""));
        let inline = inline.split(" #").next().unwrap_or_default().trim();
        if !inline.is_empty() && !inline.starts_with('#') {
            return Err(Unsaved("its case is written on one line"));
        }
        let own =
            dedented(lines.take_while(|line| line.is_empty() || line.starts_with([' ', '#'])));
        let mut case = Self { name: written.to_owned(), ..Self::default() };
        for section in sections(&own) {
            match section.key.as_str() {
                "let" | "actors" => case.replaced.push_str(&section.text),
                "steps" => case.steps = Some(section),
                _ => {}
            }
        }
        Ok(case)
    }

    /// The case as the only one of a file; nothing if it replaces nothing.
    pub(super) fn section(&self) -> String {
        if self.replaced.is_empty() {
            return String::new();
        }
        let lines = self.replaced.lines().filter(|line| !line.trim().is_empty());
        let lines: String = lines.map(|line| format!("    {line}\n")).collect();
        format!("cases:\n  {}:\n{lines}", self.name)
    }
}

/// Lines without the blanks that all of them begin with.
fn dedented<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<&str> = lines.collect();
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let full = lines.iter().filter(|line| !line.trim().is_empty());
    let least = full.map(|line| blanks(line)).min().unwrap_or(0);
    lines.iter().map(|line| format!("{}\n", line.get(least..).unwrap_or_default())).collect()
}

/// The section `actors` with some more of them.
pub(super) fn with_strangers(
    section: Option<&Section>,
    strangers: &[Stranger],
) -> Result<String, Unsaved> {
    let Some(section) = section else {
        let lines: String = strangers.iter().map(|it| format!("  {}\n", it.entry())).collect();
        return Ok(if lines.is_empty() { lines } else { format!("actors:\n{lines}") });
    };
    if strangers.is_empty() {
        return Ok(section.text.clone());
    }
    let inline = section.inline();
    let is_list = inline.starts_with('[')
        || inline.is_empty()
            && section.text.lines().any(|line| line.trim_start().starts_with("- "));
    if is_list {
        let known: Vec<String> =
            section.words().into_iter().map(|name| format!("  {name}: {{}}\n")).collect();
        let more: String = strangers.iter().map(|it| format!("  {}\n", it.entry())).collect();
        return Ok(format!("actors:\n{}{more}", known.concat()));
    }
    if !inline.is_empty() {
        return Err(Unsaved("the actors of the scenario are on one line"));
    }
    let indent = section.indent().unwrap_or("  ");
    let more: String = strangers.iter().map(|it| format!("{indent}{}\n", it.entry())).collect();
    Ok(format!("{}\n{more}", section.text.trim_end()))
}

/// The section `chain`, in which the path of a recording is another.
pub(super) fn with_recording(text: &str, moved: impl Fn(&str) -> String) -> String {
    let Some((head, tail)) = text.split_once("recording:") else { return text.to_owned() };
    let end = tail.find([',', '}', '\n', '#']).unwrap_or(tail.len());
    let (path, rest) = tail.split_at(end);
    let path = moved(path.trim().trim_matches(['"', '\'']));
    let gap = if rest.starts_with(['}', '#']) { " " } else { "" };
    format!("{head}recording: \"{path}\"{gap}{rest}")
}

#[cfg(test)]
mod tests {

    use super::{Case, sections, with_recording, with_strangers};
    use crate::saved::strangers::person;

    const FILE: &str = "steps:\n  - one: x.y()\ncases:\n  # first\n  early:\n    let: { a: 1 }\n  \"too-late\":\n    actors:\n      two: {}\n\n    ensures: true\n    steps:\n      - two: x.z()\n        value: 1\n";

    #[test]
    fn a_case_becomes_the_only_one() {
        let all = sections(FILE);
        let early = Case::of(&all, "early").unwrap();
        assert_eq!(early.section(), "cases:\n  early:\n    let: { a: 1 }\n");
        assert_eq!(early.steps, None);
        let late = Case::of(&all, "too-late").unwrap();
        assert_eq!(late.section(), "cases:\n  \"too-late\":\n    actors:\n      two: {}\n");
        let steps = late.steps.unwrap();
        assert_eq!(steps.text, "steps:\n  - two: x.z()\n    value: 1\n");
        assert!(Case::of(&all, "never").is_err());
    }

    #[test]
    fn strangers_join_the_actors_however_those_are_written() {
        let strangers = [person("stranger", 5)];
        let with = |text: &str| {
            let section = sections(text).into_iter().find(|section| section.key == "actors");
            with_strangers(section.as_ref(), &strangers).unwrap()
        };
        assert_eq!(with(""), "actors:\n  stranger: { balance: 5 }\n");
        let both = "actors:\n  one: {}\n  stranger: { balance: 5 }\n";
        assert_eq!(with("actors: [one]\n"), both);
        assert_eq!(with("actors:\n  - one\n"), both);
        assert_eq!(with("actors:\n  one: {}\n"), both);
    }

    #[test]
    fn a_recording_is_found_from_where_the_new_file_lies() {
        let text = "chain:\n  fork: { recording: a/b.json, block: 17 }\n";
        let moved = with_recording(text, |path| format!("../{path}"));
        assert_eq!(moved, "chain:\n  fork: { recording: \"../a/b.json\", block: 17 }\n");
        assert_eq!(with_recording("chain: {}\n", str::to_owned), "chain: {}\n");
    }
}
