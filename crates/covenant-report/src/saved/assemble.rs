//! The scenario file of a counterexample: what the original sets up, then what is done, then what does not hold.

use std::{
    fmt,
    path::{Component, Path, PathBuf},
};

use covenant_explore::{Act, Finding, Report, Story};
use covenant_scenario::plan::{Plan, PropertyKind};

use super::{
    parts::{Case, with_recording, with_strangers},
    sections::{Section, quoted, sections},
    shows::{Failing, Shows, one_line},
    strangers::{Stranger, strangers, told},
};
use crate::{
    model::{Moment, TriedMove, says_its_wei},
    text::reason,
};

/// Why there is no file for a counterexample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaved(pub &'static str);

impl fmt::Display for Unsaved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for Unsaved {}

/// What does not belong into a scenario that shows one thing.
const DROPPED: [&str; 8] =
    ["explore", "properties", "ensures", "always", "until", "within", "rules", "cases"];

/// The name of the file: of the scenario, of its case and of the property.
pub fn file_name(plan: &Plan, property: &str) -> String {
    let stem = plan.name.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let case = plan.name.case.as_ref().map(|case| format!("-{case}")).unwrap_or_default();
    let text = format!("{stem}{case}-{property}");
    let mut name = String::new();
    for one in text.chars() {
        if one.is_ascii_alphanumeric() || one == '_' {
            name.push(one);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name: String = name.chars().take(80).collect();
    format!("{}.yaml", name.trim_matches('-'))
}

/// A scenario file that makes the moves of a counterexample, and then fails. `file` is where the scenario lies, and
/// `folder` where the new file will; both are absolute.
///
/// # Errors
/// When it does not refute anything, or when a scenario cannot say what is done or what does not hold.
pub fn counterexample(
    plan: &Plan,
    report: &Report,
    (finding, kind): (&Finding, &PropertyKind),
    (file, folder): (&Path, &Path),
) -> Result<String, Unsaved> {
    let story = finding.story.as_ref().filter(|_| finding.verdict.is_refuted());
    let story = story.ok_or(Unsaved("there is no counterexample"))?;
    let explore = plan.explore.as_ref().ok_or(Unsaved("there is nothing to explore"))?;
    let shows = Shows { plan, explore, graph: &report.graph, story };
    let failing = shows
        .failing(kind)
        .ok_or(Unsaved("a scenario cannot say what does not hold at the end of it"))?;
    if report.domain.surroundings.iter().any(|(_, name)| *name == "NUMBER") {
        return Err(Unsaved(
            "block numbers matter, and a scenario makes a block only for a transaction",
        ));
    }
    let source = plan.sources.files().find(|(_, source)| source.path == plan.name.file);
    let (_, source) = source.ok_or(Unsaved("its text is not there"))?;
    let moved = Moved { from: file.parent().unwrap_or(file), to: folder };
    let strangers = strangers(plan, story)?;
    let all = sections(&source.text);
    let case = plan.name.case.as_ref().map(|name| Case::of(&all, name)).transpose()?;
    let mut out = String::new();
    let mut steps = None;
    let mut actors = None;
    for section in all {
        match section.key.as_str() {
            "" => out.push_str(&(moved.comments(&section.text) + &heading(plan, finding))),
            "scenario" => {}
            "include" => out.push_str(&moved.include(&section)),
            "chain" => out.push_str(&with_recording(&section.text, |path| moved.path(path))),
            "actors" => actors = Some(section),
            "steps" => steps = Some(section),
            key if DROPPED.contains(&key) => {}
            _ => out.push_str(&section.text),
        }
    }
    out.push_str(&with_strangers(actors.as_ref(), &strangers)?);
    if let Some(case) = case {
        out.push_str(&case.section());
        steps = case.steps.or(steps);
    }
    out.push_str(&with_steps(steps, (plan, &strangers), (story, report), &failing)?);
    Ok(out)
}

fn heading(plan: &Plan, finding: &Finding) -> String {
    let title = format!("{}: {}", finding.text, plan.name.scenario);
    format!(
        "# A counterexample that was found by exploring; it fails when it is run.\nscenario: {}\n",
        quoted(&one_line(&title))
    )
}

/// The steps of the scenario, then those of the story, then what fails.
fn with_steps(
    steps: Option<Section>,
    (plan, strangers): (&Plan, &[Stranger]),
    (story, report): (&Story, &Report),
    failing: &Failing,
) -> Result<String, Unsaved> {
    let (mut out, indent) = match &steps {
        None => ("steps:\n".to_owned(), "  "),
        Some(section) if section.inline() == "[]" => ("steps:\n".to_owned(), "  "),
        Some(section) if section.inline().is_empty() => {
            let indent = section.indent().unwrap_or("  ");
            (section.text.trim_end().to_owned() + "\n", indent)
        }
        Some(_) => return Err(Unsaved("the steps of the scenario are on one line")),
    };
    strangers.iter().for_each(|stranger| out.push_str(&stranger.steps(plan, indent)));
    let mut now = report.graph.world().chain.now();
    let last = story.acts.len().checked_sub(1);
    for (index, act) in story.acts.iter().enumerate() {
        if act.at > now {
            out.extend([format!("{indent}- at: {}\n", Moment(act.at))]);
            now = act.at;
        }
        let failing = (Some(index) == last).then_some(failing);
        let (before, after) = told(strangers, &act.meanwhile, indent)?;
        out.extend([before, step(act, failing, indent)?]);
        if Some(index) != last {
            out.push_str(&after);
        }
    }
    if story.ends > now {
        out.extend([format!("{indent}- at: {}\n", Moment(story.ends))]);
    }
    if let Failing::Check(condition) = failing {
        let what = one_line(&story.what);
        out.extend([format!("{indent}# {what}\n"), tried(story, indent)]);
        out.extend([format!("{indent}- check: {}\n", quoted(condition))]);
    }
    Ok(out)
}

/// What could still be tried, and why it is of no use: what follows is not so, whatever comes then.
fn tried(story: &Story, indent: &str) -> String {
    let mut out = String::new();
    for one in story.tried.iter().map(TriedMove::from) {
        let why = one_line(&reason(&one, Moment(story.ends)));
        out.extend([format!("{indent}#   {}: {why}\n", one_line(&one.action))]);
    }
    if out.is_empty() {
        return out;
    }
    format!("{indent}# what could still be tried, and why it is of no use:\n{out}")
}

fn step(act: &Act, failing: Option<&Failing>, indent: &str) -> Result<String, Unsaved> {
    let text = one_line(&act.alone);
    if !text.contains('(') {
        return Err(Unsaved("a call in it has its arguments elsewhere"));
    }
    let mut out = format!("{indent}- {}: {}\n", act.name, quoted(&text));
    if !act.value.is_zero() && !says_its_wei(&text) {
        out.extend([format!("{indent}  value: {}\n", act.value)]);
    }
    if let Some(most) = act.gas_limit.filter(|_| !text.contains("gas:")) {
        out.extend([format!("{indent}  gas_limit: {most}\n")]);
    }
    match failing {
        Some(Failing::Reverts) => out.extend([format!("{indent}  expect: {{ reverts: any }}\n")]),
        Some(Failing::Gas(cap)) => {
            out.extend([format!("{indent}  expect: {{ gas: \"<= {cap}\" }}\n")]);
        }
        Some(Failing::Check(_)) | None if !act.succeeded => {
            out.extend([format!("{indent}  expect: {{ reverts: any }}\n")]);
        }
        Some(Failing::Succeeds | Failing::Check(_)) | None => {}
    }
    Ok(out)
}

/// A file that lies elsewhere now.
struct Moved<'a> {
    from: &'a Path,
    to: &'a Path,
}

impl Moved<'_> {
    /// A path that was relative to the old folder, relative to the new one.
    fn path(&self, path: &str) -> String {
        let whole = normalized(&self.from.join(path));
        let to = normalized(self.to);
        let common =
            whole.components().zip(to.components()).take_while(|(one, other)| one == other);
        let common = common.count();
        let up = to.components().skip(common).map(|_| Component::ParentDir);
        let path: PathBuf = up.chain(whole.components().skip(common)).collect();
        crate::paths::shown(&path)
    }

    /// Comments, of which one may tell editors where the schema is.
    fn comments(&self, text: &str) -> String {
        let line = |line: &str| match line.split_once("$schema=") {
            Some((head, path)) if !path.contains("://") => {
                format!("{head}$schema={}\n", self.path(path.trim()))
            }
            _ => format!("{line}\n"),
        };
        text.lines().map(line).collect()
    }

    fn include(&self, section: &Section) -> String {
        let paths: Vec<String> =
            section.words().iter().map(|path| format!("\"{}\"", self.path(path))).collect();
        format!("include: [{}]\n", paths.join(", "))
    }
}

/// Without `.` and `..`.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Moved;

    #[test]
    fn paths_follow_a_file_that_moves() {
        let moved = Moved { from: Path::new("/p/scenarios/lease"), to: Path::new("/p/found") };
        assert_eq!(moved.path("_terms.yaml"), "../scenarios/lease/_terms.yaml");
        assert_eq!(moved.path("../../x.yaml"), "../x.yaml");
        let comment = "# yaml-language-server: $schema=../../s.json\n";
        assert_eq!(moved.comments(comment), "# yaml-language-server: $schema=../s.json\n");
    }
}
