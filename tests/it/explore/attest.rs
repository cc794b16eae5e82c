//! Whatever walks at random refute is not proved: of the bundled agreements, and of mutants of their contracts.
//!
//! `scripts/attest.sh` does it thoroughly and writes `tests/golden/explore/attest.json`; CI holds that to the contracts as
//! they are, and does a part of it again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use alloy_primitives::keccak256;
use covenant_compile::{Build, bundled};
use covenant_explore::{ExploreError, Failed, Options, Verdict, explore};
use covenant_scenario::{Scenario, plan::Plan};
use covenant_tests::mutants::{
    campaign::{all, choose, shown},
    compile::{Solc, Sources},
    find::Mutant,
    record,
    subject::Subject,
};
use serde::{Deserialize, Serialize};

use super::walk::walk;
use crate::binary::root;

/// A contract that is changed, the sources that are, and what its mutants are explored in.
const SUBJECTS: [(&str, &[&str], &[&str]); 2] = [
    (
        "Escrow",
        &[
            "src/Escrow.sol",
            "src/Ledger.sol",
            "src/libraries/EscrowTerms",
            "src/libraries/EscrowChecks",
        ],
        &["escrow", "escrow-token"],
    ),
    (
        "Lease",
        &[
            "src/Lease.sol",
            "src/lease/core/LeaseDeposit",
            "src/libraries/Claims",
            "src/libraries/Deposits",
            "src/libraries/Endings",
            "src/libraries/LeaseStore",
            "src/libraries/LeaseTerms",
        ],
        &["lease-running", "lease-deposit"],
    ),
];

/// What the choice of mutants and all walks follow from.
const SEED: u64 = 4;

/// Mutants may make ever more states.
const MOST_STATES: usize = 2_500;

/// How many mutants are looked at at a time: while one is compiled, another is explored.
const WORKERS: usize = 4;

/// What was found, as it is committed.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Found {
    about: String,
    /// What identifies the sources that were changed.
    sources: String,
    seed: u64,
    /// Steps of all walks, and how many of the moves succeeded.
    steps: u64,
    made: u64,
    /// Properties that were looked at, over all mutants, by what the engine said.
    proved: usize,
    refuted: usize,
    bounded: usize,
    /// Properties that walks refuted.
    walked: usize,
    /// Those of them that the engine proved. There must be none.
    wrong: Vec<String>,
    /// The agreements as they are.
    unchanged: BTreeMap<String, Looked>,
    /// Mutants, by file, line and name.
    mutants: BTreeMap<String, Tried>,
}

/// What became of a mutant.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Tried {
    before: String,
    after: String,
    /// What the campaign of mutants said: which test notices it, if it was tried there.
    noticed_by: Option<String>,
    explored: BTreeMap<String, Looked>,
}

/// What was said of a scenario.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Looked {
    proved: usize,
    bounded: usize,
    /// What the engine refuted.
    refuted: BTreeSet<String>,
    /// What walks refuted.
    walked: BTreeSet<String>,
    /// Why the engine, or the walks, could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unasked: Option<String>,
}

impl Found {
    /// That what was found of a few mutants with fewer steps is what was found of all of them.
    fn is_part_of(&self, whole: &Self) {
        for (name, tried) in &self.mutants {
            let known = whole.mutants.get(name).unwrap_or_else(|| panic!("{name} is not there"));
            assert_eq!((&tried.before, &tried.after), (&known.before, &known.after), "{name}");
            for (scenario, looked) in &tried.explored {
                looked.is_part_of(&known.explored[scenario], name);
            }
        }
        for (scenario, looked) in &self.unchanged {
            looked.is_part_of(&whole.unchanged[scenario], "unchanged");
        }
    }
}

impl Looked {
    fn is_part_of(&self, whole: &Self, name: &str) {
        let of = |it: &Self| (it.proved, it.bounded, it.refuted.clone(), it.unasked.clone());
        assert_eq!(
            of(self),
            of(whole),
            "{name}: the engine says something else; run scripts/attest.sh"
        );
        assert!(self.walked.is_subset(&whole.walked), "{name}: {:?}", self.walked);
    }
}

fn path() -> PathBuf {
    root().join("tests/golden/explore/attest.json")
}

fn found() -> Found {
    let text = fs::read_to_string(path()).expect("run scripts/attest.sh");
    serde_json::from_str(&text).expect("it is well-formed")
}

fn plan(name: &str, build: &Arc<Build>) -> Result<Arc<Plan>, String> {
    let folders = ["tests/explore/mistakes", "tests/scenarios/explore"];
    let path = folders.map(|folder| root().join(folder).join(name).with_extension("yaml"));
    let path = path.into_iter().find(|path| path.is_file());
    let path = path.unwrap_or_else(|| panic!("there is no scenario {name}"));
    // A change can make what is computed beforehand impossible.
    let scenario = Scenario::load(&path, build).map_err(|invalid| invalid.to_string())?;
    Ok(Arc::clone(&scenario.plans[0]))
}

/// What the engine and walks say, and on what they contradict each other.
fn looked(name: &str, build: &Arc<Build>, steps: u64) -> (Looked, (u64, u64), Vec<String>) {
    let nothing =
        |why: String| (Looked { unasked: Some(why), ..Looked::default() }, (0, 0), vec![]);
    let plan = match plan(name, build) {
        Ok(plan) => plan,
        Err(why) => return nothing(why),
    };
    let options = Options { states: Some(MOST_STATES), ..Options::default() };
    let report = match explore(&plan, &options, &mut |_| ()) {
        Ok(report) => report,
        // Its steps fail, or a question has no answer any more.
        Err(failed @ Failed::Stage(_)) => return nothing(failed.to_string()),
        Err(Failed::Explore(failed))
            if matches!(*failed, ExploreError::Eval(_) | ExploreError::Unanswered { .. }) =>
        {
            return nothing(failed.to_string());
        }
        Err(failed) => panic!("{name}: {failed}"),
    };
    let mut looked = Looked::default();
    let mut proved = BTreeSet::new();
    for finding in &report.findings {
        let text = finding.text.to_string();
        match finding.verdict {
            Verdict::Proved | Verdict::ProvedOnDomain => drop(proved.insert(text)),
            Verdict::Refuted | Verdict::RefutedOnDomain => drop(looked.refuted.insert(text)),
            Verdict::Bounded => looked.bounded += 1,
        }
    }
    looked.proved = proved.len();
    match walk(&plan, SEED, steps) {
        Ok(walked) => {
            let wrong = walked.broken.iter().filter(|(text, _)| proved.contains(*text));
            let wrong = wrong.map(|(text, way)| format!("{name}: {text}: {way}")).collect();
            looked.walked = walked.broken.keys().cloned().collect();
            (looked, (walked.steps, walked.made), wrong)
        }
        Err(why) => {
            looked.unasked = Some(why);
            (looked, (0, 0), vec![])
        }
    }
}

/// What identifies the code that is changed, and all that it needs.
fn identity(sources: &Sources) -> String {
    let needed: BTreeSet<String> = SUBJECTS
        .iter()
        .flat_map(|(name, ..)| sources.closure(&format!("src/{name}.sol")))
        .collect();
    let codes = sources.codes().into_iter().filter(|(unit, _)| needed.contains(unit));
    let codes: Vec<String> = codes.map(|(unit, code)| format!("{unit} {code}")).collect();
    keccak256(codes.join("\n")).to_string()
}

/// The mutants that are tried: so many of each contract.
fn chosen(sources: &Sources, count: usize) -> Vec<(usize, Mutant)> {
    let mut solc = Solc::start(&sources.folder);
    let made = all(sources, &mut solc);
    let of = |index: usize| {
        let options = covenant_tests::mutants::campaign::Options {
            seed: SEED,
            budget: Some(count),
            only: SUBJECTS[index].1.iter().map(|&file| file.to_owned()).collect(),
            jobs: 1,
            time: None,
            killers: Vec::new(),
            known: record::Record::default(),
        };
        choose(&made, &options).into_iter().map(move |mutant| (index, mutant))
    };
    (0..SUBJECTS.len()).flat_map(of).collect()
}

/// Tries mutants, on both cores.
fn campaign(count: usize, steps: u64) -> Found {
    let sources = Sources::read(&root().join("contracts"));
    let known = record::Record::read(&root().join("tests/golden/mutants.json"));
    let mutants = chosen(&sources, count);
    let subjects = SUBJECTS.map(|(name, ..)| Subject::of(name));
    let found = Found {
        about: "What is proved of mutants of the contracts, and what walks at random refute; scripts/attest.sh writes this."
            .to_owned(),
        sources: identity(&sources),
        seed: SEED,
        steps: 0,
        made: 0,
        proved: 0,
        refuted: 0,
        bounded: 0,
        walked: 0,
        wrong: Vec::new(),
        unchanged: BTreeMap::new(),
        mutants: BTreeMap::new(),
    };
    let (next, found) = (AtomicUsize::new(0), Mutex::new(found));
    let look = |name: &&str, build: &Arc<Build>| {
        let (looked, (steps, made), wrong) = looked(name, build, steps);
        let mut found = found.lock().expect("nobody panics with it");
        (found.steps, found.made) = (found.steps + steps, found.made + made);
        found.proved += looked.proved;
        found.refuted += looked.refuted.len();
        found.bounded += looked.bounded;
        found.walked += looked.walked.len();
        found.wrong.extend(wrong);
        ((*name).to_owned(), looked)
    };
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let mut solc = Solc::start(&sources.folder);
                while let Some((index, mutant)) = mutants.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let text = mutant.apply(sources.text(&mutant.file));
                    let change = [(&*mutant.file, &*text)];
                    let Some(build) = subjects[*index].changed(&sources, &mut solc, &change) else {
                        continue;
                    };
                    let explored = SUBJECTS[*index].2.iter().map(|name| look(name, &build));
                    let explored = explored.collect();
                    let (before, after) = shown(mutant, sources.text(&mutant.file));
                    let change = (before.clone(), after.clone());
                    let noticed_by = known.of(&mutant.file, &mutant.id, &change);
                    let noticed_by = noticed_by.and_then(|known| known.killed_by.clone());
                    let name = format!("{}:{} {}", mutant.file, mutant.line, mutant.id);
                    let tried = Tried { before, after, noticed_by, explored };
                    found.lock().expect("nobody panics with it").mutants.insert(name, tried);
                }
            });
        }
    });
    for (_, _, names) in SUBJECTS {
        for name in names {
            let (name, looked) = look(name, &bundled());
            found.lock().expect("nobody panics with it").unchanged.insert(name, looked);
        }
    }
    let mut found = found.into_inner().expect("nobody panics with it");
    found.wrong.sort();
    found
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides how thorough they are"
)]
fn asked(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// With `COVENANT_ATTEST` mutants of each contract, and as many steps at random as `COVENANT_ATTEST_STEPS` says, for each
/// and each scenario, the result is written down. Without them, a few mutants are tried, and come out as is written there.
#[test]
fn nothing_that_walks_refute_is_proved() {
    let thorough = asked("COVENANT_ATTEST");
    let count = usize::try_from(thorough.unwrap_or(1)).expect("it is a small number");
    let found = campaign(count, asked("COVENANT_ATTEST_STEPS").unwrap_or(400));
    assert!(found.proved > 0 && found.steps > 0 && found.made > 0, "nothing was looked at");
    if thorough.is_some() {
        let text = serde_json::to_string_pretty(&found).expect("it is plain data");
        fs::write(path(), text + "\n").expect("it can be written");
    } else {
        found.is_part_of(&self::found());
    }
    assert_eq!(found.wrong, Vec::<String>::new());
    for (name, looked) in &found.unchanged {
        assert_eq!(looked.walked, BTreeSet::new(), "{name}");
    }
}

#[test]
fn what_was_attested_is_about_the_contracts_as_they_are() {
    let found = found();
    assert_eq!(
        found.sources,
        identity(&Sources::read(&root().join("contracts"))),
        "run scripts/attest.sh"
    );
    assert_eq!(found.wrong, Vec::<String>::new());
    assert!(found.steps >= 1_000_000, "{} steps are too few", found.steps);
    assert!(found.mutants.len() >= 55, "{} mutants are too few", found.mutants.len());
    let is_refuted = |tried: &&Tried| tried.explored.values().any(|it| !it.refuted.is_empty());
    let refuted = found.mutants.values().filter(is_refuted).count();
    // Most change what these explorations do not touch: signatures, other roles, other tokens. Without any, nothing was tried.
    assert!(5 * refuted > found.mutants.len(), "only {refuted} mutants are refuted");
}
