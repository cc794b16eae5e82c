//! A family of small contracts, good and broken, whose verdicts are known; and an oracle that visits every state of them.
//!
//! The contracts and their scenarios lie in `tests/explore/family`, what must be said of them in
//! `tests/golden/explore/family.toml`. Another explorer is held to both by [`disagreements`].

mod answers;
mod attest;
mod brute;
mod bundled;
mod cheaper;
mod engine;
mod free;
mod mistakes;
mod mutations;
mod play;
mod strangers;
mod verdicts;
mod walk;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use covenant_compile::{Build, Project};
use covenant_scenario::{Scenario, plan::Plan};
use covenant_tests::mutants::suite::build_options;
use rayon::prelude::*;

use self::verdicts::{differences, expected};
pub(crate) use self::{
    mutations::mutants,
    verdicts::{Answers, Class, Control},
};
use crate::{bad_input::cache, binary::root};

fn folder() -> PathBuf {
    root().join("tests/explore/family")
}

/// The files of the family that end so, in order.
fn files(extension: &str) -> BTreeSet<PathBuf> {
    let files = fs::read_dir(folder()).expect("the family is there");
    let files = files.map(|file| file.expect("the family can be read").path());
    files.filter(|path| path.extension().is_some_and(|it| it == extension)).collect()
}

fn build() -> Arc<Build> {
    let options = build_options(&root().join("contracts"), cache());
    let project = Project::discover(&folder()).expect("the family is a project");
    Arc::new(project.build(&options, &|_| ()).expect("the family compiles"))
}

/// The scenarios of the family, by the names of their files.
pub(crate) fn family() -> &'static BTreeMap<String, Arc<Plan>> {
    static FAMILY: OnceLock<BTreeMap<String, Arc<Plan>>> = OnceLock::new();
    FAMILY.get_or_init(|| {
        let build = build();
        let plan = |path: PathBuf| {
            let name = path.file_stem().expect("files have names").to_string_lossy().into_owned();
            let scenario = Scenario::load(&path, &build)
                .unwrap_or_else(|invalid| panic!("{name}: {:#?}", invalid.diagnostics));
            assert!(scenario.warnings().is_empty(), "{name}: {:#?}", scenario.warnings());
            let [plan] = scenario.plans.as_slice() else { panic!("{name} has cases") };
            (name, Arc::clone(plan))
        };
        files("yaml").into_iter().map(plan).collect()
    })
}

/// What the oracle says of the family, by the names of the files.
pub(crate) fn oracle() -> &'static BTreeMap<String, Answers> {
    static ORACLE: OnceLock<BTreeMap<String, Answers>> = OnceLock::new();
    ORACLE.get_or_init(|| {
        let all = family().par_iter();
        all.map(|(name, plan)| {
            let graph = brute::graph(plan).unwrap_or_else(|why| panic!("{name}: {why}"));
            (name.clone(), answers::answers(&graph))
        })
        .collect()
    })
}

/// Where an explorer says something else than the oracle of a scenario of the family: of a property, of how long an exit
/// takes, or of which states can be reached. What it does not say is not compared.
pub(crate) fn disagreements(explorer: impl Fn(&str, &Arc<Plan>) -> Answers + Sync) -> Vec<String> {
    // Asked for within the loop, it could wait for what waits for the loop.
    let oracle = oracle();
    let all = family().par_iter();
    all.flat_map(|(name, plan)| compared(name, &explorer(name, plan), &oracle[name])).collect()
}

/// The same, of the family with mistakes.
pub(crate) fn disagreements_on_mistakes(
    explorer: impl Fn(&str, &Arc<Plan>) -> Answers + Sync,
) -> Vec<String> {
    let all = mutants().par_iter();
    all.flat_map(|(name, mutant)| compared(name, &explorer(name, &mutant.plan), &mutant.answers))
        .collect()
}

fn compared(name: &str, found: &Answers, wanted: &Answers) -> Vec<String> {
    let mut all = differences(name, &found.verdicts, &wanted.verdicts);
    for (property, units) in &found.slowest {
        if let Some(wanted) = wanted.slowest.get(property).filter(|wanted| *wanted != units) {
            all.push(format!("{name}: {property}: takes {units}, not {wanted}"));
        }
    }
    if let (Some(found), Some(wanted)) = (&found.control, &wanted.control) {
        let each = |more: &BTreeSet<Control>, less: &BTreeSet<Control>, word: &str| {
            let more = more.difference(less).map(|it| format!("{name}: {word} {it:?}"));
            more.collect::<Vec<_>>()
        };
        all.extend(each(found, wanted, "cannot be:"));
        all.extend(each(wanted, found, "was not found:"));
    }
    all
}

#[test]
fn the_table_has_every_scenario_and_every_property() {
    let expected = expected();
    let files: BTreeSet<&String> = family().keys().collect();
    assert_eq!(files, expected.keys().collect(), "files and table");
    assert!(files.len() >= 60, "the family has {} members", files.len());
    for (name, plan) in family() {
        let explore = plan.explore.as_ref().expect("the scenario says what is explored");
        let properties: BTreeSet<String> =
            explore.properties.iter().map(|property| property.text.to_string()).collect();
        let verdicts = expected[name].verdicts();
        assert_eq!(properties, verdicts.keys().cloned().collect(), "{name}");
        assert!(expected[name].why.ends_with('.'), "{name} says why in a sentence");
    }
}

#[test]
fn brute_force_finds_what_was_expected() {
    let expected = expected();
    let differences: Vec<String> = oracle()
        .iter()
        .flat_map(|(name, found)| differences(name, &found.verdicts, &expected[name].verdicts()))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// How many states there are, how many of them differ in control, and how long it takes at worst to get out alone.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn what_the_oracle_saw() {
    let line = |(name, answers): (&String, &Answers)| {
        let control = answers.control.as_ref().map_or(0, BTreeSet::len);
        let slowest = answers.slowest.iter();
        let slowest: String =
            slowest.map(|(property, units)| format!(", {property} takes {units}")).collect();
        format!("{name}: {} states, {control} in control{slowest}\n", answers.states)
    };
    let saw: String = oracle().iter().map(line).collect();
    let path = root().join("tests/golden/explore/oracle.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &saw).expect("golden can be written");
    }
    assert_eq!(saw, fs::read_to_string(&path).expect("the golden file is there"));
}

#[test]
fn whoever_says_something_else_than_the_oracle_is_noticed() {
    let honest = |name: &str, _: &Arc<Plan>| oracle()[name].clone();
    assert_eq!(disagreements(honest), Vec::<String>::new());
    let blind = |name: &str, plan: &Arc<Plan>| Answers { control: None, ..honest(name, plan) };
    assert_eq!(disagreements(blind), Vec::<String>::new());
    let among_chains = |lie: fn(&mut Answers)| {
        let told = disagreements(|name, plan| {
            let mut answers = honest(name, plan);
            if name == "Chain" {
                lie(&mut answers);
            }
            answers
        });
        assert_eq!(told.len(), 1, "{told:?}");
    };
    among_chains(|answers| {
        answers.verdicts.insert("conservation".to_owned(), Class::Bounded);
    });
    among_chains(|answers| {
        answers.verdicts.remove("conservation");
    });
    among_chains(|answers| {
        answers.slowest.insert("exit(payee) alone".to_owned(), 0);
    });
    among_chains(|answers| {
        answers.control.as_mut().expect("the oracle says it").pop_first();
    });
}

#[test]
fn whoever_misses_a_mistake_is_noticed() {
    let answers = |name: &str, _: &Arc<Plan>| mutants()[name].answers.clone();
    assert_eq!(disagreements_on_mistakes(answers), Vec::<String>::new());
    let expected = expected();
    let sees_none = |name: &str, plan: &Arc<Plan>| {
        let verdicts = expected[&mutants()[name].of].verdicts();
        Answers { verdicts, ..answers(name, plan) }
    };
    assert!(disagreements_on_mistakes(sees_none).len() > mutants().len() / 2);
}

#[test]
fn every_state_has_a_status() {
    for (name, answers) in oracle() {
        let control = answers.control.as_ref().expect("the oracle says it");
        assert!(control.iter().all(|state| !state.status.is_empty()), "{name}");
        assert!(answers.states > 1, "{name}");
    }
}
