use std::{collections::BTreeSet, fs, path::Path};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::source::{Diagnostics, Sources};

const EXAMPLE: &str = r#"# yaml-language-server: $schema=scenario.schema.json
scenario: rent is forwarded to the landlord and the deposit comes back
chain: { start: 2026-01-01T00:00:00Z, evm: prague, tick: 1 days, id: 1, fees: { base: 10 gwei }, fork: { rpc: main, block: 5 } }
actors:
  landlord: {}
  tenant: { balance: 40 ether }
  thief:
tokens:
  usd: { decimals: 6, mint: { tenant: 5_000e6 } }
contracts:
  lease: { deploy: Lease, by: landlord, args: [1, "f(a, b)"], libraries: { Math: "0x01" } }
let:
  terms:
    Lease.Terms:
      landlord: landlord
      asset: address(0)
      parts: [1, Part: { of: 2 }]
  plain: 1 ether
steps:
  - tenant: lease.sign(terms)
    value: 2 ether
    as: id
    expect:
      emits:
        - lease.Signed(_, tenant)
        - lease.Paid: { who: tenant }
      changes: { tenant: -2 ether, usd: { tenant: -5e6 } }
      gas: <= 95_000
      returns: lease.idOf(terms)
  - wait: 31 days
  - at: start + 31 days
  - landlord: lease.claimDeposit(terms)
    args: { amount: 1 ether }
    gas_limit: 100_000
    expect: { reverts: "too late" }
  - check: [a == b, c]
  - together:
      - tenant: lease.pay(terms)
      - landlord: lease.pay(terms)
  - repeat: { times: 11, every: 1 months }
    do:
      - tenant: lease.pay(terms)
      - check: x
rules:
  - rule: tenant pays what is due
    when: lease.arrears(terms) > 0
    then:
      - tenant: lease.pay(terms)
    once: true
until: done
within: 400 days
always:
  - balance(lease) >= 1
ensures: gained(landlord) == 12 ether
explore:
  actors:
    landlord: free
    tenant: [lease.pay(terms), { call: lease.sign(terms), args: [1], value: 2 ether, gas_limit: 5 }]
    outsiders: { purse: 2 ether }
  claims: { tenant: lease.claimOf(terms), landlord: { ether: 1, usd: 2 } }
  assume: usd can pause
  horizon: 400 days
  limits: { states: 1_000, seconds: 60, memory: 8 GiB, repeats: 2 }
  delay: 12
  dust: { usd: 1 }
  values: { amount: [0, 1], rent: 2 ether }
properties:
  - exit(tenant) within 30 days
  - always: a == b
  - never: c
  - reachable: d
  - after: lease.pay
    then: change(tenant) == 1
cases:
  late:
    let: { plain: 2 ether }
    actors: { tenant: { balance: 1 } }
    ensures: y
    steps:
      - wait: 1 days
"#;

fn read(yaml: &str) -> (Sources, Result<RawScenario, Diagnostics>) {
    let mut sources = Sources::default();
    let scenario = read_bytes(Path::new("a.yaml"), yaml.as_bytes().to_vec(), &mut sources);
    (sources, scenario.map_err(Diagnostics::new))
}

/// Every finding as `line:column [text] message | hint`.
pub(super) fn findings(sources: &Sources, found: &Diagnostics) -> Vec<String> {
    let line = |found: &crate::source::Diagnostic| {
        let place = found.span.map_or_else(String::new, |span| {
            let at = sources.position(span);
            format!("{}:{} [{}] ", at.line, at.column, sources.text(span).replace('\n', "⏎"))
        });
        let hint = found.hint.as_ref().map_or_else(String::new, |hint| format!(" | {hint}"));
        format!("{place}{}{hint}", found.message)
    };
    found.all().iter().map(line).collect()
}

#[test]
fn the_example_is_read_as_it_is_written() {
    let (sources, scenario) = read(EXAMPLE);
    let scenario = scenario.unwrap();
    let names = |entries: Vec<&str>| entries.join(" ");
    assert_eq!(
        names(scenario.actors.iter().map(|(name, _)| name.as_str()).collect()),
        "landlord tenant thief"
    );
    assert_eq!(scenario.actors[1].1.balance.as_ref().unwrap().value, "40 ether");
    assert_eq!(scenario.chain.as_ref().unwrap().fees.as_ref().unwrap().base.value, "10 gwei");
    assert_eq!(scenario.tokens[0].1.mint[0].1.value, "5_000e6");
    let Some(RawArgs::List(args)) = &scenario.contracts[0].1.args else { panic!("no list") };
    assert!(matches!(&args[1], RawValue::Expr(text) if text.value == "f(a, b)"));
    let RawValue::Struct { name, fields, .. } = &scenario.lets[0].1 else { panic!("no struct") };
    assert_eq!((name.as_str(), fields.len()), ("Lease.Terms", 3));
    let RawValue::List(parts, _) = &fields[2].1 else { panic!("no list") };
    assert!(matches!(&parts[1], RawValue::Struct { name, .. } if name.value == "Part"));
    let kinds: Vec<_> = scenario
        .steps
        .iter()
        .map(|step| match &step.kind {
            RawStepKind::Act(act) => format!("{}: {}", act.actor.value, act.call.value),
            RawStepKind::Wait(text) => format!("wait {}", text.value),
            RawStepKind::At(text) => format!("at {}", text.value),
            RawStepKind::Check(text) => format!("check {}", text.value),
            RawStepKind::Together(steps) => format!("together {}", steps.len()),
            RawStepKind::Repeat(repeat) => {
                format!("repeat {} {}", repeat.times.value, repeat.steps.len())
            }
        })
        .collect();
    let expected = [
        "tenant: lease.sign(terms)",
        "wait 31 days",
        "at start + 31 days",
        "landlord: lease.claimDeposit(terms)",
        "check a == b",
        "check c",
        "together 2",
        "repeat 11 2",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(sources.text(scenario.steps[0].text_span), "tenant: lease.sign(terms)");
    let RawStepKind::Act(act) = &scenario.steps[0].kind else { panic!("no act") };
    let expect = act.expect.as_ref().unwrap();
    assert!(
        matches!(&expect.emits[1], RawEmit::ByName { event, .. } if event.value == "lease.Paid")
    );
    assert!(
        matches!(&expect.changes.as_ref().unwrap()[1].1, RawChange::Token(parties) if parties.len() == 1)
    );
    assert_eq!(expect.gas.as_ref().unwrap().value, "<= 95_000");
    assert_eq!(scenario.rules[0].once.as_ref().unwrap().value, "true");
    assert_eq!(scenario.ensures[0].value, "gained(landlord) == 12 ether");
    assert_eq!(scenario.cases[0].1.steps.as_ref().unwrap().len(), 1);
    assert!(scenario.cases[0].1.always.is_empty());
}

#[test]
fn what_is_explored_is_read_as_it_is_written() {
    let (_, scenario) = read(EXAMPLE);
    let scenario = scenario.unwrap();
    let explore = scenario.explore.unwrap();
    let actors = explore.actors.unwrap();
    assert!(matches!(&actors.movers[0].1, RawMoves::Word(word) if word.as_str() == "free"));
    let RawMoves::Listed(moves) = &actors.movers[1].1 else { panic!("no list of calls") };
    let calls: Vec<_> = moves.iter().map(|one| (one.call.as_str(), one.value.is_some())).collect();
    assert_eq!(calls, [("lease.pay(terms)", false), ("lease.sign(terms)", true)]);
    let (name, outsiders) = actors.outsiders.unwrap();
    assert_eq!(name.as_str(), OUTSIDERS);
    assert!(matches!(&outsiders.purse, RawAmounts::Amount(purse) if purse.as_str() == "2 ether"));
    assert!(matches!(&explore.claims[0].1, RawAmounts::Amount(_)));
    assert!(matches!(&explore.claims[1].1, RawAmounts::ByAsset(assets) if assets.len() == 2));
    assert_eq!(explore.assume[0].as_str(), "usd can pause");
    assert_eq!(explore.limits.unwrap().memory.unwrap().as_str(), "8 GiB");
    assert!(matches!(&explore.dust, Some(RawAmounts::ByAsset(_))));
    assert_eq!(explore.values.iter().map(|(_, values)| values.len()).collect::<Vec<_>>(), [2, 1]);
    let kinds: Vec<_> = scenario
        .properties
        .iter()
        .map(|property| match property {
            RawProperty::Words(text) => text.value.clone(),
            RawProperty::Always(text) => format!("always {}", text.value),
            RawProperty::Never(text) => format!("never {}", text.value),
            RawProperty::Reachable(text) => format!("reachable {}", text.value),
            RawProperty::After { call, then, .. } => {
                format!("after {} then {}", call.value, then.value)
            }
        })
        .collect();
    let expected = [
        "exit(tenant) within 30 days",
        "always a == b",
        "never c",
        "reachable d",
        "after lease.pay then change(tenant) == 1",
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn actors_may_be_a_list_of_names() {
    let (_, scenario) = read("actors: [landlord, tenant]");
    let names: Vec<_> = scenario.unwrap().actors.into_iter().map(|(name, _)| name.value).collect();
    assert_eq!(names, ["landlord", "tenant"]);
}

#[test]
fn a_string_can_be_told_from_an_expression() {
    let (_, scenario) = read("ensures: [\"too late\", done]");
    let notations: Vec<_> =
        scenario.unwrap().ensures.into_iter().map(|text| text.notation).collect();
    assert_eq!(notations, [crate::source::Notation::DoubleQuoted, crate::source::Notation::Plain]);
}

#[test]
fn files_that_are_no_text_are_refused() {
    let refused = |bytes: &[u8]| {
        let mut sources = Sources::default();
        let found = read_bytes(Path::new("a.yaml"), bytes.to_vec(), &mut sources)
            .expect_err("the file is broken");
        findings(&sources, &Diagnostics::new(found)).join("\n")
    };
    assert_eq!(
        refused(b"a\0b"),
        "`a.yaml` is a binary file, not a scenario: it contains zero bytes"
    );
    assert_eq!(
        refused(b"a: b\nc: \xff\n"),
        "2:4 [\u{fffd}] this byte is not UTF-8 text | save the file again as UTF-8"
    );
    assert_eq!(
        refused(b"\xff\xfea\0"),
        "`a.yaml` is UTF-16 text; a scenario file has to be UTF-8 | save it again as UTF-8"
    );
    assert_eq!(
        refused(&vec![b'a'; 4 * 1024 * 1024 + 1]),
        "`a.yaml` is too large; a scenario file may have at most 4 MiB | split it, and take the parts in with `include`"
    );
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| {
        let mut sources = Sources::default();
        let found = load(path, &mut sources).expect_err("the file is broken");
        findings(&sources, &Diagnostics::new(found))
            .join("\n")
            .replace(&folder.path().display().to_string(), "DIR")
    };
    let big = folder.path().join("big.yaml");
    fs::File::create(&big).unwrap().set_len(50_000_000).unwrap();
    assert_eq!(
        refused(&big),
        "`DIR/big.yaml` is 50 MB; a scenario file may have at most 4 MiB | split it, and take the parts in with `include`"
    );
    assert_eq!(
        refused(&folder.path().join("none.yaml")),
        "cannot read `DIR/none.yaml`: there is no such file"
    );
    assert_eq!(refused(folder.path()), "`DIR` is a folder, not a file");
}

fn load_files(files: &[(&str, &str)]) -> Result<RawScenario, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut sources = Sources::default();
    load(&folder.path().join(files[0].0), &mut sources).map_err(|found| {
        let found = Diagnostics::new(found);
        findings(&sources, &found).join("\n").replace(&folder.path().display().to_string(), "DIR")
    })
}

#[test]
fn included_files_come_first_and_once() {
    let scenario = load_files(&[
        ("a.yaml", "include: [parts/b.yaml, parts/c.yaml]\nactors: { z: {} }\nrules: [{ rule: last, when: x, then: [] }]"),
        ("parts/b.yaml", "include: ../d.yaml\nactors: { y: {} }\nlet: { n: 1 }\nrules: [{ rule: first, when: x, then: [] }]"),
        ("parts/c.yaml", "include: ../d.yaml\nactors: { x: {} }"),
        ("d.yaml", "actors: { w: {} }"),
    ])
    .unwrap();
    let names: Vec<_> = scenario.actors.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["w", "y", "x", "z"]);
    assert_eq!(scenario.lets.len(), 1);
    let rules: Vec<_> = scenario.rules.iter().map(|rule| rule.rule.as_str()).collect();
    assert_eq!(rules, ["first", "last"]);
}

#[test]
fn includes_that_go_wrong_are_reported_at_their_place() {
    let missing = load_files(&[("a.yaml", "include: none.yaml")]);
    assert_eq!(
        missing.unwrap_err(),
        "1:10 [none.yaml] cannot read `DIR/none.yaml`: there is no such file"
    );
    let own = load_files(&[("a.yaml", "include: a.yaml")]);
    assert_eq!(own.unwrap_err(), "1:10 [a.yaml] this file includes itself");
    let cycle = load_files(&[("a.yaml", "include: b.yaml"), ("b.yaml", "include: a.yaml")]);
    assert_eq!(
        cycle.unwrap_err(),
        "1:10 [a.yaml] these files include each other: a.yaml → b.yaml → a.yaml"
    );
    let steps = load_files(&[("a.yaml", "include: b.yaml"), ("b.yaml", "steps: []")]);
    assert_eq!(
        steps.unwrap_err(),
        "1:1 [steps] an included file cannot have the key `steps` | its keys are `actors`, `tokens`, `contracts`, `let`, `rules` and `include`"
    );
    let twice =
        load_files(&[("a.yaml", "include: b.yaml\nactors: [x]"), ("b.yaml", "actors: [x]")]);
    assert_eq!(
        twice.unwrap_err(),
        "2:10 [x] `x` is also defined in an included file | rename one of the two"
    );
    let broken = load_files(&[("a.yaml", "include: b.yaml\nstps: 1"), ("b.yaml", "actors: ]")]);
    assert_eq!(
        broken.unwrap_err(),
        "2:1 [stps] a scenario has no key `stps` | did you mean `steps`?",
        "what a broken file includes is not looked at"
    );
}

#[test]
fn the_schema_knows_the_keys_that_the_readers_know() {
    let schema = schema();
    assert_eq!(schema["$ref"], "#/$defs/Scenario");
    let keys = |name: &str| -> Vec<_> {
        schema["$defs"][name]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect()
    };
    assert_eq!(keys("Scenario"), RawScenario::KEYS);
    assert_eq!(keys("Chain"), RawChain::KEYS);
    assert_eq!(keys("Fees"), RawFees::KEYS);
    assert_eq!(keys("Fork"), RawFork::KEYS);
    assert_eq!(keys("Actor"), RawActor::KEYS);
    assert_eq!(keys("Token"), RawToken::KEYS);
    assert_eq!(keys("Contract"), RawContract::KEYS);
    assert_eq!(keys("Rule"), RawRule::KEYS);
    assert_eq!(keys("Case"), RawCase::KEYS);
    assert_eq!(keys("Expect"), RawExpect::KEYS);
    assert_eq!(keys("Explore"), RawExplore::KEYS);
    assert_eq!(keys("Outsiders"), RawOutsiders::KEYS);
    assert_eq!(keys("Limits"), RawLimits::KEYS);
    assert_eq!(keys("Move"), RawMove::KEYS);
    assert_eq!(keys("Step"), STEP_KEYS);
    assert_eq!(schema["$defs"]["Rule"]["required"], serde_json::json!(["rule", "when", "then"]));
    let mut references = BTreeSet::new();
    collect_references(&schema, &mut references);
    let defined: BTreeSet<_> =
        schema["$defs"].as_object().unwrap().keys().map(|name| format!("#/$defs/{name}")).collect();
    assert_eq!(references, defined);
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect_references(value, found)),
        _ => {}
    }
}

#[test]
fn near_misses_are_recognised() {
    let closest = |word| closest(word, ["contracts", "actors", "steps", "at", "gas_limit"]);
    assert_eq!(closest("contarcts"), Some("contracts"));
    assert_eq!(closest("gasLimit"), Some("gas_limit"));
    assert_eq!(closest("Steps"), Some("steps"));
    assert_eq!(closest("bananas"), None);
    assert_eq!(closest("xy"), None);
}

#[test]
fn many_findings_are_cut_short_in_order() {
    let yaml: String = (0..1_000).map(|n| format!("key{n}: 1\n")).collect();
    let (_, scenario) = read(&yaml);
    let found = scenario.unwrap_err();
    let (shown, left_out) = found.shown();
    assert_eq!((shown.len(), left_out, found.errors()), (50, 950, 1_000));
    assert!(shown.windows(2).all(|pair| pair[0].span.unwrap().start < pair[1].span.unwrap().start));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut sources = Sources::default();
        if let Err(found) = read_bytes(Path::new("a.yaml"), bytes, &mut sources) {
            prop_assert!(!found.is_empty());
        }
    }

    #[test]
    fn a_damaged_example_is_read_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize, "[-:?,&*#!|>'\"%@` a-z0-9\\[\\]{}\\n\\té]{0,4}"), 1..6),
    ) {
        let mut yaml = EXAMPLE.to_owned();
        for (at, removed, inserted) in edits {
            let at = yaml.floor_char_boundary(at.index(yaml.len() + 1));
            let end = yaml.ceil_char_boundary((at + removed).min(yaml.len()));
            yaml.replace_range(at..end, &inserted);
        }
        let (sources, scenario) = read(&yaml);
        if let Err(found) = scenario {
            prop_assert!(found.errors() > 0);
            for line in findings(&sources, &found) {
                prop_assert!(line.contains(" ["), "{line}");
            }
        }
    }
}
