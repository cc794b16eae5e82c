//! What was explored: how much, what is known about each property, what was not covered, and how it comes.

use std::time::Duration;

use super::{
    lanes::lanes,
    layout::{left, painted, width},
    options::{TextOptions, Verbosity},
};
use crate::{
    escape::{escape, shorten},
    model::{
        CodePlace, ExploreReport, ExploredProperty, ExploredScenario, GraphSize, Limit, NotCovered,
        PropertyVerdict, StoryKind, Surroundings, grouped,
    },
    style::{Colour, Paint},
};

/// Most columns of a property in the table.
const PROPERTY_WIDTH: usize = 72;
/// Most tried values of an input, unless more is asked for.
const VALUES: usize = 8;

/// One scenario, ending with an empty line.
pub fn explored(report: &ExploredScenario, options: &TextOptions) -> String {
    let colour = options.colour;
    let name =
        if report.name.is_empty() { String::new() } else { format!("  {}", escape(&report.name)) };
    let id = colour.paint(Paint::Strong, escape(&report.id));
    let mut out = format!("{id}{}\n", colour.paint(Paint::Faint, name));
    if let Some(graph) = &report.graph {
        out.push_str(&size(graph, report.elapsed, colour));
        out.push('\n');
        out.push_str(&table(&report.properties, colour));
        out.push('\n');
    }
    if let Some(limit) = report.stopped {
        out.push_str(&stopped(limit, colour));
        out.push('\n');
    }
    out.push_str(&not_covered(&report.not_covered, options));
    for property in report.properties.iter().filter(|property| is_told(property, options)) {
        let Some(story) = &property.story else { continue };
        let how = match story.kind {
            StoryKind::Counterexample => "how it comes that this does not hold:",
            StoryKind::Witness => "how this comes about:",
        };
        let property_text = colour.paint(Paint::Strong, escape(&property.property));
        out.extend([format!("  {how} {property_text}\n\n{}\n", lanes(story, colour))]);
        if let Some(saved) = &property.saved {
            out.extend([format!("    to run it: covenant run {}\n\n", escape(saved))]);
        }
    }
    out
}

/// A way to something that is wanted is told in full only on request.
fn is_told(property: &ExploredProperty, options: &TextOptions) -> bool {
    property.story.as_ref().is_some_and(|story| {
        story.kind == StoryKind::Counterexample || options.verbosity >= Verbosity::EVENTS
    })
}

/// `12 properties: 10 proved, 2 refuted`
pub fn explored_summary(report: &ExploreReport, options: &TextOptions) -> String {
    const ORDER: [PropertyVerdict; 5] = [
        PropertyVerdict::Proved,
        PropertyVerdict::ProvedOnDomain,
        PropertyVerdict::Bounded,
        PropertyVerdict::RefutedOnDomain,
        PropertyVerdict::Refuted,
    ];
    let all: Vec<PropertyVerdict> = report
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.properties)
        .map(|property| property.verdict)
        .collect();
    let parts: Vec<String> = ORDER
        .into_iter()
        .map(|verdict| (all.iter().filter(|one| **one == verdict).count(), verdict))
        .filter(|(count, _)| *count > 0)
        .map(|(count, verdict)| format!("{count} {}", word(verdict).to_lowercase()))
        .collect();
    let paint = all.iter().copied().max().map_or(Paint::Odd, paint);
    let counted = count(all.len(), "property", "properties");
    let text = if parts.is_empty() { counted } else { format!("{counted}: {}", parts.join(", ")) };
    format!("{}\n", options.colour.paint(paint, text))
}

fn size(graph: &GraphSize, elapsed: Duration, colour: Colour) -> String {
    let collision = if graph.states < 2 {
        String::new()
    } else {
        format!(
            "  the chance that two states were taken for one is below 1 in 2^{}\n",
            graph.collision_bits
        )
    };
    let text = format!(
        "  {}, {}, {}; {} in {}\n{collision}",
        count(graph.states, "state", "states"),
        count(graph.transitions, "transition", "transitions"),
        count(graph.zones, "zone of time", "zones of time"),
        count(usize::try_from(graph.executions).unwrap_or(usize::MAX), "execution", "executions"),
        took(elapsed),
    );
    text.lines().fold(String::new(), |out, line| out + &colour.paint(Paint::Faint, line) + "\n")
}

fn took(elapsed: Duration) -> String {
    let millis = elapsed.as_millis();
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..120_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        _ => format!("{} min {} s", millis / 60_000, millis / 1_000 % 60),
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(&number.to_string()), if number == 1 { one } else { many })
}

/// A row for each property.
fn table(properties: &[ExploredProperty], colour: Colour) -> String {
    let first = properties.iter().map(|property| word(property.verdict).len()).max().unwrap_or(0);
    let texts: Vec<String> =
        properties.iter().map(|it| escape(&it.property).into_owned()).collect();
    let fitting = texts.iter().map(|text| width(text)).filter(|width| *width <= PROPERTY_WIDTH);
    let second = fitting.max().unwrap_or(0);
    let mut out = String::new();
    for (property, text) in properties.iter().zip(&texts) {
        let verdict = painted(colour, paint(property.verdict), word(property.verdict), first);
        let line = format!("  {verdict}  {}  {}", left(text, second), detail(property, colour));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn detail(property: &ExploredProperty, colour: Colour) -> String {
    if let Some(detail) = &property.detail {
        let detail = escape(detail);
        return if property.verdict == PropertyVerdict::Bounded {
            format!("as far as was seen, {detail}")
        } else {
            detail.into_owned()
        };
    }
    let Some(story) = &property.story else { return String::new() };
    let acts: Vec<&str> = story.acts.iter().map(|act| act.action.as_str()).collect();
    let how = match acts.as_slice() {
        [] => "from the start".to_owned(),
        acts => format!("by {}", shorten(&escape(&acts.join(", ")), PROPERTY_WIDTH)),
    };
    colour.paint(Paint::Faint, how)
}

/// The word for a verdict.
const fn word(verdict: PropertyVerdict) -> &'static str {
    match verdict {
        PropertyVerdict::Proved => "PROVED",
        PropertyVerdict::ProvedOnDomain => "PROVED ON DOMAIN",
        PropertyVerdict::Bounded => "BOUNDED",
        PropertyVerdict::Refuted => "REFUTED",
        PropertyVerdict::RefutedOnDomain => "REFUTED ON DOMAIN",
    }
}

const fn paint(verdict: PropertyVerdict) -> Paint {
    match verdict {
        PropertyVerdict::Proved | PropertyVerdict::ProvedOnDomain => Paint::Good,
        PropertyVerdict::Bounded => Paint::Odd,
        PropertyVerdict::Refuted | PropertyVerdict::RefutedOnDomain => Paint::Bad,
    }
}

pub(super) fn stopped(limit: Limit, colour: Colour) -> String {
    let (why, hint) = match limit {
        Limit::States => (
            "there are more states than `limits: { states }` allows",
            Some("raise it, let fewer actors act freely, or bring `horizon` nearer"),
        ),
        Limit::Seconds => (
            "it takes longer than `limits: { seconds }` allows",
            Some("raise it, let fewer actors act freely, or bring `horizon` nearer"),
        ),
        Limit::Memory => (
            "it needs more memory than `limits: { memory }` allows",
            Some("raise it, let fewer actors act freely, or bring `horizon` nearer"),
        ),
        Limit::Interrupted => ("it was interrupted", None),
    };
    let why = format!("not everything was seen: {why}");
    let mut out = format!("  {}\n", colour.paint(Paint::Odd, why));
    if let Some(hint) = hint {
        out.extend([format!("    hint: {hint}\n")]);
    }
    out
}

fn not_covered(domain: &NotCovered, options: &TextOptions) -> String {
    if domain.is_empty() {
        return String::new();
    }
    let mut rows: Vec<(&str, String)> = Vec::new();
    for input in &domain.inputs {
        let limit = if options.verbosity >= Verbosity::EVENTS { usize::MAX } else { VALUES };
        let mut values: Vec<String> =
            input.values.iter().take(limit).map(|value| escape(value).into_owned()).collect();
        if let Some(more) = input.values.len().checked_sub(limit).filter(|more| *more > 0) {
            values.push(format!("{more} more (-v)"));
        }
        let (function, name) = (escape(&input.function), escape(&input.input));
        rows.push(("input", format!("{function}: `{name}` was one of {}", values.join(", "))));
    }
    for place in &domain.times {
        rows.push(("time", format!("{}; only some times were tried there", place_text(place))));
    }
    for read in &domain.surroundings {
        rows.push(("surroundings", surroundings(read)));
    }
    rows.extend(domain.left_out.iter().map(|what| ("left out", escape(what).into_owned())));
    let first = rows.iter().map(|(kind, _)| kind.len()).max().unwrap_or(0);
    let heading = options.colour.paint(Paint::Odd, "what was not covered");
    let lines = rows.iter().map(|(kind, text)| {
        format!("    {}  {text}\n", painted(options.colour, Paint::Faint, kind, first))
    });
    format!("  {heading}\n{}\n", lines.collect::<String>())
}

fn surroundings(read: &Surroundings) -> String {
    let what = match read.instruction.as_str() {
        "NUMBER" => "the block number: one block a second was assumed",
        "DIFFICULTY" | "PREVRANDAO" => "the chain's random number: only one was tried",
        "BLOCKHASH" => "the hash of a block: only one was tried",
        "COINBASE" => "who makes the block: only one was tried",
        "GASLIMIT" => "how much gas a block has: only one amount was tried",
        "BASEFEE" | "GASPRICE" | "BLOBBASEFEE" => "the price of gas: only one was tried",
        "BLOBHASH" => "blobs: there were none",
        _ => "only one value was tried",
    };
    format!("{} reads {what}", place_text(&read.place))
}

pub(super) fn place_text(place: &CodePlace) -> String {
    match place {
        CodePlace::Solidity(line) => {
            format!("{}:{} `{}`", escape(&line.file), line.line, shorten(&escape(&line.text), 60))
        }
        CodePlace::Scenario { place, text } => {
            format!("{}:{} `{}`", escape(&place.file), place.line, shorten(&escape(text), 60))
        }
        CodePlace::Bytecode { account, counter } => {
            format!("the code of {} at {counter}", escape(account))
        }
    }
}
