//! Mistakes that others made, planted into the bundled contracts: each is refuted, with a story that happens again when
//! the scenario that tells it is run.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use covenant_compile::{Build, bundled};
use covenant_explore::{Finding, Options, Report, Verdict, explore};
use covenant_scenario::{RunOptions, Scenario, event, plan::Plan, run};
use covenant_tests::mutants::{
    compile::{Solc, Sources},
    subject::Subject,
};
use serde::Deserialize;

use crate::binary::root;

/// How many known attacks there are.
const KNOWN: u32 = 43;

/// How many mistakes are looked at at a time: while one is compiled, another is explored.
const WORKERS: usize = 4;

/// Where exploration of a mistake ends: some make ever more states.
const MOST_STATES: usize = 3_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mistake: Vec<Mistake>,
    left: Vec<Left>,
}

/// A mistake, and what it refutes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    attack: u32,
    what: String,
    /// The contract that is compiled.
    contract: String,
    scenario: String,
    property: String,
    edit: Vec<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    from: String,
    to: String,
}

/// An attack that nothing is planted for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Left {
    attack: u32,
    why: String,
}

fn table() -> Table {
    let text = fs::read_to_string(root().join("tests/explore/mistakes/mistakes.toml"));
    toml::from_str(&text.expect("the mistakes can be read")).expect("the mistakes are well-formed")
}

impl Mistake {
    fn path(&self) -> PathBuf {
        let folders = ["tests/explore/mistakes", "tests/scenarios/explore"];
        let path = |folder| root().join(folder).join(&self.scenario).with_extension("yaml");
        let found = folders.map(path).into_iter().find(|path| path.is_file());
        found.unwrap_or_else(|| panic!("there is no scenario {}", self.scenario))
    }

    /// The sources that it changes, as they are then.
    fn texts(&self, sources: &Sources) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for Edit { file, from, to } in &self.edit {
            let text = texts.entry(file.clone()).or_insert_with(|| sources.text(file).to_owned());
            assert_eq!(text.matches(from.as_str()).count(), 1, "{}: {from} in {file}", self.what);
            *text = text.replacen(from, to, 1);
        }
        texts
    }

    fn plan(&self, build: &Arc<Build>) -> Arc<Plan> {
        let scenario = Scenario::load(&self.path(), build);
        let scenario = scenario.unwrap_or_else(|invalid| panic!("{}: {invalid}", self.what));
        Arc::clone(&scenario.plans[0])
    }

    /// What is found of its property.
    fn found<'a>(&self, report: &'a Report) -> (usize, &'a Finding) {
        let found = report.findings.iter().enumerate();
        let mut found = found.filter(|(_, finding)| *finding.text == *self.property);
        found.next().unwrap_or_else(|| {
            let asked: Vec<_> = report.findings.iter().map(|it| &it.text).collect();
            panic!("{}: nothing is asked like {}: {asked:#?}", self.what, self.property)
        })
    }

    /// What is said of the contracts with this mistake in them.
    fn refuted(&self, subject: &Subject, sources: &Sources, solc: &mut Solc) -> String {
        let texts = self.texts(sources);
        let changes: Vec<(&str, &str)> =
            texts.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
        let build = subject.changed(sources, solc, &changes);
        let build = build.unwrap_or_else(|| panic!("{} does not compile", self.what));
        let plan = self.plan(&build);
        let report = explored(&plan);
        let (index, finding) = self.found(&report);
        let moves = match &finding.story {
            Some(story) => format!("{} moves", story.acts.len()),
            None => "no story".to_owned(),
        };
        let again = self.again(&plan, &report, index, &build);
        format!("{} {}; {moves}, {again}", finding.verdict, finding.text)
    }

    /// What becomes of the scenario that tells how it comes to this.
    fn again(&self, plan: &Plan, report: &Report, index: usize, build: &Arc<Build>) -> String {
        let path = self.path();
        let folder = path.parent().expect("it is in a folder");
        let kind = &plan.explore.as_ref().expect("it is explored").properties[index].kind;
        let finding = &report.findings[index];
        let text =
            match covenant_report::counterexample(plan, report, (finding, kind), (&path, folder)) {
                Ok(text) => text,
                Err(why) => return format!("not saved: {why}"),
            };
        let saved = folder.join(covenant_report::file_name(plan, &finding.text));
        let scenario = Scenario::parse(&saved, &text, build);
        let scenario =
            scenario.unwrap_or_else(|invalid| panic!("{}: {invalid}\n{text}", self.what));
        let outcome = run(&scenario.plans[0], &RunOptions::default()).expect("the engine runs");
        match outcome.verdict {
            event::Verdict::Failed => "and run again it fails".to_owned(),
            other => format!("but run again it is {other:?}"),
        }
    }
}

fn explored(plan: &Arc<Plan>) -> Report {
    let options = Options { states: Some(MOST_STATES), ..Options::default() };
    explore(plan, &options, &mut |_| ())
        .unwrap_or_else(|failed| panic!("{}: {failed}", plan.name.scenario))
}

#[test]
fn every_attack_is_planted_or_left_for_a_reason() {
    let Table { mistake, left } = table();
    let planted: BTreeSet<u32> = mistake.iter().map(|it| it.attack).collect();
    for Left { attack, why } in &left {
        assert!(!planted.contains(attack), "{attack} is planted, and left");
        assert!(why.ends_with('.'), "{attack}: a reason is a sentence");
    }
    let all: BTreeSet<u32> = planted.into_iter().chain(left.iter().map(|it| it.attack)).collect();
    assert_eq!(all, (1..=KNOWN).collect());
}

/// What a mistake refutes is proved where there is none.
#[test]
fn without_the_mistakes_all_of_it_is_proved() {
    let mut reports: BTreeMap<String, Report> = BTreeMap::new();
    for mistake in table().mistake {
        let report = reports.entry(mistake.scenario.clone());
        let report = report.or_insert_with(|| explored(&mistake.plan(&bundled())));
        let (_, finding) = mistake.found(report);
        assert_eq!(finding.verdict, Verdict::Proved, "{}: {}", mistake.scenario, finding.text);
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn every_mistake_is_refuted_with_a_story() {
    let sources = Sources::read(&root().join("contracts"));
    let mistakes = table().mistake;
    let subjects: BTreeMap<&str, Subject> =
        mistakes.iter().map(|it| (it.contract.as_str(), Subject::of(&it.contract))).collect();
    let (next, said) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let mut solc = Solc::start(&sources.folder);
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    let Some(mistake) = mistakes.get(index) else { break };
                    let subject = &subjects[mistake.contract.as_str()];
                    let found = mistake.refuted(subject, &sources, &mut solc);
                    said.lock().expect("nobody panics with it").insert(index, found);
                }
            });
        }
    });
    let said = said.into_inner().expect("nobody panics with it");
    let mut text = String::new();
    for (index, mistake) in mistakes.iter().enumerate() {
        let Mistake { attack, what, contract, scenario, .. } = mistake;
        writeln!(text, "{attack} {contract}: {what}").expect("texts can be written to");
        writeln!(text, "  {scenario}.yaml: {}", said[&index]).expect("texts can be written to");
    }
    let path = root().join("tests/golden/explore/mistakes.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text).expect("golden can be written");
    }
    let unrefuted: Vec<&String> = said
        .values()
        .filter(|said| !said.starts_with("REFUTED") || !said.ends_with("and run again it fails"))
        .collect();
    assert!(unrefuted.is_empty(), "{unrefuted:#?}");
    assert_eq!(text, fs::read_to_string(&path).expect("the golden file is there"));
}
