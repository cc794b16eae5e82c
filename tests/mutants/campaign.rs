//! A campaign: mutants are chosen, compiled, and given to the tests.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use covenant_compile::{Contract, ContractId, ContractKind};
use serde_json::Value;

use crate::SIMULATIONS;

use super::{
    compile::{Solc, Sources, is_same},
    find::{Kind, Mutant, Types, find},
    record::{FileCount, Record, Tried, Verdict},
    suite::Suite,
};

/// What a campaign consists of.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the choice of mutants follows from.
    pub seed: u64,
    /// How many mutants are chosen; all, if there is no number.
    pub budget: Option<usize>,
    /// Only mutants whose file or id contains one of these; all, if there are none.
    pub only: Vec<String>,
    /// How many are tried at once.
    pub jobs: usize,
    /// No mutant is begun after this time.
    pub time: Option<Duration>,
    /// Programs that look at what the scenarios let through.
    pub killers: Vec<Killer>,
    /// What is known already. Of a mutant that was killed, or proved equivalent, and whose file has the code that it had
    /// then, it is believed: what has changed around it rarely makes a difference, and CI tries some of them again. Any
    /// other mutant is first given to what killed it then.
    pub known: Record,
}

/// A program that notices changes of the contracts: it fails when the contracts of the project in the folder that the
/// variable `COVENANT_MODEL_CONTRACTS` names do not do what they should.
#[derive(Clone, Debug)]
pub struct Killer {
    /// What it is called.
    pub name: String,
    /// The names of the contracts that it looks at.
    pub contracts: Vec<String>,
    /// The command, for the shell.
    pub command: String,
}

/// The contracts with everything that is needed to change them.
#[derive(Debug)]
pub struct Laboratory<'a> {
    /// The sources.
    pub sources: &'a Sources,
    /// The tests.
    pub suite: &'a Suite,
    /// The code of each source.
    codes: BTreeMap<String, String>,
    /// Contracts compiled as they are, each when it is needed.
    originals: Mutex<BTreeMap<ContractId, Arc<Contract>>>,
    /// How many mutants of a file each test has killed in this campaign.
    kills: Mutex<BTreeMap<String, BTreeMap<usize, usize>>>,
}

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does not compile.
    NotCompiled,
    /// It compiles to the same code.
    SameCode,
    /// A test noticed.
    Killed(String),
    /// Nobody noticed, of so many scenarios that execute the place.
    Survived(usize),
}

/// Every mutant of the contracts that hold or move money, by file.
///
/// # Panics
/// When the sources do not compile.
#[must_use]
pub fn all(sources: &Sources, solc: &mut Solc) -> Vec<Mutant> {
    let output = solc.compile(&sources.input_for_trees());
    let tree = |file: &str| -> &Value { &output["sources"][file]["ast"] };
    let mut types = Types::default();
    sources.own().for_each(|file| types.add(tree(file)));
    let files = sources.own().filter(|file| !SIMULATIONS.iter().any(|left| file.starts_with(left)));
    files
        .flat_map(|file| {
            assert!(tree(file).is_object(), "{file} does not compile: {}", output["errors"]);
            find(file, sources.text(file), tree(file), &types)
        })
        .collect()
}

/// The mutants that a campaign tries, in the order of their places.
#[must_use]
pub fn choose(all: &[Mutant], options: &Options) -> Vec<Mutant> {
    let wanted = |mutant: &&Mutant| {
        options.only.is_empty()
            || options
                .only
                .iter()
                .any(|part| mutant.file.contains(part) || mutant.id.contains(part))
    };
    let mut chosen: Vec<&Mutant> = all.iter().filter(wanted).collect();
    chosen.sort_by_key(|mutant| mutant.rank(options.seed));
    chosen.truncate(options.budget.unwrap_or(usize::MAX));
    let mut chosen: Vec<Mutant> = chosen.into_iter().cloned().collect();
    chosen.sort_by(|one, other| {
        (&one.file, one.place.start, one.place.end, &one.id).cmp(&(
            &other.file,
            other.place.start,
            other.place.end,
            &other.id,
        ))
    });
    chosen
}

/// Tries mutants, telling each as it is done.
///
/// # Panics
/// When a compiler stops.
pub fn run(
    laboratory: &Laboratory<'_>,
    all: &[Mutant],
    chosen: &[Mutant],
    options: &Options,
    tell: &(dyn Fn(&Mutant, &Outcome) + Sync),
) -> Record {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    // A campaign that is cut short has tried what one with a smaller budget would have chosen.
    let mut order: Vec<usize> = (0..chosen.len()).collect();
    order.sort_by_key(|index| chosen[*index].rank(options.seed));
    let began = now();
    thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                let mut solc = Solc::start(&laboratory.sources.folder);
                while options.time.is_none_or(|time| began.elapsed() < time) {
                    let turn = next.fetch_add(1, Ordering::SeqCst);
                    let Some(index) = order.get(turn).copied() else { break };
                    let mutant = &chosen[index];
                    let outcome = laboratory.outcome(mutant, &mut solc, options);
                    tell(mutant, &outcome);
                    results.lock().expect("nobody panics with it").insert(index, outcome);
                }
            });
        }
    });
    let results = results.into_inner().expect("nobody panics with it");
    laboratory.record(all, chosen, &results, options)
}

#[expect(clippy::disallowed_methods, reason = "a campaign may be limited in time")]
fn now() -> Instant {
    Instant::now()
}

impl<'a> Laboratory<'a> {
    /// Nothing was tried yet.
    #[must_use]
    pub fn new(sources: &'a Sources, suite: &'a Suite) -> Self {
        Self {
            sources,
            suite,
            codes: sources.codes(),
            originals: Mutex::new(BTreeMap::new()),
            kills: Mutex::new(BTreeMap::new()),
        }
    }

    /// What is known of a mutant, or what comes of trying it.
    fn outcome(&self, mutant: &Mutant, solc: &mut Solc, options: &Options) -> Outcome {
        let text = self.sources.text(&mutant.file);
        let known = options.known.of(&mutant.file, &mutant.id, &shown(mutant, text));
        let killer = known.and_then(|known| known.killed_by.as_deref());
        if let Some(known) = known
            && self.is_as_it_was(mutant, &options.known)
        {
            match (known.verdict, killer) {
                (Verdict::Equivalent, _) if known.why.is_some() => {
                    return Outcome::Survived(known.reached_by.unwrap_or_default());
                }
                (Verdict::Killed, Some(killer)) if self.has(killer, &options.killers) => {
                    return Outcome::Killed(killer.to_owned());
                }
                _ => {}
            }
        }
        if let Some(killer) = killer
            && self.is_noticed_by(mutant, killer, solc)
        {
            return Outcome::Killed(killer.to_owned());
        }
        self.try_mutant(mutant, solc, &options.killers)
    }

    /// Whether there still is a test, or program, of this name.
    fn has(&self, name: &str, killers: &[Killer]) -> bool {
        let mut tests = self.suite.tests.iter().map(|test| &test.name);
        tests.any(|it| it == name) || killers.iter().any(|killer| killer.name == name)
    }

    /// Whether a mutant's file has the code that a result is about.
    fn is_as_it_was(&self, mutant: &Mutant, known: &Record) -> bool {
        let was = known.files.get(&mutant.file).map(|file| &file.code);
        was.is_some() && was == self.codes.get(&mutant.file)
    }

    /// Compiles a mutant and gives it to the tests: to those of one contract after the other, most tested first.
    pub fn try_mutant(&self, mutant: &Mutant, solc: &mut Solc, killers: &[Killer]) -> Outcome {
        let text = mutant.apply(self.sources.text(&mutant.file));
        let reaching = self.suite.reaching(&mutant.file, &mutant.scope);
        let affected = self.affected(mutant, &reaching);
        let mut differs = false;
        for original in &affected {
            let change = Some((&*mutant.file, &*text));
            let Some(changed) = solc.contract(self.sources, original, change) else {
                return Outcome::NotCompiled;
            };
            if is_same(&changed, &self.original(original, solc)) {
                continue;
            }
            differs = true;
            if let Some(test) = self.noticed(mutant, &reaching, changed) {
                return Outcome::Killed(self.suite.tests[test].name.clone());
            }
        }
        if !differs {
            return Outcome::SameCode;
        }
        let names: Vec<&str> = affected.iter().map(|contract| &*contract.id.name).collect();
        let looks = |killer: &&Killer| killer.contracts.iter().any(|it| names.contains(&&**it));
        killers
            .iter()
            .filter(looks)
            .find(|killer| killer.notices(self.sources, (&mutant.file, &text)))
            .map_or(Outcome::Survived(reaching.len()), |killer| {
                Outcome::Killed(killer.name.clone())
            })
    }

    /// The contracts whose code can change, those that most of the tests execute first.
    fn affected(&self, mutant: &Mutant, reaching: &[usize]) -> Vec<&'a Arc<Contract>> {
        let contracts = self.suite.build.contracts.values();
        let deployed = contracts.filter(|contract| {
            matches!(contract.kind, ContractKind::Contract | ContractKind::Library)
                && contract.id.file.starts_with("src/")
                && !SIMULATIONS[..3].iter().any(|left| contract.id.file.starts_with(left))
                && self.sources.closure(&contract.id.file).contains(&mutant.file)
        });
        let mut affected: Vec<_> = deployed
            .map(|contract| (self.suite.executing(&contract.id, reaching), contract))
            .collect();
        affected.sort_by_key(|(tests, contract)| (usize::MAX - tests, &contract.id));
        affected.into_iter().map(|(_, contract)| contract).collect()
    }

    /// A contract as it is, compiled as mutants are.
    fn original(&self, contract: &Arc<Contract>, solc: &mut Solc) -> Arc<Contract> {
        let known =
            self.originals.lock().expect("nobody panics with it").get(&contract.id).cloned();
        known.unwrap_or_else(|| {
            let compiled = solc.contract(self.sources, contract, None);
            let compiled = Arc::new(compiled.expect("the contracts compile as they are"));
            let mut originals = self.originals.lock().expect("nobody panics with it");
            Arc::clone(originals.entry(contract.id.clone()).or_insert(compiled))
        })
    }

    /// The test that notices a changed contract, if one does. Tests that noticed something in this file before are tried
    /// first.
    fn noticed(&self, mutant: &Mutant, reaching: &[usize], changed: Contract) -> Option<usize> {
        let kills = self.kills.lock().expect("nobody panics with it").get(&mutant.file).cloned();
        let kills = kills.unwrap_or_default();
        let mut tests: Vec<usize> = reaching
            .iter()
            .copied()
            .filter(|test| self.suite.executing(&changed.id, &[*test]) > 0)
            .collect();
        tests
            .sort_by_key(|test| (usize::MAX - kills.get(test).copied().unwrap_or_default(), *test));
        let mut session = self.suite.session(&[Arc::new(changed)]);
        let killer = tests.into_iter().find(|test| session.notices(*test))?;
        let mut kills = self.kills.lock().expect("nobody panics with it");
        *kills.entry(mutant.file.clone()).or_default().entry(killer).or_default() += 1;
        Some(killer)
    }

    /// Whether a mutant that was killed is noticed by the same test as before.
    pub fn is_noticed_by(&self, mutant: &Mutant, name: &str, solc: &mut Solc) -> bool {
        let text = mutant.apply(self.sources.text(&mutant.file));
        let Some(index) = self.suite.tests.iter().position(|test| test.name == name) else {
            return false;
        };
        let affected = self.affected(mutant, &[index]).into_iter();
        let mut executed =
            affected.filter(|contract| self.suite.executing(&contract.id, &[index]) > 0);
        executed.any(|contract| {
            let changed = solc.contract(self.sources, contract, Some((&*mutant.file, &*text)));
            changed.is_some_and(|changed| self.suite.session(&[Arc::new(changed)]).notices(index))
        })
    }

    fn record(
        &self,
        all: &[Mutant],
        chosen: &[Mutant],
        results: &BTreeMap<usize, Outcome>,
        options: &Options,
    ) -> Record {
        let counted = |(file, code): (&String, &String)| {
            (file.clone(), FileCount { code: code.clone(), ..FileCount::default() })
        };
        let mut files: BTreeMap<String, FileCount> = self.codes.iter().map(counted).collect();
        for mutant in all {
            files.entry(mutant.file.clone()).or_default().made += 1;
        }
        let mut record = Record {
            about: "Mutants of the contracts and the tests that noticed them; scripts/mutants.sh writes this."
                .to_owned(),
            sources: self.sources.hash(),
            seed: options.seed,
            ..Record::default()
        };
        for (index, outcome) in results {
            let mutant = &chosen[*index];
            let (verdict, killed_by, reached_by) = match outcome {
                Outcome::NotCompiled => continue,
                Outcome::SameCode => {
                    record.same_code += 1;
                    continue;
                }
                Outcome::Killed(test) => (Verdict::Killed, Some(test.clone()), None),
                Outcome::Survived(tests) => (Verdict::Survived, None, Some(*tests)),
            };
            files.entry(mutant.file.clone()).or_default().tried += 1;
            let (before, after) = shown(mutant, self.sources.text(&mutant.file));
            record.mutants.push(Tried {
                id: mutant.id.clone(),
                file: mutant.file.clone(),
                line: mutant.line,
                kind: mutant.kind.name().to_owned(),
                before,
                after,
                verdict,
                killed_by,
                reached_by,
                why: None,
            });
        }
        record.files = files;
        record.count();
        record
    }
}

/// A change as it is shown: on one line; what is left out becomes nothing.
#[must_use]
pub fn shown(mutant: &Mutant, text: &str) -> (String, String) {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_left_out = matches!(mutant.kind, Kind::MissingCheck | Kind::MissingEffect);
    let after = if is_left_out { String::new() } else { line(&mutant.after) };
    (line(&text[mutant.place.clone()]), after)
}

impl Killer {
    /// Whether it fails for the project with one source changed.
    ///
    /// # Panics
    /// When there is no room for a folder, or no shell.
    #[must_use]
    pub fn notices(&self, sources: &Sources, changed: (&str, &str)) -> bool {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let units = sources.needed(&self.contracts);
        sources.write(&units, folder.path(), changed).expect("the folder can be written");
        !self.passes(folder.path())
    }

    /// Whether it is content with the contracts in a folder.
    ///
    /// # Panics
    /// When there is no shell.
    #[must_use]
    pub fn passes(&self, folder: &Path) -> bool {
        Command::new("sh")
            .args(["-c", &self.command])
            .env("COVENANT_MODEL_CONTRACTS", folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("there is a shell")
            .success()
    }
}
