//! Broken input: what is said about it is golden, and so is how the command ends.
//!
//! The inputs lie in `tests/bad/`, what is said about them in `tests/golden/bad/`. Files that no repository should hold
//! are made by `generated_input`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    sync::Once,
};

use crate::binary::{covenant, root, transcript};

/// Set to write the golden messages afresh.
const UPDATE: &str = "UPDATE_GOLDEN";

/// Scenario files with the exit code of `covenant run`.
const SCENARIOS: &[(&str, i32)] = &[
    ("cycle/contract-and-let", 2),
    ("cycle/contracts", 2),
    ("cycle/include-of-itself", 2),
    ("cycle/includes", 2),
    ("file/endpoint-that-is-down", 6),
    ("file/fork-without-endpoint", 2),
    ("file/include-defines-again", 2),
    ("file/include-has-steps", 2),
    ("file/include-is-broken", 2),
    ("file/missing-include", 2),
    ("hostile/bidi-in-an-expression", 2),
    ("hostile/bidi", 2),
    ("hostile/case-name", 3),
    ("hostile/escape-byte-in-the-file", 2),
    ("hostile/escapes-in-an-expression", 2),
    ("hostile/invisible-characters", 2),
    ("hostile/nul", 2),
    ("hostile/rule-name", 2),
    ("hostile/terminal-escapes", 2),
    ("hostile/title-passes", 0),
    ("hostile/token-name", 3),
    ("name/actor-of-a-case", 2),
    ("name/bound-twice", 2),
    ("name/empty-name", 2),
    ("name/internal-function", 2),
    ("name/last-before-any-call", 2),
    ("name/not-a-name", 2),
    ("name/shadows-a-builtin", 2),
    ("name/shadows-a-key", 2),
    ("name/unknown-actor", 2),
    ("name/unknown-block-member", 2),
    ("name/unknown-builtin", 2),
    ("name/unknown-enum-member", 2),
    ("name/unknown-enum", 2),
    ("name/unknown-error", 2),
    ("name/unknown-event-field", 2),
    ("name/unknown-event", 2),
    ("name/unknown-function", 2),
    ("name/unknown-hard-fork", 2),
    ("name/unknown-let", 2),
    ("name/unknown-library", 2),
    ("name/unknown-odd-token", 2),
    ("name/unknown-party-in-changes", 2),
    ("name/unknown-struct-member", 2),
    ("name/unknown-token", 2),
    ("name/used-twice", 2),
    ("number/address-with-wrong-checksum", 2),
    ("number/bad-unit", 2),
    ("number/balance-without-unit-type", 2),
    ("number/bytes-of-the-wrong-length", 2),
    ("number/cast-overflow", 2),
    ("number/chain-id", 2),
    ("number/decimals", 2),
    ("number/division-by-zero", 2),
    ("number/enum-out-of-range", 2),
    ("number/fraction-of-a-wei", 2),
    ("number/fraction", 2),
    ("number/negative-balance", 2),
    ("number/negative-for-uint", 2),
    ("number/negative-times", 2),
    ("number/negative-value", 2),
    ("number/shift-by-a-negative", 2),
    ("number/singular-unit", 2),
    ("number/times-in-words", 2),
    ("number/too-large-for-uint8", 2),
    ("number/two-points", 2),
    ("number/years-in-an-expression", 2),
    ("run/always-broken", 3),
    ("run/attached-where-nothing-is", 3),
    ("run/case-fails", 3),
    ("run/cast-while-running", 3),
    ("run/check-fails-in-a-repeat", 3),
    ("run/check-reverts", 3),
    ("run/division-by-zero-while-running", 3),
    ("run/ensures-fails", 3),
    ("run/no-revert", 3),
    ("run/out-of-gas", 3),
    ("run/overflow-while-running", 3),
    ("run/rule-reverts", 3),
    ("run/token-changes", 3),
    ("run/undeclared-change", 3),
    ("run/unexpected-revert", 3),
    ("run/until-holds-never-no-rules", 3),
    ("run/within-passes", 3),
    ("run/wrong-emission", 3),
    ("run/wrong-gas", 3),
    ("shape/actor-as-number", 2),
    ("shape/actors-as-text", 2),
    ("shape/args-twice", 2),
    ("shape/cases-as-list", 2),
    ("shape/changes-as-text", 2),
    ("shape/deploy-and-at", 3),
    ("shape/empty-step", 2),
    ("shape/expect-reverts-and-emits", 2),
    ("shape/flag-in-words", 2),
    ("shape/misspelt-section", 2),
    ("shape/null-everywhere", 2),
    ("shape/repeat-without-do", 2),
    ("shape/rule-once-and-repeat", 2),
    ("shape/step-as-text", 2),
    ("shape/step-with-two-actors", 2),
    ("shape/step-without-an-action", 2),
    ("shape/steps-as-mapping", 2),
    ("shape/together-in-together", 2),
    ("shape/until-without-within", 2),
    ("shape/value-twice", 2),
    ("shape/wait-and-at", 2),
    ("shape/wait-in-together", 2),
    ("shape/wait-with-expectation", 2),
    ("shape/within-without-until", 2),
    ("time/impossible-date-in-call", 2),
    ("time/impossible-date", 2),
    ("time/impossible-hour", 2),
    ("time/impossible-month", 2),
    ("time/months-beyond-the-calendar", 2),
    ("time/start-before-the-epoch", 2),
    ("time/tick-of-zero", 2),
    ("type/abstract-contract", 2),
    ("type/actor-calls-an-actor", 2),
    ("type/add-address", 2),
    ("type/ambiguous-overload", 2),
    ("type/array-length", 2),
    ("type/assembly", 2),
    ("type/bad-operators", 2),
    ("type/call-that-is-not-a-call", 2),
    ("type/compare-apples-with-pears", 2),
    ("type/condition-is-a-number", 2),
    ("type/constructor-arguments", 2),
    ("type/deploy-action", 2),
    ("type/deploy-by-a-contract", 2),
    ("type/emits-from-elsewhere", 2),
    ("type/enum-as-number", 2),
    ("type/error-arguments", 2),
    ("type/ether-transfer", 2),
    ("type/event-arguments", 2),
    ("type/expression-with-control-characters", 2),
    ("type/half-an-expression", 2),
    ("type/index-a-number", 2),
    ("type/interface", 2),
    ("type/library", 2),
    ("type/mint-a-fraction", 2),
    ("type/mint-to-nobody", 2),
    ("type/negate-a-bool", 2),
    ("type/no-fitting-overload", 2),
    ("type/returns-of-another-type", 2),
    ("type/reverts-with-nonsense", 2),
    ("type/sign-without-a-domain", 3),
    ("type/statement", 2),
    ("type/ternary-branches", 2),
    ("type/too-few-arguments", 2),
    ("type/too-many-arguments", 2),
    ("type/unbalanced-parenthesis", 2),
    ("type/value-in-braces-to-non-payable", 2),
    ("type/value-to-non-payable-constructor", 2),
    ("type/value-to-non-payable", 2),
    ("yaml/alias-bomb", 2),
    ("yaml/alias-to-itself", 2),
    ("yaml/at-sign", 2),
    ("yaml/backtick", 2),
    ("yaml/bad-indentation", 2),
    ("yaml/closing-too-much", 2),
    ("yaml/colon-in-value", 2),
    ("yaml/commas-in-call-of-flow-mapping", 2),
    ("yaml/commas-in-flow-list", 2),
    ("yaml/complex-key", 2),
    ("yaml/directive", 2),
    ("yaml/duplicate-key", 2),
    ("yaml/duplicate-name", 2),
    ("yaml/empty", 2),
    ("yaml/greater-than", 2),
    ("yaml/hash-in-value", 2),
    ("yaml/json-with-trailing-text", 2),
    ("yaml/list-at-the-wrong-depth", 2),
    ("yaml/list-instead-of-mapping", 2),
    ("yaml/missing-anchor", 2),
    ("yaml/missing-colon", 2),
    ("yaml/missing-space-after-colon", 2),
    ("yaml/missing-space-after-dash", 2),
    ("yaml/negation", 2),
    ("yaml/only-comments", 2),
    ("yaml/only-text", 2),
    ("yaml/several-documents", 2),
    ("yaml/starts-with-bracket", 2),
    ("yaml/starts-with-quote", 2),
    ("yaml/tabs", 2),
    ("yaml/tag", 2),
    ("yaml/unclosed-flow-mapping", 2),
    ("yaml/unclosed-list", 2),
    ("yaml/unclosed-quote", 2),
    ("yaml/unknown-escape", 2),
];

/// Wrong uses of the command line, in the folder of the broken scenarios.
const USES: &[(&str, &[&str], i32)] = &[
    ("missing-file", &["run", "nowhere.yaml"], 2),
    ("missing-folder", &["run", "nowhere/"], 2),
    ("two-missing-files", &["run", "a.yaml", "b.yaml"], 2),
    ("not-yaml", &["run", "contracts/src/Jar.sol"], 2),
    ("folder-without-scenarios", &["run", "contracts"], 2),
    ("unknown-case", &["run", "run/case-fails.yaml::nope"], 2),
    ("case-of-a-file-without-cases", &["run", "run/ensures-fails.yaml::nope"], 2),
    ("case-of-a-broken-file", &["run", "yaml/tabs.yaml::nope"], 2),
    ("shard-zero", &["run", "--shard", "0/3", "run"], 2),
    ("shard-beyond", &["run", "--shard", "4/3", "run"], 2),
    ("shard-in-words", &["run", "--shard", "one", "run"], 2),
    ("shard-of-nothing", &["run", "--shard", "1/0", "run"], 2),
    ("threads-zero", &["run", "--threads", "0", "run"], 2),
    ("threads-negative", &["run", "--threads=-1", "run"], 2),
    ("filter-matches-nothing", &["run", "--filter", "zzz", "run/ensures-fails.yaml"], 2),
    ("unknown-command", &["rnu"], 2),
    ("unknown-option", &["run", "--jsno", "run"], 2),
    ("option-without-value", &["run", "--filter"], 2),
    ("colour", &["run", "--color", "pink", "run"], 2),
    ("new-without-folder", &["new", "escrow"], 2),
    ("new-unknown-template", &["new", "hous", "x"], 2),
    ("new-in-a-full-folder", &["new", "escrow", "run"], 2),
    ("new-on-a-file", &["new", "blank", "covenant.toml"], 2),
    ("schema-of-nothing", &["schema", "scenarios"], 2),
    ("completions-for-nothing", &["completions", "sh"], 2),
    ("actors-of-a-broken-file", &["actors", "yaml/tabs.yaml"], 2),
    (
        "check-finds-several",
        &["check", "name/unknown-actor.yaml", "yaml/tabs.yaml", "run/ensures-fails.yaml"],
        2,
    ),
    ("json-of-a-broken-file", &["run", "--json", "name/unknown-actor.yaml"], 2),
    ("check-json", &["check", "--json", "name/unknown-actor.yaml", "yaml/tabs.yaml"], 2),
    (
        "several-of-all-kinds",
        &[
            "run",
            "name/unknown-actor.yaml",
            "run/ensures-fails.yaml",
            "projects/wrong-pragma/s.yaml",
        ],
        5,
    ),
    ("empty-path", &["run", ""], 2),
    ("watch-a-missing-file", &["run", "--watch", "nowhere.yaml"], 2),
];

/// Projects that fail before a compiler is needed.
const PROJECTS: &[(&str, i32)] =
    &[("contradicting-pragmas", 5), ("nonsense-pragma", 5), ("wrong-pragma", 5)];

/// Projects whose Solidity the compiler refuses, so they need one (and node, which runs it).
const UNCOMPILABLE: &[&str] = &[
    "solidity-hostile-names",
    "solidity-in-two-files",
    "solidity-override",
    "solidity-syntax",
    "solidity-twice-in-a-file",
    "solidity-types",
];

/// The folder of the broken inputs.
fn inputs() -> PathBuf {
    root().join("tests/bad")
}

/// The command in the folder of the broken inputs, with a cache that tests share.
fn command(args: &[&str]) -> Command {
    let mut command = covenant(args);
    command.current_dir(inputs()).env("COVENANT_CACHE", cache());
    command
}

/// The cache that tests share, so that a compiler is installed once.
pub(crate) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("store")
}

fn golden(name: &str) -> PathBuf {
    root().join("tests/golden/bad").join(name).with_extension("txt")
}

/// Runs a command and compares what it says and how it ends; the mismatch if there is one.
pub(crate) fn mismatch(name: &str, command: &mut Command, code: i32) -> Option<String> {
    let output = command.output().expect("the binary starts");
    let said = plain(&transcript(&output));
    let path = golden(name);
    if updating() {
        std::fs::create_dir_all(path.parent().expect("it is in a folder"))
            .expect("golden can be written");
        std::fs::write(&path, &said).expect("golden can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if output.status.code() != Some(code) {
        Some(format!("{name} was to end with {code}:\n{said}"))
    } else if said != expected {
        Some(format!("{name} says something else than {}:\n{said}", path.display()))
    } else {
        None
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn updating() -> bool {
    std::env::var_os(UPDATE).is_some()
}

/// Without the lines that depend on which compiler the machine has.
fn plain(transcript: &str) -> String {
    let kept = transcript.split_inclusive('\n').filter(|line| !line.starts_with("compiling "));
    kept.collect()
}

/// Fails with everything that is wrong.
pub(crate) fn expect_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{}\n\nset {UPDATE}=1 to accept what is said now",
        wrong.join("\n\n")
    );
}

/// Installs the compiler, so that no message about it comes between the others.
fn with_compiler() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let output =
            command(&["build", "--force", "contracts"]).output().expect("the binary starts");
        assert!(output.status.success(), "a compiler is needed:\n{}", transcript(&output));
    });
}

#[test]
fn broken_scenarios() {
    let wrong: Vec<_> = SCENARIOS
        .iter()
        .filter_map(|(name, code)| {
            mismatch(name, &mut command(&["run", &format!("{name}.yaml")]), *code)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn wrong_uses_of_the_command_line() {
    let wrong: Vec<_> = USES
        .iter()
        .filter_map(|(name, args, code)| {
            mismatch(&format!("use/{name}"), &mut command(args), *code)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn broken_projects() {
    let wrong: Vec<_> = PROJECTS
        .iter()
        .filter_map(|(name, code)| {
            let scenario = format!("projects/{name}/s.yaml");
            mismatch(&format!("project/{name}"), &mut command(&["run", &scenario]), *code)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn solidity_that_does_not_compile() {
    with_compiler();
    let wrong: Vec<_> = UNCOMPILABLE
        .iter()
        .filter_map(|name| {
            let scenario = format!("projects/{name}/s.yaml");
            mismatch(&format!("project/{name}"), &mut command(&["run", &scenario]), 5)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn every_position_is_in_the_message() {
    // Files that no text can point into.
    const NOWHERE: [&str; 1] = ["file/endpoint-that-is-down"];
    for (name, code) in SCENARIOS {
        let said = std::fs::read_to_string(golden(name)).unwrap_or_default();
        assert!(
            *code == 0 || NOWHERE.contains(name) || said.contains("--> "),
            "{name} says no place:\n{said}"
        );
    }
}

#[test]
fn every_input_is_in_the_tables() {
    let mut found = BTreeSet::new();
    for entry in files(&inputs(), "yaml") {
        let name = entry.file_name().expect("it has a name").to_string_lossy();
        let inner = entry.strip_prefix(inputs()).expect("it is in the folder").with_extension("");
        if !name.starts_with('_') && !inner.starts_with("projects") {
            found.insert(inner.to_string_lossy().replace('\\', "/"));
        }
    }
    let known: BTreeSet<_> = SCENARIOS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn every_golden_message_belongs_to_an_input() {
    let mut known: BTreeSet<_> = SCENARIOS.iter().map(|(name, _)| golden(name)).collect();
    known.extend(USES.iter().map(|(name, ..)| golden(&format!("use/{name}"))));
    known.extend(PROJECTS.iter().map(|(name, _)| golden(&format!("project/{name}"))));
    known.extend(UNCOMPILABLE.iter().map(|name| golden(&format!("project/{name}"))));
    known.extend(crate::generated_input::names().map(|name| golden(&format!("generated/{name}"))));
    let found: BTreeSet<_> = files(&root().join("tests/golden/bad"), "txt").into_iter().collect();
    assert_eq!(found, known);
}

/// The files of this extension in a folder and below it.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found
}
