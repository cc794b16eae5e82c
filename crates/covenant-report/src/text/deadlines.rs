//! What is told of times: every instant at which something can change, and who may do what in between.

use super::{
    explored::{place_text, stopped},
    layout::{left, painted, width},
};
use crate::{
    escape::escape,
    model::{
        CodePlace, Deadline, DeadlineAct, DeadlineInterval, DeadlineState, ScenarioDeadlines, span,
    },
    style::{Colour, Paint},
};

/// One scenario, ending with an empty line.
pub fn deadlines(report: &ScenarioDeadlines, colour: Colour) -> String {
    let name =
        if report.name.is_empty() { String::new() } else { format!("  {}", escape(&report.name)) };
    let id = colour.paint(Paint::Strong, escape(&report.id));
    let mut out = format!("{id}{}\n\n", colour.paint(Paint::Faint, name));
    if report.graph.is_none() {
        return out;
    }
    if let Some(limit) = report.stopped {
        out.push_str(&stopped(limit, colour));
        out.push('\n');
    }
    out.push_str(&not_followed(&report.not_followed, colour));
    let heading = colour.paint(Paint::Strong, "when something can change");
    out.extend([format!("  {heading}\n")]);
    if report.instants.is_empty() {
        out.push_str("    never by itself: whoever may do something may do it at any time\n");
    }
    for instant in &report.instants {
        out.extend([format!("    {}\n", deadline(instant, &in_full))]);
    }
    out.push('\n');
    for one in &report.states {
        out.push_str(&state(one, colour));
        out.push('\n');
    }
    out
}

fn not_followed(places: &[CodePlace], colour: Colour) -> String {
    if places.is_empty() {
        return String::new();
    }
    let heading = colour.paint(Paint::Odd, "not exact: only some times were tried at");
    let lines: String = places.iter().map(|place| format!("    {}\n", place_text(place))).collect();
    format!("  {heading}\n{lines}\n")
}

/// `payer: escrow.fund(terms)`
fn act(act: &DeadlineAct) -> String {
    let later = if act.seconds == 0 {
        String::new()
    } else {
        format!(" + {}", span(act.seconds.unsigned_abs()))
    };
    format!("`{}: {}`{later}", escape(&act.actor), escape(&act.action))
}

/// What is done, one of these.
fn acts(acts: &[DeadlineAct], has_more: bool) -> String {
    let mut each: Vec<String> = acts.iter().map(act).collect();
    if has_more || each.is_empty() {
        each.push("others".to_owned());
    }
    each.join(" or ")
}

/// An instant: a date, or so long after something that is called so.
fn deadline(instant: &Deadline, called: &impl Fn(&[DeadlineAct], bool) -> String) -> String {
    match instant {
        Deadline::At(moment) => moment.aligned(),
        Deadline::After { acts, has_more, seconds } => {
            let name = called(acts, *has_more);
            match seconds {
                0 => name,
                1.. => format!("{name} + {}", span(seconds.unsigned_abs())),
                _ => format!("{name} - {}", span(seconds.unsigned_abs())),
            }
        }
    }
}

/// What is done, in full.
fn in_full(all: &[DeadlineAct], has_more: bool) -> String {
    let text = acts(all, has_more);
    if all.len() > 1 || has_more { format!("({text})") } else { text }
}

/// The instants that the intervals of a state are counted from, each with whether there are more of them.
fn origins(state: &DeadlineState) -> Vec<(&[DeadlineAct], bool)> {
    let mut all: Vec<(&[DeadlineAct], bool)> = Vec::new();
    for interval in &state.intervals {
        let provided = interval.provided.iter().flat_map(|it| [&it.instant, &it.not_after]);
        for instant in interval.from.iter().chain(&interval.until).chain(provided) {
            if let Deadline::After { acts, has_more, .. } = instant
                && !all.contains(&(acts.as_slice(), *has_more))
            {
                all.push((acts, *has_more));
            }
        }
    }
    all
}

fn state(state: &DeadlineState, colour: Colour) -> String {
    let way: Vec<String> = state.way.iter().map(act).collect();
    let how =
        if way.is_empty() { "at first".to_owned() } else { format!("after {}", way.join(", ")) };
    let number = colour.paint(Paint::Strong, format!("state {}", state.state));
    let mut out = format!("  {number}, {how}\n");
    let origins = origins(state);
    for (place, (all, has_more)) in origins.iter().enumerate() {
        out.extend([format!("    T{} is when {}\n", place + 1, acts(all, *has_more))]);
    }
    let called = |all: &[DeadlineAct], has_more: bool| {
        let place = origins.iter().position(|known| *known == (all, has_more));
        place.map_or_else(|| in_full(all, has_more), |place| format!("T{}", place + 1))
    };
    let head = ["from", "until", "who may do what"].map(ToOwned::to_owned);
    let rows: Vec<[String; 3]> = state.intervals.iter().flat_map(|it| rows(it, &called)).collect();
    let all: Vec<&[String; 3]> = std::iter::once(&head).chain(&rows).collect();
    let columns = [0, 1].map(|column| all.iter().map(|row| width(&row[column])).max().unwrap_or(0));
    for (number, row) in all.into_iter().enumerate() {
        let first = if number == 0 {
            painted(colour, Paint::Faint, &row[0], columns[0])
        } else {
            left(&row[0], columns[0])
        };
        let line = format!("    {first}  {}  {}", left(&row[1], columns[1]), row[2]);
        out.extend([format!("{}\n", line.trim_end())]);
    }
    out
}

/// An interval: a row for each bound, and for each thing that can be done.
fn rows(
    interval: &DeadlineInterval,
    called: &impl Fn(&[DeadlineAct], bool) -> String,
) -> Vec<[String; 3]> {
    let deadline = |instant: &Deadline| deadline(instant, called);
    let each = |instants: &[Deadline], first: &str, word: &str| -> Vec<String> {
        let texts = instants.iter().enumerate().map(|(index, instant)| {
            if index == 0 { deadline(instant) } else { format!("{word} {}", deadline(instant)) }
        });
        let texts: Vec<String> = texts.collect();
        if texts.is_empty() { vec![first.to_owned()] } else { texts }
    };
    let from = each(&interval.from, "the beginning", "and");
    let until = each(&interval.until, "", "or");
    let mut what: Vec<String> = interval
        .possible
        .iter()
        .map(|one| format!("{}: {} → {}", escape(&one.actor), escape(&one.action), one.to))
        .collect();
    if what.is_empty() {
        what.push("nobody may do anything".to_owned());
    }
    what.extend(interval.provided.iter().map(|proviso| {
        format!("  if {} is not after {}", deadline(&proviso.instant), deadline(&proviso.not_after))
    }));
    let count = from.len().max(until.len()).max(what.len());
    let cell = |texts: &[String], row: usize| texts.get(row).cloned().unwrap_or_default();
    (0..count).map(|row| [cell(&from, row), cell(&until, row), cell(&what, row)]).collect()
}
