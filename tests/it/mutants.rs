//! What `scripts/mutants.sh` found: it is about the contracts as they are, good enough, explained, and true.

use std::{collections::BTreeMap, path::PathBuf, sync::OnceLock};

use covenant_tests::mutants::{
    campaign::{Laboratory, Outcome, all, shown},
    compile::{Solc, Sources},
    find::Mutant,
    record::{Record, Tried, Verdict},
    suite::{Suite, build_options},
};

use crate::binary::root;

/// How many mutants of the record are tried again.
const SAMPLE: usize = 20;

/// Killed mutants in hundredths of a percent of those that are not equivalent.
const PROMISED: usize = 9_500;

fn path() -> PathBuf {
    root().join("tests/golden/mutants.json")
}

fn record() -> Record {
    let record = Record::read(&path());
    assert!(!record.mutants.is_empty(), "{} is missing: scripts/mutants.sh", path().display());
    record
}

fn sources() -> &'static Sources {
    static SOURCES: OnceLock<Sources> = OnceLock::new();
    SOURCES.get_or_init(|| Sources::read(&root().join("contracts")))
}

#[test]
fn the_record_is_about_the_contracts_as_they_are() {
    assert_eq!(record().sources, sources().hash(), "run scripts/mutants.sh again");
}

#[test]
fn the_record_is_written_as_the_tool_writes_it() {
    let mut record = record();
    let text = std::fs::read_to_string(path()).expect("it can be read");
    assert_eq!(record.to_json(), text);
    record.count();
    assert_eq!(record.to_json(), text, "the counts are those of the list");
}

#[test]
fn enough_mutants_are_noticed() {
    let record = record();
    assert!(record.mutants.len() >= 500, "only {} mutants", record.mutants.len());
    assert!(record.hundredths() >= PROMISED, "the score is {} %", record.score);
}

#[test]
fn every_mutant_that_nobody_noticed_is_explained() {
    let silent = |it: &&Tried| {
        it.verdict != Verdict::Killed && it.why.as_ref().is_none_or(|why| why.trim().is_empty())
    };
    let record = record();
    let unexplained: Vec<_> = record.mutants.iter().filter(silent).map(|it| &it.id).collect();
    assert!(unexplained.is_empty(), "no `why`: {unexplained:#?}");
}

#[test]
fn a_sample_of_the_record_is_true() {
    let record = record();
    let mut solc = Solc::start(&sources().folder);
    let made = all(sources(), &mut solc);
    let known: BTreeMap<(&str, &str), &Mutant> =
        made.iter().map(|mutant| ((&*mutant.file, &*mutant.id), mutant)).collect();
    let of = |tried: &Tried| -> &Mutant {
        known.get(&(&*tried.file, &*tried.id)).unwrap_or_else(|| panic!("{tried:?} is no mutant"))
    };
    // Models notice some; scenarios do not, and a model takes longer than a sample may.
    let by_scenarios = record
        .mutants
        .iter()
        .filter(|it| it.killed_by.as_ref().is_none_or(|killer| killer.contains(".yaml")));
    let mut sample: Vec<&Tried> = by_scenarios.collect();
    sample.sort_by_key(|tried| of(tried).rank(record.seed + 1));
    sample.truncate(SAMPLE);
    let store = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("store");
    let options = build_options(&sources().folder, store);
    let suite = Suite::read(root(), &options);
    let laboratory = Laboratory::new(sources(), &suite);
    let wrong: Vec<String> = sample
        .into_iter()
        .filter_map(|tried| wrong(&laboratory, of(tried), tried, &mut solc))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not as the record says, if anything is.
fn wrong(
    laboratory: &Laboratory<'_>,
    mutant: &Mutant,
    tried: &Tried,
    solc: &mut Solc,
) -> Option<String> {
    let place = format!("{}:{} {}", tried.file, tried.line, tried.id);
    let change = shown(mutant, sources().text(&mutant.file));
    if change != (tried.before.clone(), tried.after.clone()) {
        return Some(format!("{place} is another change: {change:?}"));
    }
    let Some(killer) = &tried.killed_by else {
        let outcome = laboratory.try_mutant(mutant, solc, &[]);
        let survived = matches!(outcome, Outcome::Survived(_));
        return (!survived).then(|| format!("{place} did not survive: {outcome:?}"));
    };
    let noticed = laboratory.is_noticed_by(mutant, killer, solc);
    (!noticed).then(|| format!("{place} is not noticed by {killer}"))
}
