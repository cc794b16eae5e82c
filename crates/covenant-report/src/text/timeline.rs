//! One line for each thing that happened: when, who, what, gas, balance changes.

use super::{
    layout::{indented, left, painted, right, width},
    options::{TextOptions, Verbosity},
    story::{Told, story},
};
use crate::{
    escape::{escape, escape_lines, shorten},
    model::{
        Change, Event, Moment, Transaction, TransactionStatus, decimal, ether, grouped,
        says_its_wei, signed, span,
    },
    style::{Colour, Paint},
};

/// Most columns of what was done, unless more is asked for.
const ACTION_WIDTH: usize = 64;
/// Most columns of a name.
const NAME_WIDTH: usize = 24;

/// One line of the timeline, and what stands below it.
struct Row {
    at: Moment,
    who: String,
    paint: Paint,
    what: String,
    gas: String,
    note: String,
    below: Vec<String>,
}

/// The whole timeline.
pub(super) fn timeline(events: &[Event], options: &TextOptions) -> String {
    let rows: Vec<Row> =
        story(events).into_iter().filter_map(|told| told_row(told, options)).collect();
    let widest =
        |text: fn(&Row) -> &str| rows.iter().map(|row| width(text(row))).max().unwrap_or_default();
    let (time, who) =
        (rows.iter().map(|row| row.at.aligned().len()).max().unwrap_or(0), widest(|row| &row.who));
    // A line that ends with what was done needs no room for the columns behind it.
    let what = rows
        .iter()
        .filter(|row| !row.gas.is_empty() || !row.note.is_empty())
        .map(|row| width(&row.what));
    let (what, gas) = (what.max().unwrap_or_default(), widest(|row| &row.gas));
    let indent = " ".repeat(2 + time + 2 + who + 4);
    rows.iter().fold(String::new(), |mut out, row| {
        let line = format!(
            "  {}  {}  {}  {}  {}",
            painted(options.colour, Paint::Faint, &row.at.aligned(), time),
            painted(options.colour, row.paint, &row.who, who),
            left(&row.what, what),
            right(&row.gas, gas),
            row.note,
        );
        out.push_str(line.trim_end());
        out.push('\n');
        row.below.iter().for_each(|text| out.push_str(&indented(text, &indent)));
        out
    })
}

/// Whether a revert is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Yes,
    No,
}

impl Row {
    const fn new(at: Moment, who: String, paint: Paint, what: String) -> Self {
        Self { at, who, paint, what, gas: String::new(), note: String::new(), below: Vec::new() }
    }
}

fn told_row(told: Told<'_>, options: &TextOptions) -> Option<Row> {
    let faint = |at, who: &str, what| Some(Row::new(at, who.to_owned(), Paint::Faint, what));
    match told {
        Told::Event(event) => row(event, options),
        Told::Expected(transaction) => sent(transaction, Expected::Yes, options),
        Told::Until { from, at } => {
            let length = span(at.0.0.saturating_sub(from.0.0));
            faint(from, "wait", format!("{length} (until {})", at.aligned()))
        }
        Told::More { seconds, at } => faint(at, "wait", format!("{} more", span(seconds))),
        Told::Elided { firings, at } => {
            let firings = grouped(&firings.to_string());
            faint(at, "…", format!("{firings} more firings of rules at this instant …"))
        }
    }
}

fn row(event: &Event, options: &TextOptions) -> Option<Row> {
    let colour = options.colour;
    let row = |at: &Moment, who: &str, paint, what: &str, note: String| {
        let what = action(what, options.verbosity);
        Some(Row { note, ..Row::new(*at, who.to_owned(), paint, what) })
    };
    match event {
        Event::Transaction(transaction) => sent(transaction, Expected::No, options),
        Event::Waited { from, at, .. } => {
            row(at, "wait", Paint::Faint, &span(at.0.0.saturating_sub(from.0.0)), String::new())
        }
        Event::Checked { text, at, .. } => {
            row(at, "check", Paint::Good, text, colour.paint(Paint::Good, "holds"))
        }
        Event::RuleFired { rule, at, .. } => row(at, "rule", Paint::Odd, rule, String::new()),
        Event::RuleUnclear { rule, reason, at, .. } => {
            let reason = colour.paint(Paint::Odd, format!("taken as false: {}", escape(reason)));
            row(at, "rule", Paint::Odd, rule, reason)
        }
        Event::UntilReached { text, at, .. } => {
            row(at, "until", Paint::Good, text, colour.paint(Paint::Good, "reached"))
        }
        Event::Failed(failure) => {
            row(&failure.at, "FAILED", Paint::Bad, &failure.message, String::new())
        }
    }
}

/// A transaction; what only sets the scene is shown when it failed or more is asked for.
fn sent(transaction: &Transaction, expected: Expected, options: &TextOptions) -> Option<Row> {
    let succeeded = transaction.status == TransactionStatus::Success;
    if transaction.actor.is_none() && succeeded && options.verbosity < Verbosity::EVENTS {
        return None;
    }
    let mut what = action(&transaction.action, options.verbosity);
    // A plain payment says how much it is already.
    if transaction.value.0.sign() == num_bigint::Sign::Plus && !says_its_wei(&what) {
        what = format!("{what} {{value: {}}}", ether(&transaction.value.0));
    }
    if transaction.rule.is_some() {
        what.insert_str(0, "  ");
    }
    Some(Row {
        at: transaction.at,
        who: name(transaction.actor.as_deref().unwrap_or("setup")),
        paint: Paint::Call,
        what,
        gas: match transaction.status {
            TransactionStatus::Rejected => String::new(),
            _ => format!("{} gas", grouped(&transaction.gas_used.to_string())),
        },
        note: note(transaction, expected, options.colour),
        below: below(transaction, options),
    })
}

/// Balance changes of a transaction that succeeded, the error of one that did not.
fn note(transaction: &Transaction, expected: Expected, colour: Colour) -> String {
    let verb = match transaction.status {
        TransactionStatus::Success => {
            return transaction.changes.iter().map(change).collect::<Vec<_>>().join(", ");
        }
        TransactionStatus::Reverted => "reverted",
        TransactionStatus::Halted => "halted",
        TransactionStatus::Rejected => "refused",
    };
    let reason = escape(transaction.reason.as_deref().unwrap_or_default());
    let reason = shorten(&reason, 160);
    if expected == Expected::Yes {
        colour.paint(Paint::Faint, format!("{verb}, as expected: {reason}"))
    } else {
        colour.paint(Paint::Bad, format!("{verb}: {reason}"))
    }
}

/// `tenant -2 ether`
pub(super) fn change(change: &Change) -> String {
    let amount = &change.amount.0;
    let text = if change.asset == "ETH" {
        ether(amount)
    } else {
        format!("{} {}", decimal(amount, change.decimals), escape(&change.asset))
    };
    format!("{} {}", name(&change.party), signed(text, amount))
}

/// What is told only when asked for, most interesting first.
fn below(transaction: &Transaction, options: &TextOptions) -> Vec<String> {
    let (verbosity, faint) =
        (options.verbosity, |text: String| options.colour.paint(Paint::Faint, text));
    let mut lines = Vec::new();
    if verbosity >= Verbosity::EVENTS {
        lines.extend(
            transaction.returned.iter().map(|value| faint(format!("returns {}", escape(value)))),
        );
        lines.extend(transaction.created.iter().map(|address| faint(format!("created {address}"))));
        lines.extend(
            transaction
                .logs
                .iter()
                .map(|log| faint(format!("emits {}.{}", escape(&log.emitter), escape(&log.text)))),
        );
    }
    if verbosity >= Verbosity::CONSOLE {
        lines.extend(
            transaction.console.iter().map(|line| format!("console: {}", escape_lines(line))),
        );
    }
    let failed = transaction.status != TransactionStatus::Success;
    if verbosity >= Verbosity::TRACES || (verbosity >= Verbosity::FAILED_TRACES && failed) {
        lines.extend(transaction.trace.iter().map(|trace| escape_lines(trace).into_owned()));
    }
    lines
}

/// What was done on one line, cut unless more is asked for.
fn action(text: &str, verbosity: Verbosity) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = escape(&text);
    if verbosity >= Verbosity::EVENTS {
        text.into_owned()
    } else {
        shorten(&text, ACTION_WIDTH).into_owned()
    }
}

fn name(text: &str) -> String {
    shorten(&escape(text), NAME_WIDTH).into_owned()
}
