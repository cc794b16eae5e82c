//! What the bundled scenarios say does not depend on the compiler's pipeline nor on the hard fork: every transaction ends
//! in the same way, with the same events and the same balances.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use covenant_chain::HardFork;
use covenant_compile::{Build, BuildOptions, Project, Surroundings, bundled};
use covenant_scenario::{
    RunOptions, Scenario,
    event::Run,
    plan::{Plan, Step, StepKind},
    run,
};
use rayon::prelude::*;

use crate::{
    binary::root,
    golden::{is_scenario, scenarios},
};

/// These are about gas, which depends on both.
const ABOUT_GAS: &[&str] =
    &["gas/", "language/gas.yaml", "adversarial/starved-of-gas.yaml", "attacks/28-"];

/// The terms of these name the hash of a contract's code, so their ids are others.
const ABOUT_CODE: &[&str] = &["29-condition-graph", "33-consumed", "custom.yaml", "view.yaml"];

/// The scenarios that run against the bundled contracts.
fn subjects() -> Vec<PathBuf> {
    let found = scenarios().into_iter().filter(|path| {
        let inner = path.strip_prefix("tests/scenarios").expect("scenarios are in one folder");
        let name = inner.to_str().expect("scenario names are plain").replace('\\', "/");
        is_scenario(path) && !ABOUT_GAS.iter().any(|prefix| name.starts_with(prefix))
    });
    found.collect()
}

/// What happened, without gas.
fn story(run: &Run) -> String {
    let failures = run.failures();
    let failures =
        failures.map(|failure| format!("failed: {} {:?}\n", failure.message, failure.actual));
    // What the scenario itself puts on the chain, libraries for example, may come in another order.
    let acts = run.transactions().filter(|transaction| transaction.actor.is_some());
    let transactions = acts.map(|transaction| {
        let view = run.view(transaction);
        let logs = view.logs.iter().map(|log| format!("  {} {}\n", log.emitter, log.text));
        let changes = transaction.changes.iter();
        let changes = changes.map(|change| format!("  {} {}\n", change.party, change.amount));
        let ending = format!("{} {:?}\n", transaction.action, view.result);
        [ending].into_iter().chain(logs).chain(changes).collect::<String>()
    });
    [format!("{:?}\n", run.verdict)].into_iter().chain(failures).chain(transactions).collect()
}

/// A story without how much gas was left, and with `no_ids` without what is 64 digits long or longer.
fn masked(story: &str, no_ids: bool) -> String {
    let mut masked = String::new();
    for line in story.lines() {
        let kept = line.split("Ledger_InsufficientGas").next().unwrap_or_default();
        for (number, part) in kept.split("0x").enumerate() {
            let digits = part.chars().take_while(char::is_ascii_hexdigit).count();
            masked += if number == 0 { "" } else { "0x" };
            masked += if no_ids && number > 0 && digits >= 64 { &part[digits..] } else { part };
        }
        masked.push('\n');
    }
    masked
}

/// Forgets how much gas may be used.
fn without_gas(steps: &mut [Step]) {
    for step in steps {
        match &mut step.kind {
            StepKind::Act(act) => act.expect.gas = None,
            StepKind::Together(acts) => acts.iter_mut().for_each(|act| act.expect.gas = None),
            StepKind::Repeat { steps, .. } => without_gas(steps),
            StepKind::Wait(_) | StepKind::At(_) | StepKind::Check(_) => {}
        }
    }
}

/// The runs of a scenario with its plans changed.
fn stories(path: &Path, build: &Arc<Build>, change: impl Fn(&mut Plan)) -> Vec<String> {
    let scenario = Scenario::load(&root().join(path), build)
        .unwrap_or_else(|invalid| panic!("{}: {:#?}", path.display(), invalid.diagnostics));
    let run = |plan: &Arc<Plan>| {
        let mut plan = Plan::clone(plan);
        without_gas(&mut plan.steps);
        plan.rules.iter_mut().for_each(|rule| without_gas(&mut rule.then));
        change(&mut plan);
        let run = run(&Arc::new(plan), &RunOptions::default()).expect("the engine works");
        let name = path.to_string_lossy();
        masked(&story(&run), ABOUT_CODE.iter().any(|about| name.contains(about)))
    };
    scenario.plans.iter().map(run).collect()
}

/// The runs of all scenarios as they are, which every comparison here is with.
static REFERENCE: LazyLock<BTreeMap<PathBuf, Vec<String>>> = LazyLock::new(|| {
    let reference = bundled();
    let run = |path: PathBuf| {
        let stories = stories(&path, &reference, |_| ());
        (path, stories)
    };
    subjects().into_par_iter().map(run).collect()
});

/// Compares the runs of all scenarios with those that are the reference.
fn compare(build: &Arc<Build>, change: impl Fn(&mut Plan) + Sync) {
    let different = REFERENCE.par_iter().filter_map(|(path, expected)| {
        let actual = stories(path, build, &change);
        assert_eq!(expected.len(), actual.len(), "{}", path.display());
        let (expected, actual) = expected.iter().zip(&actual).find(|(one, two)| one != two)?;
        let lines = expected.lines().zip(actual.lines()).find(|(one, two)| one != two);
        Some(format!("{}: {lines:#?}", path.display()))
    });
    let different = different.collect::<Vec<_>>();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn scenarios_end_the_same_under_osaka() {
    let reference = bundled();
    let switched = AtomicUsize::new(0);
    compare(&reference, |plan| {
        // Some scenarios of the language say which hard fork they want.
        if plan.chain.hard_fork == HardFork::Prague {
            plan.chain.hard_fork = HardFork::Osaka;
            switched.fetch_add(1, Ordering::Relaxed);
        }
    });
    let switched = switched.into_inner();
    assert!(switched >= 200, "the reference is another hard fork: only {switched} runs");
}

/// The contracts compiled through the compiler's other pipeline.
fn via_ir() -> Arc<Build> {
    let contracts = root().join("contracts");
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("via-ir");
    let _ = std::fs::remove_dir_all(copy.join("src"));
    copy_folder(&contracts.join("src"), &copy.join("src"));
    let settings = std::fs::read_to_string(contracts.join("foundry.toml"));
    let settings = settings.expect("the settings can be read");
    let changed = settings.replace("via_ir = false", "via_ir = true");
    assert_ne!(settings, changed, "the reference is compiled through the legacy pipeline");
    let modules = contracts.join("node_modules");
    assert!(modules.is_dir(), "compiling the contracts needs `npm ci --prefix contracts`");
    copy_folder(&modules.join("@openzeppelin"), &copy.join("node_modules/@openzeppelin"));
    std::fs::write(copy.join("foundry.toml"), changed).expect("the copy can be written");
    let options = BuildOptions {
        solc: Some(modules.join("solc")),
        store: copy.join("store"),
        surroundings: Surroundings { path: path(), ..Surroundings::default() },
        ..BuildOptions::default()
    };
    let project = Project::discover(&copy).expect("the copy is a project");
    Arc::new(project.build(&options, &|_| ()).expect("the contracts compile"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the compiler is run with node, which is on the path"
)]
fn path() -> Option<std::ffi::OsString> {
    std::env::var_os("PATH")
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the copy can be written");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else if path.extension().is_some_and(|ext| ext == "sol" || ext == "json") {
            std::fs::copy(&path, &target).expect("the copy can be written");
        }
    }
}

#[test]
fn scenarios_end_the_same_through_the_ir_pipeline() {
    let build = via_ir();
    compare(&build, |plan| plan.bundled = Arc::clone(&build));
}
