//! Random input to the parser, the checker and the evaluator: whatever comes in, there is an answer, and it can be shown.
//!
//! `COVENANT_FUZZ_CASES` says how many inputs there are, `COVENANT_FUZZ_SEED` where to begin; `scripts/fuzz.sh` runs many.

use std::{
    fmt::Debug,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use covenant_compile::{Build, bundled};
use covenant_report::{Colour, diagnostics};
use covenant_scenario::{
    RunOptions, Scenario,
    expr::parse,
    raw::read_bytes,
    run,
    source::{Diagnostic, Sources, Span, Text},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::binary::root;

/// How many inputs each test makes unless told otherwise.
const CASES: u32 = 10_000;

/// No input may take longer, however slow the machine.
const LIMIT: Duration = Duration::from_secs(20);

/// What a file or an expression may be put together from.
const WORDS: &[&str] = &[
    "scenario",
    "chain",
    "actors",
    "tokens",
    "contracts",
    "let",
    "steps",
    "rules",
    "until",
    "within",
    "always",
    "ensures",
    "cases",
    "include",
    "expect",
    "emits",
    "changes",
    "reverts",
    "returns",
    "gas",
    "value",
    "args",
    "as",
    "deploy",
    "by",
    "wait",
    "at",
    "check",
    "together",
    "repeat",
    "do",
    "times",
    "every",
    "rule",
    "when",
    "then",
    "balance",
    "gained",
    "now",
    "start",
    "block.number",
    "chain.id",
    "date(\"2026-02-30\")",
    "2026-01-31T00:00:00Z",
    "keccak256",
    "abi.encode",
    "abi.encodePacked",
    "type(uint256).max",
    "address(0)",
    "last",
    "sign",
    "permit",
    "transfer",
    "uint8",
    "int256",
    "bytes32",
    "Lease",
    "Escrow.Terms",
    "lease",
    "tenant",
    "covenant:Lease",
    "true",
    "false",
    "ether",
    "gwei",
    "days",
    "weeks",
    "months",
    "years",
    "0x00",
    "0xZZ",
    "1e77",
    "1e999",
    "1_000",
    "0.5",
    "2**256",
    "hex\"00\"",
    "unicode\"ü\"",
    "\"text\"",
    "'",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    ": ",
    ";",
    "?",
    "!",
    "~",
    "-",
    "+",
    "*",
    "/",
    "%",
    "**",
    "<<",
    ">>",
    "<",
    "<=",
    "==",
    "!=",
    ">",
    ">=",
    "&",
    "&&",
    "|",
    "||",
    "^",
    "=",
    "_",
    "#",
    " #",
    "@",
    "`",
    "|\n",
    ">\n",
    "- ",
    "-",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    "\t",
    "\r\n",
    "---\n",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "%YAML",
    "? ",
    "~",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
    "\u{1b}",
    "ü",
    "𝕏",
    "new ",
    "delete ",
    "++",
    "payable",
    "assembly",
    "unchecked",
    "0",
    "1",
    "255",
    "256",
];

/// Runs a property over many inputs of a kind, always the same ones.
fn for_many<S>(fraction: u32, inputs: &S, property: impl Fn(S::Value))
where
    S: Strategy,
    S::Value: Debug,
{
    let cases = (setting("COVENANT_FUZZ_CASES")
        .map_or(CASES, |cases| cases.try_into().unwrap_or(u32::MAX))
        / fraction)
        .max(1);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&setting("COVENANT_FUZZ_SEED").unwrap_or_default().to_le_bytes());
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcome = runner.run(inputs, |input| {
        in_time(|| property(input));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "how much to try is up to who runs the tests")]
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

fn in_time(act: impl FnOnce()) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test that something ends has to look at the clock"
    )]
    let begin = Instant::now();
    act();
    let spent = begin.elapsed();
    assert!(spent < LIMIT, "it took {spent:?}");
}

/// Everything that is found has a place that exists, and words, and can be shown.
fn can_be_shown(found: &[Diagnostic], sources: &Sources) {
    for diagnostic in found {
        assert!(!diagnostic.message.is_empty(), "{diagnostic:?}");
        for span in diagnostic.span.iter().chain(diagnostic.related.iter().map(|(span, _)| span)) {
            let position = sources.position(*span);
            assert!(position.line > 0 && position.column > 0, "{diagnostic:?}");
            let _ = sources.text(*span);
        }
    }
    let shown = diagnostics(found, sources, Colour::Plain);
    assert!(found.is_empty() || !shown.is_empty(), "nothing is shown of {found:?}");
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!shown.contains(control), "a control character is shown: {shown:?}");
}

fn soup(most: usize) -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => select(WORDS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => any::<u64>().prop_map(|number| number.to_string()),
    ];
    let joint = prop_oneof![4 => Just(""), 1 => Just(" ")];
    vec((word, joint), 0..most).prop_map(|words| {
        words.into_iter().flat_map(|(word, joint)| [word, joint.to_owned()]).collect()
    })
}

fn read(bytes: Vec<u8>) {
    let mut sources = Sources::default();
    if let Err(found) = read_bytes(Path::new("s.yaml"), bytes, &mut sources) {
        assert!(!found.is_empty(), "refused without a reason");
        can_be_shown(&found, &sources);
    }
}

#[test]
fn any_bytes_can_be_read_as_a_scenario() {
    for_many(1, &vec(any::<u8>(), 0..2_000), read);
}

#[test]
fn any_text_can_be_read_as_a_scenario() {
    for_many(1, &soup(200), |text| read(text.into_bytes()));
}

#[test]
fn any_text_can_be_read_as_an_expression() {
    for_many(1, &soup(60), |text| {
        let mut sources = Sources::default();
        let file = sources.add(Path::new("s.yaml"), text.as_str());
        let end = u32::try_from(text.len()).expect("it is short");
        let read = parse(&Text::plain(text, Span { file, start: 0, end }));
        if let Err(found) = read {
            can_be_shown(&[found], &sources);
        }
    });
}

/// One change of a text.
#[derive(Clone, Debug)]
enum Change {
    /// Bytes from here on are left out.
    Remove(Index, usize),
    /// A word is put in.
    Insert(Index, &'static str),
    /// A word takes the place of the one here.
    Replace(Index, &'static str),
    /// A line is written again further down.
    CopyLine(Index, Index),
    /// The rest is missing.
    Cut(Index),
    /// A line gets another indentation.
    Indent(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        1 => (place(), 1..30usize).prop_map(|(at, count)| Change::Remove(at, count)),
        1 => (place(), select(WORDS)).prop_map(|(at, word)| Change::Insert(at, word)),
        4 => (place(), select(WORDS)).prop_map(|(at, word)| Change::Replace(at, word)),
        1 => (place(), place()).prop_map(|(from, to)| Change::CopyLine(from, to)),
        1 => place().prop_map(Change::Cut),
        1 => (place(), 0..8usize).prop_map(|(at, depth)| Change::Indent(at, depth)),
    ]
}

impl Change {
    fn apply(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut lines: Vec<&str> = text.split('\n').collect();
        if chars.is_empty() {
            return text.to_owned();
        }
        let with = |from: usize, to: usize, word: &str| -> String {
            chars[..from]
                .iter()
                .copied()
                .chain(word.chars())
                .chain(chars[to..].iter().copied())
                .collect()
        };
        match self {
            Self::Remove(at, count) => {
                let from = at.index(chars.len());
                with(from, (from + count).min(chars.len()), "")
            }
            Self::Insert(at, word) => {
                let from = at.index(chars.len());
                with(from, from, word)
            }
            Self::Replace(at, word) => {
                let at = at.index(chars.len());
                let part = |c: &char| c.is_alphanumeric() || *c == '_';
                let from = at - chars[..at].iter().rev().take_while(|c| part(c)).count();
                let to = at + chars[at..].iter().take_while(|c| part(c)).count();
                with(from, to.max(at + 1), word)
            }
            Self::CopyLine(from, to) => {
                let line = lines[from.index(lines.len())];
                lines.insert(to.index(lines.len()), line);
                lines.join("\n")
            }
            Self::Cut(at) => with(at.index(chars.len()), chars.len(), ""),
            Self::Indent(at, depth) => {
                let at = at.index(lines.len());
                let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
                lines[at] = format!("{}{}", " ".repeat(*depth), lines[at].trim_start());
                lines.join("\n")
            }
        }
    }
}

/// The scenarios that come with the repository.
fn bundled_scenarios() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders =
        vec![root().join("crates/covenant-cli/templates"), root().join("tests/scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = std::fs::read_to_string(&path).expect("scenarios can be read");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fn check(path: &Path, text: &str, build: &Arc<Build>) -> Option<Scenario> {
    match Scenario::parse(path, text, build) {
        Ok(scenario) => {
            can_be_shown(&scenario.warnings(), &scenario.sources);
            Some(scenario)
        }
        Err(invalid) => {
            assert!(!invalid.diagnostics.is_empty(), "refused without a reason");
            can_be_shown(&invalid.diagnostics, &invalid.sources);
            None
        }
    }
}

#[test]
fn any_change_of_a_scenario_can_be_checked() {
    let build = bundled();
    let scenarios = bundled_scenarios();
    let inputs = (any::<Index>(), vec(change(), 1..6));
    for_many(4, &inputs, |(which, changes)| {
        let (path, text) = which.get(&scenarios);
        let changed = changes.iter().fold(text.clone(), |text, change| change.apply(&text));
        check(path, &changed, &build);
    });
}

/// A number; most kinds of overflow and of division by zero occur.
fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => any::<u8>().prop_map(|number| number.to_string()),
        1 => any::<u128>().prop_map(|number| number.to_string()),
        4 => select(&[
            "0", "1", "now", "start", "balance(parent)", "gained(child)", "block.number", "block.timestamp", "chain.id",
            "type(uint256).max", "type(int8).min", "1 ether", "3 days", "0.5 gwei", "1e30", "0xff", "date(\"2026-02-28\")",
            "uint160(child)", "some",
        ][..])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operator = select(&["+", "-", "*", "/", "%", "**", "<<", ">>", "&", "|", "^"][..]);
        let cast = select(&["uint8", "int256", "uint256", "int40", "-", "~", "uint256(bytes32)"][..]);
        prop_oneof![
            6 => (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            3 => (cast, inner.clone()).prop_map(|(cast, a)| match cast {
                "uint256(bytes32)" => format!("uint256(bytes32({a}))"),
                _ => format!("{cast}({a})"),
            }),
            1 => (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} > {b} ? {b} : {c})")),
        ]
    })
}

/// A condition.
fn condition() -> impl Strategy<Value = String> {
    let relation = (number(), select(&["<", "<=", "==", "!=", ">=", ">"][..]), number());
    let plain = relation.prop_map(|(a, relation, b)| format!("{a} {relation} {b}"));
    let odd =
        number().prop_map(|a| format!("keccak256(abi.encode({a}, child, \"x\")) != bytes32(0)"));
    prop_oneof![4 => plain, 1 => odd].prop_recursive(2, 6, 2, |inner| {
        let joint = select(&["&&", "||", "==", "!="][..]);
        (inner.clone(), joint, inner).prop_map(|(a, joint, b)| format!("({a}) {joint} !({b})"))
    })
}

#[test]
fn any_expression_can_be_evaluated() {
    let build = bundled();
    for_many(4, &condition(), |expression| {
        let text = format!(
            "scenario: random\nactors: [parent, child]\nlet: {{ some: 5 }}\nsteps:\n  - parent: transfer(child, 3)\n\
             \x20 - check: '{expression}'\n"
        );
        let Some(scenario) = check(Path::new("s.yaml"), &text, &build) else { return };
        for plan in &scenario.plans {
            run(plan, &RunOptions::default()).expect("no expression is a failure of the engine");
        }
    });
}
