//! The page that lists every feature: `contracts/docs/features.md`.
//!
//! Each row names an act and the scenario that shows it; the golden report of that scenario, which another test
//! compares with what happens, has the act and its gas.

use std::collections::BTreeSet;

use crate::{binary::root, golden::check};

/// Escrow has 45 features and leases 36, taken over everything that exists.
const NUMBERED: [(&str, u32); 2] = [("## Escrow", 45), ("## Lease", 36)];

const PAGE: &str = "contracts/docs/features.md";

/// The cells of a row of a table, if it is one that says something.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells = inner.split('|').map(str::trim).collect::<Vec<_>>();
    assert_eq!(cells.len(), 6, "a row has six cells: {line}");
    (cells[1] != "feature").then_some(cells)
}

fn unquoted(cell: &str) -> &str {
    cell.trim_matches('`')
}

/// What the act costs when it succeeds for the first time in a golden report.
fn gas_of(report: &str, act: &str) -> Option<String> {
    let call = format!(".{act}(");
    report.lines().find_map(|line| {
        let (before, after) = line.split_once(" gas")?;
        let is_act = before.contains(&call) && !after.contains("reverted");
        is_act.then(|| before.rsplit(' ').next().unwrap_or_default().replace('_', ","))
    })
}

fn row(line: &str) -> String {
    let Some(cells) = cells(line) else { return line.to_owned() };
    let [number, feature, contract, act, _, scenario] = cells[..] else { unreachable!() };
    if contract.is_empty() {
        assert!(act.is_empty(), "{number} {feature}: an act of no contract");
        assert!(scenario.len() > 10, "{number} {feature}: why it is not built");
        return line.to_owned();
    }
    let file = format!("{}.sol", unquoted(contract));
    let exists = ["", "arbiters", "funding", "lease"]
        .iter()
        .any(|folder| root().join("contracts/src").join(folder).join(&file).exists());
    assert!(exists, "{number} {feature}: there is no {contract}");
    let report = root().join("tests/golden/runs").join(unquoted(scenario)).with_extension("txt");
    let report = std::fs::read_to_string(&report)
        .unwrap_or_else(|_| panic!("{number} {feature}: there is no scenario {scenario}"));
    let gas = gas_of(&report, unquoted(act))
        .unwrap_or_else(|| panic!("{number} {feature}: {scenario} does not show {act}"));
    format!("| {number} | {feature} | {contract} | {act} | {gas} | {scenario} |")
}

#[test]
fn every_feature_is_shown_and_costs_what_is_said() {
    let path = root().join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let text = page.lines().map(|line| row(line) + "\n").collect::<String>();
    check(&path, &text);
}

#[test]
fn every_number_is_there_once() {
    let page = std::fs::read_to_string(root().join(PAGE)).expect("the page is there");
    for (title, most) in NUMBERED {
        let (_, section) = page.split_once(title).expect("the section is there");
        let section = section.split("\n## ").next().unwrap_or_default();
        let rows = section.lines().filter_map(cells);
        let numbers =
            rows.map(|cells| cells[0].parse::<u32>().expect("a number")).collect::<Vec<_>>();
        let once = numbers.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(numbers.len(), once.len(), "{title}: a number is there twice");
        assert_eq!(once, (1..=most).collect(), "{title}");
    }
}

/// The overview has figures of the list of features, or of the table of gas, and no others.
#[test]
fn the_overview_has_no_figure_of_its_own() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect("the page is there");
    let overview = read("contracts/README.md");
    let (table, _) = overview.split_once("Features are numbered").expect("a table comes first");
    let known = read(PAGE).replace(',', "") + &read("tests/golden/gas.json");
    let known = known.split(|mark: char| !mark.is_ascii_digit()).collect::<BTreeSet<_>>();
    let words = table.split([' ', '|', ';']).map(|word| word.trim_end_matches(','));
    let figures = words.filter(|word| word.len() > 4 && word.as_bytes()[0].is_ascii_digit());
    let figures = figures.filter(|word| word.contains(',')).collect::<Vec<_>>();
    assert!(figures.len() > 15, "the table has figures: {figures:?}");
    for figure in figures {
        assert!(known.contains(figure.replace(',', "").as_str()), "{figure} is nobody's figure");
    }
}
