//! The scenarios as tests of the contracts.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use covenant_chain::{CodeRole, Coverage};
use covenant_compile::{
    Build, BuildOptions, Contract, ContractId, Project, Surroundings,
    coverage::{CodeKind, Counters, CoverageBuild, Tally},
};
use covenant_scenario::{
    event::Verdict,
    plan::{CodeSize, Plan, PlanInput, plan},
    raw::{self, RawScenario},
    run::{RunOptions, run},
    source::Sources,
};
use rayon::prelude::*;

/// A scenario that takes longer than this does not end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The scenarios, and the contracts that they are about.
#[derive(Debug)]
pub struct Suite {
    files: Vec<File>,
    /// The contracts as they are.
    pub build: Arc<Build>,
    bundled: Arc<Build>,
    /// The same, compiled so that what is executed can be told.
    coverage: CoverageBuild,
    /// What each test executes, in the order of [`Suite::tests`], once that was asked for.
    reach: Vec<OnceLock<Reach>>,
    /// Every scenario and case.
    pub tests: Vec<Test>,
}

/// A scenario, or a case of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The file, and the case if it has any: `tests/scenarios/a.yaml::b`.
    pub name: String,
    file: usize,
    case: usize,
}

/// What a test executes.
#[derive(Debug, Default)]
struct Reach {
    places: BTreeMap<String, BTreeSet<(usize, usize)>>,
    contracts: BTreeSet<ContractId>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    sources: Arc<Sources>,
    raw: RawScenario,
}

/// How the contracts are compiled, with the npm package of their project and a store beside the build.
#[must_use]
pub fn build_options(contracts: &Path, store: PathBuf) -> BuildOptions {
    #[expect(clippy::disallowed_methods, reason = "node is where the user has it")]
    let path = std::env::var_os("PATH");
    BuildOptions {
        solc: Some(contracts.join("node_modules/solc")),
        store,
        surroundings: Surroundings { path, ..Surroundings::default() },
        ..BuildOptions::default()
    }
}

impl Suite {
    /// Reads the scenarios of a repository, but those that show the language of scenarios, which are about the engine, and
    /// those about gas, which every change of a contract changes.
    ///
    /// # Panics
    /// When something cannot be read or compiled.
    #[must_use]
    pub fn read(root: &Path, options: &BuildOptions) -> Self {
        let project = Project::open(&root.join("contracts")).expect("the contracts are a project");
        let build = project.build(options, &|_| ()).expect("the contracts compile");
        let mut paths = Vec::new();
        scenarios(&root.join("tests/scenarios"), &mut paths);
        let coverage = project.build_for_coverage(options, &|_| ()).expect("the contracts compile");
        let files: Vec<File> = paths.into_iter().map(File::read).collect();
        let (build, bundled) = (Arc::new(build), covenant_compile::bundled());
        let tests_of = |(file, it): (usize, &File)| {
            let plans = plans(it, &build, &bundled, CodeSize::Limited);
            let name = it.path.strip_prefix(root).unwrap_or(&it.path).display().to_string();
            let tests = plans.iter().enumerate().map(|(case, plan)| {
                let case_name = plan.name.case.as_ref().map(|case| format!("::{case}"));
                Test { name: format!("{name}{}", case_name.unwrap_or_default()), file, case }
            });
            tests.collect::<Vec<_>>()
        };
        let tests: Vec<Test> = files.iter().enumerate().flat_map(tests_of).collect();
        let reach = tests.iter().map(|_| OnceLock::new()).collect();
        Self { files, build, bundled, coverage, reach, tests }
    }

    /// Finds out what each test executes. Tests that fail as it is tell nothing about changes: they are left out, and
    /// named here.
    #[must_use]
    pub fn find_reach(&self) -> Vec<&str> {
        let files = (0..self.files.len()).into_par_iter();
        let failing = files.flat_map_iter(|file| {
            let mut session = self.session(&[]);
            let of_file = |index: &usize| self.tests[*index].file == file;
            let tests: Vec<usize> = (0..self.tests.len()).filter(of_file).collect();
            let failing: Vec<usize> =
                tests.iter().copied().filter(|index| session.notices(*index)).collect();
            // What is set here is not found out below, so nobody thinks that these execute anything.
            for index in &failing {
                self.reach[*index].get_or_init(Reach::default);
            }
            for index in tests {
                self.reach(index);
            }
            failing.into_iter().map(|index| &*self.tests[index].name)
        });
        failing.collect()
    }

    /// What a test executes.
    fn reach(&self, index: usize) -> &Reach {
        if self.reach[index].get().is_none() {
            self.reach_file(self.tests[index].file);
        }
        self.reach[index].get().expect("it was just found out")
    }

    /// Finds out what the tests of a file execute.
    fn reach_file(&self, file: usize) {
        let own = Arc::new(self.coverage.build.clone());
        let bundled = Arc::new(self.coverage.instead_of(&self.bundled, &self.build));
        let plans = plans(&self.files[file], &own, &bundled, CodeSize::Unlimited);
        let tests = self.tests.iter().zip(&self.reach).filter(|(test, _)| test.file == file);
        for (test, found) in tests {
            found.get_or_init(|| reach(&self.coverage, &plans[test.case]));
        }
    }

    /// The tests that execute a part of a source, in the order of their names.
    pub fn reaching(&self, file: &str, part: &std::ops::Range<usize>) -> Vec<usize> {
        let reaches = |reach: &Reach| {
            reach.places.get(file).is_some_and(|places| {
                let within = places.range((part.start, 0)..(part.end, usize::MAX));
                within.into_iter().any(|(_, end)| *end <= part.end)
            })
        };
        (0..self.tests.len()).filter(|test| reaches(self.reach(*test))).collect()
    }

    /// How many of these tests execute code of a contract.
    #[must_use]
    pub fn executing(&self, contract: &ContractId, tests: &[usize]) -> usize {
        tests.iter().filter(|test| self.reach(**test).contracts.contains(contract)).count()
    }

    /// The suite, with these contracts in the place of those of the same name.
    #[must_use]
    pub fn session(&self, changed: &[Arc<Contract>]) -> Session<'_> {
        Session {
            suite: self,
            build: with(&self.build, changed),
            bundled: with(&self.bundled, changed),
            plans: BTreeMap::new(),
        }
    }
}

/// The tests, with some contracts changed.
#[derive(Debug)]
pub struct Session<'a> {
    suite: &'a Suite,
    build: Arc<Build>,
    bundled: Arc<Build>,
    /// The plans of files that were looked at; none, if there can be none.
    plans: BTreeMap<usize, Vec<Arc<Plan>>>,
}

impl Session<'_> {
    /// Whether a test fails.
    pub fn notices(&mut self, test: usize) -> bool {
        let Test { file, case, .. } = &self.suite.tests[test];
        let plans = self.plans.entry(*file).or_insert_with(|| {
            let file = &self.suite.files[*file];
            let input = file.input(&self.build, &self.bundled, CodeSize::Limited);
            // A change can make what is computed beforehand impossible.
            plan(&file.raw, &input).unwrap_or_default()
        });
        let Some(plan) = plans.get(*case) else { return true };
        let cancel = Arc::new(AtomicBool::new(false));
        let watch = Watch::start(&cancel);
        let options = RunOptions { cancel: Some(Arc::clone(&cancel)), ..RunOptions::default() };
        let passed = run(plan, &options).is_ok_and(|run| run.verdict == Verdict::Passed);
        drop(watch);
        !passed
    }
}

fn plans(
    file: &File,
    build: &Arc<Build>,
    bundled: &Arc<Build>,
    code_size: CodeSize,
) -> Vec<Arc<Plan>> {
    plan(&file.raw, &file.input(build, bundled, code_size))
        .unwrap_or_else(|wrong| panic!("{}: {:?}", file.path.display(), wrong[0].message))
}

impl File {
    fn read(path: PathBuf) -> Self {
        let mut sources = Sources::default();
        let raw = raw::load(&path, &mut sources)
            .unwrap_or_else(|wrong| panic!("{}: {:?}", path.display(), wrong[0].message));
        Self { path, sources: Arc::new(sources), raw }
    }

    fn input(&self, build: &Arc<Build>, bundled: &Arc<Build>, code_size: CodeSize) -> PlanInput {
        PlanInput {
            file: self.path.clone(),
            sources: Arc::clone(&self.sources),
            build: Arc::clone(build),
            bundled: Arc::clone(bundled),
            code_size,
        }
    }
}

/// A build in which some contracts are others.
pub(super) fn with(build: &Arc<Build>, changed: &[Arc<Contract>]) -> Arc<Build> {
    if !changed.iter().any(|contract| build.contracts.contains_key(&contract.id)) {
        return Arc::clone(build);
    }
    let mut mixed = Build::clone(build);
    for contract in changed {
        if let Some(place) = mixed.contracts.get_mut(&contract.id) {
            *place = Arc::clone(contract);
        }
    }
    Arc::new(mixed)
}

fn reach(coverage: &CoverageBuild, plan: &Arc<Plan>) -> Reach {
    let seen = Coverage::new();
    let options = RunOptions { coverage: Some(seen.clone()), ..RunOptions::default() };
    // One that goes otherwise without optimisations counts as far as it goes.
    drop(run(plan, &options));
    let mut tally = Tally::new(coverage);
    let mut reach = Reach::default();
    for (role, executed) in seen.take() {
        let kind = match role {
            CodeRole::Creation => CodeKind::Creation,
            CodeRole::Runtime => CodeKind::Runtime,
        };
        let is_creation = role == CodeRole::Creation;
        let contract = coverage.build.contract_with_code(&executed.code, is_creation);
        reach.contracts.extend(contract.map(|contract| contract.id.clone()));
        let counters = Counters { hits: executed.hits, ..Counters::default() };
        tally.add(kind, &executed.code, &counters);
    }
    for (source, start, end) in tally.places() {
        let Some(source) = coverage.build.sources.get(&source) else { continue };
        reach.places.entry(source.path.clone()).or_default().insert((start, end));
    }
    reach
}

/// Scenario files, sorted; what is included by others begins with `_`.
fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the scenarios can be read");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the scenarios can be read").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !matches!(&*name, "language" | "gas") {
            scenarios(&path, found);
        } else if name.ends_with(".yaml") && !name.starts_with('_') {
            found.push(path);
        }
    }
}

/// Sets a flag when patience ends, unless it is dropped before.
struct Watch(Arc<(Mutex<bool>, Condvar)>);

impl Watch {
    fn start(flag: &Arc<AtomicBool>) -> Self {
        let done = Arc::new((Mutex::new(false), Condvar::new()));
        let (flag, waiting) = (Arc::clone(flag), Arc::clone(&done));
        thread::spawn(move || {
            let (done, bell) = &*waiting;
            let done = done.lock().expect("nobody panics with it");
            let waited = bell.wait_timeout_while(done, PATIENCE, |done| !*done);
            if waited.expect("nobody panics with it").1.timed_out() {
                flag.store(true, Ordering::SeqCst);
            }
        });
        Self(done)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        *self.0.0.lock().expect("nobody panics with it") = true;
        self.0.1.notify_all();
    }
}
