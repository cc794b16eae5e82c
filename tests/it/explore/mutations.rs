//! The family with mistakes: in the good contracts one thing is changed, and the oracle says what that does.
//!
//! Which changes are tried follows from the sources alone. Views that say what is whose stay as they are, so that a
//! mistake is judged by what was meant.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Arc, OnceLock},
};

use covenant_compile::Project;
use covenant_scenario::{Scenario, plan::Plan};
use covenant_tests::mutants::suite::build_options;
use rayon::prelude::*;
use tempfile::TempDir;

use super::{Answers, Class, answers, brute, files, folder, verdicts::expected};
use crate::{bad_input::cache, binary::root};

/// One of so many changes is tried.
const STRIDE: usize = 4;

/// Contracts whose states take too long to visit more than once.
const LARGE: [&str; 4] = ["Chain", "Counter", "Lease", "Milestones"];

/// Functions that say what was meant.
const MEANT: [&str; 8] =
    ["claimOf", "status", "isSound", "isSilent", "earned", "vested", "eip712Domain", "_isOver"];

/// A contract with a mistake.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    /// The scenario whose contract it is.
    pub(crate) of: String,
    pub(crate) plan: Arc<Plan>,
    pub(crate) answers: Answers,
}

/// A change of a source file.
struct Change {
    file: String,
    /// Counted from one.
    line: usize,
    what: String,
    text: String,
}

/// What a line can be changed to, and what that is called.
fn changes_of(line: &str) -> Vec<(String, String)> {
    const WORDS: [(&str, &str); 12] = [
        (" < ", " <= "),
        (" <= ", " < "),
        (" > ", " >= "),
        (" >= ", " > "),
        (" == ", " != "),
        (" != ", " == "),
        (" && ", " || "),
        (" || ", " && "),
        ("(payee, ", "(payer, "),
        ("(payer, ", "(payee, "),
        ("AMOUNT)", "AMOUNT - 1)"),
        (" += ", " = "),
    ];
    let code = line.trim();
    let words = WORDS.iter().filter(|(from, _)| line.contains(from)).map(|(from, to)| {
        (format!("`{}` for `{}`", to.trim(), from.trim()), line.replacen(from, to, 1))
    });
    let mut changes: Vec<_> = words.collect();
    let is_check = code.starts_with("require(") && code.ends_with(");");
    if is_check || is_effect(code) {
        changes.push((format!("without `{code}`"), String::new()));
    }
    changes
}

/// Whether a line of code sets variables that are declared elsewhere, and does nothing else.
fn is_effect(code: &str) -> bool {
    let target = [" = ", " += ", " -= "].iter().find_map(|sign| code.split_once(sign));
    let is_set = target.is_some_and(|(target, _)| !target.replace(", ", "").contains(' '));
    (is_set || code.starts_with("++")) && code.ends_with(';')
}

/// All changes of a source file, up to where its broken siblings begin.
fn changes(file: &str, source: &str) -> Vec<Change> {
    let sibling = format!(" is {file} ");
    let mut function = "";
    let mut changes = Vec::new();
    let lines: Vec<&str> = source.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        if line.starts_with("contract") && line.contains(&sibling) {
            break;
        }
        if let Some(header) = line.strip_prefix("    function ") {
            function = header.split('(').next().unwrap_or_default();
        } else if line.starts_with("    constructor") {
            function = "constructor";
        } else if *line == "    }" {
            function = "";
        } else if line.starts_with("        ") && !function.is_empty() {
            if function == "constructor" || MEANT.contains(&function) {
                continue;
            }
            changes.extend(changes_of(line).into_iter().map(|(what, changed)| {
                let before = lines[..index].iter().copied();
                let after = lines[index + 1..].iter().copied();
                let all: Vec<&str> = before.chain([changed.as_str()]).chain(after).collect();
                Change { file: file.to_owned(), line: index + 1, what, text: all.join("\n") }
            }));
        }
    }
    changes
}

/// The names that a source file declares.
fn declared(source: &str) -> BTreeSet<String> {
    let kinds = ["contract ", "abstract contract ", "interface "];
    let name = |line: &str| {
        let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
        rest.split(' ').next().map(str::to_owned)
    };
    source.lines().filter_map(name).collect()
}

/// The text with something put after each of these names.
fn renamed(text: &str, names: &BTreeSet<String>, suffix: &str) -> String {
    let mut renamed = String::with_capacity(2 * text.len());
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        renamed.push_str(&word);
        if names.contains(&word) {
            renamed.push_str(suffix);
        }
        word.clear();
        renamed.push(character);
    }
    renamed
}

fn chosen() -> Vec<Change> {
    let mut all = Vec::new();
    let names = files("sol").into_iter();
    let names =
        names.map(|path| path.file_stem().expect("it has a name").to_string_lossy().into_owned());
    for file in names.filter(|name| !LARGE.contains(&name.as_str())) {
        let path = folder().join(&file).with_extension("sol");
        let source = fs::read_to_string(path).expect("sources can be read");
        if folder().join(&file).with_extension("yaml").is_file() {
            all.extend(changes(&file, &source));
        }
    }
    all.into_iter().step_by(STRIDE).collect()
}

/// The chosen mutants that can be explored, by a name that says what is changed, with what the oracle says of each.
pub(crate) fn mutants() -> &'static BTreeMap<String, Mutant> {
    static MUTANTS: OnceLock<BTreeMap<String, Mutant>> = OnceLock::new();
    MUTANTS.get_or_init(|| {
        let project = TempDir::new().expect("there is room for a project");
        let sources = project.path().join("family");
        fs::create_dir(&sources).expect("there is room for sources");
        let settings = folder().parent().expect("it has a parent").join("foundry.toml");
        fs::copy(settings, project.path().join("foundry.toml")).expect("settings can be copied");
        for path in files("sol") {
            let name = path.file_name().expect("files have names");
            fs::copy(&path, sources.join(name)).expect("sources can be copied");
        }
        let chosen: Vec<_> = chosen().into_iter().enumerate().collect();
        for (index, change) in &chosen {
            let text = renamed(&change.text, &declared(&change.text), &format!("M{index}"));
            fs::write(sources.join(format!("M{index}.sol")), text).expect("it can be written");
        }
        let options = build_options(&root().join("contracts"), cache());
        let found = Project::discover(project.path()).expect("it is a project");
        let build = found.build(&options, &|_| ()).expect("every mutant compiles");
        let build = Arc::new(build);
        let explored = chosen.par_iter().filter_map(|(index, change)| {
            let scenario = folder().join(&change.file).with_extension("yaml");
            let text = fs::read_to_string(&scenario).expect("scenarios can be read");
            let text = renamed(&text, &declared(&change.text), &format!("M{index}"));
            let path = sources.join(format!("M{index}.yaml"));
            let scenario = Scenario::parse(&path, &text, &build)
                .unwrap_or_else(|invalid| panic!("{text}: {:#?}", invalid.diagnostics));
            let plan = Arc::clone(&scenario.plans[0]);
            let answers = answers::answers(&brute::graph(&plan).ok()?);
            let name = format!("{} {}: {}", change.file, change.line, change.what);
            Some((name, Mutant { of: change.file.clone(), plan, answers }))
        });
        explored.collect()
    })
}

/// What the oracle says of each mutant that it does not say of the contract without the mistake.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn what_mistakes_do() {
    let expected = expected();
    let line = |(name, mutant): (&String, &Mutant)| {
        let meant = expected[&mutant.of].verdicts();
        let others = mutant
            .answers
            .verdicts
            .iter()
            .filter(|(property, class)| meant.get(property.as_str()) != Some(class));
        let others: Vec<String> = others
            .map(|(property, class)| match class {
                Class::Fails => format!("not {property}"),
                Class::Holds => property.clone(),
                Class::Bounded => format!("perhaps {property}"),
            })
            .collect();
        let others = if others.is_empty() { "nothing".to_owned() } else { others.join("; ") };
        format!("{name}\n    {others}\n")
    };
    let saw: String = mutants().iter().map(line).collect();
    let path = root().join("tests/golden/explore/mutants.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &saw).expect("golden can be written");
    }
    assert_eq!(saw, fs::read_to_string(&path).expect("the golden file is there"));
    let unseen = saw.lines().filter(|line| line.trim() == "nothing").count();
    assert!(3 * unseen < mutants().len(), "{unseen} of {} change nothing", mutants().len());
}
