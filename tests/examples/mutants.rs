//! Changes the contracts in many single places, and says which changes no test notices.
//!
//! `cargo run --release --workspace --example mutants -- [--seed N] [--budget N] [--only TEXT]… [--jobs N]
//! [--minutes N] [--killer NAME:CONTRACT,…=COMMAND]… [--record FILE] [--resume] [--list]`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks to whoever runs it"
)]

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Mutex,
    time::Duration,
};

use covenant_tests::mutants::{
    campaign::{Killer, Laboratory, Options, Outcome, all, choose, run, shown},
    compile::{Solc, Sources},
    find::Mutant,
    record::Record,
    suite::{Suite, build_options},
};

/// What was typed.
struct Arguments {
    options: Options,
    record: Option<PathBuf>,
    resume: bool,
    list: bool,
}

fn main() -> ExitCode {
    let mut arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests are in a folder");
    let sources = Sources::read(&root.join("contracts"));
    let mut solc = Solc::start(&sources.folder);
    let all = all(&sources, &mut solc);
    drop(solc);
    let chosen = choose(&all, &arguments.options);
    eprintln!("{} of {} mutants", chosen.len(), all.len());
    if arguments.list {
        for mutant in &chosen {
            let (before, after) = shown(mutant, sources.text(&mutant.file));
            println!("{}:{} {} `{before}` -> `{after}`", mutant.file, mutant.line, mutant.id);
        }
        return ExitCode::SUCCESS;
    }
    if let Some(record) = arguments.record.as_ref().filter(|_| arguments.resume) {
        arguments.options.known = Record::read(record);
    }
    for killer in &arguments.options.killers {
        assert!(killer.passes(&sources.folder), "{} fails as it is", killer.name);
    }
    campaign(root, &sources, &all, &chosen, &arguments);
    ExitCode::SUCCESS
}

fn campaign(
    root: &Path,
    sources: &Sources,
    all: &[Mutant],
    chosen: &[Mutant],
    arguments: &Arguments,
) {
    let store = root.join("target/mutants");
    let options = build_options(&sources.folder, store);
    let suite = Suite::read(root, &options);
    eprintln!("{} scenarios and cases: finding out what each executes", suite.tests.len());
    let failing = suite.find_reach();
    if !failing.is_empty() {
        eprintln!("warning: left out, because they fail as it is: {}", failing.join(", "));
    }
    let laboratory = Laboratory::new(sources, &suite);
    let done = Mutex::new(0);
    let tell = |mutant: &Mutant, outcome: &Outcome| {
        let mut done = done.lock().expect("nobody panics with it");
        *done += 1;
        let (before, after) = shown(mutant, sources.text(&mutant.file));
        let said = match outcome {
            Outcome::NotCompiled => "does not compile".to_owned(),
            Outcome::SameCode => "same code".to_owned(),
            Outcome::Killed(test) => format!("killed by {test}"),
            Outcome::Survived(tests) => format!("SURVIVED ({tests} scenarios reach it)"),
        };
        let place = format!("{}:{} {}", mutant.file, mutant.line, mutant.id);
        eprintln!("{done}/{} {place} `{before}` -> `{after}`: {said}", chosen.len());
    };
    let mut record = run(&laboratory, all, chosen, &arguments.options, &tell);
    if let Some(path) = &arguments.record {
        record.keep(&Record::read(path));
        record.count();
        std::fs::write(path, record.to_json()).expect("the record can be written");
    }
    println!(
        "score {} %: {} killed, {} survived, {} equivalent; {} with the same code",
        record.score, record.killed, record.survived, record.equivalent, record.same_code
    );
}

fn arguments() -> Result<Arguments, String> {
    let options = Options {
        seed: 1,
        budget: None,
        only: Vec::new(),
        jobs: 2,
        time: None,
        killers: Vec::new(),
        known: Record::default(),
    };
    let mut arguments = Arguments { options, record: None, resume: false, list: false };
    let mut typed = std::env::args().skip(1);
    while let Some(option) = typed.next() {
        let switch = match option.as_str() {
            "--list" => Some(&mut arguments.list),
            "--resume" => Some(&mut arguments.resume),
            _ => None,
        };
        if let Some(switch) = switch {
            *switch = true;
            continue;
        }
        let value = typed.next().ok_or_else(|| format!("{option} needs a value"))?;
        let number =
            || value.parse::<u64>().map_err(|_| format!("{option}: not a number: {value}"));
        let size = || usize::try_from(number()?).map_err(|error| error.to_string());
        let options = &mut arguments.options;
        match option.as_str() {
            "--seed" => options.seed = number()?,
            "--budget" => options.budget = Some(size()?).filter(|budget| *budget > 0),
            "--jobs" => options.jobs = size()?,
            "--minutes" => options.time = Some(Duration::from_secs(number()? * 60)),
            "--only" => options.only.push(value),
            "--killer" => options.killers.push(killer(&value)?),
            "--record" => arguments.record = Some(value.into()),
            _ => return Err(format!("there is no option {option}")),
        }
    }
    Ok(arguments)
}

/// Reads `NAME:CONTRACT,CONTRACT=COMMAND`.
fn killer(text: &str) -> Result<Killer, String> {
    let wrong = || format!("--killer: expected NAME:CONTRACT,…=COMMAND, not {text}");
    let (head, command) = text.split_once('=').ok_or_else(wrong)?;
    let (name, contracts) = head.split_once(':').ok_or_else(wrong)?;
    Ok(Killer {
        name: name.to_owned(),
        contracts: contracts.split(',').map(str::to_owned).collect(),
        command: command.to_owned(),
    })
}
