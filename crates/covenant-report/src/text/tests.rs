//! What a person reads, to the letter.

use super::{Layout, TextOptions, Verbosity, scenario, summary};
use crate::{
    model::{Event, RunReport, ScenarioReport, TransactionStatus},
    samples,
    style::Colour,
};

const fn options(verbosity: u8, layout: Layout) -> TextOptions {
    TextOptions { verbosity: Verbosity(verbosity), colour: Colour::Plain, layout }
}

#[test]
fn a_line_for_what_passed() {
    assert_eq!(
        scenario(&samples::passed(), &samples::sources(), &options(0, Layout::Line)),
        "PASS  lease.yaml::on time  rent is forwarded\n"
    );
}

#[test]
fn a_timeline() {
    assert_eq!(
        scenario(&samples::passed(), &samples::sources(), &options(0, Layout::Timeline)),
        "PASS  lease.yaml::on time  rent is forwarded

  2026-01-01 00:00:00  tenant  lease.pay(terms) {value: 2 ether}  48_211 gas  tenant -2 ether, lease +2 ether
  2026-01-02 00:00:00  wait    1 day

  who gained what  ether   usd
  landlord            +2     ·
  tenant              -2  +1.5

  1 day, 1 transaction, 48_211 gas

"
    );
}

#[test]
fn a_failure_is_told_in_full() {
    assert_eq!(
        scenario(&samples::failed(), &samples::sources(), &options(0, Layout::Line)),
        "FAIL  lease.yaml::late  rent is forwarded

  2026-01-01 00:00:00  tenant  lease.pay(terms) {value: 2 ether}  48_211 gas  tenant -2 ether, lease +2 ether
  2026-01-01 00:00:00  FAILED  tenant paid less

error: wrong balance changes: tenant paid less
  --> lease.yaml:3:26
   |
 3 |     expect: { changes: { tenant: -3 ether } }
   |                          ^^^^^^^^^^^^^^^^
   |
  ::: src/Lease.sol:40:9
   |
40 |         revert Lease_Late(due);
   |         -----------------------
   |
   = expected: tenant -3 ether
   = actual: tenant -2 ether
   = step: steps[0]
calls:
  [21000] Lease::pay

  who gained what  ether   usd
  landlord            +2     ·
  tenant              -2  +1.5

  1 day, 1 transaction, 48_211 gas

"
    );
}

#[test]
fn more_is_told_when_asked() {
    let text = |verbosity| {
        scenario(&samples::passed(), &samples::sources(), &options(verbosity, Layout::Line))
    };
    let indent = " ".repeat(33);
    assert!(
        text(1).contains(&format!(
            "\n{indent}returns true\n{indent}emits lease.Paid(party: tenant)\n"
        ))
    );
    assert!(!text(1).contains("console"));
    assert!(text(2).contains(&format!("\n{indent}console: paid \\u{{1b}}[31m2\n")));
    assert!(!text(3).contains("[21000]"));
    assert!(text(4).contains(&format!("\n{indent}[21000] Lease::pay\n")));
}

#[test]
fn scenery_is_shown_only_when_asked() {
    let mut report = samples::passed();
    let Event::Transaction(transaction) = &mut report.events[0] else {
        unreachable!("it is a transaction")
    };
    transaction.actor = None;
    let text =
        |verbosity| scenario(&report, &samples::sources(), &options(verbosity, Layout::Timeline));
    assert!(!text(0).contains("lease.pay"));
    assert!(text(1).contains("setup  lease.pay(terms)"));
}

#[test]
fn reverts_say_whether_they_were_expected() {
    let mut report = samples::passed();
    let Event::Transaction(transaction) = &mut report.events[0] else {
        unreachable!("it is a transaction")
    };
    transaction.status = TransactionStatus::Reverted;
    transaction.reason = Some("Lease_WrongState(1, 3)".to_owned());
    transaction.revert_expected = true;
    let text = scenario(&report, &samples::sources(), &options(0, Layout::Timeline));
    assert!(text.contains("48_211 gas  reverted, as expected: Lease_WrongState(1, 3)\n"), "{text}");
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = TextOptions { colour: Colour::Ansi, ..options(4, Layout::Timeline) };
    let text = scenario(&samples::failed(), &samples::sources(), &coloured);
    assert!(text.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('\u{1b}') {
        plain.push_str(&rest[..start]);
        rest = &rest[start + rest[start..].find('m').unwrap() + 1..];
    }
    plain.push_str(rest);
    assert_eq!(
        plain,
        scenario(&samples::failed(), &samples::sources(), &options(4, Layout::Timeline))
    );
}

#[test]
fn the_summary_says_how_to_run_again() {
    let report = RunReport::new(vec![samples::passed(), samples::failed()], 0, 3);
    assert_eq!(
        summary(&report, &options(0, Layout::Line)),
        "to run again:\n  covenant run lease.yaml::late\n\n2 scenarios: 1 passed, 1 failed\n"
    );
    let report = RunReport::new(vec![samples::passed()], 0, 0);
    assert_eq!(summary(&report, &options(0, Layout::Line)), "\n1 scenario: 1 passed\n");
    assert_eq!(summary(&report, &options(0, Layout::Timeline)), "1 scenario: 1 passed\n");
}

#[test]
fn a_wait_in_which_something_happened_is_told_as_what_was_left() {
    let mut report = samples::passed();
    let Event::Waited { from, at, .. } = &mut report.events[1] else {
        unreachable!("it is a wait")
    };
    (from.0.0, at.0.0) = (samples::START.0 - 60, samples::START.0 + 120);
    let text = |report: &ScenarioReport| {
        scenario(report, &samples::sources(), &options(0, Layout::Timeline))
    };
    assert!(
        text(&report).contains("  2026-01-01 00:02:00  wait    2 minutes more\n"),
        "{}",
        text(&report)
    );
    let Event::Waited { at, .. } = &mut report.events[1] else { unreachable!("it is a wait") };
    *at = crate::model::Moment(samples::START);
    assert!(!text(&report).contains("wait"), "{}", text(&report));
}

#[test]
fn a_payment_does_not_repeat_its_value() {
    let mut report = samples::passed();
    let Event::Transaction(transaction) = &mut report.events[0] else {
        unreachable!("it is a transaction")
    };
    transaction.action = "transfer(landlord, 2 ether)".to_owned();
    let text = scenario(&report, &samples::sources(), &options(0, Layout::Timeline));
    assert!(text.contains("transfer(landlord, 2 ether)  48_211 gas"), "{text}");
}
